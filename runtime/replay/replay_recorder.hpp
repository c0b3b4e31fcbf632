#pragma once

#include "actors/alarm/alarm_book.hpp"
#include "runtime/barrier/committer.hpp"
#include "runtime/figures/alarm_history.hpp"
#include "runtime/replay/line_sorter.hpp"
#include "runtime/replay/newest_states.hpp"
#include "runtime/replay/replay_summary.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace millwright {

/// Takes what a replay's barriers complete and writes DIR/KIND.ndjson, each sorted by time and text, so that the same
/// readings give the same bytes. No page leaves: notifications are what would have been sent.
class replay_recorder : public output_consumer {
public:
  /// @param kinds what is written; the others are not. Throws failure(output_unwritable).
  replay_recorder(const std::filesystem::path& directory, const std::set<result_kind>& kinds,
                  const std::vector<sensor_type>& types, routes ways, alarm_book_limits limits);

  void consume(const barrier_output& output) override;

  const newest_states& states() const { return states_; }

  /// What alarms do and what is paged goes there too, for figures. Before the first barrier.
  void keep_history(alarm_history* to) { history_ = to; }

  /// After the last barrier: decides the pages, writes the files and tells what there was.
  replay_summary finish();

private:
  template <class Rows, class Time, class Append>
  void add_rows(result_kind kind, const Rows& rows, Time time_of, Append append);
  void add_alarms();
  void plan(const alarm_book::decision& decided, event_time now);
  void note_time(event_time at) { newest_ = std::max(newest_, at); }
  void add_counts();
  /// Null: this kind is not written.
  line_sorter* file(result_kind kind);

  const std::vector<sensor_type>& types_;
  routes ways_;
  alarm_book_limits limits_;
  /// How far the readings have got.
  event_time newest_ = never;
  std::map<result_kind, line_sorter> files_;
  std::vector<alarm_transition> transitions_;
  reading_counts counters_;
  replay_summary summary_;
  alarm_history* history_ = nullptr;
  newest_states states_;
  std::string line_;
};

} // namespace millwright
