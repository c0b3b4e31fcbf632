#include "runtime/hosting/reading_log.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

namespace reading_log_test {

using namespace millwright;

namespace {

void append(reading_log& log, uint32_t barrier, uint64_t from, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    reading r;
    r.barrier = barrier;
    r.position = from + i;
    log.append(r);
  }
}

std::vector<uint64_t> positions(const reading_log& log, uint32_t barrier) {
  std::vector<uint64_t> out;
  for (const auto& part : log.of(barrier))
    for (const auto& each : part)
      out.push_back(each.position);
  return out;
}

bool same(const reading& a, const reading& b) {
  return a.time == b.time && a.value == b.value && (a.quality == b.quality || (!a.has_quality() && !b.has_quality())) &&
         a.watermark == b.watermark && a.closing == b.closing && a.activity == b.activity &&
         a.awake_from == b.awake_from && a.position == b.position && a.context == b.context && a.barrier == b.barrier &&
         a.type == b.type && a.split == b.split && a.hour == b.hour && a.day == b.day && a.flags == b.flags;
}

/// What a driver may stamp, and what it never would.
std::vector<reading> many_readings(uint32_t seed) {
  std::mt19937_64 random{seed};
  const auto one_in = [&](uint64_t n) { return random() % n == 0; };
  struct clock {
    event_time watermark = never, awake_from = never;
    milliseconds activity{0};
  };
  std::vector<clock> clocks(3);
  std::vector<sensor_context> contexts;
  std::vector<reading> out;
  uint32_t barrier = 1;
  for (uint64_t i = 0; i < 20'000; ++i) {
    reading r;
    r.split = static_cast<uint16_t>(random() % clocks.size());
    auto& clock = clocks[r.split];
    r.time = from_epoch_ms(1'700'000'000'000 + static_cast<int64_t>(i * 10 + random() % 1000));
    if (one_in(500))
      r.time += milliseconds{static_cast<int64_t>(random() % (uint64_t{1} << 50))};
    r.value = static_cast<double>(random()) / 7;
    r.quality = one_in(3) ? absent : static_cast<double>(random() % 1000) / 999;
    r.watermark = clock.watermark;
    r.closing = one_in(20) ? clocks[random() % clocks.size()].watermark : clock.watermark;
    r.activity = clock.activity;
    r.awake_from = clock.awake_from;
    r.position = random();
    r.type = static_cast<sensor_type_index>(random());
    r.hour = static_cast<uint8_t>(random() % 24) & 31;
    r.day = static_cast<uint8_t>(1 + random() % 7) & 7;
    r.flags = static_cast<uint8_t>(random() % 64);
    r.barrier = barrier += one_in(3000) ? 1 : 0;
    out.push_back(r);
    if (r.time > clock.watermark) {
      if (clock.watermark != never)
        clock.activity += std::min<milliseconds>(r.time - clock.watermark, milliseconds{2000});
      clock.watermark = r.time;
    }
    if (one_in(2000))
      clock.awake_from = clocks[0].watermark;
  }
  return out;
}

} // namespace

TEST_CASE("the readings behind a barrier are told in their order, whole chunks and a part of one") {
  reading_log log;
  CHECK(log.of(1).empty());
  CHECK(log.count(1) == 0);
  for (const uint64_t count : {uint64_t{1}, reading_log::chunk_readings - 1, reading_log::chunk_readings,
                               2 * reading_log::chunk_readings + 1}) {
    const auto barrier = static_cast<uint32_t>(count);
    append(log, barrier, 100, count);
    CHECK(log.count(barrier) == count);
    CHECK(log.count(barrier + 1) == 0);
    const auto got = positions(log, barrier);
    REQUIRE(got.size() == count);
    for (uint64_t i = 0; i < count; ++i)
      REQUIRE(got[i] == 100 + i);
    CHECK(log.of(barrier + 1).empty());
  }
}

TEST_CASE("readings stay where they are until their barrier is released, and what is charged is no reading") {
  reading_log log;
  append(log, 1, 0, 10);
  const auto first = log.of(1);
  log.charge(2, 1000);
  CHECK(log.count(2) == 0);
  CHECK(log.of(2).empty());
  append(log, 2, 10, 2000);
  CHECK(first[0].size() == 10);
  CHECK(first[0][9].position == 9);
  log.release(1);
  CHECK(positions(log, 2).size() == 2000);
  log.release(2);
  CHECK(log.of(2).empty());
  CHECK(log.bytes() == 0);
}

TEST_CASE("of the room that a barrier's readings took a fourth is kept for the next ones") {
  reading_log log;
  append(log, 1, 0, 40 * reading_log::chunk_readings);
  log.release(1);
  CHECK(log.free_bytes() == 10 * sizeof(reading_chunk));
  append(log, 2, 0, 12 * reading_log::chunk_readings);
  CHECK(log.free_bytes() == 0);
  log.release(2);
  CHECK(log.free_bytes() == 3 * sizeof(reading_chunk));
}

TEST_CASE("a reading is given back as it came, bit for bit, whatever its split's clocks did") {
  for (const uint32_t seed : {1, 2, 3}) {
    reading_log log;
    const auto all = many_readings(seed);
    std::vector<reading_log::number> numbers;
    for (const auto& each : all)
      numbers.push_back(log.append(each));
    for (size_t i = 0; i < all.size(); ++i) {
      const auto found = log.find(numbers[i]);
      REQUIRE(found);
      REQUIRE(same(found->whole(), all[i]));
      REQUIRE(found->barrier() == all[i].barrier);
      REQUIRE(found->split() == all[i].split);
    }
  }
}

TEST_CASE("readings of splits whose time goes on take a line of memory each and hardly more") {
  reading_log log;
  reading r;
  r.barrier = 1;
  constexpr size_t chunks = 20;
  for (size_t i = 0; i < chunks * reading_log::chunk_readings; ++i) {
    r.split = static_cast<uint16_t>(i % 8);
    r.watermark = r.closing = from_epoch_ms(1'700'000'000'000 + static_cast<int64_t>(i) + r.split * 1000);
    r.activity = r.watermark - from_epoch_ms(1'690'000'000'000);
    log.append(r);
  }
  CHECK(log.bytes() == chunks * sizeof(reading_chunk) + 8 * sizeof(split_stretch));
}

TEST_CASE("a sensor's readings are found from the newest back, as far as they are not released") {
  reading_log log;
  reading_log::number newest = 0;
  std::vector<reading_log::number> own;
  for (uint32_t barrier = 1; barrier <= 4; ++barrier)
    for (uint64_t i = 0; i < 3000; ++i) {
      reading r;
      r.barrier = barrier;
      r.position = barrier * 10'000 + i;
      if (i % 700 == 5)
        own.push_back(newest = log.append(r, newest));
      else
        log.append(r);
    }
  const auto back = [&] {
    std::vector<uint64_t> out;
    auto number = newest;
    for (auto each = log.find(number); each; each = log.find(number)) {
      out.push_back(each->position);
      if (each->before == 0)
        break;
      number -= each->before;
    }
    return out;
  };
  CHECK(back().size() == own.size());
  log.release(2);
  CHECK_FALSE(log.find(own.front()));
  const auto left = back();
  REQUIRE(left.size() == 10);
  CHECK(left.front() == 42'805);
  CHECK(left.back() == 30'005);
  log.release(4);
  CHECK_FALSE(log.find(newest));
  append(log, 5, 0, 3000);
  CHECK_FALSE(log.find(newest));
}

TEST_CASE("the readings of a run lead to each other over chunks, and what is too far behind is said") {
  reading_log log;
  reading r;
  r.barrier = 1;
  std::vector<reading_log::number> run;
  const size_t apart[] = {1, 5, reading_log::chunk_readings, 3 * reading_log::chunk_readings + 7,
                          60 * reading_log::chunk_readings};
  for (const size_t each : apart) {
    run.push_back(log.append(r));
    for (size_t i = 1; i < each; ++i)
      log.append(r);
  }
  run.push_back(log.append(r));
  for (size_t i = 1; i < run.size(); ++i)
    REQUIRE(log.link(run[i - 1], run[i]));
  auto at = log.find(run[0]);
  for (size_t i = 1; i < run.size(); ++i) {
    at = at.following();
    REQUIRE(&*at == &*log.find(run[i]));
  }
  append(log, 1, 0, 64 * reading_log::chunk_readings);
  CHECK_FALSE(log.link(run.back(), log.append(r)));
}

} // namespace reading_log_test
