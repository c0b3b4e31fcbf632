#include "runtime/settings/gone_keys.hpp"

#include <algorithm>
#include <array>

namespace millwright {

namespace {

// One line a key; what reads it is already gone.
constexpr std::array rows{
    gone_key{"rules.historical_after", "0.2",
             "nothing is kept from paging for being old; old news is told late, in one "
             "message"},
    gone_key{"channels.*.attempts", "0.2", "a page is tried for 24 h, and then goes to the other channels"},
    gone_key{"rules.state.threshold", "0.2",
             "rules.state.margin and pages_at: shown beyond the one, paged beyond both"},
    gone_key{"rules.state.smoothing", "0.2", "rules.state.level_weight"},
    gone_key{"rules.state.return_after", "0.2", "ranges are renewed once a day"},
    gone_key{"rules.state.lag", "0.2", "the rule watches level, trend, change and spread of every sensor"},
    gone_key{"rules.state.skip_drifting", "0.2", "the rule watches level, trend, change and spread of every sensor"},
    gone_key{"rules.state.drift_below", "0.2", "the rule watches level, trend, change and spread of every sensor"},
    gone_key{"node.overload.input", "0.2", "monitor.alarms.input"},
    gone_key{"node.overload.commit", "0.2", "monitor.alarms.commit"},
    gone_key{"node.overload.memory", "0.2", "monitor.alarms.memory"},
    gone_key{"node.overload.cpu", "0.2", "monitor.alarms.cpu"},
    gone_key{"node.overload.after", "0.2", "monitor.alarms.after"},
};

bool stands_for(std::string_view pattern, std::string_view key) {
  while (!pattern.empty() && !key.empty()) {
    const auto part = pattern.substr(0, pattern.find('.')), name = key.substr(0, key.find('.'));
    if (part != "*" && part != name)
      return false;
    pattern.remove_prefix(std::min(part.size() + 1, pattern.size()));
    key.remove_prefix(std::min(name.size() + 1, key.size()));
  }
  return pattern.empty() && key.empty();
}

} // namespace

std::span<const gone_key> gone_keys() {
  return rows;
}

const gone_key* gone(std::string_view key, std::span<const gone_key> all) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const gone_key& each) { return stands_for(each.key, key); });
  return found == all.end() ? nullptr : &*found;
}

bool holds_gone(std::string_view section, std::span<const gone_key> all) {
  return std::any_of(all.begin(), all.end(), [&](const gone_key& each) {
    for (auto dot = each.key.find('.'); dot != each.key.npos; dot = each.key.find('.', dot + 1))
      if (stands_for(each.key.substr(0, dot), section))
        return true;
    return false;
  });
}

std::string text_of(const gone_key& row) {
  return "gone since " + std::string{row.since} + ", and ignored: " + std::string{row.instead};
}

} // namespace millwright
