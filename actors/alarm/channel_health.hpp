#pragma once

#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <utility>

namespace millwright {

/// Whether a channel is down: refused for good (a token that has expired, an address that is gone), or failing for some
/// time. Pure; `now` counts from whenever, evenly: a wall clock that is set takes no channel down.
class channel_health {
public:
  struct change {
    bool down = false;
    std::string reason;
  };

  explicit channel_health(milliseconds down_after) : down_after_{down_after} {}

  /// The receiver took a page, or at least read it. The first answer of a run is told too: a former run may have left
  /// the channel down.
  std::optional<change> answered() {
    const bool told = down_ || !known_;
    down_ = false;
    known_ = true;
    failing_since_.reset();
    if (!told)
      return std::nullopt;
    return change{false, "it delivers again"};
  }

  /// @param refused it is the channel itself that the receiver does not want.
  std::optional<change> failed(milliseconds now, bool refused, std::string detail) {
    detail_ = std::move(detail);
    if (!failing_since_)
      failing_since_ = now;
    if (refused)
      return go_down("it is refused: ");
    return look(now);
  }

  /// To be asked at `due`.
  std::optional<change> look(milliseconds now) {
    if (!failing_since_ || now - *failing_since_ < down_after_)
      return std::nullopt;
    return go_down("it has failed for " + std::to_string((now - *failing_since_).count() / 1000) + " s: ");
  }

  /// When a channel that fails is down; none for one that is well, or is known to be down.
  std::optional<milliseconds> due() const {
    return down_ || !failing_since_ ? std::nullopt : std::optional{*failing_since_ + down_after_};
  }

  bool down() const { return down_; }
  /// Since when every try has failed; none for one that is well.
  const std::optional<milliseconds>& failing_since() const { return failing_since_; }

private:
  std::optional<change> go_down(const std::string& why) {
    if (std::exchange(down_, true))
      return std::nullopt;
    known_ = true;
    return change{true, why + detail_};
  }

  milliseconds down_after_;
  std::optional<milliseconds> failing_since_;
  std::string detail_;
  bool down_ = false;
  bool known_ = false;
};

} // namespace millwright
