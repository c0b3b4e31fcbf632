#include "runtime/entry/split_decisions.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace millwright {

namespace {

const std::string log_subject = "log of decisions";
constexpr std::chrono::seconds tried_again_after{1};

milliseconds steady_now() {
  return milliseconds{milliseconds_of(std::chrono::steady_clock::now())};
}

bool of_metadata(const decision& entry) {
  return entry.what == decision::kind::metadata;
}

} // namespace

split_decisions::split_decisions(decision_log* log, const plant_join& plant, split_table& splits,
                                 const driver_clock& clock, own_conditions& own, effects does, milliseconds patience,
                                 const std::atomic<bool>* stop)
    : log_{log}, plant_{plant}, splits_{splits}, clock_{clock}, own_{own}, does_{std::move(does)}, patience_{patience},
      stop_{stop} {
  if (log_)
    writer_.emplace(*log_);
}

void split_decisions::apply(split_state& split, const decision& entry) {
  switch (entry.what) {
  case decision::kind::silent:
    split.silent = true;
    split.spoke = false;
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
  case decision::kind::mode:
    if (does_.mode)
      does_.mode(split, entry);
    break;
  case decision::kind::sensor:
    does_.sensor(split, entry);
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
           entry.said() || entry.what == decision::kind::mode;
  };
  while (!split.ahead.empty() && split.ahead.front().position <= split.next && behind(split.ahead.front()))
    apply_next(split);
}

void split_decisions::end_log(split_state& split) {
  if (split.bound.waits())
    wait();
  split.bound = {};
  for (const auto& entry : std::exchange(split.ahead, {}))
    if (entry.said())
      apply(split, entry);
  split.told = 0;
  ++split.place.log;
}

bool split_decisions::log(const split_state& split, const decision& entry) {
  if (!log_)
    return true;
  if (!may_try())
    return false;
  asked_ = {order::kind::append, splits_.number_of(split), log_name(split.name, split.place.log), entry};
  stage_ = stage::awaited;
  writer_->write(asked_);
  wait();
  if (stage_ != stage::awaited)
    return std::exchange(stage_, stage::none) == stage::logged;
  stage_ = stage::given_up;
  return false;
}

bool split_decisions::log_beginning(split_state& split) {
  if (split.beginning && !log(split, *split.beginning))
    return false;
  split.beginning.reset();
  return true;
}

void split_decisions::log_missing() {
  collect();
  if (stage_ == stage::there && !late_ && clock_.last_look() >= again_)
    take_back();
  if (!may_try())
    return;
  for (auto& split : splits_) {
    if (!log_beginning(split))
      return;
    if (!split.bound.unlogged() || split.bound.waits())
      continue;
    split.bound.tick(driver_clock::wall_now());
    log_bound(split, split.bound.make(split.next, false));
    if (split.bound.unlogged())
      return;
  }
}

bool split_decisions::decide(split_state& split, const decision& entry) {
  if (!log_beginning(split) || !log(split, entry))
    return false;
  apply(split, entry);
  return true;
}

void split_decisions::log_bound(split_state& split, const bound_entry& entry) {
  if (!log_)
    return split.bound.logged(entry, split.next);
  if (!log_beginning(split) || !may_try())
    return;
  write_bound(split, entry);
  wait();
}

// It is pruned here alone: decision_pruning knows it by the split's name.
void split_decisions::prune_log_made_anew(const split_state& split) {
  if (split.place.log > 0)
    writer_->write({order::kind::prune,
                    splits_.number_of(split),
                    log_name(split.name, split.place.log),
                    {decision::kind::bound, split.next, {}}});
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
    else if (entry.said() && (entry.position < split.next || told > 0))
      told -= entry.position == split.next;
    else if (entry.position >= split.next)
      split.ahead.push_back(std::move(entry));
    else if (of_metadata(entry))
      split.metadata = plant_.version(entry.content);
    // A mode that was told before is part of what is committed.
    else if (entry.what != decision::kind::moved && entry.what != decision::kind::mode)
      apply(split, entry);
  }
  if (std::exchange(split.all_read, false))
    split.bound.forget_before(split.next);
  return newest;
}

void split_decisions::write_bound(split_state& split, const bound_entry& entry) {
  split.bound.under_way(entry);
  writer_->write({order::kind::append,
                  splits_.number_of(split),
                  log_name(split.name, split.place.log),
                  {decision::kind::bound, entry.from, entry.content()}});
}

// It was never in force, and nothing behind its position is committed yet.
void split_decisions::take_back() {
  stage_ = stage::leaving;
  asked_.what = order::kind::take_back;
  writer_->write(asked_);
}

void split_decisions::note(decision_writer::outcome each) {
  const bool done = each.error.empty();
  if (each.of.what == order::kind::prune) {
    if (!done)
      spdlog::warn("old decisions of {} stay for now: {}", each.of.name, each.error);
    return;
  }
  if (done)
    own_.fine(rule::ledger, log_subject, "it can be written again");
  else
    fails(each.error);
  if (each.of.entry.what == decision::kind::bound)
    return note_bound(each);
  switch (stage_) {
  case stage::awaited:
    stage_ = done ? stage::logged : stage::none;
    break;
  case stage::given_up:
    stage_ = done ? stage::there : stage::none;
    break;
  default:
    stage_ = done ? stage::none : stage::there;
  }
}

void split_decisions::note_bound(const decision_writer::outcome& each) {
  auto& split = splits_[each.of.split];
  // Its log may have been made anew meanwhile.
  if (each.of.name != log_name(split.name, split.place.log))
    return;
  const auto entry = bound_entry::of(each.of.entry.position, each.of.entry.content);
  if (each.error.empty() && entry)
    split.bound.logged(*entry, split.next);
  else
    split.bound.failed();
}

void split_decisions::fails(const std::string& why) {
  again_ = clock_.last_look() + tried_again_after;
  own_.wrong(rule::ledger, log_subject, why);
}

void split_decisions::tell_late() {
  if (!std::exchange(late_, true))
    own_.wrong(rule::ledger, log_subject,
               fmt::format("it has not answered for {:.3g} s: readings are judged on, nothing is committed, and what "
                           "is decided beside readings (metadata, silence, maintenance) waits",
                           std::chrono::duration<double>(patience_).count()));
}

void split_decisions::collect() {
  if (!writer_)
    return;
  bool answers = false;
  for (auto& each : writer_->collect()) {
    note(std::move(each));
    answers = true;
  }
  if (answers || writer_->idle()) {
    late_ = false;
    silence_.reset();
  }
  if (writer_->idle())
    return;
  if (!silence_) {
    silence_.emplace(patience_);
    silence_->begin(steady_now());
  } else if (silence_->over(steady_now())) {
    tell_late();
  }
}

// Nobody waits a second time for an answer that is overdue; and a stop is in a hurry, and tells nobody.
void split_decisions::wait() {
  if (!writer_)
    return;
  collect();
  if (late_ || writer_->wait(patience_, stop_))
    return collect();
  if (stop_ && *stop_)
    late_ = true;
  else
    tell_late();
}

} // namespace millwright
