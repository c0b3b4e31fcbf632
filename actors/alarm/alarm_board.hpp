#pragma once

#include "protocol/alarm_questions.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace millwright {

/// What people may see of the alarms. With 200,000 of them a list takes a while to make; made on the router's thread it
/// would hold up pages. So the router pins each changed record to this board, and whoever asks takes what hangs there,
/// which nobody changes any more, and searches and sorts it on a thread of his own. The board is a tree: a changed
/// record costs the router a copy of the pointers in its compartment and of those on the way to it, and what is shown
/// is exchanged by one pointer, so that neither waits for the other.
class alarm_board {
public:
  using record_pointer = std::shared_ptr<const alarm_record>;

  // The router's thread.

  /// A router starts: what hung here before is taken down. Shown with the next `publish`.
  void clear();
  /// A new state of an alarm; none: it has left. Shown with the next `publish`.
  void pin(const uuid& alarm, record_pointer record);
  void publish(alarm_status figures);
  /// Pointers that were copied on the router's thread, since the start.
  uint64_t copied() const { return copied_; }

  // Any thread.

  /// @returns false when no router has published within the time.
  bool wait_for_router(milliseconds time) const;
  alarm_list list(const list_alarms& question) const;
  alarm_status status() const;
  /// The records that `wanted` holds for, in no order.
  std::vector<record_pointer> find(const std::function<bool(const alarm_record&)>& wanted) const;

private:
  static constexpr size_t branches = 32, compartments = branches * branches;
  using compartment = std::vector<record_pointer>;
  using branch = std::array<std::shared_ptr<const compartment>, branches>;
  using trunk = std::array<std::shared_ptr<const branch>, branches>;
  struct shown {
    std::shared_ptr<const trunk> all;
    alarm_status figures;
  };

  static size_t compartment_of(const uuid& alarm);
  static std::shared_ptr<const compartment> changed(const compartment* before, std::map<uuid, record_pointer>& changes);
  std::shared_ptr<const shown> take() const;

  /// The router's own: what is pinned and not yet shown.
  std::map<size_t, std::map<uuid, record_pointer>> pinned_;
  bool cleared_ = false;
  uint64_t copied_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable first_;
  /// None before a router has published.
  std::shared_ptr<const shown> shown_;
};

} // namespace millwright
