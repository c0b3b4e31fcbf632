#pragma once

#include "runtime/decisions/decision_log.hpp"
#include "runtime/journal/journal.hpp"

#include <mutex>

namespace millwright {

/// The decision log in the alarm journal's environment. Used by the driver and by what writes ahead for it.
class journal_decisions : public decision_log {
public:
  explicit journal_decisions(journal& in) : in_{in} {}

  void append(const std::string& split, const decision& entry) override;
  std::vector<decision> since(const std::string& split, uint64_t position) override;
  void prune(const std::string& split, uint64_t position) override;

private:
  /// An entry's place among those of its position follows from what is there.
  std::mutex mutex_;
  journal& in_;
};

} // namespace millwright
