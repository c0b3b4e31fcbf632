#pragma once

#include <cstdint>
#include <string_view>

namespace millwright {

/// CRC32C (Castagnoli, RFC 3720). `before` is the sum of what comes before `bytes`, so that parts may be summed one by
/// one. By the processor where it can (SSE 4.2), else by table.
uint32_t crc32c(std::string_view bytes, uint32_t before = 0);

/// The two ways, for tests. The first one only where `crc32c_in_hardware()`.
uint32_t crc32c_by_instruction(std::string_view bytes, uint32_t before);
uint32_t crc32c_by_table(std::string_view bytes, uint32_t before);
bool crc32c_in_hardware();

} // namespace millwright
