#include "runtime/message/alertmanager_request.hpp"
#include "runtime/transport/http_outcome.hpp"
#include "runtime/transport/state_transport.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/runtime/transport/receiver.hpp"

#include <doctest/doctest.h>

namespace state_transport_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using answer = delivery_result::answer;

namespace {

http_answer said(int status, const std::string& body) {
  http_answer out;
  out.status = status;
  out.body = body;
  return out;
}

} // namespace

TEST_CASE("PagerDuty's answers mean what it documents") {
  const auto taken = pagerduty_outcome(said(202, R"({"status":"success","message":"Event processed"})"));
  CHECK(taken.what == answer::taken);
  CHECK(taken.detail == R"(HTTP 202: {"status":"success","message":"Event processed"})");
  const auto refused = pagerduty_outcome(
      said(400, R"({"status":"invalid event","message":"Event object is invalid","errors":["'summary' is missing"]})"));
  CHECK(refused.what == answer::refused_page);
  CHECK(refused.detail.find("'summary' is missing") != std::string::npos);
  for (const auto* errors : {"Length of 'routing_key' is incorrect (should be 32 characters)", "Invalid routing key"})
    CHECK(pagerduty_outcome(said(400, errors)).what == answer::refused_channel);
  auto busy = said(429, "");
  busy.retry_after = 7s;
  CHECK(pagerduty_outcome(busy).what == answer::try_again);
  CHECK(pagerduty_outcome(busy).retry_after == 7s);
  CHECK(pagerduty_outcome(said(500, "")).what == answer::try_again);
  CHECK(pagerduty_outcome(said(404, "")).what == answer::refused_channel);
}

TEST_CASE("states go out as their receiver wants them") {
  receiver r;
  state_transport way{[&](const page& x) {
                        return alertmanager_request({r.url(""), "plant", "word"}, x);
                      },
                      [](const http_answer& x) { return outcome_of(x); }, 5000ms};
  page x{{"am"}, page_kind::alert, raise("t1"), false};
  x.states = std::make_shared<const std::vector<alarm_now>>(
      std::vector<alarm_now>{{alarm_now::what::stands, raise("t1"), false, {}}});
  way.deliver(x);
  const auto got = r.requests();
  REQUIRE(got.size() == 1);
  CHECK(got[0].method == "POST");
  CHECK(got[0].path == "/api/v2/alerts");
  CHECK(got[0].type == "application/json");
  CHECK(got[0].headers.at("Authorization") == "Basic cGxhbnQ6d29yZA==");
}

} // namespace state_transport_test
