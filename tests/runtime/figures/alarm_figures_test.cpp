#include "runtime/figures/judged_alarms.hpp"
#include "tests/runtime/figures/history_samples.hpp"

#include <doctest/doctest.h>

namespace alarm_figures_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

TEST_CASE("alarms, pages and messages are counted apart, by rule, hour, sensor and channel") {
  alarm_history history;
  history.seen(start);
  page_of(history, "TI-1", start + 1h, 10min, {"mail", "slack"});
  page_of(history, "TI-1", start + 3h, 10min, {"mail"}, severity::critical);
  page_of(history, "TI-2", start + 3h, 0ms);
  // Shown, and nobody heard of it.
  history.take(step("TI-3", 1, transition_kind::raised, start + 4h, start + 4h));
  history.show({{"main"}, {"TI-4"}, {}, rule::z}, start + 4h);
  const auto found = figures_of(history, start, start + 6h, 1);
  CHECK(found.alarms == 5);
  CHECK(found.told == 3);
  CHECK(found.pages == 3);
  CHECK(found.tallies.by_rule.at("limit") == alarm_tally{4, 3});
  CHECK(found.tallies.by_rule.at("z") == alarm_tally{1, 0});
  CHECK(found.tallies.by_hour.at(hour_of(start + 3h)) == alarm_tally{2, 2});
  CHECK(found.tallies.by_sensor.at("main/TI-1") == alarm_tally{2, 2});
  CHECK(found.tallies.by_sensor.at("main/TI-3") == alarm_tally{1, 0});
  CHECK(found.by_channel == std::map<std::string, uint64_t>{{"mail", 3}, {"slack", 1}});
  CHECK(found.by_severity == std::array<uint64_t, 5>{0, 0, 0, 2, 1});
  CHECK(found.standing == 1);
  REQUIRE(found.most_frequent.size() == 2);
  CHECK(found.most_frequent.front() == std::pair<std::string, uint64_t>{"limit of main/TI-1", 2});
  CHECK(found.most_frequent_pages() == 3);
  CHECK(found.rates.average == doctest::Approx(3.0 / 36));
}

TEST_CASE("only what comes within the span counts") {
  alarm_history history;
  page_of(history, "TI-1", start, 10min);
  page_of(history, "TI-2", start + 2h, 10min);
  page_of(history, "TI-3", start + 5h, 10min);
  const auto found = figures_of(history, start + 1h, start + 4h, 1);
  CHECK(found.alarms == 1);
  CHECK(found.pages == 1);
  CHECK(found.tallies.by_sensor.size() == 1);
}

TEST_CASE("a rise of severity is another page of the same alarm, its end is none") {
  alarm_history history;
  page_of(history, "TI-1", start, 0ms);
  auto worse = step("TI-1", 2, transition_kind::updated, start, start + 5min);
  worse.level = severity::critical;
  history.take(worse);
  history.tell({{"mail"}, page_kind::alert, worse});
  const auto end = step("TI-1", 3, transition_kind::cleared, start, start + 9min);
  history.take(end);
  history.tell({{"mail"}, page_kind::notice, end});
  const auto found = figures_of(history, start, start + 1h, 1);
  CHECK(found.alarms == 1);
  CHECK(found.told == 1);
  CHECK(found.pages == 2);
  CHECK(found.standing == 0);
}

TEST_CASE("a group's page is one, and its alarms were told by it") {
  alarm_history history;
  for (const auto* sensor : {"TI-1", "TI-2"}) {
    const auto x = step(sensor, 1, transition_kind::raised, start, start);
    history.take(x);
    history.tell_by_group(x);
  }
  auto group = step("", 1, transition_kind::raised, start, start + 10s);
  group.condition.which = rule::state;
  REQUIRE(is_group(group.condition));
  for (const auto* channel : {"mail", "slack"})
    history.tell({{channel}, page_kind::alert, group});
  const auto found = figures_of(history, start, start + 1h, 1);
  CHECK(found.alarms == 2);
  CHECK(found.told == 2);
  CHECK(found.pages == 1);
  CHECK(found.tallies.by_sensor.at("main/reactor-1") == alarm_tally{0, 1});
}

TEST_CASE(
    "alarms that one message stands for are a flood of alarms, and none of pages; what is only shown is neither") {
  alarm_history history;
  for (int i = 0; i < 12; ++i) {
    const auto x =
        step(std::string{"TI-"}.append(std::to_string(i)), 1, transition_kind::raised, start, start + 10s * i);
    history.take(x);
    history.tell_by_group(x);
    history.take(
        step(std::string{"shown-"}.append(std::to_string(i)), 1, transition_kind::raised, start + 2h, start + 2h));
  }
  const auto found = figures_of(history, start, start + 3h, 1);
  REQUIRE(found.alarm_floods.size() == 1);
  CHECK(found.alarm_floods.front() == flood_period{start + 100s, start + 70s + 10min, 12, 12});
  CHECK(found.rates.floods.empty());
  CHECK(figures_of(history, start, start + 3h, 2).alarm_floods.empty());
}

TEST_CASE("three raises within ten minutes chatter, two do not, nor three over a longer time") {
  alarm_history history;
  page_of(history, "TI-1", start, 1min);
  history.take(step("TI-1", 3, transition_kind::reopened, start, start + 4min));
  CHECK(figures_of(history, start, start + 1h, 1).chattering.empty());
  history.take(step("TI-1", 4, transition_kind::cleared, start, start + 5min));
  history.take(step("TI-1", 5, transition_kind::reopened, start, start + 9min));
  for (int i = 0; i < 3; ++i)
    page_of(history, "TI-2", start + 5min * i, 1min);
  CHECK(figures_of(history, start, start + 1h, 1).chattering == std::vector<std::string>{"limit of main/TI-1"});
}

TEST_CASE("what stands for more than a day is named, the longest first") {
  alarm_history history;
  page_of(history, "TI-1", start, 24h);
  page_of(history, "TI-2", start, 25h);
  page_of(history, "TI-3", start + 1h, 0ms);
  const auto found = figures_of(history, start, start + 48h, 1);
  REQUIRE(found.stale.size() == 2);
  CHECK(found.stale[0] == std::pair<std::string, milliseconds>{"limit of main/TI-3", 47h});
  CHECK(found.stale[1] == std::pair<std::string, milliseconds>{"limit of main/TI-2", 25h});
  CHECK(found.standing == 1);
}

TEST_CASE("what a node says of itself is of no time of the readings, and of the node") {
  alarm_history history;
  history.seen(start);
  auto own = step("", 1, transition_kind::raised, start + 1h, start + 1h);
  own.condition = {{}, {}, {"ledger"}, rule::ledger};
  history.take(own);
  CHECK(history.to() == start);
  CHECK(place_of(own.condition) == "ledger");
  CHECK(place_of({{}, {}, {}, rule::ledger}) == "the node");
  CHECK(place_of({{"main"}, {}, {}, rule::stale}) == "main");
  CHECK(place_of("main", "TI-1", "reactor-1") == "main/TI-1");
}

TEST_CASE("figures as JSON have every count") {
  alarm_history history;
  page_of(history, "TI-1", start, 10min);
  std::string out;
  append_json(out, judged_alarms{"now", 7, figures_of(history, start, start + 1h, 2)});
  for (const auto* part : {"\"name\":\"now\",\"readings\":7,", "\"operators\":2,\"alarms\":1,\"told\":1,\"pages\":1,",
                           "\"worst_10_min\":1,", "\"floods\":[]", "\"by_rule\":{\"limit\":{\"alarms\":1,\"pages\":1}}",
                           "\"by_channel\":{\"mail\":1}", "\"truth\":null}"})
    CHECK_MESSAGE(out.find(part) != std::string::npos, part, " in ", out);
}

} // namespace alarm_figures_test
