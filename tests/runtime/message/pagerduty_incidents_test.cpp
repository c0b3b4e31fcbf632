#include "runtime/message/pagerduty_incidents.hpp"

#include "protocol/quantities.hpp"

#include <doctest/doctest.h>

#include <string>

namespace pagerduty_incidents_test {

using namespace millwright;

namespace {

const auto since = parse_time("2026-11-30T12:00:00.700Z").value();

std::string acknowledged(const std::string& at, const std::string& who, const std::string& type = "user_reference") {
  return R"({"at":")" + at + R"(","acknowledger":{"type":")" + type + R"(","summary":")" + who + R"("}})";
}

std::string incident(const std::string& acknowledgements, const std::string& status = "acknowledged") {
  return R"({"id":"PT4KHLK","incident_key":null,"status":")" + status + R"(","acknowledgements":[)" + acknowledgements +
         "]}";
}

std::string answer(const std::string& incidents) {
  return R"({"incidents":[)" + incidents + R"(],"limit":5,"offset":0,"total":null,"more":false})";
}

std::string by(const std::string& incidents) {
  const auto said = acknowledgement_in(answer(incidents), since);
  CHECK(said.readable);
  return said.by;
}

} // namespace

TEST_CASE("PagerDuty is asked for the alarm's incident by its key, with what its REST API wants to see") {
  const auto x = pagerduty_question({"https://api.eu.pagerduty.com", "y_Nb"}, uuid{});
  CHECK(x.method == "GET");
  CHECK(x.url == "https://api.eu.pagerduty.com/incidents?statuses%5B%5D=acknowledged&date_range=all&limit=5&"
                 "incident_key=00000000-0000-0000-0000-000000000000");
  CHECK(x.headers == std::vector<std::string>{"Accept: application/json", "Authorization: Token token=y_Nb"});
  CHECK(x.body.empty());
  CHECK(pagerduty_question({}, uuid{}).url.starts_with("https://api.pagerduty.com/incidents?"));
}

TEST_CASE("whoever has acknowledged the incident has acknowledged the alarm, of several the newest one") {
  CHECK(by("").empty());
  CHECK(by(incident("")).empty());
  CHECK(by(incident(acknowledged("2026-11-30T12:03:00Z", "Earline Greenholt"))) == "pagerduty: Earline Greenholt");
  CHECK(by(incident(acknowledged("2026-11-30T15:09:00+02:00", "b") + ',' +
                    acknowledged("2026-11-30T12:03:00Z", "a"))) == "pagerduty: b");
  CHECK(by(incident(acknowledged("2026-11-30T12:03:00Z", ""))) == "pagerduty");
}

TEST_CASE("who had acknowledged it before it became what it is does not count, but in the same second who does") {
  CHECK(by(incident(acknowledged("2026-11-30T11:59:59Z", "a"))).empty());
  CHECK(by(incident(acknowledged("2026-11-30T12:00:00Z", "a"))) == "pagerduty: a");
}

TEST_CASE("only people count, and only what is acknowledged") {
  CHECK(by(incident(acknowledged("2026-11-30T12:03:00Z", "our own", "service_reference"))).empty());
  CHECK(by(incident(acknowledged("2026-11-30T12:03:00Z", "a"), "resolved")).empty());
  CHECK(by(incident(acknowledged("yesterday", "a"))).empty());
}

TEST_CASE("a name of whatever bytes is one line of some length") {
  CHECK(by(incident(acknowledged("2026-11-30T12:03:00Z", R"(a\nb)"))) == "pagerduty: a b");
  CHECK(by(incident(acknowledged("2026-11-30T12:03:00Z", std::string(5000, 'x')))).size() < 120);
}

TEST_CASE("what is no answer of PagerDuty's is told from one that names nobody, however it is cut") {
  for (const auto* each : {"", "it is so: 200", "[]", "{}", R"({"incidents":{}})", R"({"incidents":[)"})
    CHECK_FALSE(acknowledgement_in(each, since).readable);
  for (const auto* each : {"1", "null", R"({"status":1})", R"({"status":"acknowledged"})",
                           R"({"status":"acknowledged","acknowledgements":[1,{},{"at":"2026-11-30T12:03:00Z"}]})",
                           R"({"status":"acknowledged","acknowledgements":1})"})
    CHECK(by(each).empty());
  const auto whole = answer(incident(acknowledged("2026-11-30T12:03:00Z", "a")));
  for (size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(acknowledgement_in(std::string_view{whole}.substr(0, size), since).readable);
}

} // namespace pagerduty_incidents_test
