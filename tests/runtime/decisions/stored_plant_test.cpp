#include "runtime/decisions/stored_plant.hpp"

#include "protocol/failure.hpp"
#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/metadata/stored_metadata.hpp"

#include <doctest/doctest.h>

namespace stored_plant_test {

using namespace millwright;

namespace {

const std::string metadata = metadata_content(R"({"facility_id":"north"})", R"({"sensor_id":"TI-1"})", "f", "s");
const std::string models = "\1 some models";

} // namespace

TEST_CASE("metadata and models are stored together and read back") {
  const auto content = plant_of_stored(stored_plant({metadata, models}));
  CHECK(content.metadata == metadata);
  CHECK(content.models == models);
}

TEST_CASE("without models it is stored as before there were any, and what was stored then is read") {
  CHECK(stored_plant({metadata, {}}) == stored_metadata(metadata));
  for (const auto& stored : {stored_metadata(metadata), metadata}) {
    const auto content = plant_of_stored(stored);
    CHECK(content.metadata == metadata);
    CHECK(content.models.empty());
  }
}

TEST_CASE("what is damaged is refused") {
  const auto stored = stored_plant({metadata, models});
  for (size_t size = 0; size < stored.size(); ++size)
    CHECK_THROWS_AS(plant_of_stored(std::string_view{stored}.substr(0, size)), failure);
  CHECK_THROWS_AS(plant_of_stored(stored + "x"), failure);
  CHECK_THROWS_AS(plant_of_stored('\4' + stored.substr(1)), failure);
}

} // namespace stored_plant_test
