#pragma once

#include "protocol/time.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace millwright {

/// Appends to a byte string: little endian, varints for counts, doubles bit by bit (NaN and -0.0 survive).
class binary_writer {
public:
  explicit binary_writer(std::string& out) : out_{out} {}

  void u8(uint8_t x) { out_ += static_cast<char>(x); }
  void u16(uint16_t x) { put(x); }
  void u32(uint32_t x) { put(x); }
  void u64(uint64_t x) { put(x); }
  void f64(double x) { put(std::bit_cast<uint64_t>(x)); }
  void time(event_time x) { put(static_cast<uint64_t>(epoch_ms(x))); }
  /// 1 byte below 128, 2 below 16,384, ...
  void varint(uint64_t x) {
    while (x >= 0x80) {
      u8(static_cast<uint8_t>(x | 0x80));
      x >>= 7;
    }
    u8(static_cast<uint8_t>(x));
  }
  /// Zigzag: small magnitudes of either sign are short.
  void svarint(int64_t x) { varint(zigzag(x)); }
  void text(std::string_view x) {
    varint(x.size());
    out_ += x;
  }

  /// For what is written too often for a call each: room for `most` bytes, of which `wrote` keeps those up to `end`.
  /// Nothing else is written in between.
  char* room(size_t most) {
    const size_t used = out_.size();
    out_.resize(used + most);
    return out_.data() + used;
  }
  void wrote(const char* end) { out_.resize(static_cast<size_t>(end - out_.data())); }
  /// Like `varint`, at `at`; needs room for 10 bytes. Returns what is behind it.
  static char* put_varint(char* at, uint64_t x) {
    for (; x >= 0x80; x >>= 7)
      *at++ = static_cast<char>(x | 0x80);
    *at++ = static_cast<char>(x);
    return at;
  }
  static uint64_t zigzag(int64_t x) { return static_cast<uint64_t>(x) << 1 ^ static_cast<uint64_t>(x >> 63); }

private:
  template <class T>
  void put(T x) {
    char bytes[sizeof x];
    std::memcpy(bytes, &x, sizeof x);
    out_.append(bytes, sizeof x);
  }

  std::string& out_;
};

/// Reads what `binary_writer` wrote. Never reads past the end: after a short or bad input `ok()` is false and every
/// further value is zero, so a caller checks once, at the end.
class binary_reader {
public:
  explicit binary_reader(std::string_view in) : in_{in} {}

  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }
  /// What has not been read.
  std::string_view rest() const { return in_; }
  uint8_t u8() { return get<uint8_t>(); }
  uint16_t u16() { return get<uint16_t>(); }
  uint32_t u32() { return get<uint32_t>(); }
  uint64_t u64() { return get<uint64_t>(); }
  double f64() { return std::bit_cast<double>(get<uint64_t>()); }
  /// `never`, `forever`, or about the years 0001 to 9999: what lies beyond would overflow where it is reckoned with.
  event_time time() {
    constexpr event_time earliest = from_epoch_ms(-62'200'000'000'000), latest = from_epoch_ms(253'500'000'000'000);
    const auto x = from_epoch_ms(static_cast<int64_t>(get<uint64_t>()));
    if ((x >= earliest && x <= latest) || x == never || x == forever)
      return x;
    fail();
    return never;
  }
  uint64_t varint() {
    uint64_t x = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = u8();
      x |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return x;
    }
    ok_ = false;
    return 0;
  }
  int64_t svarint() {
    const uint64_t x = varint();
    return static_cast<int64_t>(x >> 1 ^ (~(x & 1) + 1));
  }
  /// A count of things of at least `each` bytes: refuses one that the rest of the input cannot hold.
  uint64_t count(uint64_t each) {
    const uint64_t n = varint();
    if (each != 0 && n > in_.size() / each)
      return fail();
    return n;
  }
  std::string_view text() {
    const uint64_t n = varint();
    if (n > in_.size()) {
      fail();
      return {};
    }
    const auto x = in_.substr(0, n);
    in_.remove_prefix(n);
    return x;
  }
  uint64_t fail() {
    ok_ = false;
    in_ = {};
    return 0;
  }

private:
  template <class T>
  T get() {
    if (in_.size() < sizeof(T)) {
      fail();
      return 0;
    }
    T x;
    std::memcpy(&x, in_.data(), sizeof x);
    in_.remove_prefix(sizeof x);
    return x;
  }

  std::string_view in_;
  bool ok_ = true;
};

} // namespace millwright
