#include "actors/sensor/sensor_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace lessons_test {

using namespace millwright;

namespace {

constexpr int64_t day = 24 * 3'600'000, minute = 60'000, start = 1'700'000'000'000;

/// One sensor that gives a reading a minute, about 20, with a daily wave.
struct taught_sensor {
  taught_sensor() {
    types[0].name = "temperature";
    types[0].range_min = -1000;
    types[0].range_max = 1000;
    types[0].report = report_kind::periodic;
    context.key = {{"plant"}, {"TI-1"}};
    context.facility = std::make_shared<facility_info>();
    context.thresholds.high = 40;
    context.thresholds.rate = 1;
  }

  void take(sensor_model& model, int64_t at, double value, uint16_t split = 0, int64_t activity = 0) {
    reading r;
    r.context = &context;
    r.time = from_epoch_ms(at);
    r.value = value;
    r.watermark = r.closing = newest;
    r.activity = milliseconds{activity};
    r.hour = static_cast<uint8_t>(at / 3'600'000 % 24);
    r.split = split;
    newest = std::max(newest, r.time);
    model.take(r, out);
  }
  double usual(int64_t at) {
    return 20 + std::sin(static_cast<double>(at % day) / day * 6.283) +
           std::normal_distribution<double>{0, 0.3}(random);
  }
  void teach(sensor_model& model, int64_t from, int64_t to) {
    for (int64_t at = from; at < to; at += minute)
      take(model, at, usual(at), 0, at - start);
    out.clear();
  }
  std::string taught(sensor_model& model) {
    model.end_lessons(newest);
    std::string state;
    model.encode(state);
    newest = never;
    return state;
  }

  detection_settings settings;
  std::vector<sensor_type> types{1};
  rule_book book{&settings, &types};
  sensor_context context;
  sensor_output out;
  std::mt19937 random{3};
  event_time newest = never;
};

} // namespace

TEST_CASE("of what recordings taught a sensor everything goes on that it learned, and nothing that was under way") {
  taught_sensor s;
  sensor_model model{s.book};
  s.teach(model, start, start + 8 * day);
  // It ends beyond its limit, outside of its range, and with windows open.
  for (int64_t at = start + 8 * day; at < start + 8 * day + 30 * minute; at += minute)
    s.take(model, at, 5000, 0, at - start);
  REQUIRE(model.states().bits != 0);
  const auto before = model.learned();
  CHECK(before.first == from_epoch_ms(start));
  CHECK(before.last == from_epoch_ms(start + 8 * day + 29 * minute));
  CHECK(before.normal_range);
  const auto state = s.taught(model);
  CHECK(sensor_model::split_of(state) == no_split);

  sensor_model living{s.book};
  REQUIRE(living.decode(state));
  CHECK(living.states().bits == 0);
  CHECK(living.idle());
  CHECK_FALSE(living.can_encode_changes());
  std::string again;
  living.encode(again);
  CHECK(again == state);
  s.out.clear();
  // Whatever the activity clock of a live split stands at: nobody waits for it, and it has no alarm to end.
  sensor_tick tick;
  tick.closing = from_epoch_ms(start + 30 * day);
  tick.activity = milliseconds{30 * day};
  living.tick(tick, s.context, 7, s.out);
  CHECK(s.out.empty());
  const int64_t live = start + 12 * day;
  s.take(living, live, s.usual(live), 7);
  CHECK(s.out.transitions.empty());
  // By the interval that it was taught, silence is noticed from the first live reading on.
  tick.activity = milliseconds{3 * minute - 1};
  tick.closing = s.newest;
  living.tick(tick, s.context, 7, s.out);
  CHECK(s.out.transitions.empty());
  tick.activity = milliseconds{3 * minute};
  living.tick(tick, s.context, 7, s.out);
  REQUIRE(s.out.transitions.size() == 1);
  CHECK(s.out.transitions[0].condition.which == rule::stale);
  CHECK(s.out.transitions[0].at == from_epoch_ms(live + 3 * minute));
  CHECK(s.out.transitions[0].number == 1);
}

TEST_CASE("the time from the last lesson to the first reading, whichever way, does not count as lived") {
  for (const int64_t gap : {-3 * day, -minute, int64_t{0}, 5 * day, 400 * day}) {
    CAPTURE(gap);
    taught_sensor s;
    sensor_model model{s.book};
    s.teach(model, start, start + 2 * day);
    const auto span = model.learned().span();
    sensor_model living{s.book};
    REQUIRE(living.decode(s.taught(model)));
    const int64_t live = start + 2 * day - minute + gap;
    s.take(living, live, 20);
    CHECK(living.learned().span() == span);
    // Each is in order, and none is a repeat.
    for (int64_t at = live + minute; at <= live + day; at += minute)
      s.take(living, at, s.usual(at));
    CHECK(living.learned().span() == span + milliseconds{day});
    CHECK(living.take_counters().accepted == 1 + day / minute);
    // As any sensor from here on.
    std::string whole, changes;
    living.encode(whole);
    living.kept();
    s.take(living, live + day + minute, 20);
    REQUIRE(living.can_encode_changes());
    living.encode_changes(changes);
    sensor_model read{s.book};
    CHECK(read.decode(whole + changes));
  }
}

TEST_CASE("a last lesson of a wrong clock is no later than the recordings") {
  taught_sensor s;
  sensor_model model{s.book};
  s.teach(model, start, start + 2 * day);
  const auto end = s.newest;
  s.take(model, start + 1000 * day, 20);
  model.end_lessons(end);
  std::string state;
  model.encode(state);
  sensor_model living{s.book};
  REQUIRE(living.decode(state));
  s.take(living, start + 2 * day, 20);
  CHECK(living.learned().span() == milliseconds{2 * day - minute});
}

TEST_CASE("a state that was taught and is damaged is refused") {
  taught_sensor s;
  sensor_model model{s.book};
  s.teach(model, start, start + day);
  const auto state = s.taught(model);
  for (size_t size = 0; size < state.size(); ++size) {
    sensor_model read{s.book};
    CHECK_FALSE(read.decode(std::string_view{state}.substr(0, size)));
  }
  sensor_model read{s.book};
  CHECK_FALSE(read.decode(state + '\x82'));
}

TEST_CASE("recordings that end outside of the normal range leave nothing of that; what leaves it live pages at once") {
  for (const int outside : {0, 5, 30, 700}) {
    CAPTURE(outside);
    taught_sensor s;
    sensor_model model{s.book};
    s.teach(model, start, start + 8 * day);
    const int64_t end = start + 8 * day + outside * minute;
    for (int64_t at = start + 8 * day; at < end; at += minute)
      s.take(model, at, 35, 0, at - start);
    sensor_model living{s.book};
    REQUIRE(living.decode(s.taught(model)));
    s.out.clear();
    // By day instead of by night, and kept in between.
    const int64_t live = end + 2 * day + day / 2;
    for (int64_t at = live; at < live + 100 * minute; at += minute) {
      s.take(living, at, s.usual(at), 3, at - live);
      std::string state;
      living.encode(state);
      sensor_model next{s.book};
      REQUIRE(next.decode(state));
      std::string again;
      next.encode(again);
      CHECK(again == state);
    }
    for (const auto& each : s.out.transitions)
      CHECK(each.condition.which != rule::state);
    s.out.clear();
    for (int64_t at = live + 100 * minute; at < live + 140 * minute; at += minute)
      s.take(living, at, 35, 3, at - live);
    CHECK(std::any_of(s.out.transitions.begin(), s.out.transitions.end(),
                      [](const auto& each) { return each.condition.which == rule::state && each.pages; }));
  }
}

} // namespace lessons_test
