#pragma once

#include "runtime/flow/flow_part.hpp"
#include "runtime/flow/flow_targets.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// One part of two of the same target: what all their readings add up to (the part's own `merge`).
using part_merge = std::function<std::string(const entity_key& target, std::string_view, std::string_view)>;

/// What a shard has gathered for one receiving shard up to a barrier.
struct part_bundle {
  /// Its key; and the key of the bundle before it: no receiver takes one without the other.
  uint64_t barrier = 0, after = 0;
  source_time time;
  /// Targets are of whoever keeps it.
  flow_parts parts;
};

/// What a shard keeps for one receiving shard until that one's commit holds it. It is part of the shard's state: each
/// commit has it as it stood when the commit's barrier was cut.
///
/// A bundle may be sent once a commit holds it as `frozen`: from then on it never changes, whoever sends it, so that
/// one that comes twice, or from a former owner of the shard, is known by its barrier. Of these there are at most so
/// many; what is gathered meanwhile adds up to one bundle more, which nobody has seen. Pure; one thread.
class kept_parts {
public:
  kept_parts(part_merge merge, size_t most_frozen) : merge_{std::move(merge)}, most_frozen_{most_frozen} {}

  /// A barrier is cut. @param barrier larger than any before. @param parts what was gathered since the one before, one
  /// part a target, whose number is of `targets`.
  void cut(uint64_t barrier, flow_parts parts, const source_time& time);
  flow_targets& targets() { return targets_; }
  const flow_targets& targets() const { return targets_; }
  /// The commit of that barrier is durable, and so are those before it.
  void committed(uint64_t barrier);
  /// The receiver's commit holds everything up to that bundle. What was never sent is not acknowledged: it stays.
  void acknowledged(uint64_t barrier);

  /// Oldest first; only the first `sendable` may be sent.
  const std::deque<part_bundle>& frozen() const { return frozen_; }
  size_t sendable() const;
  bool gathers() const { return gathering_.has_value(); }
  uint64_t newest_cut() const { return cut_; }
  /// The key of the newest bundle that may be sent, or might have been; 0 for none.
  uint64_t newest_sendable() const { return newest_sendable_; }

  /// As of the newest cut, but for what has been acknowledged since.
  void encode(std::string& out) const;
  /// As a commit holds it. False when `in` is damaged or of a newer version.
  bool decode(binary_reader& in);

private:
  struct gathered {
    source_time time;
    flow_parts parts;
  };

  void add(flow_parts parts);

  part_merge merge_;
  size_t most_frozen_;
  flow_targets targets_;
  std::deque<part_bundle> frozen_;
  /// Changes with each cut; nobody has been sent it.
  std::optional<gathered> gathering_;
  source_time told_;
  uint64_t cut_ = 0, committed_ = 0;
  /// Keys, whether or not these bundles are still kept.
  uint64_t newest_frozen_ = 0, newest_sendable_ = 0;
};

} // namespace millwright
