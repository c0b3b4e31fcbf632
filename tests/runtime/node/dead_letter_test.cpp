#include "runtime/node/dead_letter.hpp"

#include <doctest/doctest.h>

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
  append_dead_letter(out, from_epoch_ms(0), "readings/3", 17, "not-json", "", "{\"a\":\n");
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
