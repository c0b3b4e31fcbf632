#include "actors/sensor/deadband.hpp"

#include "runtime/types/sensor_type_table.hpp"
#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

#include <random>

namespace deadband_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

deadband band_of(const alert_thresholds& t, double share, double resolution, double step, double range_min = 0,
                 double range_max = 200) {
  sensor_type type;
  type.deadband = share;
  type.resolution = resolution;
  type.range_min = range_min;
  type.range_max = range_max;
  return deadband_of(t, type, step, {});
}

constexpr double infinite = std::numeric_limits<double>::infinity();

} // namespace

TEST_CASE("with limits on both sides the band is a share of the distance between the inner ones, at most 5 % of each") {
  const auto wide = band_of({0, 10, 30, 40, absent}, 0.02, 0, 0);
  CHECK(wide.low == doctest::Approx(0.4));
  CHECK(wide.high == doctest::Approx(0.4));
  const auto far = band_of({absent, 1, 1001, absent, absent}, 0.02, 0, 0);
  CHECK(far.low == doctest::Approx(0.05));
  CHECK(far.high == doctest::Approx(20));
}

TEST_CASE("an outer limit stands in for an inner one that is missing") {
  const auto band = band_of({-100, absent, absent, 100, absent}, 0.02, 0, 0);
  CHECK(band.low == doctest::Approx(4));
  CHECK(band.high == doctest::Approx(4));
}

TEST_CASE("with limits on one side it is a share of the physical range, at most 5 % of the limit") {
  const auto pump = band_of({absent, absent, 4.5, 7.1, absent}, 0.02, 0.01, 0);
  CHECK(pump.high == doctest::Approx(0.225));
  CHECK(std::isnan(pump.low));
  const auto cold_store = band_of({absent, absent, 8, 12, absent}, 0.01, 0.01, 0, -200, 1300);
  CHECK(cold_store.high == doctest::Approx(0.4));
  CHECK(band_of({absent, 0, absent, absent, absent}, 0.02, 0, 0).low == doctest::Approx(4));
  CHECK(band_of({absent, 0, absent, absent, absent}, 0.02, 0, 0, -infinite, infinite).low == 0);
  CHECK(band_of({absent, absent, 50, absent, absent}, 0.02, 0, 0, -infinite, infinite).high == doctest::Approx(2.5));
}

TEST_CASE("it is at least twice the resolution and three usual steps, and at most half the distance of the limits") {
  const alert_thresholds t{absent, 19, 21, absent, absent};
  CHECK(band_of(t, 0.02, 0, 0).high == doctest::Approx(0.04));
  CHECK(band_of(t, 0.02, 0.1, 0).high == doctest::Approx(0.2));
  CHECK(band_of(t, 0.02, 0.1, 0.2).low == doctest::Approx(0.6));
  CHECK(band_of(t, 0.02, 0.1, 5).high == 1);
  CHECK(band_of(t, 0.02, 5, 0).low == 1);
  CHECK(inside_by_deadband(t, band_of(t, 0.02, 5, 0), 20));
}

TEST_CASE("a pump and a cold store with limits on one side: each excursion pages, and clears back at the usual value") {
  struct plant {
    std::string_view type;
    double usual, noise, high, high_high, excursion;
  };
  const auto table = load_sensor_types("config/sensor-types.yaml");
  for (const auto& [type, usual, noise, high, high_high, excursion] :
       {plant{"vibration_velocity", 2, 0.05, 4.5, 7.1, 8}, plant{"temperature", 5, 0.1, 8, 12, 13},
        plant{"vibration", 1.2, 0.1, 2.5, 4, 3}, plant{"power", 1.6e6, 1e4, 2.2e6, 2.5e6, 2.6e6},
        plant{"temperature", 870, 2, 950, 1000, 970}}) {
    watched_sensor s;
    s.types[0] = table[table.find(std::string{type}).value()];
    s.windows = false;
    s.context.thresholds.high = high;
    s.context.thresholds.high_high = high_high;
    std::mt19937_64 random{11};
    std::normal_distribution<double> around{0, noise};
    for (int i = 0; i < 960; ++i)
      s.at(i * 30, (i % 480 >= 240 && i % 480 < 250 ? excursion : usual) + around(random));
    std::vector<transition_kind> kinds;
    int pages = 0;
    for (const auto& x : s.out.transitions)
      if (x.condition.which == rule::limit) {
        kinds.push_back(x.kind);
        pages += x.pages;
      }
    const std::string of{type};
    CAPTURE(of);
    CHECK(kinds == std::vector{transition_kind::raised, transition_kind::cleared, transition_kind::raised,
                               transition_kind::cleared});
    CHECK(pages == 2);
  }
}

TEST_CASE("whatever the type and whichever limits it has, a sensor back at its usual value clears") {
  int tried = 0;
  const auto table = load_sensor_types("config/sensor-types.yaml");
  for (const auto& type : table.types()) {
    const bool bounded = std::isfinite(type.range_max - type.range_min);
    const double from = bounded ? type.range_min : 0, span = bounded ? type.range_max - type.range_min : 100;
    for (int which = 1; which < 16; ++which)
      for (const double place : {0.02, 0.3, 0.5, 0.97}) {
        watched_sensor s;
        s.types[0] = type;
        s.book.score_rows = false;
        s.windows = false;
        s.settings.of(rule::state).alarm = false;
        // Noise of a thousandth of the range; limits a twelfth and a sixth of it away.
        const double usual = from + place * span, unit = span / 1000;
        auto& t = s.context.thresholds;
        if (which & 1)
          t.low_low = usual - 167 * unit;
        if (which & 2)
          t.low = usual - 83 * unit;
        if (which & 4)
          t.high = usual + 83 * unit;
        if (which & 8)
          t.high_high = usual + 167 * unit;
        std::mt19937_64 random{static_cast<uint64_t>(which)};
        std::normal_distribution<double> noise{usual, unit};
        double time = 0;
        const auto live = [&](int readings, double offset) {
          for (int i = 0; i < readings; ++i, time += 10)
            s.at(time, offset == 0 ? noise(random) : usual + offset);
        };
        live(60, 0);
        for (const double offset : {180 * unit, -180 * unit}) {
          const bool beyond = offset > 0 ? which & 12 : which & 3;
          live(20, offset);
          CAPTURE(type.name);
          CAPTURE(which);
          CAPTURE(place);
          REQUIRE(s.rules.states().has(rule::limit) == beyond);
          live(30, 0);
          REQUIRE(!s.rules.states().has(rule::limit));
          // Beyond the minutes in which it would be the same alarm, or chatter.
          live(70, 0);
          tried += beyond;
        }
      }
  }
  CHECK(tried > 4000);
}

} // namespace deadband_test
