#pragma once

#include "runtime/flow/flow_part.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a shard sends to another that owns targets of its readings: one piece of a bundle, open parts, or a question.
struct flow_frame {
  /// On the wire: append only.
  enum class kind : uint8_t {
    /// A piece of what lies behind a barrier that the sender has committed: true for ever, whoever sends it.
    settled = 1,
    /// Parts of what is not committed: for people's figures alone.
    open = 2,
    /// Asks where the receiver stands.
    question = 3,
  };

  kind what = kind::question;
  /// Shards.
  uint16_t source = 0, receiver = 0;
  /// Of the ownership of the source's shard: whoever takes it over has a larger one.
  uint64_t epoch = 0;
  /// Of the frame, within the stream and the epoch; from 1 on.
  uint64_t number = 0;

  /// settled: the bundle's barrier, and that of the bundle before it. open: the newest barrier before the parts.
  uint64_t barrier = 0, after = 0;
  /// settled.
  uint32_t piece = 0, pieces = 1;
  /// settled, the last piece: where the source stands behind all of the bundle.
  std::optional<source_time> time;

  /// Most pieces of a bundle, parts of a frame.
  static constexpr uint32_t most_pieces = 1 << 16, most_parts = 1 << 20;

  friend bool operator==(const flow_frame&, const flow_frame&) = default;
};

/// A target's number in the frames of a source's epoch: what it stands for is said once, and for ever.
struct flow_name {
  uint32_t number = 0;
  std::string_view type, facility, id;
};

/// Appends all but the parts, of which `parts` are to follow (`encode` of flow_part.hpp).
/// @param names of targets that the receiver may not know yet.
void encode(std::string& out, const flow_frame& frame, std::span<const flow_name> names, size_t parts);

struct flow_frame_view {
  flow_frame frame;
  /// They point into what was decoded, as the parts do.
  std::vector<flow_name> names;
  std::vector<flow_part_view> parts;
  /// False: of a program whose frames name each part's target; numbers mean something within this one alone.
  bool numbered = true;
};

/// None where the bytes are damaged, of a newer version, or say what no sender says.
std::optional<flow_frame_view> decode_flow_frame(std::string_view in);

/// What the receiver says to one source.
struct flow_answer {
  uint16_t source = 0, receiver = 0;
  /// Whose frames `received` speaks of; 0: it has heard of none since it began.
  uint64_t source_epoch = 0;
  uint64_t receiver_epoch = 0;
  /// The newest bundle that its own commit holds: it, and all before it, need not be kept any more.
  uint64_t committed = 0;
  /// Frames that came since the last answer: they are in its memory, and no more.
  std::vector<uint64_t> received;

  friend bool operator==(const flow_answer&, const flow_answer&) = default;
};

void encode(std::string& out, const flow_answer& answer);
std::optional<flow_answer> decode_flow_answer(std::string_view in);

} // namespace millwright
