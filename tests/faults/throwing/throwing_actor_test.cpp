#include "tests/faults/throwing/node_run.hpp"

#include "protocol/time.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr uint32_t sensors = 40, seconds = 900;
constexpr event_time begin = from_epoch_ms(1'767'225'600'000);

/// (split, position)
using places = std::set<std::pair<uint16_t, uint64_t>>;

std::string name_of_sensor(uint32_t sensor) {
  return fmt::format("T-{:02}", sensor);
}

/// Forty noisy sensors that report each second, with spikes beyond limits, silences, bad quality and stuck stretches.
class small_plant {
public:
  explicit small_plant(uint32_t seed) : random_{seed} {
    REQUIRE(mkdtemp(directory_.data()) != nullptr);
    metadata_ = {directory_ + "/facilities.jsonl", directory_ + "/sensors.jsonl"};
    std::ofstream{metadata_.facilities} << R"({"facility_id":"plant","timezone":"UTC"})" << '\n';
    std::ofstream rows{metadata_.sensors};
    for (uint32_t i = 0; i < sensors; ++i)
      rows << fmt::format(R"({{"sensor_id":"{}","facility_id":"plant","equipment_id":"unit-{}","alert_thresholds":)"
                          R"({{"low_low":40,"low":60,"high":140,"high_high":160,"rate":30}}}})",
                          name_of_sensor(i), i / 4)
           << '\n';
    rows.close();
    fill();
  }
  ~small_plant() { std::filesystem::remove_all(directory_); }
  small_plant(const small_plant&) = delete;
  small_plant& operator=(const small_plant&) = delete;

  const node_run& calm() const { return lines_; }

  /// Every hundredth reading or so. The first of each second stay: with them the watermark is what it was without the
  /// others.
  places chosen() {
    places out;
    for (uint16_t split = 0; split < 2; ++split)
      for (const auto& line : lines_.splits[split])
        if (random_() % 100 == 0 && !is_first(line.text))
          out.emplace(split, line.position);
    return out;
  }

  node_run without(const std::function<bool(uint16_t, const placed_line&)>& left_out) const {
    node_run out;
    for (uint16_t split = 0; split < 2; ++split)
      std::copy_if(lines_.splits[split].begin(), lines_.splits[split].end(), std::back_inserter(out.splits[split]),
                   [&](const auto& line) { return !left_out(split, line); });
    return out;
  }

  node_outcome outcome_of(const std::string& name, const node_run& run) const {
    const auto own = directory_ + "/" + name;
    std::filesystem::create_directory(own);
    return run_node(own, metadata_, run);
  }

private:
  static bool is_first(const std::string& text) {
    return text.find("T-00") != text.npos || text.find("T-01") != text.npos;
  }

  void fill() {
    std::normal_distribution<double> noise{100, 2};
    for (uint32_t second = 0; second < seconds; ++second)
      for (uint32_t i = 0; i < sensors; ++i) {
        const auto value = noise(random_);
        const bool spike = i % 5 == 2 && second % 240 >= 100 + i && second % 240 < 103 + i;
        const bool stuck = i % 10 == 3 && second >= 300 && second < 500;
        const bool silent = i % 10 == 4 && second >= 400 && second < 520;
        const bool bad = i % 10 == 8 && second >= 200 && second < 300;
        if (silent)
          continue;
        auto& lines = lines_.splits[i % 2];
        lines.push_back({lines.empty() ? 0 : lines.back().position + 1,
                         fmt::format(R"({{"sensor_id":"{}","timestamp":{},"facility_id":"plant","value":{:.3f},)"
                                     R"("quality_score":{}}})",
                                     name_of_sensor(i), epoch_ms(begin) + second * 1000,
                                     spike   ? 170
                                     : stuck ? 100
                                             : value,
                                     bad ? "0.3" : "0.95")});
      }
  }

  std::string directory_ = (std::filesystem::temp_directory_path() / "millwright-throwing-XXXXXX").native();
  plant_metadata metadata_;
  std::mt19937 random_;
  node_run lines_;
};

std::string field(const std::string& row, const char* name) {
  rapidjson::Document document;
  REQUIRE_FALSE(document.Parse(row.c_str()).HasParseError());
  REQUIRE(document.HasMember(name));
  return document[name].IsString() ? document[name].GetString() : "";
}

/// source -> reasons
std::map<std::string, std::multiset<std::string>> dead_letters(const node_outcome& of) {
  std::map<std::string, std::multiset<std::string>> out;
  for (const auto& row : of.rows.at("dead-letters"))
    out[field(row, "source")].insert(field(row, "reason") + ": " + field(row, "detail"));
  return out;
}

std::string source_of(uint16_t split, uint64_t position) {
  return fmt::format("faults/{}@{}", split, position);
}

/// Everything but dead letters and what `skip` says.
void check_same(
    const node_outcome& faulty, const node_outcome& calm,
    const std::function<bool(const std::string&)>& skip = [](const auto&) { return false; }) {
  for (const auto& rows_of_kind : calm.rows) {
    const auto& kind = rows_of_kind.first;
    const auto& expected = rows_of_kind.second;
    if (kind == "dead-letters")
      continue;
    CAPTURE(kind);
    auto rows = faulty.rows.at(kind);
    std::erase_if(rows, skip);
    std::vector<std::string> missing, more;
    std::set_difference(expected.begin(), expected.end(), rows.begin(), rows.end(), std::back_inserter(missing));
    std::set_difference(rows.begin(), rows.end(), expected.begin(), expected.end(), std::back_inserter(more));
    CHECK_MESSAGE(missing.empty(), missing.size() << " missing, first " << missing.front());
    CHECK_MESSAGE(more.empty(), more.size() << " too many, first " << more.front());
  }
}

void check_alive(const node_outcome& calm) {
  // The plant's faults are there to be compared.
  std::set<std::string> raised;
  for (const auto& row : calm.rows.at("alarms"))
    if (field(row, "transition") == "raised")
      raised.insert(field(row, "rule"));
  for (const auto* rule : {"limit", "stuck", "stale", "bad_quality"})
    CHECK_MESSAGE(raised.contains(rule), rule);
  CHECK(calm.pages.size() > 10);
  CHECK(calm.rows.at("statistics").size() > 300);
  CHECK(calm.rows.at("dead-letters").empty());
}

void one_in_a_hundred_throws(uint64_t killed_after) {
  small_plant plant{20'261'121};
  const auto chosen = plant.chosen();
  REQUIRE(chosen.size() > 200);
  const auto calm = plant.outcome_of("calm", plant.without([&](uint16_t split, const auto& line) {
    return chosen.contains({split, line.position});
  }));
  check_alive(calm);
  auto run = plant.calm();
  run.killed_after = killed_after;
  run.before_reading = [&](const reading& r) {
    if (chosen.contains({r.split, r.position}))
      throw std::runtime_error{"a chosen reading"};
  };
  const auto faulty = plant.outcome_of("faulty", run);
  check_same(faulty, calm);
  CHECK(faulty.pages == calm.pages);

  const auto letters = dead_letters(faulty);
  CHECK(letters.size() == chosen.size());
  for (const auto& [split, position] : chosen) {
    const auto source = source_of(split, position);
    CAPTURE(source);
    REQUIRE(letters.contains(source));
    CHECK(letters.at(source) == std::multiset<std::string>{"killed-its-actor: a chosen reading"});
  }
  auto counters = faulty.counters;
  CHECK(counters["dead-letter/killed-its-actor"] == chosen.size());
  CHECK(counters["dead-letter/quarantined"] == 0);
  CHECK(counters["accepted/"] == calm.counters.at("accepted/"));
}

} // namespace

TEST_CASE(
    "readings that kill their actor, one in a hundred, go to the dead letters once; all else is as without them") {
  one_in_a_hundred_throws(0);
}

TEST_CASE("the same when the node is killed amid it") {
  one_in_a_hundred_throws(15'000);
}

namespace {

/// @param credit readings under way at once; 0: as many as by default.
void one_sensor_never_stops(uint32_t credit) {
  small_plant plant{20'261'122};
  const std::string broken = "T-17";
  const auto of_broken = [&](const std::string& text) { return text.find(broken) != text.npos; };
  const auto calm =
      plant.outcome_of("calm", plant.without([&](uint16_t, const auto& line) { return of_broken(line.text); }));
  check_alive(calm);
  auto run = plant.calm();
  run.before_reading = [&](const reading& r) {
    if (r.context->key.sensor.text == broken)
      throw std::runtime_error{"it never stops"};
  };
  run.credit = credit;
  const auto faulty = plant.outcome_of("faulty", run);

  std::vector<std::string> alarms;
  std::set<std::string> own_alarms;
  for (const auto& row : faulty.rows.at("alarms"))
    if (of_broken(row)) {
      alarms.push_back(field(row, "rule") + " " + field(row, "transition"));
      own_alarms.insert(field(row, "alarm_id"));
      CHECK(field(row, "message").find("plant/" + broken) != std::string::npos);
    }
  // The life that follows gives it another chance, and says so.
  REQUIRE_FALSE(alarms.empty());
  CHECK(alarms[0] == "quarantined raised");
  CHECK(std::count(alarms.begin(), alarms.end(), alarms[0]) == 1);
  check_same(faulty, calm, of_broken);

  std::multiset<std::string> pages;
  size_t told = 0;
  for (const auto& key : faulty.pages)
    if (std::any_of(own_alarms.begin(), own_alarms.end(), [&](const auto& id) { return key.starts_with(id); }))
      told += key.ends_with("-1-terminal");
    else
      pages.insert(key);
  CHECK(told == 1);
  CHECK(pages == calm.pages);

  const auto letters = dead_letters(faulty);
  size_t killers = 0, quarantined = 0;
  for (uint16_t split = 0; split < 2; ++split)
    for (const auto& line : plant.calm().splits[split]) {
      if (!of_broken(line.text))
        continue;
      const auto source = source_of(split, line.position);
      CAPTURE(source);
      REQUIRE(letters.contains(source));
      REQUIRE(letters.at(source).size() == 1);
      const bool killer = letters.at(source).begin()->starts_with("killed-its-actor: it never stops");
      killers += killer;
      quarantined += letters.at(source).begin()->starts_with("quarantined: ");
    }
  CHECK(killers + quarantined == letters.size());
  CHECK(letters.size() == seconds);
  // The second death at a reading is the same mishap; the first one beyond 50 is too many.
  CHECK(killers == 50);
}

} // namespace

TEST_CASE("a sensor whose actor never stops throwing is quarantined with an alarm, and no other sensor notices") {
  one_sensor_never_stops(0);
}

TEST_CASE("the same under a load that never leaves room for the next reading") {
  one_sensor_never_stops(16);
}
