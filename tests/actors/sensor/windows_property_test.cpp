#include "actors/sensor/windows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace windows_property_test {

using namespace millwright;

namespace {

struct sample {
  int64_t time;
  double value;
  uint8_t flags = 0;
};

constexpr uint8_t ahead_in_a_file = reading::ahead | reading::replayed;

/// One split: the watermark is the largest time so far; repeats do not move it, and this input has none that would.
std::vector<reading> stamp(const std::vector<sample>& input, const sensor_context& context) {
  std::vector<reading> out;
  event_time watermark = never;
  for (const auto& s : input) {
    reading r;
    r.time = from_epoch_ms(s.time);
    r.value = s.value;
    r.watermark = r.closing = watermark;
    r.context = &context;
    r.flags = s.flags;
    r.type = static_cast<sensor_type_index>(out.size() % 3);
    out.push_back(r);
    if (!r.is(reading::ahead))
      watermark = std::max(watermark, r.time);
  }
  return out;
}

struct shape {
  int64_t length, slide, delay;
};

std::array<shape, 3> shapes(const window_settings& w) {
  return {shape{w.statistics_length.count(), w.statistics_slide.count(), w.statistics_delay.count()},
          shape{w.patterns_length.count(), w.patterns_slide.count(), w.patterns_delay.count()},
          shape{w.averages_length.count(), w.averages_slide.count(), w.averages_delay.count()}};
}

int64_t floor_to(int64_t t, int64_t step) {
  return static_cast<int64_t>(std::floor(static_cast<long double>(t) / step)) * step;
}

/// Semantics 1 and 3 once more, with nothing but lists.
struct plain_windows {
  std::array<std::map<int64_t, std::vector<reading>>, 3> windows;
  std::vector<reading> statistics_on_time;
  std::vector<std::array<bool, 5>> fates;

  plain_windows(const std::vector<reading>& input, const window_settings& w) {
    const auto kinds = shapes(w);
    std::map<int64_t, double> taken;
    int64_t newest = epoch_ms(never);
    event_time closed = never;
    for (const auto& r : input) {
      closed = std::max(closed, r.closing);
      const int64_t t = epoch_ms(r.time);
      const bool live_ahead = r.is(reading::ahead) && !r.is(reading::replayed);
      if (r.is(reading::far_ahead)) {
        fates.push_back({});
        continue;
      }
      const auto old = live_ahead ? taken.end() : taken.find(t);
      if (old != taken.end() && t >= newest - w.repeat_horizon.count()) {
        fates.push_back({old->second == r.value, old->second != r.value});
        continue;
      }
      if (!live_ahead)
        taken.try_emplace(t, r.value);
      if (!r.is(reading::ahead))
        newest = std::max(newest, t);
      const int64_t pane = w.pane.count(), end = floor_to(t, pane) + pane;
      std::array<bool, 5> fate{};
      for (size_t k = 0; k < 3; ++k) {
        if (end <= epoch_ms(std::max(r.watermark, closed)) - kinds[k].delay) {
          fate[k + 2] = true;
          continue;
        }
        for (int64_t s = floor_to(t, kinds[k].slide); s > t - kinds[k].length; s -= kinds[k].slide)
          windows[k][s].push_back(r);
      }
      fates.push_back(fate);
    }
  }
};

bool near(double x, long double exact, long double scale) {
  if (std::isnan(x) || std::isnan(exact))
    return std::isnan(x) && std::isnan(exact);
  const auto off = std::abs(x - exact);
  return off <= 1e-9L * std::abs(exact) || off <= 1e-12L * scale;
}

struct figures {
  long double avg = 0, stddev = NAN, slope = NAN, scale = 0;
  double min, max;
};

figures figures_of(std::vector<reading> window) {
  std::stable_sort(window.begin(), window.end(), [](const reading& a, const reading& b) {
    return std::pair{a.time, a.value} < std::pair{b.time, b.value};
  });
  figures out;
  out.min = out.max = window.front().value;
  const long double n = window.size();
  for (const auto& r : window) {
    out.avg += r.value / n;
    out.scale = std::max<long double>(out.scale, std::abs(r.value));
    out.min = std::min(out.min, r.value);
    out.max = std::max(out.max, r.value);
  }
  if (window.size() < 2)
    return out;
  long double m2 = 0, rise = 0, run = 0;
  for (size_t i = 0; i < window.size(); ++i) {
    const long double d = window[i].value - out.avg, index = i - (n - 1) / 2;
    m2 += d * d;
    rise += index * d;
    run += index * index;
  }
  out.stddev = out.min == out.max ? 0 : std::sqrt(m2 / (n - 1));
  out.slope = out.min == out.max ? 0 : rise / run;
  return out;
}

reading last_of(const std::vector<reading>& window) {
  return *std::max_element(window.rbegin(), window.rend(),
                           [](const reading& a, const reading& b) { return a.time < b.time; });
}

void check_rows(const sensor_output& out, const plain_windows& plain, const window_settings& w) {
  const auto kinds = shapes(w);
  REQUIRE(out.statistics.size() == plain.windows[0].size());
  REQUIRE(out.patterns.size() == plain.windows[1].size());
  REQUIRE(out.averages.size() == plain.windows[2].size());
  size_t i = 0;
  for (const auto& [start, window] : plain.windows[0]) {
    const auto& row = out.statistics[i++];
    const auto f = figures_of(window);
    const auto last = last_of(window);
    REQUIRE(epoch_ms(row.start) == start);
    REQUIRE(epoch_ms(row.end) == start + kinds[0].length);
    REQUIRE(row.count == window.size());
    REQUIRE(near(row.avg, f.avg, f.scale));
    REQUIRE(near(row.stddev, f.stddev, f.scale));
    REQUIRE(row.min == f.min);
    REQUIRE(row.max == f.max);
    REQUIRE(row.last == last.value);
    REQUIRE(row.type == last.type);
    const long double z = f.stddev > 0 ? std::abs(last.value - f.avg) / f.stddev : NAN;
    if (!(f.stddev > 0) || f.stddev > 1e-6L * f.scale)
      REQUIRE(near(row.z, z, f.stddev > 0 ? 100 * f.scale / f.stddev : 0));
  }
  i = 0;
  for (const auto& [start, window] : plain.windows[1]) {
    const auto& row = out.patterns[i++];
    const auto f = figures_of(window);
    REQUIRE(epoch_ms(row.start) == start);
    REQUIRE(row.count == window.size());
    REQUIRE(near(row.slope, f.slope, f.scale));
    REQUIRE(row.stuck == (window.size() > 10 && f.min == f.max));
    if (std::abs(std::abs(f.slope) - 10) > 1e-6)
      REQUIRE(row.rapid_change == (std::abs(f.slope) > 10));
  }
  i = 0;
  for (const auto& [start, window] : plain.windows[2]) {
    const auto& row = out.averages[i++];
    const auto f = figures_of(window);
    REQUIRE(epoch_ms(row.start) == start);
    REQUIRE(row.count == window.size());
    REQUIRE(near(row.avg, f.avg, f.scale));
    REQUIRE(row.latest == last_of(window).time);
  }
}

/// Every kind of trouble at once: gaps, disorder up to ten minutes, repeats, conflicts, readings far ahead.
std::vector<sample> trouble(uint64_t seed, size_t n) {
  std::mt19937_64 random{seed};
  std::normal_distribution<double> noise;
  std::vector<sample> out;
  int64_t now = seed % 3 == 0 ? -1'500'000 : 1'795'000'000'000;
  const double offset = seed % 4 == 0 ? 1e9 : 20, spread = seed % 5 == 0 ? 1e-3 : 5;
  const int64_t step = std::array<int64_t, 4>{1000, 250, 20'000, 150'000}[seed % 4];
  for (size_t i = 0; i < n; ++i) {
    const auto dice = random() % 1000;
    now += dice < 3 ? 1'000'000 : static_cast<int64_t>(random() % (2 * step));
    double value = offset + spread * noise(random);
    if (seed % 6 == 1)
      value = std::round(value);
    if (dice >= 900 && dice < 930 && !out.empty()) {
      out.push_back(out[out.size() - 1 - random() % std::min<size_t>(out.size(), 100)]);
      if (dice < 915)
        out.back().value += 1;
    } else if (dice >= 700) {
      const int64_t back = dice < 850 ? 20'000 : dice < 950 ? 120'000 : 600'000;
      out.push_back({now - static_cast<int64_t>(random() % back), value});
    } else if (dice == 699) {
      out.push_back({now + 200'000'000 + static_cast<int64_t>(random() % 100'000), value, ahead_in_a_file});
    } else if (dice >= 670 && seed % 2 == 0) {
      // A live split: ahead of arrival or bound by up to an hour, some repeated; or by days.
      const bool far = dice == 670;
      const int64_t by = far ? 200'000'000 : 20'000 + static_cast<int64_t>(random() % 3'600'000);
      out.push_back({now + by, value, far ? uint8_t{reading::ahead | reading::far_ahead} : uint8_t{reading::ahead}});
      if (dice < 675)
        out.push_back(out.back());
    } else {
      out.push_back({now, value});
    }
  }
  return out;
}

template <class Between>
sensor_output run(const std::vector<reading>& input, const detection_settings& settings, Between&& between) {
  static const sensor_context context;
  sensor_windows windows{settings};
  sensor_output out;
  for (const auto& r : input) {
    windows.close(r.closing, context, out);
    between(windows, r, out);
    windows.take(r);
  }
  windows.close(forever, context, out);
  REQUIRE(windows.idle());
  return out;
}

constexpr auto nothing = [](auto&&...) {};

template <class Row>
bool by_start(const Row& a, const Row& b) {
  return a.start < b.start;
}

bool same(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

/// Bit for bit.
void check_same(const sensor_output& a, const sensor_output& b) {
  REQUIRE(a.statistics.size() == b.statistics.size());
  REQUIRE(a.patterns.size() == b.patterns.size());
  REQUIRE(a.averages.size() == b.averages.size());
  for (size_t i = 0; i < a.statistics.size(); ++i) {
    const auto &x = a.statistics[i], &y = b.statistics[i];
    REQUIRE((x.start == y.start && x.end == y.end && x.count == y.count && x.type == y.type && x.level == y.level));
    REQUIRE((same(x.avg, y.avg) && same(x.stddev, y.stddev) && same(x.min, y.min) && same(x.max, y.max)));
    REQUIRE((same(x.last, y.last) && same(x.z, y.z)));
  }
  for (size_t i = 0; i < a.patterns.size(); ++i) {
    const auto &x = a.patterns[i], &y = b.patterns[i];
    REQUIRE((x.start == y.start && x.count == y.count && same(x.slope, y.slope)));
    REQUIRE((x.rapid_change == y.rapid_change && x.stuck == y.stuck));
  }
  for (size_t i = 0; i < a.averages.size(); ++i) {
    const auto &x = a.averages[i], &y = b.averages[i];
    REQUIRE((x.start == y.start && x.count == y.count && same(x.avg, y.avg) && x.latest == y.latest));
  }
}

detection_settings other_settings(uint64_t seed) {
  detection_settings s;
  auto& w = s.windows;
  if (seed % 3 == 1) {
    // Patterns have the largest delay, statistics the smallest.
    w.statistics_delay = milliseconds{0};
    w.patterns_delay = milliseconds{400'000};
    w.averages_delay = milliseconds{90'000};
  } else if (seed % 3 == 2) {
    w.pane = milliseconds{10'000};
    w.statistics_length = milliseconds{50'000};
    w.statistics_slide = milliseconds{20'000};
    w.patterns_slide = milliseconds{40'000};
    w.averages_slide = milliseconds{60'000};
    w.statistics_delay = w.averages_delay = milliseconds{45'000};
    w.repeat_horizon = milliseconds{90'000};
  }
  return s;
}

} // namespace

TEST_CASE("rows and fates equal a plain computation over lists") {
  const sensor_context context;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    const auto settings = other_settings(seed / 5);
    const auto input = stamp(trouble(seed, 1500), context);
    const plain_windows plain{input, settings.windows};
    sensor_windows windows{settings};
    sensor_output out;
    size_t i = 0;
    for (const auto& r : input) {
      windows.close(r.closing, context, out);
      const auto got = windows.take(r);
      const auto& fate = plain.fates[i++];
      REQUIRE(got.duplicate == fate[0]);
      REQUIRE(got.conflict == fate[1]);
      REQUIRE(got.late_statistics == fate[2]);
      REQUIRE(got.late_patterns == fate[3]);
      REQUIRE(got.late_averages == fate[4]);
    }
    windows.close(forever, context, out);
    check_rows(out, plain, settings.windows);
  }
}

TEST_CASE("disorder within a kind's delay changes no closed row of it") {
  const sensor_context context;
  const detection_settings settings;
  struct {
    int64_t delay;
    int kind;
  } const kinds[] = {{60'000, 0}, {30'000, 1}, {300'000, 2}};
  for (const auto& k : kinds)
    for (uint64_t seed = 0; seed < 15; ++seed) {
      CAPTURE(k.kind);
      CAPTURE(seed);
      std::mt19937_64 random{seed};
      std::normal_distribution<double> noise;
      std::vector<sample> sorted;
      int64_t now = 1'795'000'000'000;
      for (int i = 0; i < 2000; ++i)
        sorted.push_back({now += 1 + static_cast<int64_t>(random() % 1500), 1e6 + noise(random)});
      // Sent at its time plus at most the delay: no reading is more than the delay behind one that came before it.
      std::vector<std::pair<int64_t, sample>> sent;
      for (const auto& s : sorted)
        sent.emplace_back(s.time + static_cast<int64_t>(random() % (k.delay + 1)), s);
      std::stable_sort(sent.begin(), sent.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      std::vector<sample> shuffled;
      for (const auto& s : sent)
        shuffled.push_back(s.second);

      const auto out = run(stamp(shuffled, context), settings, nothing);
      // Types follow the input's order in stamp(): the plain rows take them from the shuffled readings.
      auto in_order = stamp(shuffled, context);
      std::stable_sort(in_order.begin(), in_order.end(),
                       [](const reading& a, const reading& b) { return a.time < b.time; });
      event_time watermark = never;
      for (auto& r : in_order) {
        r.watermark = r.closing = watermark;
        watermark = std::max(watermark, r.time);
      }
      const auto expected = run(in_order, settings, nothing);
      const double scale = 1e6 + 10;
      if (k.kind == 0) {
        REQUIRE(out.statistics.size() == expected.statistics.size());
        for (size_t i = 0; i < out.statistics.size(); ++i) {
          const auto &x = out.statistics[i], &y = expected.statistics[i];
          REQUIRE((x.start == y.start && x.count == y.count && x.type == y.type && x.min == y.min && x.max == y.max));
          REQUIRE((x.last == y.last && near(x.avg, y.avg, scale) && near(x.stddev, y.stddev, scale)));
        }
      } else if (k.kind == 1) {
        REQUIRE(out.patterns.size() == expected.patterns.size());
        for (size_t i = 0; i < out.patterns.size(); ++i) {
          const auto &x = out.patterns[i], &y = expected.patterns[i];
          REQUIRE((x.start == y.start && x.count == y.count && near(x.slope, y.slope, scale)));
        }
      } else {
        REQUIRE(out.averages.size() == expected.averages.size());
        for (size_t i = 0; i < out.averages.size(); ++i) {
          const auto &x = out.averages[i], &y = expected.averages[i];
          REQUIRE((x.start == y.start && x.count == y.count && x.latest == y.latest && near(x.avg, y.avg, scale)));
        }
      }
    }
}

TEST_CASE("ticks between readings change no row and no baseline") {
  const sensor_context context;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    const auto settings = other_settings(seed);
    const auto input = stamp(trouble(seed, 1200), context);
    std::vector<recent_stretch> seen, seen_with_ticks;
    auto plain = run(input, settings, [&](const sensor_windows& windows, const reading& r, sensor_output&) {
      seen.push_back(windows.recent(r.time));
    });
    std::mt19937_64 random{seed};
    sensor_windows windows{settings};
    sensor_output out;
    event_time before = never;
    for (const auto& r : input) {
      // The sweep sees any time between the closing times of two readings.
      if (before != never)
        for (auto n = random() % 4; n > 0; --n) {
          before +=
              milliseconds{static_cast<int64_t>(random() % (static_cast<uint64_t>((r.closing - before).count()) + 1))};
          windows.close(before, context, out);
        }
      windows.close(r.closing, context, out);
      seen_with_ticks.push_back(windows.recent(r.time));
      windows.take(r);
      if (random() % 50 == 0)
        windows.shrink();
      before = r.closing;
    }
    windows.close(forever, context, out);
    for (auto* o : {&plain, &out}) {
      std::stable_sort(o->statistics.begin(), o->statistics.end(), by_start<statistics_row>);
      std::stable_sort(o->patterns.begin(), o->patterns.end(), by_start<patterns_row>);
      std::stable_sort(o->averages.begin(), o->averages.end(), by_start<averages_row>);
    }
    check_same(plain, out);
    for (size_t i = 0; i < seen.size(); ++i) {
      const auto &x = seen[i], &y = seen_with_ticks[i];
      REQUIRE((x.start == y.start && x.end == y.end && x.figures().count == y.figures().count));
      REQUIRE((same(x.figures().avg, y.figures().avg) && same(x.figures().stddev, y.figures().stddev)));
    }
  }
}

TEST_CASE("the baseline equals a plain computation for every reading that moves the sensor on") {
  const sensor_context context;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    CAPTURE(seed);
    const auto settings = other_settings(seed);
    const int64_t pane = settings.windows.pane.count(), length = settings.windows.statistics_length.count();
    std::vector<reading> on_time;
    sensor_windows windows{settings};
    sensor_output out;
    size_t compared = 0;
    event_time newest = never; // of all that it sent, live and ahead or not
    for (const auto& r : stamp(trouble(seed, 1000), context)) {
      windows.close(r.closing, context, out);
      const auto got = windows.recent(r.time);
      const auto result = windows.take(r);
      if (r.is(reading::far_ahead))
        continue;
      if (r.time >= newest) {
        if (!r.is(reading::ahead) || !r.is(reading::replayed))
          newest = r.time;
        std::vector<reading> expected;
        for (const auto& old : on_time)
          if (floor_to(epoch_ms(old.time), pane) + pane > epoch_ms(r.time) - length)
            expected.push_back(old);
        REQUIRE(got.figures().count == expected.size());
        if (!expected.empty()) {
          const auto f = figures_of(expected);
          REQUIRE(near(got.figures().avg, f.avg, f.scale));
          REQUIRE(near(got.figures().stddev, f.stddev, f.scale));
          REQUIRE(got.figures().min == f.min);
          REQUIRE(got.figures().max == f.max);
          ++compared;
        }
      }
      if (result.taken() && !result.late_statistics)
        on_time.push_back(r);
    }
    CHECK(compared > (seed % 2 == 0 ? 5 : 50));
  }
}

TEST_CASE("stored and read back at any moment it continues bit for bit") {
  const sensor_context context;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    const auto settings = other_settings(seed);
    const auto input = stamp(trouble(seed, 1000), context);
    std::vector<double> seen, seen_restored;
    const auto plain = run(input, settings, [&](const sensor_windows& windows, const reading& r, sensor_output&) {
      seen.push_back(windows.recent(r.time).figures().stddev);
    });
    std::mt19937_64 random{seed};
    const auto restored = run(input, settings, [&](sensor_windows& windows, const reading& r, sensor_output&) {
      if (random() % 8 == 0) {
        std::string bytes, again;
        binary_writer writer{bytes}, second{again};
        windows.encode(writer);
        sensor_windows other{settings};
        binary_reader reader{bytes};
        REQUIRE(other.decode(reader));
        REQUIRE(reader.at_end());
        REQUIRE(other.newest() == windows.newest());
        REQUIRE(other.idle() == windows.idle());
        other.encode(second);
        REQUIRE(again == bytes);
        windows = std::move(other);
      }
      seen_restored.push_back(windows.recent(r.time).figures().stddev);
    });
    check_same(plain, restored);
    for (size_t i = 0; i < seen.size(); ++i)
      REQUIRE(same(seen[i], seen_restored[i]));
  }
}

TEST_CASE("splits that lag behind one another decide by their own watermark and close by the smallest") {
  const sensor_context context;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const auto settings = other_settings(seed);
    auto input = stamp(trouble(seed, 1000), context);
    std::mt19937_64 random{seed};
    event_time slow = never;
    for (auto& r : input) {
      // The other split is up to ten minutes behind; sometimes silent, and left out.
      const auto behind =
          r.watermark == never ? never : r.watermark - milliseconds{static_cast<int64_t>(random() % 600'000)};
      slow = std::max(slow, behind);
      r.closing = slow;
      if (random() % 3 == 0 && r.watermark != never)
        r.watermark -= milliseconds{static_cast<int64_t>(random() % 900'000)};
    }
    const plain_windows plain{input, settings.windows};
    // At the same time and beyond the repeat horizon the last of two extra panes is not told apart: types only.
    const auto out = run(input, settings, nothing);
    check_rows(out, plain, settings.windows);
  }
}

} // namespace windows_property_test
