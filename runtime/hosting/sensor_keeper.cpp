#include "runtime/hosting/sensor_keeper.hpp"

#include "protocol/actor_tree.hpp"
#include "runtime/hosting/supervise_root.hpp"
#include "runtime/ledger/ledger.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace millwright {

namespace {

static_assert(whole_every == ledger_turns, "what is written together lies together");

// Every sensor's actor is one.
sensor_watcher* watcher_of(const sensor_entry& entry) {
  return static_cast<sensor_watcher*>(caf::actor_cast<caf::abstract_actor*>(entry.actor));
}

unsigned worker_count(int wanted) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  return wanted > 0 ? static_cast<unsigned>(wanted) : std::max(1u, cores - 1);
}

} // namespace

sensor_keeper::sensor_keeper(caf::actor_system& system, const rule_book& book, collector& outputs,
                             state_reader committed_state, notices tell, options given)
    : system_{system}, workers_{std::make_unique<sensor_workers>(
                           system, worker_count(given.threads),
                           [broke = tell.broke](const std::string& what) {
                             if (broke)
                               broke("a thread of the sensors", what);
                           },
                           given.gathered)},
      book_{book}, outputs_{outputs}, committed_state_{std::move(committed_state)}, tell_{std::move(tell)},
      above_{given.above}, supervision_{given.quarantine_restarts} {
  for (uint32_t i = 0; i < std::max(1u, given.shards); ++i)
    shards_.push_back(spawn_shard(i, given.root));
}

sensor_keeper::~sensor_keeper() {
  stop();
}

shard_actor sensor_keeper::spawn_shard(uint32_t number, const root_actor& root) {
  auto shard = system_.spawn(supervise_shard, number, static_cast<death_notice*>(this));
  if (tell_.broke)
    supervise(root, actor_path{"node", "shard", std::to_string(number)}.name(), caf::actor_cast<caf::actor>(shard),
              [broke = tell_.broke, &system = system_, number](const caf::error& reason) {
                // Shards end with the keeper, and else of a mistake.
                if (reason && reason != caf::exit_reason::user_shutdown)
                  broke("shard " + std::to_string(number), system.render(reason));
              });
  return shard;
}

// The sensors' threads take it up with the next `flush` of the workers.
template <class Message>
void sensor_keeper::tell(const sensor_entry& to, Message&& message) {
  watcher_of(to)->enqueue(
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::forward<Message>(message)), workers_.get());
}

void sensor_keeper::end(sensor_entry& entry) {
  tell(entry, caf::exit_msg{entry.actor->address(), caf::exit_reason::user_shutdown});
  entry.actor = nullptr;
}

void sensor_keeper::start(uint32_t first, uint64_t commit) {
  barrier_ = first;
  outputs_.start(first, commit);
}

uint32_t sensor_keeper::admit(sensor_context context, committed_state stored) {
  if (above_)
    context.targets = above_->targets_of(context);
  const uint32_t slot = registry_.add(std::move(context));
  outputs_.add_sensor(slot, registry_[slot].context);
  spawn(slot, barrier_, std::move(stored));
  return slot;
}

void sensor_keeper::spawn(uint32_t slot, uint32_t barrier, committed_state stored) {
  auto& entry = registry_[slot];
  ++entry.incarnation;
  entry.actor = system_.spawn<sensor_watcher, caf::lazy_init>(
      sensor_birth{&book_, &outputs_, slot, entry.incarnation, barrier, std::move(stored.state), stored.whole_at,
                   ledger_turn(entry.context->key)});
  registry_.count_living(1);
  caf::anon_send(shards_[shard_of(slot)],
                 sensor_spawned{slot, entry.incarnation, caf::actor_cast<caf::actor>(entry.actor)});
}

void sensor_keeper::replace_context(uint32_t slot, sensor_context context) {
  if (above_) {
    context.targets = above_->targets_of(context);
    above_->moved(barrier_, *registry_[slot].context, context.targets);
  }
  registry_.replace_context(slot, std::move(context), barrier_);
  outputs_.replace_context(slot, registry_[slot].context);
}

void sensor_keeper::change(uint32_t slot) {
  auto& entry = registry_[slot];
  if (entry.changed == barrier_)
    return;
  entry.changed = barrier_;
  changed_.push_back(slot);
}

void sensor_keeper::send(uint32_t slot, reading& next) {
  auto& entry = registry_[slot];
  next.context = entry.context;
  next.barrier = barrier_;
  const auto before = entry.last, number = log_.append(next, before);
  entry.last = number;
  ++entry.readings;
  entry.told = std::max(entry.told, next.closing);
  if (entry.quarantined) {
    refuse(*log_.find(number), "its sensor is quarantined", true);
    return;
  }
  if (!entry.actor)
    spawn(slot, barrier_, committed_state_(entry.context->key));
  change(slot);
  if (entry.run_length > 0) {
    if (log_.link(before, number)) {
      ++entry.run_length;
      entry.run_reach += static_cast<uint32_t>(number - before);
      return;
    }
    // Too far behind: the run ends there.
    entry.last = before;
    flush(taken_ns_);
    entry.last = number;
  }
  entry.run_length = 1;
  entry.run_reach = 0;
  const size_t word = slot / 64;
  if (word >= runs_.size())
    runs_.resize(word + 1 + word / 2);
  runs_[word] |= uint64_t{1} << (slot % 64);
  first_run_ = any_run_ ? std::min(first_run_, word) : word;
  last_run_ = any_run_ ? std::max(last_run_, word) : word;
  any_run_ = true;
}

void sensor_keeper::flush(int64_t taken_ns) {
  taken_ns_ = taken_ns;
  if (std::exchange(any_run_, false))
    send_runs();
  workers_->flush();
}

void sensor_keeper::send_runs() {
  // Mailboxes lie where the actors' thread wrote last: asked for some sensors ahead.
  constexpr size_t ahead = 8;
  std::array<sensor_entry*, ahead> next{};
  size_t n = 0;
  const auto send_one = [&](sensor_entry& entry) {
    const auto first = log_.find(entry.last - entry.run_reach);
    watcher_of(entry)->enqueue(
        messages_.make({first.chunk, first.index, std::exchange(entry.run_length, 0), taken_ns_}), workers_.get());
  };
  for (size_t word = first_run_; word <= last_run_; ++word)
    for (uint64_t bits = std::exchange(runs_[word], 0); bits != 0; bits &= bits - 1) {
      auto& entry = registry_[static_cast<uint32_t>(word * 64 + static_cast<size_t>(std::countr_zero(bits)))];
      watcher_of(entry)->prefetch_mailbox();
      auto& place = next[n++ % ahead];
      if (place)
        send_one(*place);
      place = &entry;
    }
  for (size_t i = 0; i < ahead; ++i)
    if (auto* const entry = next[(n + i) % ahead])
      send_one(*entry);
}

void sensor_keeper::tick(uint32_t slot, sensor_tick time) {
  auto& entry = registry_[slot];
  if (!entry.actor || entry.quarantined || entry.retired)
    return;
  entry.told = std::max(entry.told, time.closing);
  flush(taken_ns_);
  change(slot);
  time.context = entry.context;
  time.barrier = barrier_;
  if (entry.mode_told)
    time.mode = entry.not_judged ? sensor_tick::judging::not_judged : sensor_tick::judging::judged;
  tell(entry, std::move(time));
}

bool sensor_keeper::have_learn_anew(uint32_t slot, sensor_tick time) {
  auto& entry = registry_[slot];
  if (entry.quarantined || entry.retired)
    return false;
  if (!entry.actor)
    spawn(slot, barrier_, committed_state_(entry.context->key));
  time.learns_anew = true;
  tick(slot, std::move(time));
  time.context = entry.context;
  time.barrier = barrier_;
  words_.push_back({slot, entry.last, time});
  return true;
}

void sensor_keeper::ask_quiet(size_t most) {
  flush(taken_ns_);
  while (most > 0 && !asking_.empty()) {
    auto& round = asking_.front();
    if (round.barrier <= outputs_.committed()) {
      asking_.pop_front();
      continue;
    }
    for (; most > 0 && round.next < round.slots.size(); ++round.next, --most) {
      const auto& entry = registry_[round.slots[round.next]];
      if (entry.actor && outputs_.owes(round.slots[round.next], round.barrier))
        tell(entry, barrier_passed{round.barrier});
    }
    if (round.next < round.slots.size())
      return;
    // Once around; whoever has not answered by now (a restarted one) is asked again.
    std::erase_if(round.slots, [&](uint32_t slot) { return !outputs_.owes(slot, round.barrier); });
    round.next = 0;
    if (!round.slots.empty())
      return;
    asking_.pop_front();
  }
}

void sensor_keeper::release() {
  const uint32_t committed = outputs_.committed();
  if (committed < released_ || committed == released_)
    return;
  released_ = committed;
  std::erase_if(skipped_, [&](const auto* each) { return each->barrier() <= committed; });
  std::erase_if(words_, [&](const word& each) { return each.told.barrier <= committed; });
  log_.release(committed);
  registry_.release(committed);
  messages_.trim();
}

void sensor_keeper::died(sensor_death death) {
  std::lock_guard guard{deaths_mutex_};
  deaths_.push_back(std::move(death));
}

void sensor_keeper::restart_dead() {
  flush(taken_ns_);
  std::vector<sensor_death> deaths;
  {
    std::lock_guard guard{deaths_mutex_};
    deaths.swap(deaths_);
  }
  for (const auto& death : deaths)
    restart(death);
}

std::vector<sensor_keeper::uncommitted_reading> sensor_keeper::uncommitted_readings(const sensor_entry& entry,
                                                                                    uint32_t answered) const {
  // Behind what is released there is nothing to look at; behind what it answered nothing need be.
  const uint32_t floor = std::max(answered, released_);
  std::vector<uncommitted_reading> result;
  auto number = entry.last;
  for (auto each = log_.find(number); each && each->barrier() > floor; each = log_.find(number)) {
    if (!skipped_.contains(&*each))
      result.push_back({number, each});
    if (each->before == 0)
      break;
    number -= each->before;
  }
  std::reverse(result.begin(), result.end());
  return result;
}

std::vector<sensor_keeper::word> sensor_keeper::uncommitted_words(uint32_t slot, uint32_t answered) const {
  std::vector<word> result;
  for (const auto& each : words_)
    if (each.slot == slot && each.told.barrier > std::max(answered, released_))
      result.push_back(each);
  return result;
}

// Everything at its place: in the order in which the actor before had it.
void sensor_keeper::repeat(const sensor_entry& to, const std::vector<uncommitted_reading>& readings,
                           const std::vector<word>& words) {
  auto next = words.begin();
  for (const auto& each : readings) {
    for (; next != words.end() && next->behind < each.number; ++next)
      tell(to, sensor_tick{next->told});
    tell(to, reading_run{each.at.chunk, each.at.index, 1, 0});
  }
  for (; next != words.end(); ++next)
    tell(to, sensor_tick{next->told});
}

// Until the collector is told of the death, the sensor owes every barrier behind which it has readings: so whatever is
// refused here is committed with its barrier.
void sensor_keeper::restart(const sensor_death& death) {
  auto& entry = registry_[death.slot];
  if (death.incarnation != entry.incarnation || !entry.actor)
    return;
  registry_.count_living(-1);
  entry.actor = nullptr;
  const auto position = death.at_reading ? std::optional{death.position} : std::nullopt;
  const auto verdict = supervision_.died(death.slot, death.split, position, entry.readings);
  if (verdict == supervision::verdict::quarantine) {
    quarantine(death);
    return;
  }
  const auto answered = outputs_.answered(death.slot);
  auto readings = uncommitted_readings(entry, answered);
  const auto words = uncommitted_words(death.slot, answered);
  if (verdict == supervision::verdict::restart_without) {
    const auto killer = std::find_if(readings.begin(), readings.end(), [&](const uncommitted_reading& each) {
      return each.at->position == death.position && each.at->split() == death.split;
    });
    if (killer != readings.end()) {
      skipped_.insert(&*killer->at);
      refuse(*killer->at, death.what, false);
      readings.erase(killer);
    }
  }
  std::vector<uint32_t> replayed;
  for (const auto& each : readings)
    if (replayed.empty() || replayed.back() != each.at->barrier())
      replayed.push_back(each.at->barrier());
  for (const auto& each : words)
    replayed.push_back(each.told.barrier);
  std::sort(replayed.begin(), replayed.end());
  replayed.erase(std::unique(replayed.begin(), replayed.end()), replayed.end());
  tell_dropped(death, verdict);
  outputs_.died(death.slot, death.incarnation, replayed);
  // A tick that went with the actor is not owed, behind the current number either.
  entry.changed = replayed.empty() ? answered : replayed.back();
  auto stored = outputs_.newest_state(death.slot);
  if (!stored)
    stored.emplace().bytes = committed_state_(entry.context->key).state.bytes;
  else if (!stored->whole)
    stored->bytes.insert(0, committed_state_(entry.context->key).state.bytes);
  spawn(death.slot, replayed.empty() ? barrier_ : replayed.front(), {stored_state::of(std::move(stored->bytes)), 0});
  repeat(entry, readings, words);
}

void sensor_keeper::refuse(const logged_reading& r, const std::string& reason, bool quarantined) {
  tell_.refused(r.whole(), reason, quarantined);
  r.dropped = true;
  if (!std::exchange(r.judged, true))
    outputs_.judged(1, 0);
}

void sensor_keeper::quarantine(const sensor_death& death) {
  auto& entry = registry_[death.slot];
  entry.quarantined = true;
  for (const auto& each : uncommitted_readings(entry, outputs_.answered(death.slot)))
    refuse(*each.at, death.what, true);
  tell_dropped(death, supervision::verdict::quarantine);
  outputs_.died(death.slot, death.incarnation, {});
  entry.changed = outputs_.answered(death.slot);
  tell_.quarantined(death.slot, death.what);
}

// What readings decided, a successor decides again, for it is given them again; but not what it is to go on without had
// any of its predecessors decide, before they died of a later one, nor maybe what came behind. What sweeps had those
// decide was told at their deaths.
void sensor_keeper::tell_dropped(const sensor_death& death, supervision::verdict verdict) {
  if (!tell_.dropped)
    return;
  for (const auto& each : outputs_.unanswered_transitions(death.slot))
    if (verdict != supervision::verdict::restart || (each.row.swept && each.incarnation == death.incarnation))
      tell_.dropped(each.row, verdict != supervision::verdict::quarantine);
}

bool sensor_keeper::put_to_sleep(uint32_t slot) {
  auto& entry = registry_[slot];
  if (!entry.actor || entry.changed > outputs_.committed())
    return false;
  end(entry);
  entry.last = 0;
  registry_.count_living(-1);
  return true;
}

void sensor_keeper::leave(uint32_t slot) {
  // Whatever its last actor is still asked or answers is nobody's.
  outputs_.died(slot, registry_[slot].incarnation, {});
  supervision_.forget(slot);
  std::erase_if(words_, [&](const word& each) { return each.slot == slot; });
  registry_.remove(slot, barrier_);
}

void sensor_keeper::stop() {
  if (!workers_)
    return;
  for (uint32_t slot = 0; slot < registry_.size(); ++slot)
    if (auto& entry = registry_[slot]; entry.actor)
      end(entry);
  workers_.reset();
  for (auto& shard : shards_)
    caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
  shards_.clear();
}

} // namespace millwright
