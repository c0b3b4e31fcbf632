#include "runtime/health/health_rows.hpp"

#include "protocol/json.hpp"
#include "tests/runtime/health/grown_model.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace health_rows_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

std::shared_ptr<const model_set> models_for(sensor_type_index type, const std::string& base = "0E0") {
  auto about = model_of_two_trees();
  about.trees = two_trees(base);
  auto out = std::make_shared<model_set>();
  out->of_type.resize(type + size_t{1});
  out->of_type[type] = std::make_shared<const loaded_model>(model_of(to_bytes(about), "test"));
  return out;
}

/// A log of readings, each judged unless the test says otherwise.
struct log_of_readings {
  sensor_context context;
  std::array<split_stretch, 4> stretches;
  std::vector<std::vector<logged_reading>> parts{1};
  judged_stretch stretch;

  log_of_readings() {
    context.key = {{"plant-a"}, {"VI-101"}};
    context.equipment = {"pump-7"};
    for (uint16_t i = 0; i < stretches.size(); ++i)
      stretches[i].split = i;
  }

  logged_reading& add(double value, sensor_type_index type = 1, uint16_t split = 0) {
    auto& next = parts.back().emplace_back();
    next.time = from_epoch_ms(1'767'225'600'000 + static_cast<int64_t>(count_++));
    next.value = value;
    next.quality = 0.9;
    next.type = type;
    next.stretch = &stretches.at(split);
    next.judged = true;
    next.context = &context;
    return next;
  }
  void next_chunk() { parts.emplace_back(); }

  std::vector<std::string> rows(health_settings limits = {}) {
    stretch.readings.clear();
    for (const auto& each : parts)
      stretch.readings.emplace_back(each);
    std::vector<std::string> out;
    health_judge judge{limits};
    judge.judge(stretch);
    for (const auto& each : stretch.scores)
      append_json(out.emplace_back(), each);
    return out;
  }

private:
  uint64_t count_ = 0;
};

} // namespace

TEST_CASE("an accepted reading of a type with a model has a record, its fields in their order") {
  log_of_readings log;
  log.stretch.changes = {{0, 0, models_for(1)}};
  log.add(50);
  log.add(5).context = &log.context;
  const auto row = [](const std::string& stamp, float score, const std::string& risk) {
    std::string out = R"({"sensor_id":"VI-101","facility_id":"plant-a","equipment_id":"pump-7","timestamp":")" + stamp +
                      R"(","health_score":)";
    append_json_number(out, static_cast<double>(score));
    return out + R"(,"risk_level":")" + risk + R"(","maintenance_recommended":false,"extrapolated":false})";
  };
  CHECK(log.rows() == std::vector<std::string>{row("2026-01-01T00:00:00.000Z", 0.2f + 0.25f, "warning"),
                                               row("2026-01-01T00:00:00.001Z", 0.4f + 0.25f, "normal")});
  size_t at = 0;
  for (const auto& column : health_schema().columns) {
    const auto found = log.rows()[0].find('"' + std::string{column.name} + "\":", at);
    CHECK(found != std::string::npos);
    at = found;
  }
}

TEST_CASE("what no actor has taken, what repeats, and a type without a model have none") {
  log_of_readings log;
  log.stretch.changes = {{0, 0, models_for(1)}};
  log.add(50).judged = false;
  log.add(50).dropped = true;
  log.add(50, 0);
  log.add(50, 7);
  log.add(50, 1, 3);
  CHECK(log.rows().empty());
  log.stretch.changes.clear();
  log.add(50);
  CHECK(log.rows().empty());
}

TEST_CASE("a model holds from the reading on that its change stands before, in its split alone") {
  log_of_readings log;
  const auto first = models_for(1), second = models_for(1, "1E-1");
  log.stretch.changes = {{0, 0, first}, {0, 1, first}, {2, 0, second}, {4, 0, nullptr}};
  for (const uint16_t split : {0, 1, 0, 1, 0, 1}) {
    log.add(5, 1, split);
    log.next_chunk();
  }
  std::vector<double> scores;
  for (const auto& row : log.rows()) {
    const auto at = row.find("\"health_score\":");
    scores.push_back(std::stod(row.substr(at + 15)));
  }
  REQUIRE(scores.size() == 5);
  CHECK(scores[0] == doctest::Approx(0.65));
  CHECK(scores[1] == doctest::Approx(0.65));
  CHECK(scores[2] == doctest::Approx(0.75));
  CHECK(scores[3] == doctest::Approx(0.65));
  CHECK(scores[4] == doctest::Approx(0.65));
}

TEST_CASE("many readings of several types are told in the log's order, however they are judged together") {
  log_of_readings log;
  auto both = std::make_shared<model_set>();
  both->of_type = {nullptr, models_for(1)->of_type[1], models_for(2, "2E-1")->of_type[2]};
  log.stretch.changes = {{0, 0, both}};
  for (int i = 0; i < 10'000; ++i) {
    log.add(i % 20, static_cast<sensor_type_index>(i * 7 % 3));
    if (i % 1024 == 1023)
      log.next_chunk();
  }
  const auto together = log.rows();
  size_t n = 0;
  for (const auto& part : log.parts)
    for (const auto& each : part) {
      if (each.type == 0)
        continue;
      judged_stretch alone;
      alone.changes = log.stretch.changes;
      alone.readings.emplace_back(&each, 1);
      health_judge judge{health_settings{}};
      judge.judge(alone);
      REQUIRE(alone.scores.size() == 1);
      std::string json;
      append_json(json, alone.scores.front());
      REQUIRE(n < together.size());
      REQUIRE(json == together[n]);
      ++n;
    }
  CHECK(n == together.size());
}

TEST_CASE("a stretch that is judged again has its scores once") {
  log_of_readings log;
  log.stretch.changes = {{0, 0, models_for(1)}};
  log.add(50);
  CHECK(log.rows().size() == 1);
  CHECK(log.rows().size() == 1);
}

} // namespace health_rows_test
