#include "runtime/node/load_watch.hpp"

#include <fmt/format.h>

namespace millwright {

std::vector<load_watch::verdict> load_watch::look(time_point now, const load_sample& s) {
  if (!backlog_at_ || now - *backlog_at_ >= backlog_step) {
    shrinks_ = backlog_at_ && s.backlog < backlog_;
    backlog_ = s.backlog;
    backlog_at_ = now;
  }
  const std::array<bool, 4> above{s.input > limits_.input * s.judged, s.commit > limits_.commit,
                                  s.memory > limits_.memory, s.cpu > limits_.cpu};
  constexpr std::array<const char*, 4> subjects{"input", "commit", "memory", "cpu"};
  std::vector<verdict> result;
  for (size_t i = 0; i < measures_.size(); ++i) {
    auto& of = measures_[i];
    const bool wrong = above[i] && !shrinks_;
    auto& since = wrong ? of.above : of.below;
    (wrong ? of.below : of.above).reset();
    if (!since)
      since = now;
    if (wrong == of.told || now - *since < (wrong ? limits_.held : over_after))
      continue;
    of.told = wrong;
    std::string text = "it is within its limit again";
    if (wrong && i == 0)
      text = fmt::format("{:.0f} readings a second come and {:.0f} are judged; {} wait", s.input, s.judged, s.backlog);
    else if (wrong && i == 1)
      text = fmt::format("a commit takes {:.1f} s", static_cast<double>(s.commit.count()) / 1000);
    else if (wrong && i == 2)
      text = fmt::format("the node holds {:.1f} GiB of memory", static_cast<double>(s.memory) / (1 << 30));
    else if (wrong)
      text = fmt::format("the node uses {:.0f} % of all cores", 100 * s.cpu);
    result.push_back({subjects[i], wrong, std::move(text)});
  }
  return result;
}

} // namespace millwright
