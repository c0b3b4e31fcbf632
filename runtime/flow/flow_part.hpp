#pragma once

#include "actors/kit/split_times.hpp"
#include "protocol/binary.hpp"
#include "protocol/entity.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// What a shard has gathered for one target, as the part's own `encode` wrote it (actors/kit/hosted_model.hpp).
struct flow_part {
  entity_key target;
  /// Position, in the shard's log, of the last reading in it.
  uint64_t revision = 0;
  std::string bytes;

  friend bool operator==(const flow_part&, const flow_part&) = default;
};

/// A part within a frame, which is kept by whoever holds the view.
struct flow_part_view {
  std::string_view type, facility, id;
  /// All three: equal where the targets are.
  std::string_view key;
  uint64_t revision = 0;
  std::string_view bytes;

  entity_key target() const { return {std::string{type}, {std::string{facility}}, std::string{id}}; }
};

/// Where a shard's split stands behind a barrier.
struct source_time {
  split_times at;
  /// It keeps nobody from closing windows.
  bool silent = false;

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const source_time&, const source_time&) = default;
};

void encode(binary_writer& out, const flow_part& part);
/// `in` fails where there is none.
flow_part_view decode_flow_part(binary_reader& in);

/// Bytes of an encoded part at least: type, facility, id, revision and bytes, each at least its length.
inline constexpr uint64_t smallest_flow_part = 5;

} // namespace millwright
