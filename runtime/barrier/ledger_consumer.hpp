#pragma once

#include "protocol/alarm_messages.hpp"
#include "runtime/barrier/committer.hpp"
#include "runtime/ledger/ledger.hpp"

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace millwright {

/// Writes complete barriers into the ledger: states, results as JSON lines, and every transition that the alarm router
/// has not acknowledged as journaled.
class ledger_consumer : public output_consumer {
public:
  /// @param number the ledger's last commit; @param kept the transitions that it still keeps.
  ledger_consumer(ledger& to, const std::vector<sensor_type>& types, uint64_t number,
                  const std::vector<alarm_transition>& kept);

  void consume(const barrier_output& output) override;

  /// The router has this on disk. That of a transition whose actor has died since says nothing of what a successor
  /// decides under its number, however late it comes: that is another telling. Any thread.
  void journaled(const transition_journaled& x);

  /// Small named state of the node that goes with the next commit. Any thread.
  void remember(std::string name, std::string value);

private:
  using transition_key = std::pair<uuid, uint32_t>;

  class block_maker;

  void visit_results(const barrier_output& output, const block_visitor& visit);
  template <class Rows, class Time, class Append>
  void visit_rows(const block_visitor& visit, result_kind kind, const Rows& rows, Time time_of, Append append);

  ledger& to_;
  const std::vector<sensor_type>& types_;
  uint64_t number_;
  /// The newest barrier that is in the ledger; 0 before the first.
  uint32_t committed_barrier_ = 0;
  /// Transitions that the ledger keeps, and their tellings.
  std::map<transition_key, uint64_t> kept_;
  /// An alarm, and whether it is of what has a telling of its own.
  using answer_key = std::pair<uuid, bool>;
  static answer_key key_of(const transition_journaled& x) { return {x.alarm, x.telling != 0}; }
  struct answer {
    transition_journaled newest;
    /// The last commit when it came.
    uint64_t since = 0;
  };

  std::mutex mutex_;
  /// What the router has answered.
  std::map<answer_key, answer> answers_;
  /// The newest commit, as those see it who answer.
  uint64_t done_ = 0;
  std::vector<std::pair<std::string, std::string>> remembered_;
  /// What of these goes with a barrier. A commit that failed may be in the ledger all the same: each try of one has the
  /// same content.
  struct company {
    uint32_t barrier = 0;
    std::map<answer_key, transition_journaled> journaled;
    std::vector<std::pair<std::string, std::string>> remembered;
  };
  company beside_;
  /// So much the keys of the last commit's sensors took.
  size_t keys_bytes_ = 0;
  /// Of the block that is being made.
  std::string lines_;
};

} // namespace millwright
