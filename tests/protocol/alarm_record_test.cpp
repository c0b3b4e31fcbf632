#include "protocol/alarm_record.hpp"

#include <doctest/doctest.h>

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
  return x;
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
      {6, 3, 78, false,
       decided_transition{transition_kind::cleared, severity::high, from_epoch_ms(2000), false, true}});
  const auto bytes = encoded(x);
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(encoded(*back) == bytes);
  CHECK(back->pages);
  CHECK(back->uncommitted[0].swept);
  CHECK_FALSE(back->uncommitted[0].decided);
  REQUIRE(back->uncommitted[1].decided);
  CHECK(back->uncommitted[1].decided->kind == transition_kind::cleared);
  CHECK(back->uncommitted[1].decided->at == from_epoch_ms(2000));
  CHECK(back->uncommitted[1].decided->stood);
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
    // What version 2 added at the end (what was swept, whether it pages, how many numbers have not come), and version 3
    // (what was decided, of none of them).
    bytes.resize(bytes.size() - 2 - 2 * record.uncommitted.size());
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
  bytes.pop_back();
  binary_reader in{bytes};
  const auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(back->missing == sample().missing);
  CHECK_FALSE(back->uncommitted[0].decided);
}
