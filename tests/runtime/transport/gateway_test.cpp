#include "runtime/message/gateway_request.hpp"
#include "runtime/transport/request_transport.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/runtime/message/hostile_names.hpp"
#include "tests/runtime/transport/receiver.hpp"

#include <doctest/doctest.h>

#include <random>

namespace gateway_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using answer = delivery_result::answer;

namespace {

page alert(const std::string& sensor = "t1") {
  return {{"sms"}, page_kind::alert, raise(sensor), false};
}

request_transport way_to(const std::string& url, const std::vector<std::string>& to = {},
                         const std::string& method = "POST", const std::string& failed_when = {}) {
  gateway_form form;
  form.method = method;
  form.url = message_template{url};
  form.headers = {{"X-Where", message_template{"{where}"}}, {"Authorization", message_template::literal("Bearer {x}")}};
  form.body = message_template{R"({"to":"{to}","text":"{what}"})"};
  return {[form](const page& x, const std::string& who) { return gateway_request(form, x, who); }, to,
          answer_pattern{failed_when}, 5000ms};
}

} // namespace

TEST_CASE("a gateway is asked once for each recipient, under a key of its own") {
  receiver r;
  CHECK(way_to(r.url("/ok"), {"+491", "+492"}).deliver(alert()).what == answer::taken);
  const auto got = r.requests();
  REQUIRE(got.size() == 2);
  CHECK(got[0].body == R"({"to":"+491","text":"high limit"})");
  CHECK(got[1].body == R"({"to":"+492","text":"high limit"})");
  CHECK(got[0].key == key_of(alert()) + "-+491");
  CHECK(got[1].key == key_of(alert()) + "-+492");
  CHECK(got[0].type == "application/json");
  CHECK(got[0].headers.at("X-Where") == "t1 on reactor-1 at Main Works (main)");
  CHECK(got[0].headers.at("Authorization") == "Bearer {x}");
}

TEST_CASE("a gateway is asked by the method that it wants") {
  receiver r;
  CHECK(way_to(r.url("/ok"), {}, "PUT").deliver(alert()).what == answer::taken);
  CHECK(way_to(r.url("/ok?id={short_id}"), {}, "GET").deliver(alert()).what == answer::taken);
  const auto got = r.requests();
  REQUIRE(got.size() == 2);
  CHECK(got[0].method == "PUT");
  CHECK(got[0].body == R"({"to":"","text":"high limit"})");
  CHECK(got[1].method == "GET");
  CHECK(got[1].path == "/ok?id=" + short_form(alert().about.alarm));
  CHECK(got[1].headers.at("Authorization") == "Bearer {x}");
}

TEST_CASE("an answer of 200 with an error inside is tried again where the expression knows it") {
  receiver r;
  auto way = way_to(r.url("/trouble/1"), {}, "POST", "\"error\"");
  const auto first = way.deliver(alert());
  CHECK(first.what == answer::try_again);
  CHECK(first.detail == "HTTP 200, but: {\"error\": \"no credit\"}");
  CHECK(way.deliver(alert()).what == answer::taken);
  CHECK(way_to(r.url("/trouble/9")).deliver(alert()).what == answer::taken);
}

TEST_CASE("a gateway's answers are told apart as a webhook's are, and who was sent it is not sent it again") {
  receiver r;
  auto busy = way_to(r.url("/{to}/1"), {"ok", "busy"});
  const auto first = busy.deliver(alert());
  CHECK(first.what == answer::try_again);
  CHECK(first.retry_after == 1000ms);
  CHECK(busy.deliver(alert()).what == answer::taken);
  CHECK(r.requests().size() == 3);
  CHECK(way_to(r.url("/status/400")).deliver(alert()).what == answer::refused_page);
  CHECK(way_to(r.url("/status/401")).deliver(alert()).what == answer::refused_channel);
  const auto some = way_to(r.url("/status/{to}"), {"200", "422"}).deliver(alert());
  CHECK(some.what == answer::taken);
  CHECK(some.warning == "not taken for 422: HTTP 422: it is so: 422");
  r.stop();
  CHECK(way_to(r.url("/ok"), {"a", "b"}).deliver(alert()).what == answer::try_again);
}

TEST_CASE("whatever a sensor is called, a server reads one request of ours") {
  receiver r;
  std::mt19937_64 random{13};
  auto way = way_to(r.url("/ok"));
  for (int run = 0; run < 30; ++run)
    CHECK(way.deliver(alert(hostile_name(random))).what == answer::taken);
  const auto got = r.requests();
  CHECK(got.size() == 30);
  for (const auto& each : got) {
    CHECK(each.body == R"({"to":"","text":"high limit"})");
    CHECK(each.headers.contains("X-Where"));
    CHECK(!each.headers.contains("Bcc"));
  }
}

} // namespace gateway_test
