#pragma once

#include "runtime/entry/barrier_share.hpp"
#include "runtime/watch/node_conditions.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace millwright {

/// What the driver tells of the node itself: each step of a condition goes to the router at once, and into the barrier
/// under way. The driver's thread, but for `report`. Of a replay nothing is told.
class own_conditions {
public:
  using tell_function = std::function<void(const alarm_transition&)>;

  own_conditions(node_conditions& conditions, bool live, tell_function tell, barrier_share& share)
      : conditions_{conditions}, live_{live}, tell_{std::move(tell)}, share_{share} {}

  void wrong(rule which, const std::string& subject, std::string reason);
  /// As `wrong`; another reason is told anew.
  void tell_reason(rule which, const std::string& subject, std::string reason);
  void fine(rule which, const std::string& subject, std::string reason);
  /// As `fine`, but what a former run found stands until this one had the time to find it.
  void not_found(rule which, const std::string& subject, std::string reason);
  /// Over by itself after `lasts`.
  void happened(rule which, const std::string& subject, std::string reason, milliseconds lasts);
  /// What a former run told as something that happened, with subjects that begin so.
  void happened_before(rule which, std::string_view subjects, milliseconds lasts) {
    conditions_.happened_before(which, subjects, lasts);
  }

  /// A former run left it, and this one has not judged it.
  bool is_left(rule which, const std::string& subject) const { return conditions_.is_left(which, subject); }
  std::vector<std::string> left(rule which) const { return conditions_.left(which); }

  /// Any thread: told at the next `take_reports`.
  void report(rule which, std::string subject, bool wrong, std::string reason);
  void take_reports();

  /// Each second; `age` is how long the driver has run.
  void look(std::chrono::steady_clock::duration age);

private:
  struct report_entry {
    rule which;
    std::string subject;
    bool wrong;
    std::string reason;
  };

  void tell(const std::optional<alarm_transition>& transition);
  void end_what_was_left(std::chrono::steady_clock::duration age);

  node_conditions& conditions_;
  const bool live_;
  const tell_function tell_;
  barrier_share& share_;
  /// Of these rules, what a former run left has been found again, or is over.
  rule_set left_ended_;
  std::mutex mutex_;
  std::vector<report_entry> reports_;
};

} // namespace millwright
