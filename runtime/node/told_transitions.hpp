#pragma once

#include "protocol/alarm.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace millwright {

/// Transitions that the alarm router was told and no commit holds yet: with those that the ledger keeps, all that a new
/// router has to be told again. Pure; not for several threads at once.
class told_transitions {
public:
  void told(const alarm_transition& x) { uncommitted_.insert_or_assign({x.alarm, x.number}, entry{x, commits_}); }

  /// A commit holds it, or none will: its actor has died.
  void forget(const alarm_transition& x) { uncommitted_.erase({x.alarm, x.number}); }

  /// A commit is done. What nobody has said that of leaves once its turn is long over.
  void commit_done() {
    ++commits_;
    std::erase_if(uncommitted_, [&](const auto& each) { return each.second.commits + longest < commits_; });
  }

  /// In the order of their alarms and numbers.
  std::vector<alarm_transition> all() const {
    std::vector<alarm_transition> out;
    out.reserve(uncommitted_.size());
    for (const auto& [key, each] : uncommitted_)
      out.push_back(each.what);
    return out;
  }

private:
  /// A barrier is committed at the latest with the third commit after a transition behind it was told.
  static constexpr uint64_t longest = 8;

  struct entry {
    alarm_transition what;
    /// Commits before it.
    uint64_t commits = 0;
  };

  std::map<std::pair<uuid, uint32_t>, entry> uncommitted_;
  uint64_t commits_ = 0;
};

} // namespace millwright
