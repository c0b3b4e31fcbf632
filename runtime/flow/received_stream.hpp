#pragma once

#include "runtime/flow/flow_frame.hpp"
#include "runtime/flow/flow_targets.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// The receiving end of the stream of one source. Bundles are put together from their pieces, in whatever order these
/// come, and taken whole, in the order of their chain: where the source stands is never known before all that was
/// gathered up to there. What is open comes and goes with the epoch of the source.
class received_stream {
public:
  /// @param bundles that are held at most, and one that comes next; a sender has no more under way.
  received_stream(uint16_t source, size_t bundles) : source_{source}, bundles_{bundles} {}

  /// True: its number belongs into the next answer. False: of an owner who has been replaced, more than may be held, or
  /// of targets that this end has not heard of: what named them is on its way, or will come again.
  /// @param targets of the receiving shard, to which those of the frame are added.
  bool take(const flow_frame_view& view, std::string_view bytes, flow_targets& targets);

  /// Calls `visit` for each part of the bundles that are whole and in order, oldest first, and forgets them. Targets
  /// are the receiving shard's.
  using part_visitor = std::function<void(uint16_t source, const flow_part_view&)>;
  void cut(const part_visitor& visit);
  /// What was not cut yet: whole bundles, then what is open. An open part that a bundle holds is in neither twice.
  void visit_open(const part_visitor& visit) const;

  /// The key of the newest bundle that was cut.
  uint64_t taken() const { return taken_; }
  /// Where the source stands behind all that was cut.
  const source_time& time() const { return time_; }
  /// 0: nothing was heard since the begin.
  uint64_t epoch() const { return epoch_; }
  /// Bundles in memory, in pieces or whole.
  size_t held() const { return pieces_.size() + whole_.size(); }

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

private:
  struct held_part {
    uint64_t revision = 0;
    /// Within its frame.
    size_t at = 0, size = 0;
    uint32_t target = 0;
  };
  struct held_frame {
    bool came = false;
    /// As it came.
    std::string bytes;
    std::vector<held_part> parts;
  };
  struct assembly {
    uint64_t after = 0;
    size_t missing = 0;
    source_time time;
    std::vector<held_frame> frames;
  };
  struct open_part {
    bool came = false;
    uint64_t revision = 0;
    std::string bytes;
  };
  /// By number: the receiving shard's, or none.
  using numbers = std::vector<uint32_t>;
  static constexpr uint32_t no_target = 0xffffffff;

  bool learn(const flow_frame_view& view, flow_targets& targets, numbers& known) const;
  void visit_parts(const assembly& whole, const part_visitor& visit) const;
  bool take_settled(const flow_frame_view& view, std::string_view bytes, const numbers& known);
  void take_open(const flow_frame_view& view, const numbers& known);
  void complete_some();

  const uint16_t source_;
  const size_t bundles_;
  uint64_t epoch_ = 0;
  /// Keys of bundles, the newest each: cut; whole, in order, and so held or cut.
  uint64_t taken_ = 0, complete_ = 0;
  source_time time_;
  std::map<uint64_t, assembly> pieces_;
  std::deque<std::pair<uint64_t, assembly>> whole_;
  /// By (newest barrier before it, target).
  std::map<std::pair<uint64_t, uint32_t>, open_part> open_;
  /// Of the source's epoch.
  numbers known_;
};

} // namespace millwright
