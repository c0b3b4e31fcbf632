#pragma once

#include "runtime/admin/admin_request.hpp"
#include "runtime/admin/plant_answer.hpp"
#include "runtime/admin/row_filter.hpp"

#include <map>
#include <set>
#include <string>

namespace millwright {

/// Rows of the windows that are still open, as they stand: each says `"final":false`, and nothing is stored of them. A
/// window's are told before its final row is stored, never behind it. One thread.
class open_windows {
public:
  /// `from` outlives this.
  open_windows(const results_request& request, const plant_source& from);

  /// Appends those that are not as their actor last told them, a line each. May take seconds where actors do not
  /// answer.
  void next(std::string& out);

private:
  result_kind kind_;
  std::string facility_;
  row_filter filter_;
  const plant_source& from_;
  /// As each actor had them when it last answered.
  std::map<entity_key, std::set<std::string>> told_;
};

/// In words, that windows of the kind are not seen while they are open; empty where they are, or it is not asked for.
std::string cannot_update(const results_request& request);

} // namespace millwright
