// A sensor whose machine goes on and off: whenever it is swept, stored, or begun anew from what was stored, it decides
// the same.
#include "actors/sensor/sensor_model.hpp"
#include "protocol/operating_mode.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace modes_property_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr int64_t start = 1'700'000'000'000;

struct pump {
  detection_settings settings;
  std::vector<sensor_type> types{1};
  rule_book book{&settings, &types};
  sensor_context context;

  explicit pump(bool on_change) {
    types[0].name = std::string{"flow"};
    types[0].range_min = -1000;
    types[0].range_max = 1000;
    types[0].alarm_delay = 30s;
    types[0].report = on_change ? report_kind::on_change : report_kind::periodic;
    settings.state.learn = 60;
    context.key = {{"plant"}, {"FI-1"}};
    context.facility = std::make_shared<facility_info>();
    context.thresholds = {5, 20, 90, 200, 30};
    context.when = operating_mode{judged_by_sensors, {{"PW-1", true, 5, 60s}}}.text();
  }
};

/// A reading, or a change of the mode behind the one before.
struct step {
  bool change = false;
  int64_t at = 0;
  double value = 0;
};

std::vector<step> history(uint32_t seed) {
  std::mt19937 random{seed};
  std::vector<step> out;
  int64_t at = start;
  double level = 50;
  for (int i = 0; i < 1500; ++i) {
    at += random() % 50 == 0 ? 200'000 : 1000;
    if (random() % 60 == 0)
      level = static_cast<double>(random() % 110);
    out.push_back({random() % 80 == 0, at, level + static_cast<double>(random() % 100) / 50});
  }
  return out;
}

/// The sensor as its driver leads it.
struct led_sensor {
  pump& of;
  std::optional<sensor_model> model;
  bool judged = true;
  int64_t now = start;
  uint64_t position = 0;

  explicit led_sensor(pump& given) : of{given} { model.emplace(of.book); }

  void tick(sensor_output& out) {
    sensor_tick x;
    x.closing = from_epoch_ms(now);
    x.activity = milliseconds{now - start};
    x.mode = judged ? sensor_tick::judging::judged : sensor_tick::judging::not_judged;
    x.position = position;
    model->tick(x, of.context, 0, out);
  }
  void live(const step& x, sensor_output& out) {
    if (x.change) {
      tick(out);
      judged = !judged;
      tick(out);
    }
    reading r;
    r.time = from_epoch_ms(x.at);
    r.value = x.value;
    r.watermark = r.closing = from_epoch_ms(now);
    r.activity = milliseconds{now - start};
    r.context = &of.context;
    r.position = ++position;
    r.flags = judged ? 0 : reading::not_judged;
    model->take(r, out);
    now = x.at;
  }
  std::string stored() const {
    std::string out;
    model->encode(out);
    return out;
  }
  void begin_anew(const std::string& from) {
    model.emplace(of.book);
    REQUIRE(model->decode(from));
  }
};

std::string line_of(const alarm_transition& x) {
  return std::string{name_of(x.condition.which)} + ' ' + std::string{name_of(x.kind)} + ' ' +
         std::to_string(epoch_ms(x.at) - start) + ' ' + std::to_string(x.number) + ' ' + std::string{name_of(x.level)} +
         (x.pages ? " pages " : " ") + x.reason;
}

void add(std::vector<std::string>& to, sensor_output& out) {
  for (const auto& each : out.transitions)
    to.push_back(line_of(each));
  out.clear();
}

} // namespace

TEST_CASE(
    "a sensor of a machine that goes on and off decides the same, however often it is swept, stored and begun anew") {
  size_t told = 0, of_modes = 0;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    pump p{seed % 2 == 0};
    const auto steps = history(seed);
    std::vector<std::string> expected, found;
    sensor_output out;
    led_sensor whole{p};
    for (const auto& each : steps) {
      whole.live(each, out);
      add(expected, out);
    }
    std::mt19937 random{seed};
    led_sensor broken{p};
    struct {
      std::string bytes;
      bool judged = true;
      int64_t now = start;
      uint64_t position = 0;
      size_t step = 0, told = 0;
    } committed;
    committed.bytes = broken.stored();
    for (size_t i = 0; i < steps.size(); ++i) {
      broken.live(steps[i], out);
      if (random() % 5 == 0)
        broken.tick(out);
      add(found, out);
      if (random() % 40 == 0)
        committed = {broken.stored(), broken.judged, broken.now, broken.position, i + 1, found.size()};
      if (random() % 120 == 0) {
        broken.begin_anew(committed.bytes);
        broken.judged = committed.judged;
        broken.now = committed.now;
        broken.position = committed.position;
        found.resize(committed.told);
        i = committed.step - 1;
      }
    }
    CHECK(found == expected);
    CHECK(broken.model->states() == whole.model->states());
    told += expected.size();
    for (const auto& each : expected)
      of_modes += each.find("not judged") != std::string::npos;
  }
  CHECK(told > 500);
  CHECK(of_modes > 20);
}

} // namespace modes_property_test
