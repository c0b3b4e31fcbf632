#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace millwright {

/// Whether a split is read at its end, so that nothing waits long behind its readings. Pure; times are a steady
/// clock's.
class split_end {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// What came within this time after the end had been reached was read at the end.
  static constexpr std::chrono::seconds tolerance{2};
  /// More waiting records than this are a backlog, whenever the end was last reached.
  static constexpr uint64_t backlog = 1000;

  /// The source was asked at `now`; `waiting` as in source::waiting. Before the records of this poll are judged.
  void polled(time_point now, std::optional<uint64_t> waiting) {
    at_end_ = reached_ && now - *reached_ <= tolerance && waiting.value_or(0) <= backlog;
    if (waiting == 0)
      reached_ = now;
  }
  /// The source cannot be reached: what it will bring has waited.
  void lost() {
    reached_.reset();
    at_end_ = false;
  }

  /// Of the records of the last poll.
  bool at_end() const { return at_end_; }
  /// Nothing is left behind the last poll, as far as known at `now`.
  bool drained(time_point now) const { return reached_ && now - *reached_ <= tolerance; }

private:
  std::optional<time_point> reached_;
  bool at_end_ = false;
};

} // namespace millwright
