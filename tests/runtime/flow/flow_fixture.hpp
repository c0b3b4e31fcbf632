#pragma once

#include "runtime/flow/flow_part.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace millwright {

/// A part is a text.
inline flow_part part(std::string id, uint64_t revision, std::string bytes = std::string{"x"}) {
  return {{std::string{"unit"}, {std::string{"main"}}, std::move(id)}, revision, std::move(bytes)};
}

/// Merged, both.
inline std::string joined_texts(const entity_key&, std::string_view a, std::string_view b) {
  return std::string{a} + std::string{b};
}

inline source_time at(int64_t ms) {
  source_time out;
  out.at.time = from_epoch_ms(ms);
  return out;
}

} // namespace millwright
