#pragma once

#include "runtime/hosting/actor_branch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// The supervision tree of a running node: every actor has a name, a parent that begins it anew or gives it up, a kind,
/// and says what there is to be seen of it. Asked level by level and page by page: of a hundred thousand sensors nobody
/// makes a list. Any thread but those of actors and the driver.
class actor_tree {
public:
  /// Before anybody asks; the branch outlives this.
  void add(actor_branch& branch) { branches_.push_back(&branch); }

  /// An actor; or, where `folded` is not 0, so many of a kind below `line.parent`.
  struct row {
    actor_line line;
    uint64_t folded = 0;
  };
  /// The actor and what stands below it, depth first. Of a kind with more than `most` below one parent it says how
  /// many. Throws failure(not_found).
  std::vector<row> tree(const std::string& name, uint32_t most);
  /// Those of a kind right below it; see actor_branch::children. Throws failure(not_found).
  actor_batch children(const std::string& name, const std::string& kind, uint64_t from, uint32_t limit);

  struct description {
    actor_line line;
    /// A JSON object; none: it has not answered in time.
    std::optional<std::string> state;
  };
  /// Throws failure(not_found).
  description describe(const std::string& name);

private:
  struct found {
    actor_line line;
    actor_branch* branch;
  };

  found find(const std::string& name);
  std::vector<actor_line> all_of(actor_branch& branch, const actor_path& parent, const std::string& kind);
  void append(const actor_line& line, uint32_t most, std::vector<row>& out);

  std::vector<actor_branch*> branches_;
};

} // namespace millwright
