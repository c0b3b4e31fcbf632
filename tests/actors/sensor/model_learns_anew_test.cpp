#include "actors/sensor/sensor_model.hpp"

#include "protocol/alarm_reasons.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace model_learns_anew_test {

using namespace millwright;

namespace {

constexpr int64_t minute = 60'000, day = 24 * 60 * minute, start = 1'700'000'000'000 / day * day;

struct sensor {
  sensor() {
    types[0].name = "temperature";
    types[0].range_min = -1000;
    types[0].range_max = 1000;
    types[0].stuck_after.reset();
    settings.of(rule::z).alarm = false;
    context.key = {{"plant"}, {"TI-1"}};
    context.facility = std::make_shared<facility_info>();
  }

  void go_on(sensor_model& model, int64_t until, double offset = 0) {
    for (; at < until; at += minute) {
      reading r;
      r.context = &context;
      r.time = from_epoch_ms(start + at);
      r.value = offset + (at / minute / 40 % 2 ? 20 : 10);
      r.watermark = r.closing = r.time;
      r.activity = milliseconds{at};
      r.hour = static_cast<uint8_t>(at / 3'600'000 % 24);
      model.take(r, out);
    }
  }
  sensor_tick now() const {
    sensor_tick tick;
    tick.closing = from_epoch_ms(start + at);
    tick.activity = milliseconds{at};
    tick.position = 77;
    tick.learns_anew = true;
    return tick;
  }
  static std::string stored(const sensor_model& model) {
    std::string out;
    model.encode(out);
    return out;
  }

  detection_settings settings;
  std::vector<sensor_type> types{1};
  rule_book book{&settings, &types};
  sensor_context context;
  sensor_output out;
  int64_t at = 0;
};

} // namespace

TEST_CASE("what was kept of the ranges and habits is none of what it has learned since: it is written whole first") {
  sensor s;
  sensor_model model{s.book};
  s.go_on(model, 2 * day);
  const auto kept = sensor::stored(model);
  model.kept();
  s.go_on(model, 2 * day + 5 * minute);
  REQUIRE(model.can_encode_changes());
  model.learn_anew(s.now(), s.context, 0, s.out);
  CHECK_FALSE(model.can_encode_changes());

  // As whoever reads it later knows it.
  const auto whole = sensor::stored(model);
  model.kept();
  s.go_on(model, 3 * day + 5 * minute, 100);
  std::string changes;
  model.encode_changes(changes);
  sensor_model read{s.book};
  REQUIRE(read.decode(whole + changes));
  CHECK(sensor::stored(read) == sensor::stored(model));
  CHECK(whole.size() < kept.size());
}

TEST_CASE("told twice at one place it is as told once, and what it ends was decided between readings") {
  sensor s;
  sensor_model model{s.book};
  s.go_on(model, 8 * day);
  s.go_on(model, 8 * day + 100 * minute, 100);
  REQUIRE(model.states().has(rule::state));
  s.out.clear();
  model.learn_anew(s.now(), s.context, 0, s.out);
  REQUIRE(s.out.transitions.size() == 1);
  CHECK(s.out.transitions[0].reason == alarm_reason::learns_anew);
  CHECK(s.out.transitions[0].swept);
  CHECK(s.out.transitions[0].position == 77);
  const auto once = sensor::stored(model);
  s.out.clear();
  model.learn_anew(s.now(), s.context, 0, s.out);
  CHECK(s.out.empty());
  CHECK(sensor::stored(model) == once);
}

TEST_CASE("a sensor that nothing has come from yet may be told so") {
  sensor s;
  sensor_model model{s.book};
  auto tick = s.now();
  tick.closing = never;
  model.learn_anew(tick, s.context, 0, s.out);
  CHECK(s.out.empty());
  sensor_model read{s.book};
  CHECK(read.decode(sensor::stored(model)));
}

} // namespace model_learns_anew_test
