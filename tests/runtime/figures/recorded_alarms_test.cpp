#include "runtime/figures/recorded_alarms.hpp"

#include "protocol/alarm_record.hpp"
#include "runtime/figures/alarm_figures.hpp"
#include "tests/runtime/figures/history_samples.hpp"

#include <doctest/doctest.h>

namespace recorded_alarms_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

std::string row_of(const alarm_transition& x) {
  std::string out;
  append_json(out, x);
  return out + '\n';
}

std::string row_of(const alarm_transition& x, const std::string& channel,
                   notification_outcome outcome = notification_outcome::sent) {
  std::string out;
  append_notification_json(out, notification_of({{channel}, page_kind::alert, x}, outcome));
  return out + '\n';
}

alarm_figures figures_of_rows(const std::string& notifications, const std::string& book, const std::string& alarms) {
  recorded_alarms recorded{start, start + 24h};
  recorded.take_notifications(notifications);
  recorded.take_book(book);
  recorded.take_alarms(alarms);
  return figures_of(recorded.finish(), start, start + 24h, 1);
}

} // namespace

TEST_CASE("raises and rises that were sent are pages, an end and a reopening are none") {
  const auto raised = step("TI-1", 1, transition_kind::raised, start + 1h, start + 1h);
  auto worse = step("TI-1", 2, transition_kind::updated, start + 1h, start + 2h);
  worse.level = severity::critical;
  const auto over = step("TI-1", 3, transition_kind::cleared, start + 1h, start + 3h);
  const auto again = step("TI-1", 4, transition_kind::reopened, start + 1h, start + 3h + 1min);
  const auto found = figures_of_rows(row_of(raised, "mail") + row_of(raised, "slack") + row_of(worse, "mail") +
                                         row_of(over, "mail") + row_of(again, "mail"),
                                     {}, row_of(raised) + row_of(worse) + row_of(over) + row_of(again));
  CHECK(found.alarms == 1);
  CHECK(found.told == 1);
  CHECK(found.pages == 2);
  CHECK(found.by_channel == std::map<std::string, uint64_t>{{"mail", 2}, {"slack", 1}});
  CHECK(found.by_severity == std::array<uint64_t, 5>{0, 0, 0, 1, 1});
  CHECK(found.standing == 1);
  CHECK(found.digests == 0);
}

TEST_CASE("what was not delivered is no page, and what nobody heard of is only counted") {
  const auto lost = step("TI-1", 1, transition_kind::raised, start + 1h, start + 1h),
             shown = step("TI-2", 1, transition_kind::raised, start + 1h, start + 1h);
  const auto found =
      figures_of_rows(row_of(lost, "mail", notification_outcome::failed), {}, row_of(lost) + row_of(shown));
  CHECK(found.alarms == 2);
  CHECK(found.told == 0);
  CHECK(found.pages == 0);
  CHECK(found.tallies.by_sensor.at("main/TI-2") == alarm_tally{1, 0});
}

TEST_CASE("a group is known from the alarm book, its end is no page") {
  alarm_record group;
  group.raise = step("", 1, transition_kind::raised, start + 1h, start + 1h);
  group.raise.condition.which = rule::state;
  group.latest = group.raise;
  group.latest.number = 3;
  group.latest.kind = transition_kind::cleared;
  group.latest.at = start + 2h;
  group.state = alarm_state::cleared;
  std::string book, notifications;
  append_json(book, group);
  auto update = group.raise;
  update.number = 2;
  update.at += 5min;
  for (const auto& each : {group.raise, update, group.latest})
    notifications += row_of(each, "mail");
  const auto member = step("TI-1", 1, transition_kind::raised, start + 1h, start + 1h);
  notifications += row_of(member, "mail", notification_outcome::grouped);
  const auto found = figures_of_rows(notifications, book + '\n', row_of(member));
  CHECK(found.pages == 2);
  CHECK(found.told == 1);
  CHECK(found.alarms == 1);
  CHECK(found.tallies.by_sensor.at("main/reactor-1").pages == 2);
  CHECK(found.digests == 0);
}

TEST_CASE("a digest is counted beside the pages, and its members were told") {
  const auto old = step("TI-1", 1, transition_kind::raised, start + 1h, start + 1h);
  page digest{{"mail"}, page_kind::digest, {}};
  digest.about.alarm = uuid_v5("digest");
  digest.about.at = start + 2h;
  std::string row;
  append_notification_json(row, notification_of(digest, notification_outcome::sent));
  const auto found = figures_of_rows(row + '\n' + row_of(old, "mail", notification_outcome::digest), {}, row_of(old));
  CHECK(found.digests == 1);
  CHECK(found.pages == 0);
  CHECK(found.told == 1);
}

TEST_CASE("rows of another time, and lines that are none, are left out") {
  const auto before = step("TI-1", 1, transition_kind::raised, start - 1h, start - 1h),
             within = step("TI-2", 1, transition_kind::raised, start + 1h, start + 1h);
  recorded_alarms recorded{start, start + 24h};
  recorded.take_notifications("nonsense\n[]\n{}\n" + row_of(before, "mail") + row_of(within, "mail"));
  recorded.take_book("{\"alarm_id\":1}\n");
  recorded.take_alarms("{\"rule\":\"nothing\"}\n" + row_of(before) + row_of(within));
  CHECK(recorded.oldest() == start - 1h);
  CHECK(recorded.newest() == start + 1h);
  const auto found = figures_of(recorded.finish(), start, start + 24h, 1);
  CHECK(found.pages == 1);
  CHECK(found.alarms == 1);
}

} // namespace recorded_alarms_test
