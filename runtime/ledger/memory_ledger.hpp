#pragma once

#include "runtime/ledger/ledger.hpp"

#include <mutex>
#include <set>

namespace millwright {

/// A ledger that ends with the process: for a replay, and for tests.
class memory_ledger : public ledger {
public:
  using result_sink = std::function<void(const result_block& block)>;

  /// Keeps the results too.
  memory_ledger() = default;
  /// Hands each commit's results to `sink`, in order, on the committing thread, and keeps none. What the sink throws
  /// leaves `commit`, before anything has changed.
  explicit memory_ledger(result_sink sink) : sink_{std::move(sink)} {}

  void commit(const ledger_commit& batch) override;
  std::optional<stored_sensor> sensor(std::string_view key) override;
  void for_each_sensor(const state_visitor& visit) override;
  std::optional<ledger_state> actor(std::string_view key) override;
  void for_each_actor(const state_visitor& visit) override;
  recovered_state load() override;
  std::string identity() override;
  void set_identity(const std::string& identity) override;
  result_cursor read_results(result_kind kind, result_cursor after, size_t most_bytes,
                             const result_visitor& visit) override;
  result_cursor before_newest(result_kind kind, uint64_t rows) override;

private:
  struct kept_block {
    event_time first, last;
    uint32_t rows;
    std::string lines;
  };
  using transition_name = std::pair<uuid, uint32_t>;

  std::mutex mutex_;
  result_sink sink_;
  recovered_state state_;
  struct kept_state {
    uint64_t whole_at = 0;
    std::string whole, changes;
  };
  using kept_states = std::map<std::string, kept_state, std::less<>>;

  static void keep(kept_states& in, uint64_t number, const std::vector<state_record>& changed,
                   const std::vector<std::string>& forgotten);
  std::optional<ledger_state> find(const kept_states& in, std::string_view key);
  void visit_all(const kept_states& in, const state_visitor& visit);

  kept_states sensors_, actors_;
  /// Same order as `state_.transitions`.
  std::vector<transition_name> transition_names_;
  std::map<std::pair<result_kind, result_cursor>, kept_block> results_;
};

} // namespace millwright
