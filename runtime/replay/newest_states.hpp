#pragma once

#include "runtime/barrier/collector.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace millwright {

/// The newest state of each sensor, as barriers complete them: what the ledger is to a node.
class newest_states {
public:
  void take(const barrier_output& output);

  /// Empty: none. For restarts; any thread.
  std::string of(const sensor_key& key) const;

  using visitor = std::function<void(const sensor_key& key, std::string_view state)>;
  /// In no order. When nothing more comes.
  void each(const visitor& visit) const;

private:
  mutable std::mutex mutex_;
  /// Whole, and the changes behind it.
  std::unordered_map<sensor_key, std::pair<std::string, std::string>> states_;
};

} // namespace millwright
