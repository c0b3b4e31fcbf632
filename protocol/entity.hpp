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
  // FNV-1a over both and what parts them; then mixed (Stafford's 13th), for its last bits alone are not spread enough.
  uint64_t x = 0xcbf29ce484222325u;
  const auto take = [&](char byte) { x = (x ^ static_cast<unsigned char>(byte)) * 0x100000001b3u; };
  for (const char each : facility)
    take(each);
  take('\0');
  for (const char each : id)
    take(each);
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

} // namespace millwright
