#include "protocol/code_point.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <doctest/doctest.h>

using namespace millwright;

TEST_CASE("a record whose key is damaged has a name that a terminal bears, in every table") {
  for (size_t table = 0; table < ledger_table_count(); ++table)
    for (int byte = 0; byte < 256; ++byte) {
      std::string key{"\1hous?on\0TI-101", 15};
      key[5] = static_cast<char>(byte);
      const auto name = describe_record(static_cast<ledger_table>(table), key);
      CHECK(printable(name) == name);
    }
}

TEST_CASE("what a flipped bit made of a sensor's name is shown by its bytes") {
  CHECK(describe_record(ledger_table::sensors, std::string_view{"\1hous\xeeon\0TI-101", 15}) ==
        "sensors/hous\\xeeon/TI-101");
}
