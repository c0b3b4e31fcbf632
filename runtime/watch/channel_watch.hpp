#pragma once

#include "actors/alarm/delivery_desk.hpp"
#include "runtime/settings/settings.hpp"

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// Which channels are down: for the alarm `channel_down`, and for the heartbeat, which has to stop when nobody can be
/// paged. Terminals and logs tell only who is looking; where anything else is configured they do not count. From any
/// thread.
class channel_watch {
public:
  using report_function = std::function<void(const std::string& channel, bool down, const std::string& reason)>;

  explicit channel_watch(const std::vector<channel_settings>& channels) {
    for (const auto& each : channels) {
      configured_.insert(each.name);
      if (each.kind != channel_kind::terminal && each.kind != channel_kind::log)
        leaving_.insert(each.name);
    }
  }

  void heard(const channel_news& news) {
    const bool down = news.what == channel_news::kind::down;
    if (!down && news.what != channel_news::kind::up)
      return;
    std::lock_guard guard{mutex_};
    if (down)
      down_.insert(news.channel.text);
    else
      down_.erase(news.channel.text);
    tell(news.channel.text, down, news.reason);
  }

  /// A former run left this channel's alarm standing. It is over when the channel has left the configuration; otherwise
  /// it is judged on.
  void stands(const std::string& channel) {
    std::lock_guard guard{mutex_};
    if (!configured_.contains(channel))
      tell(channel, false, "it has left the configuration");
  }

  /// What was heard before is told at once.
  void attach(report_function report) {
    std::lock_guard guard{mutex_};
    report_ = std::move(report);
    for (const auto& each : std::exchange(waiting_, {}))
      report_(each.channel, each.down, each.reason);
  }

  /// Nobody can be paged: every channel that leaves the machine is down.
  bool all_down() const {
    std::lock_guard guard{mutex_};
    for (const auto& each : leaving_)
      if (!down_.contains(each))
        return false;
    return !leaving_.empty();
  }

private:
  struct told {
    std::string channel;
    bool down = false;
    std::string reason;
  };

  void tell(const std::string& channel, bool down, const std::string& reason) {
    if (report_)
      report_(channel, down, reason);
    else
      waiting_.push_back({channel, down, reason});
  }

  mutable std::mutex mutex_;
  std::set<std::string> configured_, leaving_, down_;
  report_function report_;
  std::vector<told> waiting_;
};

} // namespace millwright
