#include "runtime/hosting/hosted_actors.hpp"

#include "protocol/binary.hpp"
#include "protocol/running_wait.hpp"
#include "runtime/hosting/ask_actor.hpp"
#include "runtime/hosting/barrier_parts.hpp"
#include "runtime/ledger/ledger.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace millwright {

using namespace std::chrono_literals;

namespace {

// Steps under way at once: what else runs on CAF's threads waits for so many at most.
constexpr size_t credit = 256;
// Inputs behind a whole state, before the next one is due in any case.
constexpr size_t longest_since = 16 << 10;
// A unit's state is five times an input, and inputs are written again with each that follows: so often a whole state is
// the least to write.
constexpr uint32_t whole_every_barriers = 3;
// Actors whose keys differ in so many last characters alone do so together: neighbours share pages and packs of the
// ledger.
constexpr size_t neighbours_differ = 2;
// An actor that does not answer for so long never will.
constexpr auto patience = 60s;
// Deaths over one input: the first may be an accident; behind the second it is passed over, behind the third its actor.
constexpr uint32_t passed_over = 2, given_up = 3;
// Of a varint.
constexpr size_t longest_length = 10;

// Adds what is kept for long, behind its length, without room for more: a string that grows takes up to twice as much.
void append_exactly(std::string& to, std::string_view text) {
  std::string out;
  out.reserve(to.size() + text.size() + longest_length);
  out = to;
  binary_writer{out}.text(text);
  to = std::move(out);
}

} // namespace

hosted_actors::hosted_actors(surroundings given) : given_{std::move(given)} {}

hosted_actors::~hosted_actors() {
  {
    std::lock_guard guard{mutex_};
    for (auto& each : entities_)
      if (each.actor)
        caf::anon_send_exit(std::exchange(each.actor, nullptr), caf::exit_reason::user_shutdown);
  }
  // They point here until they have ended.
  std::unique_lock guard{events_mutex_};
  happened_.wait(guard, [&] { return living_ == 0; });
}

void hosted_actors::recover(std::string_view key, uint32_t whole_at) {
  const auto entity = actor_of_ledger_key(key);
  const auto index = given_.registry.add(entity);
  // A kind that this program is not built with keeps its states for one that is.
  if (!index)
    return;
  grow();
  std::lock_guard guard{mutex_};
  entities_[*index].known = true;
  entities_[*index].whole_at = whole_at;
  // What of it is open nobody knows before it has read its state.
  entities_[*index].idle = false;
}

void hosted_actors::grow() {
  const uint32_t size = given_.registry.size();
  std::lock_guard guard{mutex_};
  while (entities_.size() < size) {
    entities_.emplace_back();
    auto& added = entities_.back();
    const auto key = given_.registry.ledger_key(static_cast<uint32_t>(entities_.size() - 1));
    added.key = key;
    added.turn = static_cast<uint32_t>(
        std::hash<std::string_view>{}(key.substr(0, key.size() - std::min(key.size(), neighbours_differ))) %
        whole_every_barriers);
    // Until it has been given something there is nothing to be told.
    added.idle = true;
  }
}

void hosted_actors::push(event next) {
  std::lock_guard guard{events_mutex_};
  events_.push_back(std::move(next));
  // A switch to the waiting thread for each answer would cost more than the answers.
  if (events_.size() >= awaited_)
    happened_.notify_all();
}

void hosted_actors::answered(uint32_t index, uint32_t incarnation, hosted_answer answer) {
  push({index, incarnation, std::move(answer), {}});
}

std::deque<hosted_actors::event> hosted_actors::wait_for_events(size_t least) {
  std::unique_lock guard{events_mutex_};
  awaited_ = least;
  const auto have_come = [&](milliseconds time) {
    return happened_.wait_for(guard, time, [&] { return events_.size() >= least; });
  };
  if (!running_wait::until(patience, have_come))
    throw std::runtime_error{"an actor above the sensors does not answer"};
  return std::exchange(events_, {});
}

void hosted_actors::spawn(uint32_t index) {
  auto& entity = entities_[index];
  hosted_start start;
  start.birth = {given_.registry.key(index), &given_.types.settings(given_.registry.type_of(index))};
  start.host = this;
  start.index = index;
  if (entity.known && given_.committed && (entity.whole.empty() || !entity.loaded)) {
    // The first length says where the inputs begin.
    start.stored = given_.committed(std::string{entity.key});
    binary_reader reader{start.stored};
    reader.text();
    if (!entity.loaded)
      entity.since = reader.rest();
    else
      start.stored.resize(start.stored.size() - reader.rest().size());
  } else {
    start.stored = entity.whole;
  }
  if (entity.loaded)
    start.stored += entity.since;
  entity.loaded = true;
  std::lock_guard guard{mutex_};
  start.incarnation = ++entity.incarnation;
  entity.actor = given_.types.type(given_.registry.type_of(index)).spawn(given_.system, std::move(start));
  {
    std::lock_guard counting{events_mutex_};
    ++living_;
  }
  caf::actor_cast<caf::abstract_actor*>(entity.actor)
      ->attach_functor([this, index, incarnation = entity.incarnation](const caf::error& reason) {
        if (reason && reason != caf::exit_reason::user_shutdown)
          push({index, incarnation, std::nullopt, given_.system.render(reason)});
        std::lock_guard counting{events_mutex_};
        --living_;
        happened_.notify_all();
      });
}

std::vector<hosted_actors::step> hosted_actors::steps_of(uint32_t barrier, bool last,
                                                         std::span<const heard_transition> heard,
                                                         std::span<const heard_score> scores) {
  grow();
  std::vector<std::optional<hosted_input>> inputs(entities_.size());
  const auto of = [&](uint32_t index) -> hosted_input& {
    // The driver may know more by now.
    if (index >= inputs.size())
      inputs.resize(index + 1);
    return inputs[index] ? *inputs[index] : inputs[index].emplace();
  };
  collect_parts(given_.gathered, given_.types, given_.registry, barrier,
                [&](gathering_target target, std::string part) { of(target.index).parts.push_back(std::move(part)); });
  std::vector<heard_transition> sorted{heard.begin(), heard.end()};
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    const auto& x = *a.transition;
    const auto& y = *b.transition;
    return std::tie(x.at, x.alarm, x.number) < std::tie(y.at, y.alarm, y.number);
  });
  for (const auto& [sensor, transition] : sorted)
    for (const auto& target : sensor->targets)
      of(target.index).heard.push_back(*transition);
  for (const auto& [sensor, score] : scores)
    for (const auto& target : sensor->targets)
      if (given_.types.type(target.type).hears_scores)
        of(target.index).scores.push_back(score);
  for (auto& each : given_.registry.notices(barrier))
    of(each.index).notices.push_back(std::move(each.notice));
  grow();
  for (uint32_t index = 0; index < entities_.size(); ++index)
    if (!entities_[index].idle || (last && entities_[index].known))
      of(index);
  std::vector<step> out;
  for (uint32_t index = 0; index < inputs.size(); ++index) {
    auto& input = inputs[index];
    if (!input || entities_[index].quarantined)
      continue;
    input->last = last;
    out.push_back({index, std::move(*input), {}, 0});
  }
  return out;
}

void hosted_actors::send(step& next, uint32_t barrier, std::string_view time) {
  auto& entity = entities_[next.index];
  if (!entity.actor)
    spawn(next.index);
  if (next.encoded.empty()) {
    next.input.encode(next.encoded, time);
    // What is passed over is all that is ever encoded anew.
    next.input.parts = {};
    next.input.heard = {};
    next.input.scores = {};
    next.input.notices = {};
  }
  const bool turn = given_.committed && (barrier + entity.turn) % whole_every_barriers == 0;
  const bool whole = turn || entity.whole_at == 0 || entity.since.size() + next.encoded.size() > longest_since;
  caf::anon_send(entity.actor, hosted_step{barrier, next.encoded, whole});
}

void hosted_actors::take(step& done, hosted_answer answer, hosted_outcome& out) {
  auto& entity = entities_[done.index];
  if (answer.whole) {
    entity.whole.clear();
    append_exactly(entity.whole, *answer.whole);
    entity.whole_at = answer.barrier;
    entity.since.clear();
    entity.since.shrink_to_fit();
    if (given_.committed)
      uncommitted_.emplace_back(answer.barrier, done.index);
    out.states.push_back({entity.key, entity.whole, 0});
  } else {
    append_exactly(entity.since, done.encoded);
    out.states.push_back({entity.key, entity.since, entity.whole_at});
  }
  // The next ones are kept in its place.
  std::string{}.swap(done.encoded);
  std::lock_guard guard{mutex_};
  entity.known = true;
  entity.idle = answer.idle;
  entity.line.keep(answer.line);
  entity.newest = answer.newest;
}

// True: its step is tried again.
bool hosted_actors::bury(step& failed, const std::string& reason, uint32_t barrier, std::string_view time) {
  auto& entity = entities_[failed.index];
  {
    std::lock_guard guard{mutex_};
    entity.actor = nullptr;
  }
  ++failed.deaths;
  const auto key = given_.registry.key(failed.index);
  if (failed.deaths >= given_up) {
    {
      std::lock_guard guard{mutex_};
      entity.quarantined = true;
      entity.idle = true;
    }
    if (given_.troubled)
      given_.troubled(key, reason, true);
    return false;
  }
  if (failed.deaths == passed_over) {
    failed.encoded.clear();
    if (given_.troubled)
      given_.troubled(key, reason, false);
  }
  send(failed, barrier, time);
  return true;
}

hosted_outcome hosted_actors::settle(uint32_t barrier, const time_passed& time, bool last,
                                     std::span<const heard_transition> heard, std::span<const heard_score> scores) {
  // What was gathered is taken once: a barrier that failed half way must not be committed without it. The node ends,
  // and a recovery gives all of it again.
  if (begun_ == barrier)
    throw std::runtime_error{"the actors above the sensors have failed at this barrier"};
  begun_ = barrier;
  hosted_outcome out;
  auto steps = steps_of(barrier, last, heard, scores);
  std::string encoded_time;
  binary_writer writer{encoded_time};
  time.encode(writer);
  std::vector<std::optional<hosted_answer>> answers(steps.size());
  constexpr size_t nowhere = ~size_t{0};
  // By actor.
  std::vector<size_t> under_way(entities_.size(), nowhere);
  size_t waiting = 0;
  size_t next = 0;
  std::vector<bool> done(steps.size());
  const auto over = [&](uint32_t index) {
    done[std::exchange(under_way[index], nowhere)] = true;
    --waiting;
  };
  // In the order of their numbers, whoever answered first; as soon as it may be, for all rows of a minute mark are more
  // than memory should hold.
  out.states.reserve(steps.size());
  size_t taken = 0;
  const auto take_some = [&] {
    for (; taken < next && done[taken]; ++taken)
      if (auto answer = std::exchange(answers[taken], std::nullopt)) {
        for (const auto& row : answer->rows)
          out.rows.add(row);
        std::move(answer->transitions.begin(), answer->transitions.end(), std::back_inserter(out.transitions));
        take(steps[taken], std::move(*answer), out);
      }
  };
  while (next < steps.size() || waiting > 0) {
    for (; next < steps.size() && waiting < credit; ++next, ++waiting) {
      send(steps[next], barrier, encoded_time);
      under_way[steps[next].index] = next;
    }
    for (auto& each : wait_for_events((waiting + 1) / 2)) {
      const size_t found = under_way[each.index];
      if (each.incarnation != entities_[each.index].incarnation)
        continue;
      if (!each.answer) {
        // Between two steps nothing is lost with it: the next one begins it anew.
        if (found == nowhere) {
          std::lock_guard guard{mutex_};
          entities_[each.index].actor = nullptr;
        } else if (!bury(steps[found], each.reason, barrier, encoded_time)) {
          over(each.index);
        }
      } else if (found != nowhere && each.answer->barrier == barrier) {
        answers[found] = std::move(each.answer);
        over(each.index);
      }
    }
    take_some();
  }
  if (given_.retention > 0ms && !last)
    forget(time, out);
  return out;
}

void hosted_actors::forget(const time_passed& time, hosted_outcome& out) {
  if (time.newest == never)
    return;
  for (auto& each : entities_) {
    if (!each.known || !each.idle || each.newest == never || time.newest - each.newest < given_.retention)
      continue;
    out.forgotten.emplace_back(each.key);
    std::lock_guard guard{mutex_};
    if (each.actor)
      caf::anon_send_exit(each.actor, caf::exit_reason::user_shutdown);
    // Its number stays, and counts its incarnations on.
    hosted_entity fresh;
    fresh.incarnation = each.incarnation + 1;
    fresh.key = each.key;
    fresh.turn = each.turn;
    fresh.idle = true;
    each = std::move(fresh);
  }
  if (out.forgotten.empty())
    return;
  // A plant that speaks again after long may forget all of its units at once.
  const std::unordered_set<std::string_view> gone{out.forgotten.begin(), out.forgotten.end()};
  std::erase_if(out.states, [&](const hosted_outcome::state& each) { return gone.contains(each.key); });
}

void hosted_actors::committed(uint32_t barrier) {
  for (; !uncommitted_.empty() && uncommitted_.front().first <= barrier; uncommitted_.pop_front()) {
    auto& entity = entities_[uncommitted_.front().second];
    if (entity.whole_at <= barrier) {
      entity.whole.clear();
      entity.whole.shrink_to_fit();
    }
  }
}

void hosted_actors::refresh() {
  auto slices = std::exchange(unseen_, {});
  for (auto* gatherer : given_.gathered.all()) {
    auto news = gatherer->look();
    std::move(news.begin(), news.end(), std::back_inserter(slices));
  }
  std::lock_guard guard{mutex_};
  for (auto& each : slices) {
    const auto* entity = each.target.index < entities_.size() ? &entities_[each.target.index] : nullptr;
    if (entity && entity->actor)
      caf::anon_send(entity->actor, hosted_gathered{each.number, each.barrier, std::move(each.part)});
    else if (!entity || !entity->quarantined)
      // Its actor begins with its first barrier, and what is not behind that is to be seen then.
      unseen_.push_back(std::move(each));
  }
}

std::vector<entity_line> hosted_actors::lines() const {
  std::vector<entity_line> out;
  std::lock_guard guard{mutex_};
  for (const auto& each : entities_)
    if (each.known)
      out.push_back({actor_of_ledger_key(each.key), each.line.whole(), each.newest});
  return out;
}

void hosted_actors::visit_headlines(const std::function<void(std::string_view, const headline&)>& visit) const {
  std::lock_guard guard{mutex_};
  for (const auto& each : entities_)
    if (each.known)
      visit(each.key.substr(0, each.key.find('\0')), each.line.whole());
}

void hosted_actors::visit(uint64_t first, uint64_t end, const std::function<void(const hosted_entity&)>& visit) const {
  std::lock_guard guard{mutex_};
  for (uint64_t index = first; index < std::min<uint64_t>(end, entities_.size()); ++index)
    visit(entities_[index]);
}

std::optional<stored_look> hosted_actors::look_at(uint32_t index, const std::string& key) const {
  const auto type = given_.registry.type_of(index);
  const auto stored = given_.committed ? given_.committed(key) : std::string{};
  if (stored.empty())
    return std::nullopt;
  return given_.types.type(type).look({given_.registry.key(index), &given_.types.settings(type)}, stored);
}

void hosted_actors::recall(const std::function<bool()>& stop) {
  for (uint32_t index = 0; !stop(); ++index) {
    std::string key;
    {
      std::lock_guard guard{mutex_};
      if (index >= entities_.size())
        return;
      if (!entities_[index].known || !entities_[index].line.state.empty())
        continue;
      key = entities_[index].key;
    }
    const auto found = look_at(index, key);
    std::lock_guard guard{mutex_};
    auto& entity = entities_[index];
    // It may have been led past a barrier meanwhile.
    if (found && entity.known && entity.line.state.empty()) {
      entity.line.keep(found->line);
      entity.newest = found->newest;
    }
  }
}

std::optional<std::string> hosted_actors::page(const entity_key& key) {
  const auto index = given_.registry.find(key);
  hosted_actor asked;
  std::string stored;
  {
    std::lock_guard guard{mutex_};
    if (!index || *index >= entities_.size() || !entities_[*index].known)
      return std::nullopt;
    asked = entities_[*index].actor;
    stored = entities_[*index].key;
  }
  if (!asked) {
    auto found = look_at(*index, stored);
    return found ? std::optional{std::move(found->page)} : std::nullopt;
  }
  return description_of(given_.system, asked);
}

uint32_t hosted_actors::living() const {
  std::lock_guard guard{mutex_};
  return static_cast<uint32_t>(
      std::count_if(entities_.begin(), entities_.end(), [](const auto& each) { return each.actor != nullptr; }));
}

} // namespace millwright
