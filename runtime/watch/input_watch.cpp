#include "runtime/watch/input_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace millwright {

namespace {

constexpr std::chrono::minutes minute{1};
constexpr size_t sample_bytes = 200;

} // namespace

void input_watch::rejected(rejection reason, std::string_view payload) {
  const auto at = static_cast<size_t>(reason);
  if (rejected_[at]++ == 0)
    samples_[at] = payload.substr(0, sample_bytes);
}

std::optional<input_watch::verdict> input_watch::look(time_point now) {
  if (!minute_)
    minute_ = now;
  if (now < *minute_ + minute)
    return std::nullopt;
  const uint64_t bad = std::accumulate(rejected_.begin(), rejected_.end(), uint64_t{0}), all = bad + accepted_;
  std::optional<verdict> result;
  if (all > 0) {
    result.emplace();
    result->bad = static_cast<double>(bad) > share_ * static_cast<double>(all);
    const auto most = static_cast<size_t>(std::max_element(rejected_.begin(), rejected_.end()) - rejected_.begin());
    if (bad > 0)
      result->text = fmt::format("{} of {} readings in a minute rejected, most ({}) as {}, for example: {}", bad, all,
                                 rejected_[most], name_of(static_cast<rejection>(most)), samples_[most]);
  }
  minute_ = now;
  accepted_ = 0;
  rejected_ = {};
  return result;
}

} // namespace millwright
