#include "actors/kit/actor_type.hpp"
#include "runtime/settings/field.hpp"
#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <regex>
#include <sstream>

namespace reference_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr char reference[] = "config/one-node.yaml";

// Before the first question for settings.
const bool kinds_are_registered = (register_built_in_actor_types(), true);

std::string reference_text() {
  std::ifstream in{reference};
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// With the examples switched on: # at the start of a line and no blank behind it.
std::string with_examples() {
  std::istringstream in{reference_text()};
  const std::regex example{"^( *)#([^ #].*)$"};
  std::string out, line;
  while (std::getline(in, line))
    out += std::regex_replace(line, example, "$1$2") + '\n';
  return out;
}

/// The setting `key` stands in `node`, whose own key ends before `from`.
bool stands_in(const YAML::Node& node, const std::string& key, size_t from = 0) {
  if (from >= key.size())
    return true;
  if (key[from] == '.')
    return stands_in(node, key, from + 1);
  if (key[from] == '*' || key.compare(from, 2, "[]") == 0) {
    const auto rest = key.find('.', from);
    for (const auto& each : node)
      if (stands_in(key[from] == '*' ? each.second : YAML::Node(each), key,
                    rest == std::string::npos ? key.size() : rest))
        return true;
    return false;
  }
  const auto end = std::min(key.find_first_of(".[", from), key.size());
  return node.IsMap() && node[key.substr(from, end - from)].IsDefined() &&
         stands_in(node[key.substr(from, end - from)], key, end);
}

} // namespace

TEST_CASE("the commented reference is the defaults") {
  CHECK(settings_text(load_settings(reference)) == settings_text(settings_from_overrides({})));
}

TEST_CASE("the commented reference names every setting") {
  const auto everything = YAML::Load(with_examples());
  const auto described = described_settings();
  CHECK(described.size() > 150);
  for (const auto& each : described)
    CHECK_MESSAGE(stands_in(everything, each.key), each.key);
}

TEST_CASE("settings outside examples stand in the reference at their default") {
  const auto plain = YAML::LoadFile(reference);
  for (const auto& each : described_settings())
    if (each.key.find_first_of("*[") == std::string::npos && !each.key.starts_with("source.file.csv."))
      CHECK_MESSAGE(stands_in(plain, each.key), each.key);
}

TEST_CASE("the reference's examples load") {
  const auto s = loaded(with_examples());
  CHECK(s.channels.size() == 10);
  CHECK(s.calendars.at("site").shifts.at("night").size() == 2);
  CHECK(s.routes.at(0).next_level == std::vector<std::string>{"phone"});
  CHECK(s.routes.size() == 1);
  CHECK(s.source.file.csv->sensors.size() == 1);
  CHECK(s.source.simulation.faults.size() == 1);
  CHECK(s.source.kafka.properties.at("sasl.password") == "env:KAFKA_PASSWORD");
}

TEST_CASE("every setting says what it means and takes") {
  for (const auto& each : described_settings()) {
    CHECK_MESSAGE(!each.meaning.empty(), each.key);
    CHECK_MESSAGE(!each.expected.empty(), each.key);
  }
}

TEST_CASE("no setting is there twice") {
  std::set<std::string> seen;
  for (const auto& each : described_settings())
    CHECK_MESSAGE(seen.insert(each.key).second, each.key);
}

TEST_CASE("a kind's setting is checked where it stands, and what its kind says of several together") {
  CHECK(loaded("actors: {equipment: {session_gap: 90s}}").actors.at("equipment.session_gap") == "90s");
  CHECK(mistakes_of("actors: {equipment: {session_gap: soon}}").find("expected a duration from 30s to 1d") !=
        std::string::npos);
  CHECK(mistakes_of("actors: {equipment: {session_gab: 90s}}").find("did you mean actors.equipment.session_gap?") !=
        std::string::npos);
  CHECK(mistakes_of("actors: {equipment: {window: 90s, slide: 1min}}").find("slide") != std::string::npos);
  CHECK(mistakes_of("actors: {joins: {}}").find("did you mean actors.join?") != std::string::npos);
}

} // namespace reference_test
