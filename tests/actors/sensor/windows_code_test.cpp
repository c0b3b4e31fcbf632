#include "actors/sensor/windows.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>

namespace windows_code_test {

using namespace millwright;

namespace {

const detection_settings settings;
const sensor_context context;

reading reading_at(int64_t ms, double value, event_time watermark) {
  reading r;
  r.time = from_epoch_ms(ms);
  r.value = value;
  r.watermark = r.closing = watermark;
  r.context = &context;
  return r;
}

std::string encoded(const sensor_windows& windows) {
  std::string out;
  binary_writer writer{out};
  windows.encode(writer);
  return out;
}

/// 20 minutes of a sensor that reads every second, now and then late.
sensor_windows lived(double decimals, bool disorder) {
  std::mt19937_64 random{7};
  std::normal_distribution<double> noise{50, 2};
  sensor_windows windows{settings};
  sensor_output out;
  event_time watermark = never;
  for (int64_t i = 0; i < 1200; ++i) {
    const double value = decimals > 0 ? std::round(noise(random) * decimals) / decimals : noise(random);
    const int64_t back = disorder && i % 10 == 0 ? static_cast<int64_t>(random() % 200'000) : 0;
    const auto r = reading_at(1'795'000'000'000 + i * 1000 - back, value, watermark);
    windows.close(r.closing, context, out);
    windows.take(r);
    watermark = std::max(watermark, r.time);
  }
  return windows;
}

/// Whatever it holds, it must take readings, close and be stored.
void use(sensor_windows& windows) {
  sensor_output out;
  event_time watermark = windows.newest();
  for (int64_t i = 0; i < 100; ++i) {
    const auto r = reading_at(1'795'001'200'000 + i * 7000 - (i % 7) * 20'000, 1, watermark);
    windows.close(r.closing, context, out);
    windows.recent(r.time);
    windows.take(r);
    watermark = std::max(watermark, r.time);
  }
  encoded(windows);
  windows.shrink();
  windows.close(forever, context, out);
  CHECK(windows.idle());
}

} // namespace

TEST_CASE("the state of a sensor that reads every second takes at most 600 bytes with decimals, 1100 without") {
  CHECK(encoded(lived(100, false)).size() <= 600);
  CHECK(encoded(lived(0, false)).size() <= 1100);
}

TEST_CASE("a new sensor's state reads back as new") {
  const auto bytes = encoded(sensor_windows{settings});
  CHECK(bytes.size() < 30);
  sensor_windows other = lived(100, true);
  binary_reader reader{bytes};
  CHECK(other.decode(reader));
  CHECK(other.newest() == never);
  CHECK(other.idle());
  CHECK(encoded(other) == bytes);
}

TEST_CASE("numbers of every kind survive") {
  sensor_windows windows{settings};
  sensor_output out;
  const double values[] = {0.0,       -0.0, 1.25, -1e-300,  5e-324, 1.7e308, -1.7e308,          123456.789,
                           0.1 + 0.2, 1e15, 1e16, 0.000001, -42,    1e-7,    4503599627370497.0};
  int64_t t = 0;
  for (const double x : values) {
    const auto r = reading_at(t + 1000, x, from_epoch_ms(t));
    t += 1000;
    windows.close(r.closing, context, out);
    windows.take(r);
  }
  const auto bytes = encoded(windows);
  sensor_windows other{settings};
  binary_reader reader{bytes};
  REQUIRE(other.decode(reader));
  CHECK(encoded(other) == bytes);
  t = 0;
  for (const double x : values)
    CHECK(other.take(reading_at(t += 1000, x, never)).duplicate);
}

TEST_CASE("what follows the state is left to the caller") {
  auto bytes = encoded(lived(100, true));
  bytes += "rest";
  sensor_windows other{settings};
  binary_reader reader{bytes};
  REQUIRE(other.decode(reader));
  CHECK(reader.u8() == 'r');
}

TEST_CASE("a state cut short is refused and leaves the windows as new") {
  const auto bytes = encoded(lived(100, true));
  for (size_t n = 0; n < bytes.size(); ++n) {
    const std::string cut = bytes.substr(0, n);
    binary_reader reader{cut};
    sensor_windows other = lived(100, false);
    REQUIRE_FALSE(other.decode(reader));
    REQUIRE(other.newest() == never);
    if (n % 16 == 0)
      use(other);
    if (n > 64)
      n += 6;
  }
}

TEST_CASE("a state with flipped bits is refused or works") {
  for (const double decimals : {100.0, 0.0}) {
    const auto bytes = encoded(lived(decimals, true));
    std::mt19937_64 random{3};
    for (int round = 0; round < 3000; ++round) {
      auto flipped = bytes;
      for (auto n = 1 + random() % 3; n > 0; --n)
        flipped[random() % (round % 2 ? flipped.size() : 60)] ^= static_cast<char>(1 << random() % 8);
      binary_reader reader{flipped};
      sensor_windows other{settings};
      if (other.decode(reader))
        use(other);
    }
  }
}

} // namespace windows_code_test
