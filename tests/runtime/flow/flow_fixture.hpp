#pragma once

#include "runtime/flow/flow_frame.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// A part is a text.
inline flow_part part(std::string id, uint64_t revision, std::string bytes = std::string{"x"}) {
  return {{std::string{"unit"}, {std::string{"main"}}, std::move(id)}, revision, std::move(bytes)};
}

/// Merged, both.
inline std::string joined_texts(const entity_key&, std::string_view a, std::string_view b) {
  return std::string{a} + std::string{b};
}

/// A frame that names the target of each of its parts: by its place, from `first` on.
inline std::string frame_of(const flow_frame& frame, const std::vector<flow_part>& parts = {}, uint32_t first = 0) {
  std::vector<flow_name> names;
  for (const auto& each : parts)
    names.push_back(
        {first + static_cast<uint32_t>(names.size()), each.target.type, each.target.facility.text, each.target.id});
  std::string out;
  encode(out, frame, names, parts.size());
  for (size_t i = 0; i < parts.size(); ++i)
    encode(out, {names[i].number, parts[i].revision, parts[i].bytes});
  return out;
}

/// A part as it was written before targets had numbers.
inline void encode_named(binary_writer& out, const flow_part& part) {
  out.text(part.target.type);
  out.text(part.target.facility.text);
  out.text(part.target.id);
  out.varint(part.revision);
  out.text(part.bytes);
}

/// A frame of version 1.
inline std::string named_frame_of(const flow_frame& frame, const std::vector<flow_part>& parts) {
  std::string out;
  encode(out, frame, {}, 0);
  out[0] = 1;
  // How many names there are, and parts.
  out.resize(out.size() - 2);
  binary_writer writer{out};
  writer.varint(parts.size());
  for (const auto& each : parts)
    encode_named(writer, each);
  return out;
}

inline source_time at(int64_t ms) {
  source_time out;
  out.at.time = from_epoch_ms(ms);
  return out;
}

} // namespace millwright
