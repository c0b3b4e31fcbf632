#include "runtime/entry/dead_letter.hpp"

#include <doctest/doctest.h>

namespace dead_letter_test {

using namespace millwright;

TEST_CASE("text that is UTF-8 stays, and every byte that is not is replaced") {
  CHECK(valid_utf8("pump ü 5 °C 🛠") == "pump ü 5 °C 🛠");
  CHECK(valid_utf8("a\xff"
                   "b") == "a\xef\xbf\xbd"
                           "b");
  CHECK(valid_utf8("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(valid_utf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(valid_utf8("\xe2\x82") == "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("a dead letter names source, position, reason and payload in one line") {
  std::string out;
  append_dead_letter(out, {from_epoch_ms(0), "readings/3", 17, "not-json", "", "{\"a\":\n"});
  CHECK(out == "{\"timestamp\":\"1970-01-01T00:00:00.000Z\",\"source\":\"readings/3@17\",\"reason\":\"not-json\","
               "\"detail\":null,\"payload\":\"{\\\"a\\\":\\n\"}\n");
}

TEST_CASE("a reading that no actor takes is told as JSON") {
  sensor_context context;
  context.key = {{"plant"}, {"TI-101"}};
  reading r;
  r.context = &context;
  r.time = from_epoch_ms(1000);
  r.value = 2.5;
  CHECK(
      payload_of(r) ==
      "{\"sensor_id\":\"TI-101\",\"timestamp\":\"1970-01-01T00:00:01.000Z\",\"facility_id\":\"plant\",\"value\":2.5}");
  r.quality = 0.5;
  CHECK(payload_of(r).find("\"quality_score\":0.5") != std::string::npos);
}

TEST_CASE("a thousand dead letters a reason and minute are kept, and the others counted") {
  letter_allowance allowance;
  barrier_output to;
  const event_time minute = from_epoch_ms(1'700'000'040'000);
  const auto offer = [&](event_time at, std::string_view reason, int count) {
    for (int i = 0; i < count; ++i)
      keep_dead_letter(allowance, at, 1000, {at, "readings/3", static_cast<uint64_t>(i), reason, "", "x"}, to);
  };
  const auto rows = [&] {
    uint32_t sum = 0;
    for (const auto& each : to.dead_letters.all())
      sum += each.rows;
    return sum;
  };
  offer(never, "not-json", 1500);
  CHECK(rows() == 1000);
  offer(minute, "not-json", 1500);
  offer(minute + std::chrono::seconds{59}, "not-json", 10);
  CHECK(rows() == 2000);
  offer(minute, "missing-field", 1500);
  CHECK(rows() == 3000);
  offer(minute + std::chrono::seconds{60}, "not-json", 700);
  CHECK(rows() == 3700);
  CHECK(to.counters[{"dead-letter-not-kept", "not-json"}] == 1010);
  CHECK(to.counters[{"dead-letter-not-kept", "missing-field"}] == 500);
}

TEST_CASE("blocks of dead letters close at 256 KB, and a long payload counts for several letters") {
  letter_allowance allowance;
  barrier_output to;
  const std::string payload(100 << 10, 'x');
  size_t bytes = 0;
  for (uint64_t i = 0; i < 500; ++i)
    bytes +=
        keep_dead_letter(allowance, from_epoch_ms(0), 1000, {from_epoch_ms(0), "s", i, "not-json", "", payload}, to);
  CHECK(bytes == to.dead_letters.bytes());
  CHECK(bytes > 3 << 20);
  CHECK(bytes < 5 << 20);
  for (const auto& each : to.dead_letters.all())
    CHECK(each.lines.size() < (256 << 10) + payload.size() + 200);
}

TEST_CASE("what was kept of a minute is known after a restart, and damage is refused") {
  letter_allowance before;
  for (int i = 0; i < 999; ++i)
    CHECK(before.take("not-json", from_epoch_ms(0), 1, 1000));
  std::string stored;
  binary_writer writer{stored};
  before.encode(writer);
  letter_allowance after;
  binary_reader reader{stored};
  REQUIRE(after.decode(reader));
  CHECK(reader.at_end());
  CHECK(after.take("not-json", from_epoch_ms(0), 1, 1000));
  CHECK_FALSE(after.take("not-json", from_epoch_ms(0), 1, 1000));
  for (size_t length = 0; length < stored.size(); ++length) {
    binary_reader cut{std::string_view{stored}.substr(0, length)};
    CHECK_FALSE(after.decode(cut));
  }
}

} // namespace dead_letter_test
