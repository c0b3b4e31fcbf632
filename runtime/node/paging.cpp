#include "runtime/node/paging.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "protocol/running_wait.hpp"
#include "runtime/hosting/ask_actor.hpp"
#include "runtime/hosting/supervise_root.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <future>
#include <utility>

namespace millwright {

using namespace std::chrono_literals;

namespace {

// What the journal was given before a death is written by then, or the disk stands still.
constexpr auto journal_patience = 10s;
// At the node's end what hangs is left behind.
constexpr milliseconds stop_patience{400};

// Whoever dies reports it here, until nobody wants to know.
struct end_report {
  root_supervisor* root;
  std::atomic<bool> wanted{true};
  std::atomic<bool> dead{false};

  void ended(const std::string& who, const std::string& why) {
    if (!wanted)
      return;
    dead = true;
    root->died(paging::part, who + ": " + why);
  }
};

// A page that is written behind a new router's back would take the number of another.
void wait_for_writes(journal& alarms) {
  auto written = std::make_shared<std::promise<void>>();
  auto done = written->get_future();
  alarms.write(std::make_shared<const journal_batch>(), [written](journal_result) { written->set_value(); });
  const auto has_answered = [&](milliseconds time) { return done.wait_for(time) == std::future_status::ready; };
  if (!running_wait::until(journal_patience, has_answered))
    throw failure{failure_code::journal_unwritable, "alarm journal", "it has not answered for ten seconds"};
}

std::vector<alarm_transition> decoded(const std::vector<std::string>& stored) {
  std::vector<alarm_transition> out;
  for (const auto& each : stored) {
    binary_reader reader{each};
    auto transition = decode_alarm_transition(reader);
    if (!transition)
      throw failure{failure_code::ledger_damaged, "ledger", "a stored alarm transition cannot be read"};
    transition->committed = true;
    out.push_back(std::move(*transition));
  }
  return out;
}

const actor_path router_path{"node", "paging", "router"}, owner_path{"node", "paging", "owner"};

actor_path path_of_channel(const std::string& name) {
  return {"node", "paging", "channel", name};
}

struct owner_state {
  uint64_t answers = 0, transitions = 0;
  static inline const char* name = "alarm_owner";
};

// The node, as the router sees it: hears what is on disk.
// An argument, no capture: where there is none, CAF 0.17 binds a reference to a null pointer's target.
alarm_owner_actor::behavior_type run_owner(alarm_owner_actor::stateful_pointer<owner_state> self,
                                           std::function<void(const transitions_journaled&)> told) {
  return {
      [self, told](const transitions_journaled& x) {
        ++self->state.answers;
        self->state.transitions += x.all.size();
        told(x);
      },
      [self](const describe_wanted&) {
        actor_description out;
        json_object{out.json}
            .integer("answers", static_cast<int64_t>(self->state.answers))
            .integer("transitions_on_disk", static_cast<int64_t>(self->state.transitions))
            .close();
        return out;
      },
  };
}

} // namespace

struct paging::generation {
  std::shared_ptr<end_report> report;
  alarm_owner_actor owner;
  std::optional<alarm_system> alarms;
  std::vector<member> members;
};

paging::paging(surroundings given) : given_{std::move(given)} {
  given_.root.watch(part, [this] { begin_anew(); });
  // A router that dies at once is begun anew once there is one.
  std::lock_guard alone{change_};
  begin();
}

paging::~paging() {
  stop();
}

void paging::begin() {
  const auto kept = given_.kept_transitions.load().transitions;
  const auto next = begun_ = std::make_shared<generation>();
  next->report = std::make_shared<end_report>();
  try {
    spawn(*next);
    install(next, kept);
  } catch (...) {
    // Nobody has told it anything; before the next one begins it is waited for.
    end(*next, stop_patience);
    next->report->dead = true;
    throw;
  }
  begun_.reset();
}

void paging::spawn(generation& next) {
  next.report->root = &given_.root;
  // An argument, no capture: where there is none, CAF 0.17 binds a reference to a null pointer's target.
  next.owner = given_.system.spawn(run_owner, given_.journaled);
  start_alarms(next.alarms, given_.system, given_.alarms, given_.channels, given_.around, given_.kept_alarms,
               {next.owner, {}, {}, given_.journal_fails, given_.heard, board_, given_.ways, given_.guide});
  const auto add = [&](const std::string& name, const actor_path& path, const std::string& kind, const auto& which) {
    next.members.push_back(
        {path, kind, true, [&system = given_.system, which] { return description_of(system, which); }});
    supervise(given_.supervisor, path.name(), caf::actor_cast<caf::actor>(which),
              [name, report = next.report, &system = given_.system](const caf::error& reason) {
                report->ended(name, system.render(reason));
              });
  };
  add("alarm router", router_path, "router", next.alarms->router());
  add("owner of alarms", owner_path, "owner", next.owner);
  next.alarms->each_channel([&](const std::string& name, const channel_actor& which) {
    add("channel " + name, path_of_channel(name), "channel", which);
  });
}

// In one go, ahead of whatever is told from now on: a transition must not overtake one of its alarm.
void paging::install(std::shared_ptr<generation> next, const std::vector<std::string>& stored) {
  auto kept = decoded(stored);
  std::lock_guard guard{mutex_};
  living_ = std::move(next);
  reading_ = false;
  const auto& router = living_->alarms->router();
  for (const auto& [split, place] : places_)
    caf::anon_send<caf::message_priority::high>(router, place.committed);
  auto uncommitted = told_.all();
  kept.insert(kept.end(), std::make_move_iterator(uncommitted.begin()), std::make_move_iterator(uncommitted.end()));
  caf::anon_send<caf::message_priority::high>(router, alarm_transitions{std::move(kept)});
  // Behind these: of a log that is gone only what nobody repeats is over.
  for (const auto& [split, place] : places_)
    if (place.anew)
      caf::anon_send<caf::message_priority::high>(router, *place.anew);
}

alarm_router_actor paging::router() const {
  std::lock_guard guard{mutex_};
  return living_->alarms->router();
}

std::vector<paging::member> paging::members() const {
  std::shared_ptr<generation> of;
  {
    std::lock_guard guard{mutex_};
    of = living_;
  }
  auto out = of->members;
  for (auto& each : out)
    each.alive = !of->report->dead;
  return out;
}

void paging::tell(const alarm_transition& x) {
  std::lock_guard guard{mutex_};
  told_.told(x);
  caf::anon_send<caf::message_priority::high>(living_->alarms->router(), x);
}

// A new router that has it from its journal expects it by itself; told it again, it would take it for repeated, and for
// what stands.
void paging::dropped(const alarm_transition& x, bool expected) {
  const bool stood = x.kind != transition_kind::raised && x.kind != transition_kind::reopened;
  std::lock_guard guard{mutex_};
  told_.forget(x);
  caf::anon_send<caf::message_priority::high>(living_->alarms->router(),
                                              transition_dropped{x.alarm, x.number, stood, expected});
}

// At high priority all three, as transitions are: that keeps the order in which they are told. Of a mailbox with both
// an actor takes some of either in turn, and a commit that overtakes what its readings repeat takes that back.
void paging::started(const split_started& x) {
  std::lock_guard guard{mutex_};
  places_[x.split] = {x, std::nullopt};
  caf::anon_send<caf::message_priority::high>(living_->alarms->router(), x);
}

void paging::begun_anew(const split_begun_anew& x) {
  std::lock_guard guard{mutex_};
  places_[x.split].anew = x;
  caf::anon_send<caf::message_priority::high>(living_->alarms->router(), x);
}

void paging::committed(const barrier_output& output) {
  std::lock_guard guard{mutex_};
  for (const auto& each : output.committed_places) {
    auto& place = places_[each.split];
    place.committed = {each.split, each.position, each.log, each.commit};
    if (place.anew && place.anew->log <= each.log)
      place.anew.reset();
    caf::anon_send<caf::message_priority::high>(living_->alarms->router(), each);
  }
  // It holds what sweeps have decided where a split has not moved since.
  for (auto& [split, place] : places_)
    place.committed.commit = std::max(place.committed.commit, output.commit);
  if (reading_)
    return;
  for (const auto& each : output.transitions)
    told_.forget(each.row);
  told_.commit_done();
}

void paging::begin_anew() {
  std::lock_guard alone{change_};
  std::shared_ptr<generation> old;
  {
    std::lock_guard guard{mutex_};
    if (!living_->report->dead)
      return;
    old = living_;
    reading_ = true;
  }
  end(*old, given_.end_patience);
  // What one of them would still write or send the new one must not have read before: better none than two.
  for (const auto& each : {old, begun_})
    if (const auto who = each && each->alarms ? each->alarms->still_runs(given_.end_patience) : std::nullopt)
      throw failure{failure_code::journal_unwritable, part, *who + " is to be replaced and does not end"};
  wait_for_writes(given_.kept_alarms);
  begin();
}

void paging::end(generation& old, milliseconds patience) {
  old.report->wanted = false;
  if (old.alarms)
    old.alarms->stop(patience);
  if (old.owner)
    caf::anon_send_exit(old.owner, caf::exit_reason::user_shutdown);
}

bool paging::stop() {
  std::lock_guard alone{change_};
  std::shared_ptr<generation> last;
  {
    std::lock_guard guard{mutex_};
    last = living_;
  }
  end(*last, stop_patience);
  return last->alarms->stop();
}

} // namespace millwright
