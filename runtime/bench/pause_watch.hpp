#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace millwright {

/// How long readings were under way between being taken and being judged, from two counts that are looked at again and
/// again: readings handed over, and readings judged. Exact for a pause of everybody, which is what it is for; a single
/// reading that is overtaken by others is not seen here, but in the latency of alarms.
class pause_watch {
public:
  using clock = std::chrono::steady_clock;

  /// @param due when the first reading that is not judged fell due, if it had a time.
  void look(uint64_t handed, uint64_t judged, clock::time_point now, std::optional<clock::time_point> due = {});

  /// In ms: the longest from taking a reading until it is judged; one that has not ended counts as far as it has come.
  double longest() const { return longest_; }
  /// The time that `share` of the readings stayed below.
  double percentile(double share) const;
  /// In ms: the longest from falling due until being judged, which counts the wait for being taken as well.
  double longest_lag() const { return lag_; }
  uint64_t readings() const { return readings_; }

private:
  void note(double ms, uint64_t up_to);

  /// How many had been handed over, and when that was first seen.
  std::deque<std::pair<uint64_t, clock::time_point>> under_way_;
  /// ms, readings
  std::vector<std::pair<double, uint64_t>> took_;
  uint64_t judged_ = 0, readings_ = 0;
  bool begun_ = false;
  double longest_ = 0, lag_ = 0;
};

} // namespace millwright
