#include "actors/sensor/sensor_model.hpp"

#include <doctest/doctest.h>

#include <random>

namespace sensor_changes_test {

using namespace millwright;

namespace {

struct plant {
  detection_settings settings;
  std::vector<sensor_type> types{1};
  rule_book book{&settings, &types};
  sensor_context context;

  plant() {
    types[0].name = "generic";
    types[0].range_min = -1000;
    types[0].range_max = 1000;
    settings.state.learn = 60;
    context.key = {{"plant"}, {"S-1"}};
    context.facility = std::make_shared<facility_info>();
    context.thresholds = {0, 10, 30, 40, 8};
  }
};

/// Readings of a sensor in disorder, with gaps, repeats, bad quality, leaps ahead, late ones; a tick now and then.
class unruly {
public:
  unruly(plant& of, uint64_t seed, bool decimals) : of_{of}, random_{seed}, decimals_{decimals} {}

  void step(sensor_model& model, sensor_output& out) {
    now_ += chance(60) ? 400'000 : chance(10) ? 35'000 : 1000;
    reading r;
    int64_t at = now_;
    if (chance(10))
      at -= static_cast<int64_t>(random_() % 120'000);
    if (chance(40))
      at -= static_cast<int64_t>(random_() % 1'200'000);
    if (chance(100))
      r.flags = reading::ahead | (chance(2) ? reading::replayed : reading::far_ahead), at += 90'000'000;
    else if (chance(20))
      r.flags = reading::ahead, at += static_cast<int64_t>(random_() % 600'000);
    r.time = from_epoch_ms(at);
    r.value = 20 + std::normal_distribution<double>{0, chance(30) ? 12.0 : 1.0}(random_);
    if (decimals_)
      r.value = std::round(r.value * 100) / 100;
    r.quality = chance(30) ? 0.2 : 0.9;
    r.watermark = r.closing = watermark_;
    r.activity = milliseconds{now_ - start};
    r.hour = static_cast<uint8_t>(now_ / 3'600'000 % 24);
    r.split = chance(500) ? 1 : 0;
    r.context = &of_.context;
    if (!r.is(reading::ahead))
      watermark_ = std::max(watermark_, r.time);
    model.take(r, out);
    if (chance(20)) {
      sensor_tick tick;
      tick.closing = watermark_;
      tick.activity = r.activity;
      model.tick(tick, of_.context, 0, out);
    }
  }
  bool chance(uint64_t in) { return random_() % in == 0; }

private:
  static constexpr int64_t start = 1'700'000'000'000;
  plant& of_;
  std::mt19937_64 random_;
  bool decimals_;
  int64_t now_ = start;
  event_time watermark_ = never;
};

std::string encoded(const sensor_model& model) {
  std::string out;
  model.encode(out);
  return out;
}

std::string changes_of(const sensor_model& model) {
  std::string out;
  model.encode_changes(out);
  return out;
}

void live(sensor_model& model, unruly& sensor, int steps) {
  sensor_output out;
  for (int i = 0; i < steps; ++i)
    sensor.step(model, out);
}

/// Whole after so many steps, and the changes of the steps behind.
struct kept_state {
  kept_state(sensor_model& model, unruly& sensor, int steps, int steps_behind) {
    live(model, sensor, steps);
    whole = encoded(model);
    model.kept();
    live(model, sensor, steps_behind);
    if (model.can_encode_changes())
      changes = changes_of(model);
    else
      whole = encoded(model);
  }

  std::string whole, changes;
};

} // namespace

TEST_CASE("a whole state with the changes behind it, older ones in between or not, reads as the state of now, restarts "
          "or not") {
  plant p;
  size_t whole_bytes = 0, change_bytes = 0, answers = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    unruly sensor{p, seed, seed % 2 == 0};
    auto living = std::make_unique<sensor_model>(p.book);
    sensor_output out;
    std::string whole, older;
    for (int i = 0; i < 1500; ++i) {
      auto& model = *living;
      sensor.step(model, out);
      out.clear();
      if (!sensor.chance(5))
        continue;
      if (whole.empty() || !model.can_encode_changes() || sensor.chance(6)) {
        whole = encoded(model);
        older.clear();
        model.kept();
        continue;
      }
      const auto changes = changes_of(model);
      sensor_model read{p.book}, through{p.book};
      REQUIRE(read.decode(whole + changes));
      REQUIRE(through.decode(whole + older + changes));
      CAPTURE(seed);
      CAPTURE(i);
      // Compared through one decoding: sums that no open window needs are not stored.
      sensor_model direct{p.book};
      REQUIRE(direct.decode(encoded(model)));
      REQUIRE(encoded(read) == encoded(direct));
      REQUIRE(encoded(through) == encoded(direct));
      older = changes;
      whole_bytes += encoded(model).size();
      change_bytes += changes.size();
      ++answers;
      if (sensor.chance(8)) {
        living = std::make_unique<sensor_model>(p.book);
        REQUIRE(living->decode(whole + changes));
        REQUIRE(living->can_encode_changes());
      }
    }
  }
  MESSAGE(answers << " answers: " << whole_bytes / answers << " bytes whole, " << change_bytes / answers
                  << " of changes");
}

TEST_CASE("a sensor that was read from a whole state and changes goes on as if nothing had happened") {
  plant p;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    unruly one{p, seed, seed % 2 == 0}, other{p, seed, seed % 2 == 0};
    sensor_model calm{p.book};
    auto broken = std::make_unique<sensor_model>(p.book);
    sensor_output calm_out, broken_out;
    std::string whole;
    for (int i = 0; i < 1200; ++i) {
      one.step(calm, calm_out);
      other.step(*broken, broken_out);
      const bool restarts = i % 90 == 70 || i % 90 == 85;
      if (i % 90 == 50 || (restarts && !broken->can_encode_changes())) {
        whole = encoded(*broken);
        broken->kept();
      } else if (restarts) {
        auto next = std::make_unique<sensor_model>(p.book);
        REQUIRE(next->decode(whole + changes_of(*broken)));
        broken = std::move(next);
      }
    }
    CAPTURE(seed);
    REQUIRE(calm_out.statistics.size() == broken_out.statistics.size());
    REQUIRE(calm_out.patterns.size() == broken_out.patterns.size());
    REQUIRE(calm_out.averages.size() == broken_out.averages.size());
    REQUIRE(calm_out.anomalies.size() == broken_out.anomalies.size());
    REQUIRE(calm_out.transitions.size() == broken_out.transitions.size());
    std::string lines, broken_lines;
    for (const auto& [from, to] : {std::pair{&calm_out, &lines}, std::pair{&broken_out, &broken_lines}}) {
      for (const auto& each : from->statistics)
        append_json(*to, each, p.types);
      for (const auto& each : from->patterns)
        append_json(*to, each);
      for (const auto& each : from->averages)
        append_json(*to, each);
      for (const auto& each : from->anomalies)
        append_json(*to, each);
      for (const auto& each : from->transitions)
        append_json(*to, each);
    }
    CHECK(lines == broken_lines);
  }
}

TEST_CASE("changes that are cut or have a false byte are refused or read as something sound") {
  plant p;
  unruly sensor{p, 7, true};
  sensor_model model{p.book};
  sensor_output out;
  const auto [whole, changes] = kept_state{model, sensor, 300, 20};
  REQUIRE_FALSE(changes.empty());
  std::mt19937_64 random{1};
  for (size_t cut = 1; cut < changes.size(); ++cut) {
    sensor_model read{p.book};
    CHECK_FALSE(read.decode(whole + changes.substr(0, cut)));
  }
  for (int i = 0; i < 3000; ++i) {
    auto bad = changes;
    bad[random() % bad.size()] = static_cast<char>(random());
    sensor_model read{p.book};
    if (!read.decode(whole + bad))
      continue;
    unruly next{p, 8, true};
    for (int k = 0; k < 5; ++k)
      next.step(read, out);
    encoded(read);
  }
}

namespace {

detection_settings some_settings(std::mt19937_64& random) {
  const auto pick = [&](auto... values) {
    const std::common_type_t<decltype(values)...> all[] = {values...};
    return all[random() % sizeof...(values)];
  };
  detection_settings out;
  auto& w = out.windows;
  w.pane = milliseconds{pick(1000, 10'000, 30'000, 60'000)};
  for (auto* length : {&w.statistics_length, &w.patterns_length, &w.averages_length})
    *length = w.pane * pick(1, 2, 4, 10);
  for (auto* slide : {&w.statistics_slide, &w.patterns_slide, &w.averages_slide})
    *slide = w.pane * pick(1, 2);
  for (auto* delay : {&w.statistics_delay, &w.patterns_delay, &w.averages_delay})
    *delay = milliseconds{pick(0, 7000, 30'000, 300'000)};
  w.repeat_horizon = milliseconds{pick(0, 60'000, 600'000)};
  out.state.learn = pick(1u, 60u, 400u);
  out.state.learning_time = pick(milliseconds{0}, milliseconds{7 * 24 * 3'600'000});
  out.state.skip = pick(0u, 20u);
  out.novelty.warm = pick(1u, 50u, 5000u);
  out.z.least_readings = pick(2u, 10u);
  out.usual_least = pick(1u, 3u, 14u);
  out.range_readings = pick(1u, 3u);
  return out;
}

} // namespace

TEST_CASE("a sensor that was stored under other settings is read and lives on, with windows of the new ones") {
  std::mt19937_64 random{5};
  size_t whole_answers = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    plant before, after;
    before.settings = some_settings(random);
    after.settings = some_settings(random);
    if (seed % 3 == 0)
      after.settings.windows = before.settings.windows;
    const bool same_windows = window_mark(before.settings.windows) == window_mark(after.settings.windows);

    unruly sensor{before, seed, seed % 2 == 0};
    sensor_model model{before.book};
    const kept_state stored{model, sensor, 300, 40};

    sensor_model moved{after.book};
    REQUIRE(moved.decode(stored.whole + stored.changes));
    CHECK(moved.can_encode_changes() == same_windows);
    whole_answers += !moved.can_encode_changes();
    sensor_output out;
    for (int i = 0; i < 300; ++i)
      sensor.step(moved, out);
    for (const auto& row : out.statistics)
      CHECK(row.end - row.start == after.settings.windows.statistics_length);
    for (const auto& row : out.patterns)
      CHECK(row.end - row.start == after.settings.windows.patterns_length);
    for (const auto& row : out.averages)
      CHECK(row.end - row.start == after.settings.windows.averages_length);
    sensor_model again{after.book};
    CHECK(again.decode(encoded(moved)));
  }
  CHECK(whole_answers > 200);
}

TEST_CASE("a state of the first version, without a mark of the windows' settings, is read") {
  plant p;
  unruly sensor{p, 3, true};
  sensor_model model{p.book};
  auto [whole, changes] = kept_state{model, sensor, 200, 20};
  REQUIRE_FALSE(changes.empty());
  sensor_model direct{p.book};
  REQUIRE(direct.decode(whole + changes));
  whole = '\x01' + whole.substr(1, 2) + whole.substr(7);
  changes = '\x81' + changes.substr(5);
  sensor_model old{p.book};
  REQUIRE(old.decode(whole + changes));
  CHECK(old.can_encode_changes());
  CHECK(encoded(old) == encoded(direct));
}

} // namespace sensor_changes_test
