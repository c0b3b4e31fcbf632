#pragma once

#include "protocol/ids.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace millwright {

/// What an actor stands for, beside the sensors: a unit, a line, a facility, or a thing of a key of its own. `type` is
/// the name of the kind of actor, so that several kinds may watch one unit.
struct entity_key {
  std::string type;
  facility_id facility;
  /// Unique within type and facility; empty for what stands for the facility itself.
  std::string id;

  friend auto operator<=>(const entity_key&, const entity_key&) = default;
};

/// 64 bits that stand for (facility, id) where many are counted: the same on every machine. Of 10,000 ids two are alike
/// once in 4 * 10^11 plants.
constexpr uint64_t mark_of(std::string_view facility, std::string_view id) {
  uint64_t x = 0xcbf29ce484222325u;
  const auto fold = [&](uint64_t word) {
    x = (x ^ word) * 0x9fb21c651e98df25u;
    x ^= x >> 32;
  };
  const auto word = [](const char* at, size_t bytes) {
    uint64_t out = 0;
    for (size_t i = 0; i < bytes; ++i)
      out |= uint64_t{static_cast<unsigned char>(at[i])} << 8 * i;
    return out;
  };
  // On the way of readings: eight bytes at a time, the last of them once more where they do not come out even.
  const auto take = [&](std::string_view text) {
    const char* at = text.data();
    const size_t size = text.size();
    fold(size);
    if (size < 8)
      return fold(word(at, size));
    for (size_t i = 0; i + 8 < size; i += 8)
      fold(word(at + i, 8));
    fold(word(at + size - 8, 8));
  };
  take(facility);
  take(id);
  // Stafford's 13th: the last bits alone are not spread enough.
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

} // namespace millwright
