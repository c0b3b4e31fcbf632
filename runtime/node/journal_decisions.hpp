#pragma once

#include "runtime/journal/journal.hpp"
#include "runtime/node/decision_log.hpp"

namespace millwright {

/// The decision log in the alarm journal's environment.
class journal_decisions : public decision_log {
public:
  explicit journal_decisions(journal& in) : in_{in} {}

  void append(const std::string& split, const decision& entry) override;
  std::vector<decision> since(const std::string& split, uint64_t position) override;
  void prune(const std::string& split, uint64_t position) override;

private:
  journal& in_;
};

} // namespace millwright
