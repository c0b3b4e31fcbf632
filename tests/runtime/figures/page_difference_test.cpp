#include "runtime/figures/page_difference.hpp"

#include "tests/random_runs.hpp"
#include "tests/runtime/figures/history_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace page_difference_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

TEST_CASE("a page is the same where its alarm stood at the same time, be it later or longer") {
  alarm_history before, after;
  page_of(before, "TI-1", start, 30min);
  page_of(after, "TI-1", start + 20min, 2h);
  const auto found = difference_of(before, after);
  CHECK(found.all == page_change{1, 1, 0, 0});
  CHECK(found.more.empty());
  CHECK(found.fewer.empty());
  CHECK(found.by_rule.at("limit") == page_change{1, 1, 0, 0});
}

TEST_CASE("what only one of the two pages is more or fewer") {
  alarm_history before, after;
  page_of(before, "TI-1", start, 30min);
  page_of(before, "TI-2", start, 30min);
  page_of(after, "TI-1", start + 31min, 30min);
  page_of(after, "TI-2", start, 30min);
  page_of(after, "TI-3", start + 1h, 0ms, {"mail", "slack"});
  const auto found = difference_of(before, after);
  CHECK(found.all == page_change{2, 3, 2, 1});
  CHECK(found.by_sensor.at("main/TI-1") == page_change{1, 1, 1, 1});
  CHECK(found.by_sensor.at("main/TI-2") == page_change{1, 1, 0, 0});
  CHECK(found.by_sensor.at("main/TI-3") == page_change{0, 1, 1, 0});
  CHECK(found.by_channel.at("slack") == page_change{0, 1, 1, 0});
  REQUIRE(found.more.size() == 2);
  CHECK(found.more[1].condition.sensor.text == "TI-3");
  REQUIRE(found.fewer.size() == 1);
  CHECK(found.fewer[0].at == start);
}

TEST_CASE("the same page over another channel is more of that, and fewer of the other") {
  alarm_history before, after;
  page_of(before, "TI-1", start, 30min, {"mail", "sms"});
  page_of(after, "TI-1", start, 30min, {"mail", "slack"});
  const auto found = difference_of(before, after);
  CHECK(found.all == page_change{1, 1, 0, 0});
  CHECK(found.by_channel.at("mail") == page_change{1, 1, 0, 0});
  CHECK(found.by_channel.at("sms") == page_change{1, 0, 0, 1});
  CHECK(found.by_channel.at("slack") == page_change{0, 1, 1, 0});
}

TEST_CASE("a sensor that metadata move to another machine is the same one") {
  alarm_history before, after;
  page_of(before, "TI-1", start, 30min);
  auto x = step("TI-1", 1, transition_kind::raised, start, start);
  x.condition.unit = {"boiler-9"};
  after.take(x);
  after.tell({{"mail"}, page_kind::alert, x});
  CHECK(difference_of(before, after).all == page_change{1, 1, 0, 0});
}

namespace {

struct told {
  std::string sensor;
  event_time raised, ended;
};

// As many pairs as there can be, by trying: alarms of a sensor follow each other, so that the first that meets will do.
uint64_t pairs(std::vector<told> before, std::vector<told> after) {
  uint64_t out = 0;
  const auto first = [](const told& a, const told& b) { return a.raised < b.raised; };
  std::sort(before.begin(), before.end(), first);
  std::sort(after.begin(), after.end(), first);
  std::vector<bool> taken(after.size());
  for (const auto& a : before)
    for (size_t i = 0; i < after.size(); ++i)
      if (!taken[i] && after[i].sensor == a.sensor && a.raised <= after[i].ended && after[i].raised <= a.ended) {
        taken[i] = true;
        ++out;
        break;
      }
  return out;
}

std::vector<told> some_alarms(std::mt19937_64& random, alarm_history& history) {
  std::vector<told> out;
  for (int sensor = 0; sensor < 4; ++sensor) {
    auto at = start;
    for (auto many = random() % 12; many > 0; --many) {
      at += std::chrono::minutes{1 + random() % 120};
      const auto lasts = std::chrono::minutes{1 + random() % 90};
      page_of(history, numbered("TI-", sensor), at, lasts);
      out.push_back({numbered("TI-", sensor), at, at + lasts});
      at += lasts;
    }
  }
  return out;
}

} // namespace

TEST_CASE("more and fewer are what is left of any two histories when each page has its like, in each row too") {
  for (uint64_t seed = 1; seed <= random_runs(200); ++seed) {
    std::mt19937_64 random{seed};
    alarm_history before, after;
    const auto first = some_alarms(random, before), second = some_alarms(random, after);
    const auto found = difference_of(before, after);
    const auto same = pairs(first, second);
    CAPTURE(seed);
    CHECK(found.all == page_change{first.size(), second.size(), second.size() - same, first.size() - same});
    CHECK(found.more.size() == found.all.more);
    CHECK(found.fewer.size() == found.all.fewer);
    for (const auto* rows : {&found.by_rule, &found.by_hour, &found.by_sensor, &found.by_channel}) {
      page_change sum;
      for (const auto& [name, x] : *rows) {
        CHECK(x.after + x.fewer == x.before + x.more);
        sum.before += x.before;
        sum.after += x.after;
      }
      CHECK(sum.before == found.all.before);
      CHECK(sum.after == found.all.after);
    }
  }
}

} // namespace page_difference_test
