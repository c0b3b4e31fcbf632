#include "runtime/hosting/reading_log.hpp"

#include <doctest/doctest.h>

using namespace millwright;

namespace {

void append(reading_log& log, uint32_t barrier, uint64_t from, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i)
    log.append(barrier).position = from + i;
}

std::vector<uint64_t> positions(const reading_log& log, uint32_t barrier) {
  std::vector<uint64_t> out;
  for (const auto& part : log.of(barrier))
    for (const auto& each : part)
      out.push_back(each.position);
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
}
