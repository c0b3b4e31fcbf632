#include "runtime/metadata/stored_metadata.hpp"

#include "protocol/failure.hpp"
#include "runtime/metadata/plant_metadata.hpp"

#include <doctest/doctest.h>

namespace stored_metadata_test {

using namespace millwright;

namespace {

std::string rows(int sensors) {
  std::string out;
  for (int i = 0; i < sensors; ++i)
    out += R"({"sensor_id":"TI-)" + std::to_string(i) + R"(","facility_id":"north","equipment_id":"pump-)" +
           std::to_string(i / 10) + R"(","unit":"C"})" + "\n";
  return metadata_content(R"({"facility_id":"north"})", out, "facilities", "sensors");
}

} // namespace

TEST_CASE("content is stored small and read back") {
  for (const int sensors : {0, 1, 10'000}) {
    const auto content = rows(sensors);
    const auto stored = stored_metadata(content);
    CHECK(content_of_stored(stored) == content);
    if (sensors > 1)
      CHECK(stored.size() * 10 < content.size());
  }
}

TEST_CASE("content that a former version stored as it is is read") {
  const auto content = rows(3);
  CHECK(content_of_stored(content) == content);
}

TEST_CASE("what is damaged is refused") {
  const auto stored = stored_metadata(rows(100));
  for (const size_t kept : {size_t{0}, size_t{1}, size_t{5}, stored.size() / 2, stored.size() - 1})
    CHECK_THROWS_AS(content_of_stored(std::string_view{stored}.substr(0, kept)), failure);
  auto newer = stored;
  newer.front() = 3;
  CHECK_THROWS_AS(content_of_stored(newer), failure);
  CHECK_THROWS_AS(content_of_stored(stored + "x"), failure);
  auto other = stored;
  other[3] = static_cast<char>(other[3] ^ 0x55);
  bool same = false;
  try {
    same = content_of_stored(other) == rows(100);
  } catch (const failure&) {
  }
  CHECK_FALSE(same);
}

TEST_CASE("a frame that claims to be huge asks for no memory") {
  // A single segment of 2^60 bytes.
  const std::string frame{"\x02\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x00\x00\x00\x00\x10\x01\x00\x00", 17};
  CHECK_THROWS_AS(content_of_stored(frame), failure);
}

} // namespace stored_metadata_test
