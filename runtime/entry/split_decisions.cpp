#include "runtime/entry/split_decisions.hpp"

#include "protocol/failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace millwright {

namespace {

const std::string log_subject = "log of decisions";
constexpr std::chrono::seconds patience{1};

bool of_metadata(const decision& entry) {
  return entry.what == decision::kind::metadata;
}

} // namespace

void split_decisions::start_writing_ahead() {
  if (log_)
    writer_.emplace(*log_);
}

void split_decisions::apply(split_state& split, const decision& entry) {
  switch (entry.what) {
  case decision::kind::silent:
    split.silent = true;
    break;
  case decision::kind::awake: {
    split.silent = false;
    int64_t from = 0;
    const auto& text = entry.content;
    if (std::from_chars(text.data(), text.data() + text.size(), from).ec == std::errc{})
      split.awake_from = std::clamp(from_epoch_ms(from), never, forever);
    break;
  }
  case decision::kind::metadata:
    does_.metadata(split, plant_.version(entry.content));
    break;
  case decision::kind::bound:
    // A damaged one is as none: another is logged in its place.
    if (const auto bound = bound_entry::of(entry.position, entry.content))
      split.bound.recovered(*bound);
    break;
  case decision::kind::moved:
    does_.moved(split, entry.content);
    break;
  case decision::kind::maintenance:
    does_.maintenance(split, entry);
    break;
  }
  split.changed = true;
}

void split_decisions::apply_next(split_state& split) {
  apply(split, split.ahead.front());
  split.ahead.pop_front();
}

// A change right behind what is committed: whether the sensors were in step with it by then nobody knows. Twice is as
// good as once.
void split_decisions::apply_right_behind(split_state& split) {
  const auto behind = [](const decision& entry) {
    return of_metadata(entry) || entry.what == decision::kind::silent || entry.what == decision::kind::moved ||
           entry.what == decision::kind::maintenance;
  };
  while (!split.ahead.empty() && split.ahead.front().position <= split.next && behind(split.ahead.front()))
    apply_next(split);
}

void split_decisions::end_log(split_state& split) {
  if (split.bound.waits())
    wait();
  split.bound = {};
  for (const auto& entry : std::exchange(split.ahead, {}))
    if (entry.what == decision::kind::maintenance)
      apply(split, entry);
  split.told = 0;
  ++split.place.log;
}

bool split_decisions::log(const split_state& split, const decision& entry) {
  if (!log_)
    return true;
  if (!may_try())
    return false;
  try {
    log_->append(log_name(split.name, split.place.log), entry);
  } catch (const failure& problem) {
    if (problem.code() != failure_code::journal_unwritable)
      throw;
    again_ = clock_.last_look() + patience;
    own_.wrong(rule::ledger, log_subject, problem.what());
    return false;
  }
  own_.fine(rule::ledger, log_subject, "it can be written again");
  return true;
}

bool split_decisions::log_beginning(split_state& split) {
  if (split.beginning && !log(split, *split.beginning))
    return false;
  split.beginning.reset();
  return true;
}

void split_decisions::log_missing() {
  if (!may_try())
    return;
  for (auto& split : splits_) {
    if (!log_beginning(split))
      return;
    if (!split.bound.unlogged())
      continue;
    split.bound.tick(driver_clock::wall_now());
    const auto entry = split.bound.make(split.next, false);
    if (!decide(split, {decision::kind::bound, split.next, entry.content()}))
      return;
  }
}

bool split_decisions::decide(split_state& split, decision entry) {
  if (!log_beginning(split) || !log(split, entry))
    return false;
  if (const auto bound =
          entry.what == decision::kind::bound ? bound_entry::of(entry.position, entry.content) : std::nullopt)
    split.bound.logged(*bound);
  else
    apply(split, entry);
  return true;
}

// It is pruned here alone: decision_pruning knows it by the split's name.
void split_decisions::prune_log_made_anew(const split_state& split) {
  if (split.place.log == 0)
    return;
  try {
    log_->prune(log_name(split.name, split.place.log), split.next);
  } catch (const failure& problem) {
    if (problem.code() != failure_code::journal_unwritable)
      throw;
    spdlog::warn("old decisions about {} stay for now: {}", split.name, problem.what());
  }
}

std::string split_decisions::recover(split_state& split) {
  std::string newest;
  prune_log_made_anew(split);
  // What is committed was told so many at its place already.
  uint32_t told = split.told_at == split.next ? split.told : 0;
  for (auto& entry : log_->since(log_name(split.name, split.place.log), split.next)) {
    if (of_metadata(entry))
      newest = entry.content;
    if (entry.what == decision::kind::bound)
      apply(split, entry);
    else if (entry.what == decision::kind::maintenance && (entry.position < split.next || told > 0))
      told -= entry.position == split.next;
    else if (entry.position >= split.next)
      split.ahead.push_back(std::move(entry));
    else if (of_metadata(entry))
      split.metadata = plant_.version(entry.content);
    else if (entry.what != decision::kind::moved)
      apply(split, entry);
  }
  if (std::exchange(split.all_read, false))
    split.bound.forget_before(split.next);
  return newest;
}

void split_decisions::write_bound(split_state& split, const bound_entry& entry) {
  split.bound.under_way(entry);
  writer_->write(splits_.number_of(split), log_name(split.name, split.place.log),
                 {decision::kind::bound, entry.from, entry.content()});
}

void split_decisions::collect() {
  if (!writer_)
    return;
  for (auto& each : writer_->collect()) {
    auto& split = splits_[each.split];
    if (each.error.empty()) {
      if (const auto entry = bound_entry::of(each.entry.position, each.entry.content))
        split.bound.logged(*entry);
      continue;
    }
    split.bound.failed();
    again_ = clock_.last_look() + patience;
    own_.wrong(rule::ledger, log_subject, each.error);
  }
}

void split_decisions::wait() {
  if (!writer_)
    return;
  writer_->wait();
  collect();
}

} // namespace millwright
