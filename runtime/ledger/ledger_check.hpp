#pragma once

#include <functional>
#include <string>

namespace millwright {

enum class check_depth {
  /// Every page, and every record but the results' values.
  structure,
  /// The results' values too: after an unclean end.
  everything,
};

/// Checks the data file of a ledger that nobody has open. Runs in a child process, so that a page that the disk cannot
/// read (SIGBUS) ends the child alone; `in_child` runs there first. Call it before there are threads. Throws
/// failure(ledger_damaged) naming record or page, or failure(ledger_version). No file, or an empty one, is no fault.
void check_ledger_file(const std::string& path, check_depth depth, const std::function<void()>& in_child);

} // namespace millwright
