// The only file that is compiled for SSE 4.2: nothing here may be called before the processor was asked.
#include "runtime/ledger/crc32c.hpp"

#include <cstring>

namespace millwright {

#if defined(__x86_64__)

uint32_t crc32c_by_instruction(std::string_view bytes, uint32_t before) {
  uint64_t sum = ~before;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    sum = __builtin_ia32_crc32di(sum, word);
  }
  auto rest = static_cast<uint32_t>(sum);
  for (; left > 0; --left, ++at)
    rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(*at));
  return ~rest;
}

#else

uint32_t crc32c_by_instruction(std::string_view bytes, uint32_t before) {
  return crc32c_by_table(bytes, before);
}

#endif

} // namespace millwright
