#pragma once

#include "protocol/time.hpp"
#include "runtime/journal/store_pair.hpp"
#include "tools/store_options.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace millwright {

/// Where a report's rows come from: each function hands over whole lines, some at a time.
struct report_rows {
  using sink = std::function<void(std::string_view lines)>;

  std::function<void(const sink&)> notifications;
  /// Rows of `millwright alarms --all`.
  std::function<void(const sink&)> book;
  /// Rows of `millwright shelve --json`; of a stopped node as it left them.
  std::function<void(const sink&)> shelves;
  /// Rows of `millwright results alarms`.
  std::function<void(const sink&)> alarms;
  /// The plant's time; `never`: nobody knows.
  event_time now = never;
};

/// Of a running node. Throws `failure`.
report_rows rows_of_node(const std::string& socket);

/// Of a stopped one, whose ledger and alarm journal stay locked while the rows are used. Throws `failure`. Call it
/// before there are threads.
report_rows rows_of_stores(const store_places& places);

} // namespace millwright
