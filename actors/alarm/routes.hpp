#pragma once

#include "protocol/page.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace millwright {

/// Decides which channels an alert goes to. For now: to every one, but that a channel which is down is told over the
/// others; rules over facility, line, severity and local time have their place here.
class routes {
public:
  explicit routes(std::vector<channel_name> channels) : channels_{std::move(channels)} {}

  std::vector<channel_name> route(const alarm_transition& x) const {
    auto out = channels_;
    if (x.condition.which == rule::channel_down)
      std::erase_if(out, [&](const auto& each) { return each.text == x.condition.unit.text; });
    return out;
  }

  /// False for a channel that has left the configuration.
  bool has(const channel_name& channel) const {
    return std::find(channels_.begin(), channels_.end(), channel) != channels_.end();
  }

  const std::vector<channel_name>& channels() const { return channels_; }

private:
  std::vector<channel_name> channels_;
};

} // namespace millwright
