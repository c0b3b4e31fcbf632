#include "runtime/health/newest_scores.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <string>

namespace newest_scores_test {

using namespace millwright;

namespace {

struct two_sensors {
  std::array<sensor_context, 3> contexts;
  split_stretch stretch;
  std::vector<logged_reading> readings;
  std::vector<scored_reading> scores;

  two_sensors() {
    for (size_t i = 0; i < contexts.size(); ++i)
      contexts[i].slot = static_cast<uint32_t>(i % 2);
    readings.reserve(1000);
  }
  /// Context 2 is the first sensor's, after a change of its metadata.
  void add(size_t context, int64_t ms, uint64_t position) {
    auto& r = readings.emplace_back();
    r.time = from_epoch_ms(ms);
    r.position = position;
    r.context = &contexts[context];
    r.stretch = &stretch;
    scores.push_back({&r, {static_cast<double>(position), risk_level::normal, false, false}});
  }
  std::vector<double> newest() const {
    std::vector<double> out;
    for (const auto* each : newest_scores(scores))
      out.push_back(each->score.score);
    std::sort(out.begin(), out.end());
    return out;
  }
};

} // namespace

TEST_CASE("of each sensor the newest reading's score is told, by time and then place, not the one that came last") {
  two_sensors x;
  CHECK(x.newest().empty());
  x.add(0, 1000, 1);
  x.add(1, 5000, 2);
  x.add(0, 3000, 3);
  x.add(1, 4000, 4);
  x.add(0, 3000, 5);
  CHECK(x.newest() == std::vector<double>{2, 5});
}

TEST_CASE("a sensor that moves has one before and one behind") {
  two_sensors x;
  x.add(0, 1000, 1);
  x.add(0, 2000, 2);
  x.add(2, 1500, 3);
  CHECK(x.newest() == std::vector<double>{2, 3});
}

TEST_CASE("the order in which several splits' readings come makes no difference") {
  two_sensors x;
  for (uint64_t i = 0; i < 200; ++i)
    x.add(i % 2, static_cast<int64_t>(i * 7919 % 300), i);
  const auto before = x.newest();
  std::mt19937_64 random{5};
  for (int i = 0; i < 100; ++i) {
    std::shuffle(x.scores.begin(), x.scores.end(), random);
    REQUIRE(x.newest() == before);
  }
}

} // namespace newest_scores_test
