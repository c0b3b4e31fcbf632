#include "protocol/alarm_record.hpp"

#include <doctest/doctest.h>

namespace alarm_record_test {

using namespace millwright;

namespace {

alarm_record sample() {
  alarm_record x;
  x.raise.condition = {{"north"}, {"TI-1"}, {"pump-1"}, rule::limit};
  x.raise.alarm = alarm_id_of(x.raise.condition, from_epoch_ms(1000), 1);
  x.raise.number = 1;
  x.latest = x.raise;
  x.latest.number = 5;
  x.last_number = 5;
  x.pages = true;
  x.missing = {2, 400};
  x.uncommitted = {{5, 3, 77, true}};
  x.explanation = "why";
  x.owner_ended = true;
  return x;
}

/// What version 8 adds of one that is nobody's child: that, and two times.
constexpr size_t eighth_version = 1 + 8 + 8;

/// What version 7 and the next add at the end of one that is not shelved and of which nobody said anything: a time, and
/// that.
constexpr size_t seventh_version = 8 + 1 + 1 + eighth_version;

/// What version 6 and the next add: a commit for each that is not committed (here below 128).
size_t sixth_version(const alarm_record& x) {
  return x.uncommitted.size() + seventh_version;
}

/// What version 5 and the next add: a log for each that is not committed (here below 128), and how its owner left it.
size_t fifth_version(const alarm_record& x) {
  return x.uncommitted.size() + 1 + sixth_version(x);
}

/// What version 4 and the next ones add at the end where nothing is held or grouped: what there is, and two times.
size_t fourth_version(const alarm_record& x) {
  return 1 + 8 + 8 + fifth_version(x);
}

std::string encoded(const alarm_record& x) {
  std::string bytes;
  binary_writer out{bytes};
  encode(out, x);
  return bytes;
}

} // namespace

TEST_CASE("a stored alarm reads back whole") {
  auto x = sample();
  x.uncommitted.push_back(
      {6, 3, 78, false, 2,
       decided_transition{transition_kind::cleared, severity::high, from_epoch_ms(2000), false, true}});
  x.uncommitted[0].commit = 300;
  const auto bytes = encoded(x);
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(encoded(*back) == bytes);
  CHECK(back->pages);
  CHECK(back->uncommitted[0].commit == 300);
  CHECK(back->uncommitted[0].swept);
  CHECK_FALSE(back->uncommitted[0].decided);
  REQUIRE(back->uncommitted[1].decided);
  CHECK(back->uncommitted[1].decided->kind == transition_kind::cleared);
  CHECK(back->uncommitted[1].decided->at == from_epoch_ms(2000));
  CHECK(back->uncommitted[1].decided->stood);
  CHECK(back->uncommitted[0].log == 0);
  CHECK(back->uncommitted[1].log == 2);
  CHECK(back->owner_ended == std::optional{true});
  CHECK(back->missing == std::vector<uint32_t>{2, 400});
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader cut{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_alarm_record(cut));
  }
}

TEST_CASE("an alarm that the version before stored pages when one of its transitions did, or when somebody was paged") {
  auto x = sample();
  x.missing.clear();
  const auto stored_before = [](const alarm_record& record) {
    auto bytes = encoded(record);
    bytes[0] = 1;
    // What version 2 added at the end (what was swept, whether it pages, how many numbers have not come), version 3
    // (what was decided, of none of them), and version 4.
    bytes.resize(bytes.size() - fourth_version(record) - 2 - 2 * record.uncommitted.size());
    binary_reader in{bytes};
    const auto back = decode_alarm_record(in);
    REQUIRE(back);
    CHECK(in.at_end());
    return *back;
  };
  CHECK_FALSE(stored_before(x).pages);
  x.paged_to = {{"slack"}};
  CHECK(stored_before(x).pages);
  x.paged_to.clear();
  x.raise.pages = true;
  CHECK(stored_before(x).pages);
  CHECK(stored_before(x).missing.empty());
}

TEST_CASE("an alarm that version 2 stored does not know what was decided beyond the commit") {
  auto bytes = encoded(sample());
  bytes[0] = 2;
  bytes.resize(bytes.size() - fourth_version(sample()) - 1);
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(back->missing == sample().missing);
  CHECK_FALSE(back->uncommitted[0].decided);
}

TEST_CASE(
    "what is held, what a group tells of and what it stands for reads back whole; the version before had none of it") {
  auto x = sample();
  x.held = std::make_shared<const alarm_transition>(x.raise);
  x.held_since = from_epoch_ms(2000);
  x.held_until = from_epoch_ms(12'000);
  x.held_back = true;
  x.group = x.raise.alarm;
  x.group_waits = true;
  x.told_at = from_epoch_ms(3000);
  x.told_wall = from_epoch_ms(4000);
  x.members = std::make_shared<const std::vector<uuid>>(std::vector<uuid>{x.raise.alarm, x.raise.alarm});
  x.raise.evidence.line = std::string{"A"}; // Assigning the literal is a false -Wrestrict of GCC 12.
  const auto bytes = encoded(x);
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(encoded(*back) == bytes);
  CHECK(back->held->alarm == x.raise.alarm);
  CHECK(back->held_back);
  CHECK(back->group == x.group);
  CHECK(back->members->size() == 2);
  CHECK(back->raise.evidence.line == "A");
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader cut{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_alarm_record(cut));
  }

  auto before = sample();
  before.paged_to = {{"slack"}};
  before.changed_at = from_epoch_ms(9000);
  auto stored = encoded(before);
  stored[0] = 3;
  stored.resize(stored.size() - fourth_version(before));
  binary_reader old{stored};
  const auto known = decode_alarm_record(old);
  REQUIRE(known);
  CHECK(old.at_end());
  CHECK_FALSE(known->held);
  CHECK_FALSE(known->in_group());
  // It was told at some time: its sensor has paged.
  CHECK(known->told_wall == from_epoch_ms(9000));
}

TEST_CASE("an alarm that version 4 stored awaits what it has in the split's first log") {
  auto x = sample();
  x.uncommitted[0].log = 3;
  auto bytes = encoded(x);
  bytes[0] = 4;
  bytes.resize(bytes.size() - fifth_version(x));
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(back->uncommitted[0].log == 0);
  CHECK_FALSE(back->owner_ended);
}

TEST_CASE("an alarm that version 5 stored knows of no commit") {
  auto x = sample();
  x.uncommitted[0].commit = 7;
  auto bytes = encoded(x);
  bytes[0] = 5;
  bytes.resize(bytes.size() - sixth_version(x));
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(back->uncommitted[0].commit == 0);
  CHECK(back->owner_ended == std::optional{true});
}

TEST_CASE(
    "since when an alarm waits to be acknowledged reads back; of one that version 6 stored nobody is told again") {
  auto x = sample();
  x.waits_since = from_epoch_ms(5000);
  auto bytes = encoded(x);
  binary_reader in{bytes};
  CHECK(decode_alarm_record(in).value().waits_since == from_epoch_ms(5000));
  bytes[0] = 6;
  bytes.resize(bytes.size() - seventh_version);
  binary_reader old{bytes};
  CHECK(decode_alarm_record(old).value().waits_since == never);
  CHECK(old.at_end());
}

TEST_CASE("behind which alarm it stands, and when it began and sounded, reads back; version 7 knew of none of it") {
  auto x = sample();
  x.child_of = alarm_id_of(x.raise.condition, from_epoch_ms(500), 1);
  x.onset = from_epoch_ms(700);
  x.sounded_at = from_epoch_ms(900);
  const auto bytes = encoded(x);
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(back->child_of == x.child_of);
  CHECK(back->onset == x.onset);
  CHECK(back->sounded_at == x.sounded_at);
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader cut{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_alarm_record(cut));
  }
  auto before = encoded(sample());
  before[0] = 7;
  before.resize(before.size() - eighth_version);
  binary_reader old{before};
  const auto known = decode_alarm_record(old);
  REQUIRE(known);
  CHECK(old.at_end());
  CHECK_FALSE(known->is_child());
  CHECK(known->onset == never);
}

} // namespace alarm_record_test
