#include "protocol/alarm_guidance.hpp"
#include "protocol/page.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace alarm_guidance_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

alarm_guidance whole() {
  return {"Feed of the reactor", "Valve V-12 sticks", "Runaway", "Close V-12", "https://wiki/r1", 15min};
}

page alert(const alarm_guidance& says) {
  page x{{"sms"}, page_kind::alert, raise("t1"), false};
  x.guidance = std::make_shared<const alarm_guidance>(says);
  return x;
}

std::string bytes_of(const page& x) {
  std::string out;
  binary_writer writer{out};
  encode(writer, x);
  return out;
}

} // namespace

TEST_CASE("a page keeps what the plant knew when it was made") {
  const auto x = alert(whole());
  const auto bytes = bytes_of(x);
  binary_reader in{bytes};
  const auto back = decode_page(in);
  REQUIRE(back);
  REQUIRE(back->guidance);
  CHECK(*back->guidance == whole());
  CHECK(in.at_end());
  CHECK(bytes_of(*back) == bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader cut{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_page(cut));
  }
}

TEST_CASE("a page that an older version stored opens, and the plant knew nothing then") {
  auto bytes = bytes_of({{"sms"}, page_kind::alert, raise("t1"), false});
  CHECK(bytes[0] == 5);
  bytes[0] = 3;
  binary_reader in{bytes};
  const auto back = decode_page(in);
  REQUIRE(back);
  CHECK(back->guidance == nullptr);
}

TEST_CASE("what one says another does not take the place of, but where it says nothing") {
  alarm_guidance first;
  first.action = "Stop the pump";
  const auto both = joined(first, whole());
  CHECK(both.action == "Stop the pump");
  CHECK(both.cause == "Valve V-12 sticks");
  CHECK(both.respond_within == 15min);
  CHECK(joined({}, {}).empty());
  first.respond_within = 5min;
  CHECK(joined(first, whole()).respond_within == 5min);
}

TEST_CASE("a time to respond in is read at a glance") {
  CHECK(response_time(0ms).empty());
  CHECK(response_time(200ms) == "1 s");
  CHECK(response_time(15min) == "15 min");
  CHECK(response_time(90min) == "1 h 30 min");
  CHECK(response_time(25h + 1s) == "1 d 1 h 1 s");
}

TEST_CASE("a webhook gets every part as a field, null where nobody has written anything down") {
  std::string body;
  append_json(body, alert(whole()));
  CHECK(body.find("\"description\":\"Feed of the reactor\",\"cause\":\"Valve V-12 sticks\",\"consequence\":\"Runaway\","
                  "\"action\":\"Close V-12\",\"runbook\":\"https://wiki/r1\",\"respond_within\":900") !=
        std::string::npos);
  CHECK(body.find("\"look\":\"millwright plant main/reactor-1\"") != std::string::npos);
  body.clear();
  append_json(body, {{"sms"}, page_kind::alert, raise("t1"), false});
  CHECK(body.find("\"action\":null,\"runbook\":null,\"respond_within\":null") != std::string::npos);
}

TEST_CASE("a line says what to do and until when, and one that may be cut says it in front") {
  const auto x = alert(whole());
  CHECK(describe_with_action(x) == describe(x) + "; do: Close V-12; within 15 min");
  CHECK(brief_of(x) ==
        short_form(x.about.alarm) +
            " high limit: t1 on reactor-1 at Main Works (main): 98.25 degC; do: Close V-12; within 15 min, "
            "was 90.5, limit 95; 2027-01-15 09:00:01 CET");
}

TEST_CASE("the shortest form begins with the alarm, its value and what to do") {
  auto says = whole();
  says.action = "Close V-12 and tell Anna that it does not shut, whatever else the panel may show by then";
  auto x = alert(says);
  x.shortest = true;
  const auto text = shortest_text(x);
  CHECK(text.size() <= 160);
  CHECK(text.starts_with(short_form(x.about.alarm) + " high limit: t1 on reactor-1"));
  CHECK(text.find("98.25 degC; do: Close V-12 and tell Anna") != std::string::npos);
}

TEST_CASE("what goes on for a while says since when, by the clock at the site") {
  page x{{"sms"}, page_kind::notice, clear("t1", 2), false};
  CHECK(describe(x).ends_with("; back inside; 2027-01-15 09:00:02 CET; since 2027-01-15 09:00 CET"));
  CHECK(describe(alert({})).ends_with("; 2027-01-15 09:00:01 CET"));
}

TEST_CASE("a value that was beyond its limit the reading before says what it was on average") {
  auto x = raise("t1");
  CHECK(value_before_of(x).figure == 90.5);
  x.evidence.previous = 96;
  CHECK(describe(x).find("98.25 degC, was 96, limit 95") != std::string::npos);
  x.evidence.against = {89.75, 0.5, 88, 91, 290};
  CHECK(value_before_of(x).average);
  CHECK(describe(x).find("98.25 degC, was 89.75 on average, limit 95") != std::string::npos);
  x.condition.which = rule::rate;
  CHECK(value_before_of(x).figure == 96);
}

TEST_CASE("where to look is a command that a shell takes as it is") {
  auto x = alert({});
  CHECK(where_to_look(x) == "millwright plant main/reactor-1");
  x.about.condition.unit.text = "reactor 1; rm -rf 'x'";
  CHECK(where_to_look(x) == "millwright plant 'main/reactor 1; rm -rf '\\''x'\\'''");
  x.about.condition.unit = {};
  CHECK(where_to_look(x) == "millwright plant main");
  x.about.condition.facility = {};
  CHECK(where_to_look(x) == "millwright alarms");
  x.about.condition.which = rule::performance;
  CHECK(where_to_look(x) == "millwright load");
}

} // namespace alarm_guidance_test
