#include "runtime/ledger/crc32c.hpp"

#include <array>

namespace millwright {

namespace {

constexpr uint32_t polynomial = 0x82f63b78; // reflected

constexpr auto make_table() {
  std::array<std::array<uint32_t, 256>, 8> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t sum = i;
    for (int bit = 0; bit < 8; ++bit)
      sum = sum >> 1 ^ (sum & 1 ? polynomial : 0);
    table[0][i] = sum;
  }
  for (uint32_t i = 0; i < 256; ++i)
    for (size_t slice = 1; slice < 8; ++slice)
      table[slice][i] = table[slice - 1][i] >> 8 ^ table[0][table[slice - 1][i] & 0xff];
  return table;
}

constexpr auto table = make_table();

} // namespace

uint32_t crc32c_by_table(std::string_view bytes, uint32_t before) {
  uint32_t sum = ~before;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    const uint32_t low = sum ^ (at[0] | at[1] << 8 | at[2] << 16 | static_cast<uint32_t>(at[3]) << 24);
    sum = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^ table[4][low >> 24] ^
          table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^ table[0][at[7]];
  }
  for (; left > 0; --left, ++at)
    sum = sum >> 8 ^ table[0][(sum ^ *at) & 0xff];
  return ~sum;
}

bool crc32c_in_hardware() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("sse4.2");
#else
  return false;
#endif
}

uint32_t crc32c(std::string_view bytes, uint32_t before) {
  static const bool in_hardware = crc32c_in_hardware();
  return in_hardware ? crc32c_by_instruction(bytes, before) : crc32c_by_table(bytes, before);
}

} // namespace millwright
