#include "protocol/failure.hpp"
#include "runtime/metadata/metadata_watcher.hpp"
#include "tests/runtime/metadata/metadata_files.hpp"

#include <doctest/doctest.h>

namespace metadata_watcher_test {

using namespace millwright;
namespace fs = std::filesystem;

namespace {

using files = metadata_files;

std::string unit_in(const std::optional<std::string>& content) {
  return content ? plant_metadata::from_content(*content).lookup("F", "S")->unit : "none";
}

} // namespace

TEST_CASE("a change is told once, and what is in force is not") {
  files f;
  metadata_watcher watcher{f.facilities, f.sensors, f.load().fingerprint()};
  CHECK(!watcher.poll());
  CHECK(!watcher.poll());
  files::write(f.sensors, "{\"sensor_id\":\"S\",\"unit\":\"bar\"}\n");
  CHECK(unit_in(watcher.poll()) == "bar");
  CHECK(!watcher.poll());
  CHECK(watcher.trouble().empty());
}

TEST_CASE("a change within one time stamp and of the same size is seen") {
  files f;
  metadata_watcher watcher{f.facilities, f.sensors, f.load().fingerprint()};
  CHECK(!watcher.poll());
  const auto time = fs::last_write_time(f.sensors);
  for (const std::string unit : {"a", "b", "c", "d"}) {
    files::write(f.sensors, "{\"sensor_id\":\"S\",\"unit\":\"" + unit + "\"}\n");
    fs::last_write_time(f.sensors, time);
    CHECK(unit_in(watcher.poll()) == unit);
  }
}

TEST_CASE("a file that was moved into place is seen, and one that is gone is trouble, not a change") {
  files f;
  metadata_watcher watcher{f.facilities, f.sensors, f.load().fingerprint()};
  fs::remove(f.sensors);
  CHECK(!watcher.poll());
  CHECK(watcher.trouble().find("sensors.jsonl") != std::string::npos);
  const std::string temporary = f.directory / "new";
  files::write(temporary, "{\"sensor_id\":\"S\",\"unit\":\"K\"}\n");
  fs::rename(temporary, f.sensors);
  CHECK(unit_in(watcher.poll()) == "K");
  CHECK(watcher.trouble().empty());
}

TEST_CASE("a file that is half written is told, refused, and told again when it is whole") {
  files f;
  metadata_watcher watcher{f.facilities, f.sensors, f.load().fingerprint()};
  files::write(f.sensors, "{\"sensor_id\":\"S\",\"un");
  const auto half = watcher.poll();
  REQUIRE(half);
  CHECK_THROWS_WITH_AS(plant_metadata::from_content(*half), doctest::Contains("sensors.jsonl:1: not JSON"), failure);
  CHECK(!watcher.poll());
  files::write(f.sensors, "{\"sensor_id\":\"S\",\"unit\":\"bar\"}\n");
  CHECK(unit_in(watcher.poll()) == "bar");
}

TEST_CASE("no paths are no files") {
  metadata_watcher watcher{"", "", plant_metadata::load("", "").fingerprint()};
  CHECK(!watcher.poll());
  CHECK(watcher.trouble().empty());
}

} // namespace metadata_watcher_test
