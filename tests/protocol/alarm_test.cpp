#include "protocol/alarm.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace alarm_test {

using namespace millwright;

namespace {

alarm_transition sample() {
  alarm_transition x;
  x.condition = {{"north"}, {"TI-1"}, {"pump-1"}, rule::state};
  x.alarm = alarm_id_of(x.condition, from_epoch_ms(1000), 2);
  x.number = 300;
  x.kind = transition_kind::reopened;
  x.at = from_epoch_ms(-5);
  x.raised_at = from_epoch_ms(1000);
  x.level = severity::critical;
  x.priority = 100;
  x.value = -1.5;
  x.evidence.previous = 2;
  x.evidence.limit = 3;
  x.evidence.against = {1, 2, 3, 4, 5};
  x.evidence.unit = "°C";
  x.evidence.sensor_type = "temperature";
  x.evidence.facility_name = "Hall N";
  x.evidence.timezone = "Europe/Berlin";
  x.reason = "again";
  x.pages = true;
  x.chattering = true;
  x.fresh = true;
  x.swept = true;
  x.was = severity::high;
  x.split = 7;
  x.position = 1ull << 40;
  x.onset = from_epoch_ms(990);
  return x;
}

std::string encoded(const alarm_transition& x) {
  std::string bytes;
  binary_writer out{bytes};
  encode(out, x);
  return bytes;
}

} // namespace

TEST_CASE("a stored transition reads back whole") {
  const auto x = sample();
  const auto bytes = encoded(x);
  binary_reader in{bytes};
  const auto back = decode_alarm_transition(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(encoded(*back) == bytes);
  CHECK(back->alarm == x.alarm);
  CHECK(back->condition == x.condition);
  CHECK(back->kind == x.kind);
  CHECK(back->at == x.at);
  CHECK(back->raised_at == x.raised_at);
  CHECK(back->onset == x.onset);
  CHECK(back->level == x.level);
  CHECK(back->priority == 100);
  CHECK(std::isnan(back->evidence.z));
  CHECK(back->evidence.against.count == 5);
  CHECK(back->evidence.unit == "°C");
  CHECK(back->evidence.timezone == "Europe/Berlin");
  CHECK(back->reason == "again");
  CHECK(back->pages);
  CHECK(back->chattering);
  CHECK(back->fresh);
  CHECK(back->swept);
  CHECK(back->was == severity::high);
  CHECK(back->position == 1ull << 40);
}

TEST_CASE("a transition that the version before stored reads back, and is not fresh") {
  const auto x = sample();
  auto bytes = encoded(x);
  // Version 1 ended with flags of two bits, split and position; version 2 had no line behind that, version 3 no onset.
  bytes[0] = 1;
  bytes.resize(bytes.size() - 1 - 8);
  bytes.erase(bytes.size() - 11, 1);
  bytes[bytes.size() - 11] = 3;
  binary_reader in{bytes};
  const auto back = decode_alarm_transition(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK_FALSE(back->fresh);
  CHECK_FALSE(back->swept);
  CHECK(back->was == severity::normal);
  CHECK(back->pages);
  CHECK(back->chattering);
  CHECK(back->split == 7);
  CHECK(back->position == 1ull << 40);
  CHECK(back->onset == never);
}

TEST_CASE("a transition that version 3 stored does not know when it began") {
  auto bytes = encoded(sample());
  bytes[0] = 3;
  bytes.resize(bytes.size() - 8);
  binary_reader in{bytes};
  const auto back = decode_alarm_transition(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(back->onset == never);
}

TEST_CASE("a stored transition that is cut or of another version is none") {
  const auto bytes = encoded(sample());
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader in{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_alarm_transition(in));
  }
  auto newer = bytes;
  newer[0] = 99;
  binary_reader in{newer};
  CHECK_FALSE(decode_alarm_transition(in));
}

TEST_CASE("a stored transition with any byte flipped does no harm") {
  const auto bytes = encoded(sample());
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
      binary_reader in{damaged};
      if (const auto x = decode_alarm_transition(in)) {
        CHECK_FALSE(name_of(x->kind).empty());
        CHECK_FALSE(name_of(x->condition.which).empty());
      }
    }
}

TEST_CASE("an alarm's id is of its condition, its raise and how many there were") {
  const condition_key here{{"north"}, {"TI-1"}, {"pump-1"}, rule::state};
  const auto id = alarm_id_of(here, from_epoch_ms(1000), 1);
  CHECK(alarm_id_of(here, from_epoch_ms(1000), 1) == id);
  CHECK(alarm_id_of(here, from_epoch_ms(1000), 2) != id);
  CHECK(raises_in(id, here, from_epoch_ms(1000)) == 1);
  CHECK(raises_in(alarm_id_of(here, from_epoch_ms(1000), 77), here, from_epoch_ms(1000)) == 77);
  CHECK(raises_in(id, here, from_epoch_ms(1001)) == 1);
  CHECK(alarm_id_of(here, from_epoch_ms(1001), 1) != id);
  auto other = here;
  other.which = rule::limit;
  CHECK(alarm_id_of(other, from_epoch_ms(1000), 1) != id);
  other = here, other.unit = {"pump-2"};
  CHECK(alarm_id_of(other, from_epoch_ms(1000), 1) == id);
  const condition_key split{{}, {}, {"readings/1"}, rule::source_silent},
      another{{}, {}, {"readings/2"}, rule::source_silent};
  CHECK(alarm_id_of(split, from_epoch_ms(0), 1) != alarm_id_of(another, from_epoch_ms(0), 1));
}

} // namespace alarm_test
