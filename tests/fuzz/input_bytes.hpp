#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace millwright::fuzz {

/// Takes decisions from the fuzzer's bytes, front to back; zeros once there are none left.
class input_bytes {
public:
  input_bytes(const uint8_t* data, size_t size) : left_{reinterpret_cast<const char*>(data), size} {}

  bool empty() const { return left_.empty(); }
  uint8_t byte() { return number<uint8_t>(); }
  /// 0 .. n - 1
  uint8_t choice(uint8_t n) { return static_cast<uint8_t>(byte() % n); }
  template <class T>
  T number() {
    T x = 0;
    const size_t size = left_.size() < sizeof x ? left_.size() : sizeof x;
    std::memcpy(&x, left_.data(), size);
    left_.remove_prefix(size);
    return x;
  }
  double real() { return std::bit_cast<double>(number<uint64_t>()); }
  /// As many bytes as the next one says, of those that are left.
  std::string_view piece() {
    const size_t size = byte();
    const auto x = left_.substr(0, size);
    left_.remove_prefix(x.size());
    return x;
  }
  std::string_view rest() { return std::exchange(left_, {}); }

private:
  std::string_view left_;
};

} // namespace millwright::fuzz
