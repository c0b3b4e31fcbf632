#include "runtime/hosting/sensor_roster.hpp"

#include "protocol/alarm_reasons.hpp"
#include "protocol/failure.hpp"
#include "protocol/name_pattern.hpp"
#include "runtime/ledger/ledger.hpp"

#include <algorithm>
#include <memory>
#include <thread>

namespace millwright {

using namespace std::chrono_literals;

namespace {

// Looked at in one go: well under a millisecond.
constexpr size_t slice = 4096;
// Forgotten in one go.
constexpr size_t forget_slice = 256;
// A sensor that is told about time, but does not speak, is committed by then.
constexpr auto speaks_after = 15s;
constexpr auto commit_patience = 60s;

} // namespace

sensor_roster::sensor_roster(parts given) : parts_{std::move(given)} {}

void sensor_roster::recover(std::map<std::string, std::string>& node_state) {
  for (auto each = node_state.begin(); each != node_state.end();) {
    if (const auto key = retired_named(each->first)) {
      // One that cannot be read is retired all the same: nobody wants it judged.
      retired_.add(*key, decode_retired(each->second).value_or(retired_sensor{}));
      to_go_.push_back(*key);
      each = node_state.erase(each);
      continue;
    }
    const auto key = sleeper_named(each->first);
    const auto sleeper = key ? decode_sleeper(each->second) : std::nullopt;
    // One that cannot be read is taken for awake, as all were once.
    if (sleeper)
      sleepers_.add(*key, *sleeper);
    each = key ? node_state.erase(each) : std::next(each);
  }
}

bool sensor_roster::sleeps_on(const sensor_key& key, std::string_view state) {
  const auto* x = sleepers_.find(key.facility.text, key.sensor.text);
  if (!x)
    return false;
  if (x->since != never || x->seen == never)
    return true;
  sensor_model model{parts_.book};
  const bool idle = !model.decode(state) || model.idle();
  if (!idle)
    sleepers_.remove(key.facility.text, key.sensor.text);
  return idle;
}

std::optional<uint32_t> sensor_roster::wake(std::string_view facility, std::string_view sensor,
                                            const std::function<sensor_context()>& context, barrier_output& own) {
  auto* known = sleepers_.empty() ? nullptr : sleepers_.find(facility, sensor);
  if (!known)
    return std::nullopt;
  const sensor_key key{{std::string{facility}}, {std::string{sensor}}};
  const uint32_t barrier = known->forgotten_with;
  // Of one that only recordings taught nobody knows since when it says nothing.
  const auto seen = known->seen == never ? parts_.split_time(known->split) : known->seen;
  const bool gone = barrier != 0 && !take_back(key, barrier, own);
  sleepers_.remove(facility, sensor);
  if (gone)
    return std::nullopt;
  if (at_work_ && std::erase(at_work_->gone, key) > 0)
    at_work_->result.speaking.push_back(key);
  own.node_entries.emplace_back(name_of_sleeper(key), std::string{});
  const auto slot = parts_.keeper.admit(context(), parts_.keeper.committed(key));
  // Who is woken by a person, and says nothing, falls asleep again.
  parts_.keeper.sensors()[slot].seen = seen;
  return slot;
}

void sensor_roster::retire(const sensor_key& key, retired_sensor x, barrier_output& own) {
  own.node_entries.emplace_back(name_of_retired(key), encode(x));
  retired_.add(key, std::move(x));
  to_go_.push_back(key);
  if (const auto slot = parts_.keeper.sensors().find(key.facility.text, key.sensor.text); slot != sensor_registry::none)
    parts_.keeper.sensors()[slot].retired = true;
}

void sensor_roster::bring_back(const sensor_key& key, barrier_output& own) {
  own.node_entries.emplace_back(name_of_retired(key), std::string{});
  retired_.remove(key);
  std::erase(to_go_, key);
}

bool sensor_roster::retired_sent(std::string_view facility, std::string_view sensor, event_time at) {
  auto* found = retired_.find(facility, sensor);
  if (!found)
    return false;
  ++found->readings;
  found->seen = at;
  return true;
}

// Nothing comes to it any more: with the commit of what came before it is idle, and goes.
void sensor_roster::take_out(barrier_output& own) {
  if (parts_.ledger_fails())
    return;
  auto& sensors = parts_.keeper.sensors();
  std::erase_if(to_go_, [&](const sensor_key& key) {
    const auto& [facility, sensor] = key;
    auto* sleeper = sleepers_.find(facility.text, sensor.text);
    if (!sleeper) {
      const auto slot = sensors.find(facility.text, sensor.text);
      if (slot == sensor_registry::none)
        return true;
      sensors[slot].retired = true;
      if (!sleep(slot, own))
        return false;
      sleeper = sleepers_.find(facility.text, sensor.text);
    }
    forget_sleeper(key, *sleeper, own);
    return true;
  });
}

std::optional<uint16_t> sensor_roster::split_of_sleeper(const sensor_key& key) {
  const auto* found = sleepers_.find(key.facility.text, key.sensor.text);
  return found && found->forgotten_with == 0 ? std::optional{found->split} : std::nullopt;
}

// It has spoken, and its alarms stand: as long as the ledger knows it, nothing is decided for good. False: it does not.
bool sensor_roster::take_back(const sensor_key& key, uint32_t barrier, barrier_output& own) {
  const auto ends = ends_of(key);
  const auto leave_out = [&](barrier_output& of) {
    std::erase(of.forgotten, ledger_key(key));
    for (const auto& end : ends)
      of.transitions.drop_if([&](const auto& each) {
        return each.row.alarm == end.alarm && each.row.number == end.number && each.slot == sensor_registry::none;
      });
  };
  if (barrier == parts_.keeper.barrier()) {
    leave_out(own);
    return true;
  }
  bool gone = false;
  const auto unless_gone = [&](barrier_output& of) {
    // A commit that failed may be in the ledger all the same, and whatever is left out of its next try now stays there.
    gone = parts_.keeper.committed(key).state.bytes.empty();
    if (!gone)
      leave_out(of);
  };
  while (!gone && !parts_.outputs.revise(barrier, unless_gone)) {
    gone = parts_.outputs.committed() >= barrier;
    // It is being written: known in a moment.
    if (!gone)
      std::this_thread::sleep_for(200us);
  }
  if (gone)
    for (const auto& each : ends)
      parts_.tell(each);
  return !gone;
}

bool sensor_roster::sleep(uint32_t slot, barrier_output& own) {
  const auto& entry = parts_.keeper.sensors()[slot];
  const sensor_key key = entry.context->key;
  const sleeping_sensor x{entry.split, entry.seen, parts_.split_time(entry.split)};
  if (!parts_.keeper.put_to_sleep(slot))
    return false;
  parts_.left(slot, x.split);
  parts_.keeper.leave(slot);
  sleepers_.add(key, x);
  own.node_entries.emplace_back(name_of_sleeper(key), encode(x));
  return true;
}

void sensor_roster::look(barrier_output& own) {
  auto& sensors = parts_.keeper.sensors();
  for (uint32_t slot = 0; slot < sensors.size(); ++slot) {
    const auto& entry = sensors[slot];
    if (!entry.actor || !entry.has_split || entry.seen == never)
      continue;
    // Nobody tells a sleeper about time: what waits for it (that its silence is noticed, and paged; a delay; a window)
    // comes first. All of that goes by the readings of its split, however far that split's time leaps.
    if (const auto time = parts_.split_time(entry.split);
        time != never && time - entry.seen > parts_.sleeps_after && parts_.outputs.idle(slot, entry.changed))
      sleep(slot, own);
  }
  tell_committed();
  if (parts_.ledger_fails())
    return;
  const bool more =
      sleepers_.visit(looked_, slice, [&](const std::string& facility, const std::string& sensor, sleeping_sensor& x) {
        const auto time = parts_.split_time(x.split);
        if (x.forgotten_with != 0 || time == never)
          return;
        const sensor_key key{{facility}, {sensor}};
        if (x.since == never) {
          x.since = time;
          own.node_entries.emplace_back(name_of_sleeper(key), encode(x));
        }
        if (time - x.since > parts_.forgotten_after)
          forget_sleeper(key, x, own);
      });
  if (!more)
    looked_ = {};
}

void sensor_roster::tell_committed() {
  const uint32_t committed = parts_.outputs.committed();
  if (leaving_.empty() || std::exchange(told_until_, committed) == committed)
    return;
  std::erase_if(leaving_, [&](const farewell& each) {
    const auto& [facility, sensor] = each.key;
    const auto* x = sleepers_.find(facility.text, sensor.text);
    if (x && x->forgotten_with > committed)
      return false;
    for (const auto& end : each.ends)
      parts_.tell(end);
    sleepers_.remove(facility.text, sensor.text);
    return true;
  });
}

std::vector<alarm_transition> sensor_roster::ends_of(const sensor_key& key) {
  const auto found = std::find_if(leaving_.begin(), leaving_.end(), [&](const auto& each) { return each.key == key; });
  if (found == leaving_.end())
    return {};
  auto out = std::move(found->ends);
  leaving_.erase(found);
  return out;
}

bool sensor_roster::forget_sleeper(const sensor_key& key, sleeping_sensor& x, barrier_output& own) {
  if (x.forgotten_with != 0)
    return false;
  leaving_.push_back({key, end_alarms(key, x, own)});
  x.forgotten_with = parts_.keeper.barrier();
  own.forgotten.push_back(ledger_key(key));
  own.node_entries.emplace_back(name_of_sleeper(key), std::string{});
  return true;
}

// Nobody else would: its next reading, which would have, will not come, or come from one that knows of nothing. The
// router hears of it when it is committed: until then the sensor may speak, or a crash bring it back, and what it
// decides next has the same number.
std::vector<alarm_transition> sensor_roster::end_alarms(const sensor_key& key, const sleeping_sensor& x,
                                                        barrier_output& own) {
  const auto stored = parts_.keeper.committed(key).state;
  sensor_model model{parts_.book};
  if (stored.bytes.empty() || !model.decode(stored.bytes))
    return {};
  sensor_context context;
  context.key = key;
  sensor_output out;
  const bool retires = retired_.find(key.facility.text, key.sensor.text) != nullptr;
  model.forget(parts_.split_time(x.split), retires ? alarm_reason::retired : alarm_reason::forgotten, context, x.split,
               out);
  for (const auto& each : out.transitions)
    own.transitions.push_back({each, sensor_registry::none, 0});
  return std::move(out.transitions);
}

void sensor_roster::work(barrier_output& own) {
  tell_committed();
  if (!to_go_.empty())
    take_out(own);
  if (!at_work_) {
    std::lock_guard guard{mutex_};
    if (asked_.empty())
      return;
    at_work_ = std::move(asked_.front());
    asked_.pop_front();
  }
  auto& q = *at_work_;
  if (!q.all_seen) {
    search(q);
    return;
  }
  if (!q.forgets) {
    std::sort(q.found.sensors.begin(), q.found.sensors.end(),
              [](const listed_sensor& a, const listed_sensor& b) { return a.key < b.key; });
    q.listed.set_value(std::move(q.found));
    at_work_.reset();
  } else if (forget_some(q, own)) {
    q.result.forgotten = q.gone.size();
    q.done.set_value(std::move(q.result));
    at_work_.reset();
  }
}

void sensor_roster::add(question& q, listed_sensor row) {
  const auto wanted = row.presence == sensor_presence::asleep    ? q.filter.asleep
                      : row.presence == sensor_presence::retired ? q.filter.asleep && q.filter.awake
                                                                 : q.filter.awake;
  if (!wanted || !matches(q.filter.sensor, row.key.sensor.text) || !matches(q.filter.facility, row.key.facility.text))
    return;
  ++q.found.total;
  if (q.found.sensors.size() < q.filter.limit)
    q.found.sensors.push_back(std::move(row));
}

void sensor_roster::add_retired(question& q) {
  retired_.visit([&](const sensor_key& key, const retired_sensor& x) {
    add(q, {key, sensor_presence::retired, parts_.split_name(x.split), x.seen, x.at, x.who(), x.readings});
  });
}

void sensor_roster::search(question& q) {
  auto& sensors = parts_.keeper.sensors();
  if (!q.slots_seen) {
    const uint32_t end = std::min<uint32_t>(sensors.size(), q.slot + slice);
    for (; q.slot < end; ++q.slot) {
      const auto& entry = sensors[q.slot];
      if (entry.context && !entry.retired)
        add(q, {entry.context->key, entry.quarantined ? sensor_presence::quarantined : sensor_presence::living,
                entry.has_split ? parts_.split_name(entry.split) : std::string{}, entry.seen});
    }
    q.slots_seen = q.slot >= sensors.size();
    return;
  }
  q.all_seen =
      !sleepers_.visit(q.after, slice, [&](const std::string& facility, const std::string& sensor, sleeping_sensor& x) {
        if (x.forgotten_with == 0 && !retired_.find(facility, sensor))
          add(q, {{{facility}, {sensor}}, sensor_presence::asleep, parts_.split_name(x.split), x.seen});
      });
  if (!q.all_seen)
    return;
  if (!q.forgets)
    return add_retired(q);
  for (auto& each : q.found.sensors)
    q.left.push_back(std::move(each.key));
  if (q.found.total > q.left.size())
    q.result.problem = "more match than are forgotten at once; say it again";
  q.until = steady::now() + speaks_after;
}

// True when all is done.
bool sensor_roster::forget_some(question& q, barrier_output& own) {
  if (parts_.ledger_fails()) {
    q.result.problem = "commits fail at the moment: nothing more is forgotten";
    return true;
  }
  size_t most = forget_slice;
  std::erase_if(q.left, [&](const sensor_key& key) {
    if (most == 0)
      return false;
    --most;
    const auto& [facility, sensor] = key;
    auto* sleeper = sleepers_.find(facility.text, sensor.text);
    if (const auto slot = parts_.keeper.sensors().find(facility.text, sensor.text);
        !sleeper && slot != sensor_registry::none) {
      if (!sleep(slot, own))
        return false;
      sleeper = sleepers_.find(facility.text, sensor.text);
    }
    if (sleeper && forget_sleeper(key, *sleeper, own)) {
      q.gone.push_back(key);
      q.barrier = parts_.keeper.barrier();
    }
    return true;
  });
  if (!q.left.empty()) {
    // Those that did not go yet are asked again, behind the others.
    std::rotate(q.left.begin(), q.left.begin() + static_cast<ptrdiff_t>(std::min(forget_slice, q.left.size())),
                q.left.end());
    if (steady::now() < q.until)
      return false;
    q.result.speaking.insert(q.result.speaking.end(), q.left.begin(), q.left.end());
    q.left.clear();
    q.until = steady::now();
  }
  if (q.barrier <= parts_.outputs.committed())
    return true;
  if (steady::now() < q.until + commit_patience)
    return false;
  q.result.problem = "no commit has followed yet: after a crash they may be there again";
  return true;
}

template <class Answer>
Answer sensor_roster::ask(const sensor_filter& filter, bool forgets, std::promise<Answer> question::*of) {
  auto q = std::make_unique<question>();
  q->filter = filter;
  q->forgets = forgets;
  auto answer = (q.get()->*of).get_future();
  {
    std::lock_guard guard{mutex_};
    if (!ended_)
      asked_.push_back(std::move(q));
  }
  // What nobody will answer breaks its promise.
  q.reset();
  if (answer.wait_for(patience) != std::future_status::ready)
    throw failure{failure_code::not_found, "", "the node has not answered for two minutes"};
  try {
    return answer.get();
  } catch (const std::future_error&) {
    throw failure{failure_code::not_found, "", "the node is ending"};
  }
}

sensor_list sensor_roster::list(const sensor_filter& filter) {
  return ask(filter, false, &question::listed);
}

sensors_forgotten sensor_roster::forget(const sensor_filter& filter) {
  return ask(filter, true, &question::done);
}

void sensor_roster::end() {
  std::lock_guard guard{mutex_};
  ended_ = true;
  asked_.clear();
  at_work_.reset();
}

} // namespace millwright
