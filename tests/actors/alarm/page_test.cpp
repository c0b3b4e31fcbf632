#include "protocol/page.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

namespace page_test {

using namespace millwright;
using namespace millwright::testing;

TEST_CASE("a page read back from storage is the same bytes for its receiver") {
  const page x{{"slack"}, page_kind::alert, raise("t1"), false};
  std::string bytes;
  binary_writer out{bytes};
  encode(out, x);
  binary_reader in{bytes};
  const auto back = decode_page(in);
  REQUIRE(back);
  std::string before, after;
  append_json(before, x);
  append_json(after, *back);
  CHECK(before == after);
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader cut{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_page(cut));
  }
}

TEST_CASE("a page keeps the routes that led to it, and one of before them has none") {
  page x{{"slack"}, page_kind::alert, raise("t1"), false};
  x.route = "night, reactors";
  const auto bytes_of = [](const page& each) {
    std::string bytes;
    binary_writer out{bytes};
    encode(out, each);
    return bytes;
  };
  const auto bytes = bytes_of(x);
  binary_reader in{bytes};
  CHECK(decode_page(in).value().route == "night, reactors");
  x.reminder = true;
  const auto again = bytes_of(x);
  binary_reader telling{again};
  CHECK(decode_page(telling).value().reminder);
  x.reminder = false;
  x.route.clear();
  auto former = bytes_of(x);
  former.pop_back();
  former[0] = 3;
  binary_reader old{former};
  const auto back = decode_page(old);
  REQUIRE(back);
  CHECK(old.at_end());
  CHECK(back->route.empty());
  CHECK(back->about.condition.sensor.text == "t1");
}

TEST_CASE("the message names everything that a person needs to act") {
  CHECK(describe(raise("t1")) == "high limit: t1 on reactor-1 at Main Works (main): 98.25 degC, was 90.5, limit 95; "
                                 "2027-01-15 09:00:01 CET");
}

TEST_CASE("a page that tries a channel out says so, and is no alarm to a program either") {
  const auto x = test_page({"slack"}, raise("t1").alarm, start, "anna");
  const std::string words =
      "TEST of the channel slack by anna at 2027-01-15 08:00:00 UTC: no alarm, nothing has to be done";
  CHECK(describe(x) == words);
  std::string body;
  append_json(body, x);
  CHECK(body.find("\"test\":true,\"alarm_id\":null,\"rule\":null") != std::string::npos);
  CHECK(body.find(words) != std::string::npos);
  CHECK(body.find("acknowledge") == std::string::npos);
}

TEST_CASE("a digest of former versions is read: it is old news; one of this says whether it came at once") {
  alarm_digest x;
  x.oldest = x.newest = start;
  x.standing = 1;
  x.members = {{raise("t1").alarm, 1}};
  x.others = {{raise("t1").alarm, severity::high, start, true, "t1 is high"}};
  x.at_once = true;
  std::string bytes;
  binary_writer out{bytes};
  encode(out, x);
  const auto read = [](const std::string& from) {
    binary_reader in{from};
    return decode_digest(in).value();
  };
  CHECK(read(bytes).at_once);
  bytes[0] = 2;
  bytes.pop_back();
  const auto second = read(bytes);
  CHECK_FALSE(second.at_once);
  CHECK(second.members.size() == 1);
  CHECK(headline_of(second).find("told late") != std::string::npos);
}

TEST_CASE("an unknown zone shows the time in UTC") {
  auto x = raise("t1");
  x.evidence.timezone = "Mars/Olympus";
  CHECK(describe(x).ends_with("2027-01-15 08:00:01 UTC"));
}

TEST_CASE("a notification is a record in the order of its fields") {
  const page x{{"slack"}, page_kind::alert, raise("t1"), false};
  std::string out;
  append_notification_json(out, notification_of(x, notification_outcome::planned));
  const auto id = to_string(raise("t1").alarm);
  CHECK(out == "{\"key\":\"" + id + "-1-slack\",\"alarm_id\":\"" + id +
                   "\",\"channel\":\"slack\",\"timestamp\":\"2027-01-15T08:00:01.000Z\",\"priority\":85,"
                   "\"outcome\":\"planned\"}");
}

} // namespace page_test
