#pragma once

#include "runtime/flow/flow_limits.hpp"
#include "runtime/flow/received_stream.hpp"

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a shard that owns targets takes from all sources: the receiving ends of their streams, and its own barriers.
///
/// At a barrier of its own it gives its actors what has come whole since the last one, and how far all sources have
/// come. Both are part of that barrier's commit, and are acknowledged behind it: a crash before it leaves the sources
/// with all of it. Pure; one thread.
class part_receiver {
public:
  /// @param sources all shards that may send. @param epoch of this shard's ownership, > 0: larger than any before.
  part_receiver(uint16_t shard, uint64_t epoch, std::span<const uint16_t> sources, flow_limits limits = {});

  /// What a commit holds. False when `stored` is damaged or of a newer version. A source that it does not know has
  /// said nothing so far.
  bool decode(std::string_view stored);
  /// For the commit of the newest barrier that was cut; appends.
  void encode(std::string& out) const;

  /// False for what is damaged, for somebody else, or of an owner who has been replaced: it is not answered. False,
  /// too, for what the source's owner has to send again: that is answered with where this end stands.
  bool take(std::string_view frame);

  /// A barrier of this shard is cut: calls `visit` for each part that its actors are to take with it, in the order of
  /// the sources' numbers, then of their barriers. Returns how far all of them have come.
  time_passed cut(uint64_t barrier, const received_stream::part_visitor& visit);
  /// The commit of that barrier is durable, and so are those before it.
  void committed(uint64_t barrier);

  /// For people: what is known beyond the newest cut, in the same order.
  void visit_open(const received_stream::part_visitor& visit) const;

  /// An answer that is due: to each source at first, then to those whose frames came, or whose bundles are committed.
  bool next(std::string& answer);

  const received_stream* stream(uint16_t source) const;
  /// What a visited part is for: the number stays as long as this object, whichever source names the target.
  const entity_key& target(uint32_t number) const { return targets_[number]; }

private:
  struct source_end {
    received_stream stream;
    uint64_t committed = 0;
    std::vector<uint64_t> received;
    /// At first: that this shard has a new owner.
    bool due = true;
  };
  struct cut_barrier {
    uint64_t barrier = 0;
    /// By source.
    std::vector<uint64_t> taken;
  };

  const uint16_t shard_;
  const uint64_t epoch_;
  std::map<uint16_t, source_end> sources_;
  flow_targets targets_;
  std::deque<cut_barrier> cuts_;
};

} // namespace millwright
