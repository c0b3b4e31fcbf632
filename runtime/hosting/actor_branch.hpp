#pragma once

#include "protocol/actor_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The part of a supervision tree that somebody who supervises knows: each tells of the actors that it begins anew, or
/// gives up. Called from any thread but those of actors and the driver; may take seconds where somebody does not
/// answer. No mailbox is looked at, no actor waits.
class actor_branch {
public:
  virtual ~actor_branch() = default;

  /// Appends how many there are below `parent`, by kind.
  virtual void count(const actor_path& parent, std::vector<actor_count>& out) = 0;
  /// Those of a kind below `parent`, from a place on that 0 or `actor_batch::next` gave; about `limit`, fewer where
  /// they are far between.
  virtual actor_batch children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) = 0;
  /// None where this branch has no such actor.
  virtual std::optional<actor_line> find(const actor_path& path) = 0;
  /// What there is to be seen of one that was found, as a JSON object; none where it did not answer in time.
  virtual std::optional<std::string> describe(const actor_line& line) = 0;
};

/// The next ones of things that lie in a list: `line(i)` says what each is, or that it does not count.
template <class Line>
actor_batch batch_of(uint64_t from, uint64_t size, uint32_t limit, uint64_t looks, Line line) {
  actor_batch out;
  uint64_t at = from;
  for (; at < size && out.lines.size() < limit && at - from < looks; ++at)
    if (std::optional<actor_line> found = line(at))
      out.lines.push_back(std::move(*found));
  out.next = at < size ? at : 0;
  return out;
}

} // namespace millwright
