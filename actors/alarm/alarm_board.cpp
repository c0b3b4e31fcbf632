#include "actors/alarm/alarm_board.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

auto rank(const alarm_record& x) {
  return std::tuple{x.state == alarm_state::cleared, x.acknowledged, -x.latest.priority, -epoch_ms(x.latest.at),
                    x.id()};
}

} // namespace

// Ids are digests: any of their bytes spread evenly.
size_t alarm_board::compartment_of(const uuid& alarm) {
  return (static_cast<size_t>(alarm.bytes[0]) << 8 | alarm.bytes[1]) % compartments;
}

void alarm_board::clear() {
  pinned_.clear();
  cleared_ = true;
}

void alarm_board::pin(const uuid& alarm, record_pointer record) {
  pinned_[compartment_of(alarm)].insert_or_assign(alarm, std::move(record));
}

std::shared_ptr<const alarm_board::compartment> alarm_board::changed(const compartment* before,
                                                                     std::map<uuid, record_pointer>& changes) {
  auto next = std::make_shared<compartment>();
  next->reserve((before ? before->size() : 0) + changes.size());
  if (before)
    for (const auto& each : *before)
      if (!changes.contains(each->id()))
        next->push_back(each);
  for (auto& [id, record] : changes)
    if (record)
      next->push_back(std::move(record));
  return next;
}

void alarm_board::publish(alarm_status figures) {
  // Only this thread changes what is shown, so it may be read without the lock.
  auto next = std::make_shared<shown>();
  next->figures = std::move(figures);
  if (shown_ && !cleared_)
    next->all = shown_->all;
  if (cleared_ || !pinned_.empty() || !next->all) {
    auto all = next->all ? std::make_shared<trunk>(*next->all) : std::make_shared<trunk>();
    for (auto at = pinned_.begin(); at != pinned_.end();) {
      const auto which = at->first / branches;
      auto& place = (*all)[which];
      auto mine = place ? std::make_shared<branch>(*place) : std::make_shared<branch>();
      for (; at != pinned_.end() && at->first / branches == which; ++at) {
        auto& leaf = (*mine)[at->first % branches];
        leaf = changed(leaf.get(), at->second);
        copied_ += leaf->size();
      }
      copied_ += branches;
      place = std::move(mine);
    }
    copied_ += branches;
    pinned_.clear();
    cleared_ = false;
    next->all = std::move(all);
  }
  std::shared_ptr<const shown> before = std::move(next);
  {
    std::lock_guard guard{mutex_};
    std::swap(shown_, before);
  }
  if (!before)
    first_.notify_all();
}

bool alarm_board::wait_for_router(milliseconds time) const {
  std::unique_lock guard{mutex_};
  return first_.wait_for(guard, time, [&] { return shown_ != nullptr; });
}

std::shared_ptr<const alarm_board::shown> alarm_board::take() const {
  std::lock_guard guard{mutex_};
  return shown_;
}

std::vector<alarm_board::record_pointer>
alarm_board::find(const std::function<bool(const alarm_record&)>& wanted) const {
  std::vector<record_pointer> out;
  const auto now = take();
  if (!now)
    return out;
  for (const auto& part : *now->all)
    if (part)
      for (const auto& leaf : *part)
        if (leaf)
          for (const auto& record : *leaf)
            if (wanted(*record))
              out.push_back(record);
  return out;
}

alarm_list alarm_board::list(const list_alarms& question) const {
  auto found = find([&](const alarm_record& x) {
    return x.observation() == question.observations && (!question.only_active || x.state != alarm_state::cleared);
  });
  alarm_list out;
  out.total = found.size();
  const auto figures = status();
  out.flood = figures.flood;
  out.lately = figures.lately;
  const auto shown = std::min<size_t>(question.limit, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<ptrdiff_t>(shown), found.end(),
                    [](const auto& a, const auto& b) { return rank(*a) < rank(*b); });
  for (size_t i = 0; i < shown; ++i)
    out.alarms.push_back(*found[i]);
  return out;
}

alarm_status alarm_board::status() const {
  const auto now = take();
  return now ? now->figures : alarm_status{};
}

} // namespace millwright
