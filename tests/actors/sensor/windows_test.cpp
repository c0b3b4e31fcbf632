#include "actors/sensor/windows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace windows_test {

using namespace millwright;

namespace {

// One sensor, one split: the watermark is the largest time so far.
struct bench {
  detection_settings settings;
  sensor_context context;
  sensor_windows windows{settings};
  sensor_output out;
  event_time watermark = never;

  intake give(int64_t seconds, double value, uint8_t flags = 0, sensor_type_index type = 0, bool fit = true) {
    reading r;
    r.time = from_epoch_ms(seconds * 1000);
    r.value = value;
    r.watermark = r.closing = watermark;
    r.flags = flags;
    r.type = type;
    r.context = &context;
    windows.close(r.closing, context, out);
    const auto result = windows.take(r, fit);
    if (result.taken() && !r.is(reading::ahead))
      watermark = std::max(watermark, r.time);
    return result;
  }
  void move_to(int64_t seconds) {
    watermark = from_epoch_ms(seconds * 1000);
    windows.close(watermark, context, out);
  }
  void finish() { windows.close(forever, context, out); }
};

event_time at(int64_t seconds) {
  return from_epoch_ms(seconds * 1000);
}

} // namespace

TEST_CASE("a reading is late exactly when the watermark is at its pane's end plus the delay") {
  struct {
    int64_t delay;
    bool intake::*late;
  } const kinds[] = {{60, &intake::late_statistics}, {30, &intake::late_patterns}, {300, &intake::late_averages}};
  for (const auto& k : kinds) {
    bench before, exactly;
    // The pane of 910 ends at 930.
    before.watermark = from_epoch_ms((930 + k.delay) * 1000 - 1);
    exactly.watermark = at(930 + k.delay);
    CHECK_FALSE(before.give(910, 1).*k.late);
    CHECK(exactly.give(910, 1).*k.late);
  }
}

TEST_CASE("a reading may be late for patterns and on time for averages") {
  bench b;
  b.give(1000, 5);
  b.move_to(1100);
  const auto late = b.give(1005, 7);
  CHECK(late.late_patterns);
  CHECK(late.late_statistics);
  CHECK_FALSE(late.late_averages);
  b.finish();
  REQUIRE(b.out.averages.size() == 2);
  CHECK(b.out.averages[0].count == 2);
  CHECK(b.out.averages[0].avg == 6);
  CHECK(b.out.averages[0].latest == at(1005));
  for (const auto& row : b.out.patterns)
    CHECK(row.count == 1);
  CHECK(b.out.patterns.size() == 4);
  CHECK(b.out.statistics.size() == 5);
}

TEST_CASE("what comes for a window that another split closed is late") {
  bench b;
  b.windows.close(at(2000), b.context, b.out);
  reading r;
  r.time = at(1600);
  r.watermark = at(1600);
  r.closing = at(1600);
  r.context = &b.context;
  b.windows.close(r.closing, b.context, b.out);
  const auto result = b.windows.take(r);
  CHECK(result.late_averages);
  CHECK(b.windows.idle());
}

TEST_CASE("a window closes once, when closing time reaches its end and the delay") {
  bench b;
  b.give(930, 1);
  b.move_to(989);
  CHECK(b.out.patterns.empty());
  b.move_to(990);
  REQUIRE(b.out.patterns.size() == 1);
  CHECK(b.out.patterns[0].start == at(840));
  CHECK(b.out.patterns[0].end == at(960));
  b.move_to(990);
  CHECK(b.out.patterns.size() == 1);
  CHECK(b.out.statistics.empty());
  b.move_to(1020);
  REQUIRE(b.out.statistics.size() == 1);
  CHECK(b.out.statistics[0].start == at(660));
  CHECK(b.out.statistics[0].end == at(960));
  CHECK_FALSE(b.windows.idle());
  b.finish();
  CHECK(b.windows.idle());
  CHECK(b.out.statistics.size() == 5);
  CHECK(b.out.patterns.size() == 4);
  CHECK(b.out.averages.size() == 2);
}

TEST_CASE("empty windows have no row however far time moves") {
  bench b;
  b.give(0, 1);
  b.give(100'000'000, 2);
  b.finish();
  CHECK(b.out.statistics.size() == 10);
  CHECK(b.out.averages.size() == 4);
}

TEST_CASE("times before 1970 align downward") {
  bench b;
  b.give(-1, 4);
  b.finish();
  REQUIRE(b.out.averages.size() == 2);
  CHECK(b.out.averages[0].start == at(-60));
  CHECK(b.out.averages[1].start == at(-30));
  CHECK(b.out.statistics.back().start == at(-60));
  CHECK(b.out.statistics.front().start == at(-300));
}

TEST_CASE("a repeat is a duplicate with the same value and a conflict with another") {
  bench b;
  b.give(100, 1.5);
  b.give(101, 2.5);
  CHECK(b.give(100, 1.5).duplicate);
  const auto conflict = b.give(101, 9);
  CHECK(conflict.conflict);
  CHECK_FALSE(conflict.duplicate);
  CHECK(b.give(101, 2.5).duplicate);
  CHECK(b.give(102, 0.0).taken());
  CHECK(b.give(102, -0.0).duplicate);
  b.finish();
  CHECK(b.out.averages.back().count == 3);
}

TEST_CASE("a repeat is recognised until it is more than a minute behind the sensor's newest") {
  bench b;
  b.give(100, 1);
  b.give(130, 2);
  b.give(160, 3);
  CHECK(b.give(100, 1).duplicate);
  b.give(161, 4);
  CHECK(b.give(100, 1).taken());
  CHECK(b.give(130, 1).conflict);
}

TEST_CASE("a repeat of a late reading is recognised") {
  bench b;
  b.move_to(10'000);
  CHECK(b.give(5000, 1).late_averages);
  CHECK(b.give(5000, 1).duplicate);
  CHECK(b.give(4990, 2).taken());
  CHECK(b.give(4990, 3).conflict);
  CHECK(b.windows.newest() == at(5000));
  b.finish();
  CHECK(b.out.averages.empty());
}

TEST_CASE("a reading of a file that is ahead is in its windows and recognised again but moves nothing") {
  bench b;
  b.give(1000, 1);
  const auto ahead = b.give(500'000, 2, reading::ahead | reading::replayed);
  CHECK(ahead.taken());
  CHECK_FALSE(ahead.late());
  CHECK(b.windows.newest() == at(1000));
  CHECK(b.give(1000, 1).duplicate);
  b.give(1050, 1);
  CHECK(b.give(500'000, 2, reading::ahead | reading::replayed).duplicate);
  CHECK(b.give(500'000, 3, reading::ahead | reading::replayed).conflict);
  b.give(1030, 4);
  b.finish();
  CHECK(b.out.averages.back().end == at(500'000 / 30 * 30 + 60));
  CHECK(b.out.averages.back().count == 1);
}

TEST_CASE("a reading that is ahead in a live split is in its windows, and no repeat is known by it") {
  bench b;
  b.give(1000, 1);
  CHECK_FALSE(b.give(4000, 2, reading::ahead).late());
  CHECK(b.give(4000, 2, reading::ahead).taken());
  CHECK(b.windows.newest() == at(1000));
  CHECK(b.give(4000, 5).taken());
  CHECK(b.give(4000, 5).duplicate);
  b.finish();
  CHECK(b.out.averages.back().count == 3);
  CHECK(b.out.averages.back().avg == doctest::Approx(3));
}

TEST_CASE("a reading more than a day beyond arrival or bound is in no window, and late for none") {
  bench b;
  b.give(1000, 1);
  const auto far = b.give(200'000, 2, reading::ahead | reading::far_ahead);
  CHECK(far.taken());
  CHECK_FALSE(far.late());
  b.finish();
  CHECK(b.out.averages.size() == 2);
  CHECK(b.out.statistics.size() == 5);
}

TEST_CASE("the slope of readings ahead and others is over the order of time and value") {
  bench b, plain;
  for (const auto& [second, value, ahead] : {std::tuple{600, 3.0, true}, std::tuple{604, 8.0, true},
                                             std::tuple{602, 1.0, false}, std::tuple{601, 7.0, false}}) {
    b.give(second, value, ahead ? reading::ahead : 0);
    plain.give(second, value);
  }
  b.finish();
  plain.finish();
  REQUIRE(b.out.patterns.size() == plain.out.patterns.size());
  for (size_t i = 0; i < b.out.patterns.size(); ++i)
    CHECK(b.out.patterns[i].slope == plain.out.patterns[i].slope);
}

TEST_CASE("a sensor that is always ahead holds single readings of open panes alone, and panes of open windows") {
  bench b;
  size_t most = 0;
  for (int64_t second = 0; second < 40'000; ++second) {
    b.give(second + 120, static_cast<double>(second % 7), reading::ahead);
    b.move_to(second);
    most = std::max(most, b.windows.heap_bytes());
  }
  CHECK(b.windows.newest() == never);
  CHECK(most < 10'000);
}

TEST_CASE("newest tells whether time moved on") {
  bench b;
  CHECK(b.windows.newest() == never);
  CHECK(b.give(100, 1).newest);
  CHECK(b.give(110, 1).newest);
  CHECK_FALSE(b.give(105, 1).newest);
  CHECK(b.windows.newest() == at(110));
}

TEST_CASE("the slope is over the order of time and value, not of arrival") {
  bench b;
  b.give(2, 30);
  b.give(0, 10);
  b.give(31, 50);
  b.give(1, 20);
  b.give(29, 40);
  b.finish();
  REQUIRE(b.out.patterns.size() == 5);
  CHECK(b.out.patterns[1].count == 5);
  CHECK(b.out.patterns[1].slope == doctest::Approx(10));
  CHECK_FALSE(b.out.patterns[1].rapid_change);
  CHECK(b.out.patterns.back().count == 1);
  CHECK(std::isnan(b.out.patterns.back().slope));
}

TEST_CASE("rapid change and stuck are told by slope and equal values") {
  bench rapid, stuck;
  for (int i = 0; i < 11; ++i) {
    rapid.give(i, i % 2 ? 10.001 * i : 10.001 * i);
    stuck.give(i, 0.1);
  }
  rapid.finish();
  stuck.finish();
  CHECK(rapid.out.patterns[0].rapid_change);
  CHECK_FALSE(rapid.out.patterns[0].stuck);
  CHECK(stuck.out.patterns[0].stuck);
  CHECK(stuck.out.patterns[0].slope == 0);
  CHECK(stuck.out.statistics[0].stddev == 0);
  CHECK(stuck.out.statistics[0].avg == 0.1);
  CHECK(std::isnan(stuck.out.statistics[0].z));
  CHECK(stuck.out.statistics[0].level == severity::normal);
  bench ten;
  for (int i = 0; i < 10; ++i)
    ten.give(i, 0.1);
  ten.finish();
  CHECK_FALSE(ten.out.patterns[0].stuck);
}

TEST_CASE("a window's z and severity are of its last reading, and so is the type") {
  bench b;
  for (int i = 0; i < 40; ++i)
    b.give(i, i % 2 ? 1 : -1, 0, 3);
  b.give(41, 20, 0, 7);
  b.give(40, 0, 0, 5);
  b.finish();
  const auto& row = b.out.statistics[0];
  CHECK(row.count == 42);
  CHECK(row.last == 20);
  CHECK(row.type == 7);
  CHECK(row.z == doctest::Approx((20 - row.avg) / row.stddev));
  CHECK(row.z > 5);
  CHECK(row.level == severity::critical);
}

TEST_CASE("the baseline is of the panes that end after the reading's time less five minutes") {
  bench b;
  for (int i = 0; i < 600; i += 10)
    b.give(i, i);
  // 600 - 300: the pane that ends at 300 is out.
  const auto full = b.windows.recent(at(600));
  CHECK(full.figures().count == 30);
  CHECK(full.figures().min == 300);
  CHECK(full.figures().max == 590);
  CHECK(full.start == at(300));
  CHECK(full.end == at(600));
  const auto before = b.windows.recent(from_epoch_ms(599'999));
  CHECK(before.figures().count == 33);
  CHECK(before.start == at(270));
  const auto later = b.windows.recent(at(889));
  CHECK(later.figures().count == 3);
  const auto none = b.windows.recent(at(900));
  CHECK(none.figures().count == 0);
  CHECK(none.start == never);
  CHECK(std::isnan(none.figures().avg));
}

TEST_CASE("a slow sensor's baseline outlives its windows") {
  bench b;
  b.give(0, 1);
  b.give(250, 2);
  b.move_to(3000);
  CHECK(b.windows.idle());
  CHECK(b.windows.recent(at(310)).figures().count == 2);
}

TEST_CASE("types can be renumbered") {
  bench b;
  b.give(0, 1, 0, 4);
  b.windows.map_types([](sensor_type_index old) { return static_cast<sensor_type_index>(old + 1); });
  b.finish();
  CHECK(b.out.statistics[0].type == 5);
}

TEST_CASE("a sensor that reads every second takes about 1.2 KiB in all") {
  bench b;
  for (int i = 0; i < 3600; ++i)
    b.give(i, 20 + std::round(100 * std::sin(i)) / 100);
  CHECK(sizeof(sensor_windows) + b.windows.heap_bytes() <= 1280);
}

TEST_CASE("a sensor among others holds twelve panes and no room for more, before a restart and after it") {
  bench b;
  const auto live = [&b](int from, int until) {
    for (int i = from; i < until; ++i) {
      b.move_to(i);
      b.give(i, 20 + std::round(100 * std::sin(i)) / 100);
    }
  };
  live(0, 3600);
  const size_t most = 12 * sizeof(pane) + 64 * 4;
  CHECK(b.windows.heap_bytes() <= most);
  std::string whole, changes;
  binary_writer whole_writer{whole}, changes_writer{changes};
  b.windows.encode(whole_writer);
  b.windows.kept();
  live(3600, 3640);
  b.windows.encode_changes(changes_writer);
  b.windows = sensor_windows{b.settings};
  binary_reader whole_reader{whole}, changes_reader{changes};
  REQUIRE(b.windows.decode(whole_reader));
  REQUIRE(b.windows.decode_changes(changes_reader));
  CHECK(b.windows.heap_bytes() <= most);
  live(3640, 4000);
  CHECK(b.windows.heap_bytes() <= most);
}

TEST_CASE("an unfit reading counts in the windows and not in the baseline, and so it stays after a restart") {
  bench mixed, only_fit;
  for (int64_t t = 600; t < 900; ++t) {
    const bool fit = t % 70 != 0;
    const double value = fit ? std::sin(static_cast<double>(t)) : 1e6;
    mixed.give(t, value, 0, 0, fit);
    if (fit)
      only_fit.give(t, value);
  }
  const auto check = [&](const sensor_windows& windows) {
    const auto got = windows.recent(at(900)), wanted = only_fit.windows.recent(at(900));
    CHECK(got.figures().count == wanted.figures().count);
    CHECK(got.figures().avg == doctest::Approx(wanted.figures().avg).epsilon(1e-9));
    CHECK(got.figures().stddev == doctest::Approx(wanted.figures().stddev).epsilon(1e-9));
    CHECK(got.figures().max < 2);
    CHECK(got.start == wanted.start);
    CHECK(got.end == wanted.end);
  };
  check(mixed.windows);
  std::string stored;
  binary_writer writer{stored};
  mixed.windows.encode(writer);
  sensor_windows again{mixed.settings};
  binary_reader reader{stored};
  REQUIRE(again.decode(reader));
  CHECK(reader.at_end());
  check(again);
  mixed.finish();
  double largest = 0;
  for (const auto& row : mixed.out.statistics)
    largest = std::max(largest, row.max);
  CHECK(largest == 1e6);
}

TEST_CASE("the baseline is as ever once the stretches with unfit readings have left") {
  bench b;
  b.give(0, 1e6, 0, 0, false);
  for (int64_t t = 1; t < 2000; ++t)
    b.give(t, static_cast<double>(t % 7));
  CHECK(b.windows.recent(at(2000)).figures().max == 6);
  CHECK(b.windows.recent(at(2000)).figures().count == 320);
}

} // namespace windows_test
