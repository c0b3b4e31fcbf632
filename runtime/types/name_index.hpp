#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// A few names, each with a small number: found without allocation, by length, first and last eight bytes (which is
/// the whole name up to 16 bytes), and a comparison of the rest. Built once, then read by any thread.
class name_index {
public:
  static constexpr uint16_t none = 0xffff;

  name_index() : entries_(16) {}

  /// False when the name is there already.
  bool add(std::string_view name, uint16_t number) {
    if (find(name) != none)
      return false;
    if ((count_ + 1) * 8 > entries_.size())
      grow();
    put(entry{ends_of(name), std::string{name}, number});
    ++count_;
    return true;
  }

  uint16_t find(std::string_view name) const {
    const ends wanted = ends_of(name);
    for (size_t at = wanted.hash() & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
      const entry& each = entries_[at];
      if (each.number == none)
        return none;
      if (each.key == wanted && (name.size() <= 16 || std::memcmp(each.name.data(), name.data(), name.size()) == 0))
        return each.number;
    }
  }

private:
  struct ends {
    uint64_t first = 0, last = 0;
    size_t size = 0;

    size_t hash() const {
      uint64_t h = (first ^ (last << 23 | last >> 41) ^ size) * 0x9e3779b97f4a7c15ull;
      return static_cast<size_t>(h >> 32);
    }
    friend bool operator==(const ends&, const ends&) = default;
  };

  struct entry {
    ends key;
    std::string name;
    uint16_t number = none;
  };

  template <class T>
  static uint64_t load(const char* from) {
    T x;
    std::memcpy(&x, from, sizeof x);
    return x;
  }

  // Never reads outside the name; injective together with the size.
  static ends ends_of(std::string_view name) {
    const char* p = name.data();
    const size_t n = name.size();
    if (n >= 8)
      return {load<uint64_t>(p), load<uint64_t>(p + n - 8), n};
    if (n >= 4)
      return {load<uint32_t>(p), load<uint32_t>(p + n - 4), n};
    if (n == 0)
      return {};
    return {load<uint8_t>(p), load<uint8_t>(p + n / 2) << 8 | load<uint8_t>(p + n - 1), n};
  }

  void put(entry x) {
    size_t at = x.key.hash() & (entries_.size() - 1);
    while (entries_[at].number != none)
      at = (at + 1) & (entries_.size() - 1);
    entries_[at] = std::move(x);
  }

  void grow() {
    std::vector<entry> old(entries_.size() * 4);
    old.swap(entries_);
    for (auto& each : old)
      if (each.number != none)
        put(std::move(each));
  }

  std::vector<entry> entries_;
  size_t count_ = 0;
};

} // namespace millwright
