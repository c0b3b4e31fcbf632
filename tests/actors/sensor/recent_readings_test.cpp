#include "actors/sensor/recent_readings.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace recent_readings_test {

using namespace millwright;

namespace {

using row = std::pair<int64_t, double>;

std::vector<row> rows(const recent_readings& store, int64_t from, int64_t to) {
  std::vector<row> out;
  store.each(from_epoch_ms(from), from_epoch_ms(to),
             [&](event_time time, double value) { out.emplace_back(epoch_ms(time), value); });
  return out;
}

std::vector<row> rows(const std::multiset<row>& model, int64_t from, int64_t to) {
  return {model.lower_bound({from, -1e300}), model.lower_bound({to, -1e300})};
}

constexpr int64_t largest = int64_t{1} << 50;

} // namespace

TEST_CASE("holds what a sorted set holds, whatever order and gaps") {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 random{seed};
    recent_readings store;
    std::multiset<row> model;
    int64_t now = -100'000, newest = now;
    const bool slow = seed % 4 == 0;
    for (int i = 0; i < 1500; ++i) {
      const auto dice = random() % 100;
      now += dice == 0 ? 300'000 : slow ? 70'000 : 1000;
      int64_t time = now;
      if (dice < 25)
        time -= static_cast<int64_t>(random() % 50'000);
      else if (dice == 99)
        time += int64_t{86'400'000} * 365;
      else
        newest = now;
      const double value = static_cast<double>(random() % 5);
      const int64_t keep = newest - 60'000;
      store.insert(from_epoch_ms(time), value, from_epoch_ms(keep));
      model.emplace(time, value);
      model.erase(model.begin(), model.lower_bound({keep, -1e300}));
      if (random() % 200 == 0)
        store.shrink(from_epoch_ms(keep));
      REQUIRE(rows(store, keep, largest) == rows(model, keep, largest));
      const int64_t from = keep + static_cast<int64_t>(random() % 60'000), to = from + 20'000;
      REQUIRE(rows(store, from, to) == rows(model, from, to));
      if (time >= keep)
        REQUIRE(store.at(from_epoch_ms(time)).has_value());
      const int64_t probe = keep + static_cast<int64_t>(random() % 70'000);
      const auto found = model.lower_bound({probe, -1e300});
      REQUIRE(store.at(from_epoch_ms(probe)).has_value() == (found != model.end() && found->first == probe));
    }
  }
}

TEST_CASE("a steady sensor's minute takes 256 bytes and no more memory later") {
  recent_readings store;
  size_t after_warming = 0;
  for (int64_t i = 0; i < 5000; ++i) {
    store.insert(from_epoch_ms(i * 1000), static_cast<double>(i), from_epoch_ms(i * 1000 - 60'000));
    if (i == 200)
      after_warming = store.heap_bytes();
    if (i > 200)
      REQUIRE(store.heap_bytes() == after_warming);
  }
  CHECK(after_warming <= 256);
}

TEST_CASE("memory is given back after a burst") {
  recent_readings store;
  for (int64_t i = 0; i < 5000; ++i)
    store.insert(from_epoch_ms(i), 1, from_epoch_ms(i - 60'000));
  const size_t burst = store.heap_bytes();
  store.shrink(from_epoch_ms(4990));
  CHECK(store.size() == 10);
  CHECK(store.heap_bytes() == 40);
  CHECK(burst >= 20'000);
}

TEST_CASE("gives every value back bit for bit, whether it is a decimal, and whatever came before") {
  const std::vector<double> odd{-0.0,         1e-7, 1.0 / 3, 3e9, -2'147'483'648.0, 1e300, std::nextafter(0.1, 1.0),
                                123456.789012};
  for (uint64_t seed = 0; seed < 40; ++seed) {
    std::mt19937_64 random{seed};
    recent_readings store;
    std::vector<double> values;
    const int64_t step = seed % 5 == 0 ? 70'000 : 1000;
    for (int64_t i = 0; i < 400; ++i) {
      const auto decimals = seed % 3 == 0 ? 3 : static_cast<int>(random() % 8);
      double x = static_cast<double>(random() % 2'000'000) / std::pow(10.0, decimals);
      if (seed % 2 == 0 && random() % 50 == 0)
        x = odd[random() % odd.size()];
      values.push_back(x);
      store.insert(from_epoch_ms(i * step), x, from_epoch_ms((i - 60) * step));
      if (random() % 100 == 0)
        store.shrink(from_epoch_ms((i - 60) * step));
      size_t at = values.size() < 61 ? 0 : values.size() - 61;
      store.each(from_epoch_ms((i - 60) * step), from_epoch_ms(largest), [&](event_time, double value) {
        REQUIRE(std::bit_cast<uint64_t>(value) == std::bit_cast<uint64_t>(values[at]));
        ++at;
      });
      REQUIRE(at == values.size());
    }
  }
}

TEST_CASE("gives every value back bit for bit while a level moves, jumps and comes back") {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    std::mt19937_64 random{seed};
    recent_readings store;
    std::vector<double> values;
    int64_t level = static_cast<int64_t>(random() % 4'000'000'000) - 2'000'000'000, away = 0;
    const int64_t drift = static_cast<int64_t>(random() % 4000) - 2000;
    for (int64_t i = 0; i < 1000; ++i) {
      level = std::clamp<int64_t>(level + drift, -1'999'900'000, 1'999'900'000);
      if (random() % 100 == 0)
        away = away != 0 ? 0 : static_cast<int64_t>(random() % 80'000);
      const double x = static_cast<double>(level + away + static_cast<int64_t>(random() % 5000)) / 1000;
      values.push_back(x);
      store.insert(from_epoch_ms(i * 1000), x, from_epoch_ms((i - 60) * 1000));
      size_t at = values.size() < 61 ? 0 : values.size() - 61;
      store.each(from_epoch_ms((i - 60) * 1000), from_epoch_ms(largest), [&](event_time, double value) {
        REQUIRE(std::bit_cast<uint64_t>(value) == std::bit_cast<uint64_t>(values[at]));
        ++at;
      });
      REQUIRE(at == values.size());
    }
  }
}

TEST_CASE("a counter goes on in four bytes a reading") {
  recent_readings store;
  for (int64_t i = 0; i < 5000; ++i) {
    store.insert(from_epoch_ms(i * 1000), 2000.125 + static_cast<double>(i) / 2, from_epoch_ms((i - 60) * 1000));
    REQUIRE(store.heap_bytes() <= 64 * 4);
  }
}

TEST_CASE("values that are far apart take six bytes a reading only while they are held") {
  recent_readings store;
  size_t with_it = 0;
  for (int i = 0; i < 200; ++i) {
    store.insert(from_epoch_ms(i * 1000), i == 60 ? 100 : 20 + i % 7 / 1000.0, from_epoch_ms((i - 60) * 1000));
    if (i == 100)
      with_it = store.heap_bytes();
  }
  CHECK(with_it >= 60 * 6);
  CHECK(with_it <= 64 * 6);
  CHECK(store.heap_bytes() <= 64 * 4);
}

TEST_CASE("a minute of decimals at a reading a second takes four bytes a reading, and room for a few more") {
  recent_readings store;
  for (int64_t i = 0; i < 300; ++i)
    store.insert(from_epoch_ms(i * 1000), static_cast<double>(20'000 + i * 7 % 1000) / 1000,
                 from_epoch_ms((i - 60) * 1000));
  CHECK(store.heap_bytes() <= 64 * 4);
}

TEST_CASE("one value that is no decimal costs a sensor eight bytes a reading only while it is held") {
  recent_readings store;
  size_t with_it = 0;
  for (int i = 0; i < 200; ++i) {
    store.insert(from_epoch_ms(i * 1000), i == 60 ? 1.0 / 3 : 20 + i % 7 / 10.0, from_epoch_ms((i - 60) * 1000));
    if (i == 100)
      with_it = store.heap_bytes();
  }
  CHECK(with_it >= 60 * 10);
  CHECK(store.heap_bytes() <= 64 * 4);
  const auto held = rows(store, 140'000, largest);
  REQUIRE(held.size() == 60);
  for (const auto& [time, value] : held)
    CHECK(value == 20 + time / 1000 % 7 / 10.0);
}

} // namespace recent_readings_test
