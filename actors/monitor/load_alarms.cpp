#include "actors/monitor/load_alarms.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millwright {

namespace {

constexpr std::array<const char*, 4> subjects{"input", "commit", "memory", "cpu"};

} // namespace

load_alarms::load_alarms(const load_alarm_limits& limits, const std::vector<std::string>& standing) : limits_{limits} {
  for (size_t i = 0; i < subjects.size(); ++i)
    measures_[i].told = std::find(standing.begin(), standing.end(), subjects[i]) != standing.end();
}

bool load_alarms::shrinks(const load_history& history, double processing) const {
  const auto* before = history.at(history.newest().moment - limits_.average);
  if (!before)
    return false;
  const double then = before->figures[load_measure::backlog], now = history.newest().figures[load_measure::backlog];
  // A queue of some readings that comes and goes is no backlog.
  return now < then && then > processing * std::chrono::duration<double>(limits_.backlog).count();
}

std::vector<load_verdict> load_alarms::look(const load_history& history) {
  const auto& newest = history.newest();
  const auto now = newest.moment;
  // Nobody looked for so long: what was before says nothing of the time between.
  if (last_ && now - *last_ > limits_.average)
    for (auto& each : measures_)
      each.above = each.below = std::nullopt;
  last_ = now;
  const auto mean = [&](load_measure which) { return history.mean(which, now - limits_.average); };
  const double input = mean(load_measure::input), processing = mean(load_measure::processing);
  const double commit = newest.figures[load_measure::commit], memory = newest.figures[load_measure::memory];
  const double cpu = mean(load_measure::cpu);
  const std::array<bool, 4> above{input > limits_.input * processing,
                                  commit > static_cast<double>(limits_.commit.count()),
                                  memory > static_cast<double>(limits_.memory), cpu > limits_.cpu};
  const auto text_of = [&](size_t which) {
    switch (which) {
    case 0: {
      const double waiting = newest.figures[load_measure::backlog];
      return fmt::format("{:.0f} readings a second come and {:.0f} are judged; {:.0f} wait", input, processing,
                         std::isnan(waiting) ? 0 : waiting);
    }
    case 1:
      return fmt::format("a commit takes {:.1f} s", commit / 1000);
    case 2:
      return fmt::format("the node holds {:.1f} GiB of memory", memory / (1 << 30));
    default:
      return fmt::format("the node uses {:.0f} % of all cores", 100 * cpu);
    }
  };
  const bool catches_up = shrinks(history, processing);
  std::vector<load_verdict> result;
  for (size_t i = 0; i < measures_.size(); ++i) {
    auto& of = measures_[i];
    const bool wrong = above[i] && !catches_up;
    auto& since = wrong ? of.above : of.below;
    (wrong ? of.below : of.above).reset();
    if (!since)
      since = now;
    if (wrong == of.told || now - *since < (wrong ? limits_.held : limits_.over_after))
      continue;
    of.told = wrong;
    result.push_back({subjects[i], wrong, wrong ? text_of(i) : "it is within its limit again"});
  }
  return result;
}

std::vector<std::string> load_alarms::standing() const {
  std::vector<std::string> out;
  for (size_t i = 0; i < measures_.size(); ++i)
    if (measures_[i].told)
      out.emplace_back(subjects[i]);
  return out;
}

} // namespace millwright
