#pragma once

#include "actors/kit/split_times.hpp"
#include "protocol/binary.hpp"
#include "protocol/entity.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a shard has gathered for one target, as the part's own `encode` wrote it (actors/kit/hosted_model.hpp).
struct flow_part {
  entity_key target;
  /// Position, in the shard's log, of the last reading in it.
  uint64_t revision = 0;
  std::string bytes;

  friend bool operator==(const flow_part&, const flow_part&) = default;
};

/// A part whose target has a number at whoever holds it.
struct flow_part_view {
  uint32_t target = 0;
  uint64_t revision = 0;
  /// Kept by whoever holds the part.
  std::string_view bytes;
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

/// Appends a part as frames and bundles have it.
void encode(std::string& out, const flow_part_view& part);
/// `in` fails where there is none.
flow_part_view decode_flow_part(binary_reader& in);
/// No stream has more targets.
inline constexpr uint32_t most_flow_target = (1 << 22) - 1;
/// Bytes of an encoded part at least: number, revision, length.
inline constexpr uint64_t smallest_flow_part = 6;

/// Parts of different targets in one run of bytes, as a frame has them: they are written once, in their place.
class flow_parts {
public:
  /// A part begins: it is what is appended to the string that this returns, until `end`.
  std::string& begin(uint32_t target, uint64_t revision);
  void end();
  void add(const flow_part_view& part) {
    begin(part.target, part.revision).append(part.bytes);
    end();
  }

  size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }
  flow_part_view operator[](size_t i) const {
    const auto& at = places_[i];
    return {at.target, at.revision, std::string_view{bytes_}.substr(at.body, end_of(i) - at.body)};
  }
  uint32_t target(size_t i) const { return places_[i].target; }
  /// The parts `from` to `to`, as a frame has them.
  std::string_view encoded(size_t from, size_t to) const {
    return from == to ? std::string_view{}
                      : std::string_view{bytes_}.substr(places_[from].begin, end_of(to - 1) - places_[from].begin);
  }

private:
  struct place {
    size_t begin = 0, body = 0;
    uint64_t revision = 0;
    uint32_t target = 0;
  };

  size_t end_of(size_t i) const { return i + 1 < places_.size() ? places_[i + 1].begin : bytes_.size(); }

  std::string bytes_;
  std::vector<place> places_;
};

} // namespace millwright
