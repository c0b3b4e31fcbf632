#include "runtime/entry/split_table.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace split_table_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);

struct splits_of_a_test : split_table {
  split_state& add_one(std::optional<event_time> time, bool silent = false) {
    split_state split;
    split.name = "split/" + std::to_string(size());
    split.silent = silent;
    if (time)
      split.clock.take_live(*time, *time, *time);
    return add(std::move(split));
  }
};

} // namespace

TEST_CASE("windows close by the slowest split that speaks") {
  splits_of_a_test splits;
  splits.add_one(start + 60s);
  splits.add_one(start + 20s);
  splits.add_one(start, true);
  const auto now = splits.time_now(false);
  CHECK(now.closing == start + 20s);
  CHECK(now.newest == start + 60s);
  CHECK(now.splits.size() == 3);
}

TEST_CASE("where all are silent, the slowest of all closes windows") {
  splits_of_a_test splits;
  splits.add_one(start + 60s, true);
  splits.add_one(start, true);
  CHECK(splits.time_now(false).closing == start);
}

TEST_CASE("a split that has given nothing yet holds windows back, until it is silent or everything has ended") {
  splits_of_a_test splits;
  splits.add_one(start);
  splits.add_one(std::nullopt);
  CHECK(splits.time_now(false).closing == never);
  CHECK(splits.time_now(false).newest == start);
  CHECK(splits.time_now(true).closing == start);
  splits[1].silent = true;
  CHECK(splits.time_now(false).closing == start);
}

TEST_CASE("a split that wakes is judged by the slowest of the others that speak") {
  splits_of_a_test splits;
  splits.add_one(start);
  splits.add_one(start + 60s);
  splits.add_one(start + 20s);
  splits.add_one(start - 60s, true);
  CHECK(splits.smallest_time_but(splits[0]) == start + 20s);
  CHECK(splits.smallest_time_but(splits[2]) == start);
  splits_of_a_test alone;
  CHECK(alone.smallest_time_but(alone.add_one(start)) == never);
}

TEST_CASE("a split's number is its place") {
  splits_of_a_test splits;
  CHECK(splits.newest_time() == never);
  splits.add_one(start + 20s);
  splits.add_one(start);
  CHECK(splits.number_of(splits[0]) == 0);
  CHECK(splits.number_of(splits[1]) == 1);
  CHECK(splits.newest_time() == start + 20s);
}

} // namespace split_table_test
