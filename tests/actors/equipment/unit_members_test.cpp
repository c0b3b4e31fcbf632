#include "actors/equipment/unit_members.hpp"

#include <doctest/doctest.h>

namespace unit_members_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const event_time begins = from_epoch_ms(1'767'225'600'000);

sensor_news news_of(const std::string& sensor, event_time at) {
  sensor_news out;
  out.sensor = sensor;
  out.count = 1;
  out.first_heard = out.heard = out.time = at;
  return out;
}

alarm_transition told(const std::string& sensor, rule which, transition_kind kind, severity level = severity::medium,
                      bool pages = false) {
  alarm_transition out;
  out.condition = {facility_id{"plant"}, sensor_id{sensor}, equipment_id{"P-101"}, which};
  out.kind = kind;
  out.level = level;
  out.pages = pages;
  out.at = out.raised_at = begins + 1min;
  return out;
}

} // namespace

TEST_CASE("a unit has the sensors that it heard of, by name") {
  unit_members members;
  members.take(news_of("TI-2", begins + 1s));
  members.take(news_of("TI-1", begins + 2s));
  members.take(news_of("TI-2", begins + 3s));
  REQUIRE(members.all().size() == 2);
  CHECK(members.all()[0].news.sensor == "TI-1");
  CHECK(members.all()[1].news.count == 2);
  CHECK(members.all()[1].news.heard == begins + 3s);
  CHECK(members.first_heard() == begins + 1s);
}

TEST_CASE("a sensor is abnormal, in alarm, stale or of bad quality from the raise until it is cleared or adapted") {
  unit_members members;
  members.take(news_of("TI-1", begins));
  const auto& sensor = members.all()[0];
  members.heard(told("TI-1", rule::state, transition_kind::raised), 0);
  CHECK(sensor.abnormal());
  CHECK_FALSE(sensor.in_alarm());
  members.heard(told("TI-1", rule::state, transition_kind::updated, severity::high, true), 0);
  CHECK(sensor.in_alarm());
  CHECK(sensor.worst() == severity::high);
  CHECK(sensor.standing().size() == 1);
  members.heard(told("TI-1", rule::stale, transition_kind::raised), 0);
  CHECK(sensor.has(rule::stale));
  CHECK(sensor.doubtful());
  members.heard(told("TI-1", rule::state, transition_kind::adapted), 0);
  CHECK_FALSE(sensor.abnormal());
  members.heard(told("TI-1", rule::stale, transition_kind::cleared), 0);
  CHECK(sensor.standing().empty());
  CHECK(sensor.heap_bytes() == 0);
  members.heard(told("TI-1", rule::stale, transition_kind::reopened), 0);
  CHECK(sensor.has(rule::stale));
}

TEST_CASE("an acknowledgement changes nothing at a sensor, and a group is none of them") {
  unit_members members;
  members.take(news_of("TI-1", begins));
  members.heard(told("TI-1", rule::limit, transition_kind::raised, severity::critical, true), 0);
  members.heard(told("TI-1", rule::limit, transition_kind::acknowledged), 0);
  members.heard(told("", rule::stale, transition_kind::raised), 0);
  REQUIRE(members.all().size() == 1);
  CHECK(members.all()[0].in_alarm());
}

TEST_CASE("a sensor of which only an alarm is known is a sensor of the unit; what ends makes none known") {
  unit_members members;
  members.heard(told("TI-9", rule::stale, transition_kind::cleared), 0);
  CHECK(members.all().empty());
  members.heard(told("TI-9", rule::stale, transition_kind::raised), 0);
  REQUIRE(members.all().size() == 1);
  CHECK(members.all()[0].news.count == 0);
  members.take(news_of("TI-9", begins + 2min));
  REQUIRE(members.all().size() == 1);
  CHECK(members.all()[0].news.time == begins + 2min);
  CHECK(members.all()[0].has(rule::stale));
}

TEST_CASE("a sensor that moves to another unit leaves with all that stands of it") {
  unit_members members;
  members.take(news_of("TI-1", begins));
  members.take(news_of("TI-2", begins));
  members.heard(told("TI-1", rule::limit, transition_kind::raised, severity::critical, true), 0);
  CHECK(members.left("TI-1"));
  CHECK_FALSE(members.left("TI-1"));
  REQUIRE(members.all().size() == 1);
  members.heard(told("TI-1", rule::limit, transition_kind::cleared), 0);
  CHECK(members.all().size() == 1);
}

TEST_CASE("a sensor that is silent for long is forgotten") {
  unit_members members;
  members.take(news_of("TI-1", begins));
  members.take(news_of("TI-2", begins + 1h));
  CHECK(members.forget(begins));
  REQUIRE(members.all().size() == 1);
  CHECK(members.all()[0].news.sensor == "TI-2");
  CHECK_FALSE(members.forget(begins + 59min));
}

TEST_CASE("the worst sensor comes first") {
  unit_members members;
  for (const auto* name : {"A", "B", "C", "D"})
    members.take(news_of(name, begins));
  members.heard(told("C", rule::limit, transition_kind::raised, severity::critical, true), 0);
  members.heard(told("B", rule::state, transition_kind::raised, severity::high, true), 0);
  members.heard(told("D", rule::range, transition_kind::raised, severity::high), 0);
  std::string order;
  for (const auto* each : members.by_trouble())
    order += each->news.sensor;
  CHECK(order == "CBDA");
}

TEST_CASE("a unit's sensors survive their stored form, and damage is noticed") {
  unit_members members;
  members.take(news_of("TI-1", begins));
  members.take(news_of("a sensor with a long name", begins + 1h));
  members.heard(told("TI-1", rule::limit, transition_kind::raised, severity::critical, true), 0);
  std::string bytes, again;
  binary_writer out{bytes}, second{again};
  members.encode(out);
  unit_members read;
  binary_reader in{bytes};
  REQUIRE(read.decode(in, 1));
  read.encode(second);
  CHECK(again == bytes);
  REQUIRE(read.all().size() == 2);
  CHECK(read.all()[0].standing()[0] == members.all()[0].standing()[0]);
  binary_reader none{bytes};
  CHECK_FALSE(read.decode(none, 0));
  for (size_t length = 0; length < bytes.size(); ++length) {
    binary_reader cut{std::string_view{bytes}.substr(0, length)};
    CHECK_FALSE(read.decode(cut, 1));
  }
}

TEST_CASE("the worst score of a unit's sensors is the smallest, and of equal ones the first by name") {
  unit_members members;
  for (const auto* name : {"A", "B", "C"})
    members.take(news_of(name, begins));
  CHECK(!members.worst_scored());
  members.scored({"C", begins, 0.5, risk_level::warning, false, false});
  members.scored({"D", begins, 0.1, risk_level::critical, true, false});
  REQUIRE(members.worst_scored());
  CHECK(members.worst_scored()->news.sensor == "C");
  members.scored({"B", begins, 0.5, risk_level::warning, false, true});
  CHECK(members.worst_scored()->news.sensor == "B");
  CHECK(members.worst_scored()->score().extrapolated);
  // It has spoken again, and no model has said anything of that.
  members.take(news_of("B", begins + 1s));
  members.drop_old_scores();
  CHECK(members.worst_scored()->news.sensor == "C");
}

} // namespace unit_members_test
