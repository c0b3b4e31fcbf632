#pragma once

#include "runtime/admin/admin_request.hpp"
#include "runtime/admin/row_filter.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/ledger/ledger.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace millwright {

/// The rows that a request asks for, piece by piece: the newest so many, then whatever has been stored since. One
/// thread. Nothing is held between two calls but a place to go on from.
class result_feed {
public:
  virtual ~result_feed() = default;

  /// Appends the next rows, a line each, at least one block and not much more than `most_bytes`. False: there is
  /// nothing more for now. True with nothing appended: all that was looked at belonged to others. Throws `failure`.
  virtual bool next(std::string& out, size_t most_bytes) = 0;
};

/// Finds where to start: with a filter it looks through up to `most_searched` of the newest rows, and gives up early
/// when `stopped` says so. `where` and `pages` outlive the feed.
std::unique_ptr<result_feed> open_feed(const results_request& request, ledger& where, journal& pages,
                                       const std::function<bool()>& stopped);

inline constexpr uint64_t most_searched = 4'000'000;

} // namespace millwright
