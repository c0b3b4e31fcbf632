#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace millwright {

/// Whether the source as a whole can be reached, judged by a clock that goes on when no reading does. Pure; times are a
/// steady clock's.
class source_reach {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct verdict {
    bool wrong = false;
    std::string text;
  };

  /// @param patience so long it may be away. @param start since when it could have been reached.
  source_reach(std::chrono::milliseconds patience, time_point start) : patience_{patience}, start_{start} {}

  /// The source says so; it may say so again, with a better reason.
  void unreachable(time_point now, std::string why) {
    why_ = std::move(why);
    if (!since_)
      since_ = heard_ ? now : start_;
  }
  void reachable() {
    since_.reset();
    heard_ = true;
  }
  /// A reading was accepted. What was fetched before the source went away may still come.
  void reading() {
    if (since_)
      return;
    heard_ = true;
    flows_ = true;
  }
  /// The node itself stood still for so long: that is nobody's absence.
  void stood_still(std::chrono::steady_clock::duration gap) {
    start_ += gap;
    if (since_)
      *since_ += gap;
  }

  /// Nothing can come now.
  bool away() const { return since_.has_value(); }

  /// What has changed: it is away for too long, or readings come (at first, and again). None: nothing new.
  std::optional<verdict> look(time_point now) {
    if (std::exchange(flows_, false) && !std::exchange(fine_, true))
      return verdict{false, "readings come again"};
    if (!since_ || told_ == since_ || now - *since_ < patience_)
      return std::nullopt;
    told_ = since_;
    fine_ = false;
    return verdict{true, "it cannot be reached for " +
                             std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - *since_).count()) +
                             " s: " + why_};
  }

private:
  std::chrono::milliseconds patience_;
  time_point start_;
  std::optional<time_point> since_, told_;
  std::string why_;
  bool heard_ = false, flows_ = false;
  /// Readings came since it was last told to be away. Not at first: a former run may have told so.
  bool fine_ = false;
};

} // namespace millwright
