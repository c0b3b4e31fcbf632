#include "runtime/metadata/metadata_look.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/metadata/metadata_files.hpp"

#include <doctest/doctest.h>

#include <future>
#include <vector>

namespace metadata_look_test {

using namespace millwright;

namespace {

struct looking {
  metadata_files files;
  std::shared_ptr<const plant_metadata> current = std::make_shared<const plant_metadata>(files.load());
  metadata_look look{files.facilities, files.sensors, current->fingerprint()};
  std::vector<std::string> kept;

  /// The unit of S in what a whole look finds; "none" where it finds nothing, and a mistake's text.
  std::string found() {
    look.begin(current, [this](const std::string& content) { kept.push_back(content); });
    return taken();
  }
  std::string taken() {
    try {
      const auto next = look.take();
      if (!next)
        return "none";
      current = next;
      return next->lookup("F", "S")->unit;
    } catch (const failure& mistake) {
      return mistake.what();
    }
  }
};

} // namespace

TEST_CASE("a change is found once, and kept before it is told") {
  looking x;
  CHECK(x.found() == "none");
  x.files.unit("bar");
  CHECK(x.found() == "bar");
  REQUIRE(x.kept.size() == 1);
  CHECK(plant_metadata::from_content(x.kept[0]).lookup("F", "S")->unit == "bar");
  CHECK(x.found() == "none");
  CHECK(x.look.files_sound());
}

TEST_CASE("a change is found beside its owner, who is not held up") {
  looking x;
  x.files.unit("bar");
  std::promise<void> reached, go_on;
  auto waits = go_on.get_future();
  x.look.begin(x.current, [&](const std::string&) {
    reached.set_value();
    waits.wait();
  });
  reached.get_future().wait();
  CHECK_FALSE(x.look.ended());
  x.look.begin(x.current, [](const std::string&) { FAIL("one look at a time"); });
  go_on.set_value();
  CHECK(x.taken() == "bar");
  CHECK_FALSE(x.look.ended());
}

TEST_CASE("what is not valid is told once, and sound again when it is mended") {
  looking x;
  x.files.write(x.files.sensors, "{\"sensor_id\":\"S\"");
  CHECK(x.found().find("sensors.jsonl:1: not JSON") != std::string::npos);
  CHECK_FALSE(x.look.files_sound());
  CHECK(x.found() == "none");
  CHECK_FALSE(x.look.files_sound());
  x.files.unit("bar");
  CHECK(x.found() == "bar");
  CHECK(x.look.files_sound());
  CHECK(x.kept.size() == 1);
}

TEST_CASE("a file that is away is told at each look") {
  looking x;
  std::filesystem::remove(x.files.sensors);
  CHECK(x.found().find("No such file") != std::string::npos);
  CHECK(x.found().find("No such file") != std::string::npos);
  CHECK_FALSE(x.look.files_sound());
  x.files.unit("m");
  CHECK(x.found() == "none");
  CHECK(x.look.files_sound());
}

TEST_CASE("what cannot be kept is tried again with the next look") {
  looking x;
  x.files.unit("bar");
  x.look.begin(x.current, [](const std::string&) {
    throw failure{failure_code::journal_unwritable, "here", "no space"};
  });
  CHECK(x.taken().find("no space") != std::string::npos);
  CHECK(x.found() == "bar");
  CHECK(x.kept.size() == 1);
}

TEST_CASE("a plant that has lost a fifth of its rows is refused") {
  looking x;
  std::string rows;
  for (int i = 0; i < 10; ++i)
    rows += "{\"sensor_id\":\"S" + std::string(i, 'S') + "\"}\n";
  x.files.write(x.files.sensors, rows);
  CHECK(x.found() == "");
  x.files.write(x.files.sensors, rows.substr(0, rows.find("SSSSSS") - 14));
  CHECK(x.found().find("rows instead of") != std::string::npos);
  CHECK_FALSE(x.look.files_sound());
}

} // namespace metadata_look_test
