#pragma once

#include "runtime/decisions/decision_log.hpp"
#include "runtime/journal/journal.hpp"

namespace millwright {

/// The decision log in the alarm journal's environment. Any thread; of one split one at a time writes.
class journal_decisions : public decision_log {
public:
  explicit journal_decisions(journal& in) : in_{in} {}

  void append(const std::string& split, const decision& entry) override;
  void take_back(const std::string& split, const decision& entry) override;
  std::vector<decision> since(const std::string& split, uint64_t position) override;
  void prune(const std::string& split, uint64_t position) override;

private:
  journal& in_;
};

} // namespace millwright
