#include "actors/alarm/page_rate.hpp"

#include <doctest/doctest.h>

#include <random>

namespace page_rate_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

bool may(token_bucket& bucket, milliseconds now) {
  return bucket.due(now) <= now;
}

} // namespace

TEST_CASE("without a rate every page may go") {
  token_bucket all{{}};
  for (int i = 0; i < 1000; ++i) {
    CHECK(may(all, 5ms));
    all.take(5ms);
  }
  CHECK(all.due(5ms) == 5ms);
}

TEST_CASE("a bucket begins empty, for nobody knows what was sent right before") {
  token_bucket one{{6, 60'000ms}};
  CHECK_FALSE(may(one, 1000ms));
  CHECK(one.due(1000ms) == 11'000ms);
  CHECK_FALSE(may(one, 10'999ms));
  CHECK(may(one, 11'000ms));
}

TEST_CASE("so many go at once, then one whenever its share of the time has passed") {
  token_bucket some{{3, 60'000ms}};
  CHECK_FALSE(may(some, 0ms));
  for (int i = 0; i < 3; ++i) {
    CHECK(may(some, 600'000ms));
    some.take(600'000ms);
  }
  CHECK_FALSE(may(some, 600'000ms));
  CHECK(some.due(600'000ms) == 620'000ms);
  CHECK(may(some, 620'000ms));
}

TEST_CASE("what goes all the same is waited for") {
  token_bucket one{{1, 10'000ms}};
  may(one, 0ms);
  one.take(0ms);
  CHECK(one.due(0ms) == 20'000ms);
}

TEST_CASE("in no stretch of time go more than were saved up and its own share, and none waits longer than it must") {
  std::mt19937_64 random{7};
  for (int run = 0; run < 50; ++run) {
    const page_rate rate{static_cast<uint32_t>(1 + random() % 20), milliseconds{1 + random() % 100'000}};
    token_bucket bucket{rate};
    milliseconds now{static_cast<int64_t>(random() % 1'000'000)};
    const auto from = now;
    std::vector<milliseconds> sent;
    may(bucket, now);
    for (int step = 0; step < 200; ++step) {
      const auto due = bucket.due(now);
      REQUIRE(may(bucket, now) == (due <= now));
      if (due > now) {
        CHECK_FALSE(may(bucket, due - 1ms));
        now = random() % 2 == 0 ? due : due + milliseconds{random() % 100'000};
        REQUIRE(may(bucket, now));
      }
      bucket.take(now);
      sent.push_back(now);
      if (random() % 4 == 0)
        now += milliseconds{random() % 50'000};
    }
    for (size_t i = 0; i < sent.size(); ++i) {
      const auto own = ((sent[i] - from).count() * rate.pages) / rate.per.count();
      CHECK(static_cast<int64_t>(i) + 1 <= own);
      size_t j = i;
      while (j < sent.size() &&
             static_cast<int64_t>(j - i) <= rate.pages + (sent[j] - sent[i]).count() * rate.pages / rate.per.count())
        ++j;
      CHECK(j == sent.size());
    }
  }
}

TEST_CASE("a clock that goes back lets nobody through twice") {
  token_bucket one{{1, 1000ms}};
  may(one, 0ms);
  CHECK(may(one, 5000ms));
  one.take(5000ms);
  CHECK_FALSE(may(one, 1000ms));
  CHECK_FALSE(may(one, 5999ms));
  CHECK(may(one, 6000ms));
}

} // namespace page_rate_test
