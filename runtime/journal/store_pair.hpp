#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millwright {

/// Where a ledger's alarm journal is while alarms.path names no other place: beside it. A version before had it in the
/// ledger's directory where ledger.path ended in a slash; one that is there, and none beside, is the ledger's.
/// @param ledger its path, with or without a slash at its end.
std::string journal_beside(std::string ledger);

/// What a ledger shows of the journal that it belongs to.
struct ledger_side {
  std::optional<uuid> mark;
  /// Number of its last commit; 0: it is new, or crashed before the first.
  uint64_t commits = 0;
};

/// What an alarm journal shows of the ledger that it belongs to.
struct journal_side {
  std::optional<uuid> mark;
  /// Any alarm, page or decision: what a journal is kept for.
  bool holds_anything = false;
};

/// A journal's decisions and alarms stand at positions of one ledger's log, and mean nothing beside another ledger. So
/// both bear one mark, made once for the two. The ledger's is written first: what a crash leaves is a ledger with a
/// mark beside a journal without one, which is told from a journal that was left behind by what the two hold.
struct pair_verdict {
  /// They do not belong together: neither may be used with the other.
  bool apart = false;
  /// Marks that are to be written, the ledger's first.
  std::optional<uuid> for_ledger, for_journal;
};

/// @param fresh the mark where neither has one: one that nothing else bears.
pair_verdict judge_pair(const ledger_side& ledger, const journal_side& journal, const uuid& fresh);

/// Of two that do not belong together, in words: which two, and what most likely happened.
std::string why_apart(const ledger_side& ledger, const std::string& ledger_path);

} // namespace millwright
