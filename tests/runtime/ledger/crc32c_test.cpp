#include "runtime/ledger/crc32c.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace crc32c_test {

using namespace millwright;

TEST_CASE("CRC32C of RFC 3720's examples") {
  std::string rising, falling;
  for (int i = 0; i < 32; ++i) {
    rising += static_cast<char>(i);
    falling += static_cast<char>(31 - i);
  }
  const std::string read_command{
      "\x01\xc0\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00"
      "\x04\x00\x00\x00\x00\x14\x00\x00\x00\x18\x28\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00"
      "\x00\x00\x00\x00",
      48};
  const std::pair<std::string, uint32_t> examples[] = {
      {std::string(32, '\0'), 0x8a9136aa},
      {std::string(32, '\xff'), 0x62a8ab43},
      {rising, 0x46dd794e},
      {falling, 0x113fdb5c},
      {read_command, 0xd9963a56},
      {"123456789", 0xe3069283},
      {"", 0},
  };
  for (const auto& [bytes, sum] : examples) {
    CHECK(crc32c(bytes) == sum);
    CHECK(crc32c_by_table(bytes, 0) == sum);
  }
}

TEST_CASE("processor and table agree at every length, whole and in parts") {
  std::mt19937 random{7};
  std::string bytes(300, '\0');
  for (auto& c : bytes)
    c = static_cast<char>(random());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string_view part{bytes.data() + size % 9, size - size % 9 > 0 ? size - size % 9 : 0};
    const auto sum = crc32c_by_table(part, 0);
    if (crc32c_in_hardware())
      CHECK(crc32c_by_instruction(part, 0) == sum);
    const auto cut = part.size() / 3;
    CHECK(crc32c(part.substr(cut), crc32c(part.substr(0, cut))) == sum);
  }
}

} // namespace crc32c_test
