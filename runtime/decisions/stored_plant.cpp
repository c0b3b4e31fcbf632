#include "runtime/decisions/stored_plant.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "runtime/metadata/stored_metadata.hpp"

namespace millwright {

namespace {

// Behind it are both contents, each as metadata alone is stored (which begins with 1 or 2).
constexpr uint8_t with_models = 3;

} // namespace

std::string stored_plant(const plant_content& content) {
  auto metadata = stored_metadata(content.metadata);
  if (content.models.empty())
    return metadata;
  std::string out;
  binary_writer writer{out};
  writer.u8(with_models);
  writer.text(metadata);
  writer.text(stored_metadata(content.models));
  return out;
}

plant_content plant_of_stored(std::string_view stored) {
  binary_reader reader{stored};
  if (reader.u8() != with_models)
    return {content_of_stored(stored), {}};
  const auto metadata = reader.text(), models = reader.text();
  if (!reader.ok() || !reader.at_end())
    throw failure{failure_code::bad_metadata, "", "the stored metadata is damaged, or of a newer millwright"};
  return {content_of_stored(metadata), content_of_stored(models)};
}

} // namespace millwright
