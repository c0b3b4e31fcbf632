#include "runtime/health/model_set.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr uint8_t content_version = 1;

} // namespace

bool model_set::empty() const {
  return std::all_of(of_type.begin(), of_type.end(), [](const auto& each) { return !each; });
}

std::string model_content(const model_files& files) {
  std::string out;
  if (files.empty())
    return out;
  binary_writer writer{out};
  writer.u8(content_version);
  writer.varint(files.size());
  for (const auto& [type, bytes] : files) {
    writer.text(type);
    writer.text(bytes);
  }
  return out;
}

model_files files_of_content(std::string_view content) {
  model_files out;
  if (content.empty())
    return out;
  binary_reader reader{content};
  const bool known = reader.u8() == content_version;
  for (auto n = known ? reader.count(2) : 0; n > 0; --n) {
    const auto type = reader.text();
    out[std::string{type}] = reader.text();
  }
  if (!known || !reader.ok() || !reader.at_end())
    throw failure{failure_code::bad_configuration, {}, "the stored models are damaged, or of a newer millwright"};
  return out;
}

model_set models_of(const model_files& files, const sensor_type_table& types, std::vector<std::string>& unusable) {
  model_set out;
  out.of_type.resize(types.size());
  for (const auto& [type, bytes] : files) {
    const auto name = "models." + type;
    const auto index = types.find(type);
    if (!index) {
      unusable.push_back(name + ": there is no such sensor type any more");
      continue;
    }
    try {
      out.of_type[*index] = std::make_shared<const loaded_model>(model_of(bytes, name));
    } catch (const failure& e) {
      unusable.push_back(e.what());
    }
  }
  return out;
}

} // namespace millwright
