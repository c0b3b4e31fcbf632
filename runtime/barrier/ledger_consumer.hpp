#pragma once

#include "runtime/barrier/committer.hpp"
#include "runtime/ledger/ledger.hpp"

#include <map>
#include <mutex>
#include <set>
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

  /// The router has this transition on disk. Any thread.
  void journaled(const uuid& alarm, uint32_t number);

  /// Who decided this has died, and no barrier will hold it: what a successor decides under its number is another
  /// transition, and the router's answer to this one is none to that. Behind the transition, before the other; once for
  /// each that was told. Any thread.
  void dropped(const uuid& alarm, uint32_t number);

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
  /// Transitions that the ledger keeps.
  std::set<transition_key> kept_;
  /// What the router has answered.
  struct answers {
    /// 1: what was told under this number is on disk; negative: so many answers to what was dropped are to come.
    int open = 0;
    /// The last commit when that changed.
    uint64_t since = 0;
  };
  void count(const transition_key& key, int more);

  std::mutex mutex_;
  std::map<transition_key, answers> answers_;
  /// The newest commit, as those see it who answer.
  uint64_t done_ = 0;
  std::vector<std::pair<std::string, std::string>> remembered_;
  /// What of these goes with a barrier. A commit that failed may be in the ledger all the same: each try of one has the
  /// same content.
  struct company {
    uint32_t barrier = 0;
    std::set<transition_key> journaled;
    std::vector<std::pair<std::string, std::string>> remembered;
  };
  company beside_;
  /// So much the keys of the last commit's sensors took.
  size_t keys_bytes_ = 0;
  /// Of the block that is being made.
  std::string lines_;
};

} // namespace millwright
