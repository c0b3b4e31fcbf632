#include "actors/sensor/recent_panes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

namespace recent_panes_test {

using namespace millwright;

TEST_CASE("what is surely within so many deviations is so by the figures, whatever the offset and the spread") {
  std::mt19937_64 random{7};
  std::normal_distribution<double> normal;
  constexpr std::array offsets{0.0, 1.0, -60.0, 1e6, 1e12, 1e-9, 1e120, -1e154};
  constexpr std::array spreads{0.0, 1.0, 0.04, 1e-6, 1e3, 1e-13, 1e-140, 1e-165, 1e90, 1e152};
  for (const double offset : offsets)
    for (const double spread : spreads)
      for (int round = 0; round < 60; ++round) {
        CAPTURE(offset);
        CAPTURE(spread);
        moments before, last;
        for (uint64_t n = 1 + random() % 40; n > 0; --n)
          before.add(offset + spread * normal(random));
        for (uint64_t n = 1 + random() % 10; n > 0; --n)
          last.add(offset + spread * normal(random));
        const recent_panes panes{before, last};
        const auto exact = panes.figures();
        const double x = offset + spread * 2 * normal(random), widths = 2.475;
        REQUIRE((!panes.surely_within(x, widths) || std::abs(x - exact.avg) < widths * exact.stddev));
      }
}

TEST_CASE("nearly all of a steady sensor's readings need no figures") {
  std::mt19937_64 random{8};
  std::normal_distribution<double> normal{60, 0.4};
  moments before, last;
  for (int i = 0; i < 270; ++i)
    before.add(normal(random));
  int surely = 0;
  for (int i = 0; i < 1000; ++i) {
    if (last.count == 30)
      last = {};
    last.add(normal(random));
    surely += recent_panes{before, last}.surely_within(normal(random), 2.475);
  }
  CHECK(surely > 950);
}

TEST_CASE("figures are those of all panes together, or known ones") {
  moments before, last;
  for (const double x : {1.0, 2.0, 4.0})
    before.add(x);
  CHECK(recent_panes{before, last}.figures().stddev == before.stddev());
  CHECK(recent_panes{last, before}.figures().avg == before.avg());
  last.add(9);
  const auto all = recent_panes{before, last}.figures();
  CHECK(all.avg == 4);
  CHECK(all.min == 1);
  CHECK(all.max == 9);
  CHECK(all.count == 4);
  CHECK(recent_panes{}.count() == 0);
  CHECK(std::isnan(recent_panes{}.figures().avg));
  const recent_panes known{baseline{20, 1, 17, 23, 30}};
  CHECK(known.count() == 30);
  CHECK(known.figures().max == 23);
  CHECK(!known.surely_within(20, 2));
}

} // namespace recent_panes_test
