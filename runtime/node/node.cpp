#include "runtime/node/node.hpp"

#include "protocol/failure.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/journal/paired_stores.hpp"
#include "runtime/journal/store_pair.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/ledger/taught_by.hpp"
#include "runtime/node/make_source.hpp"
#include "runtime/node/vital_signs.hpp"

#include <caf/all.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds pruned_every = 60s;
// What people look at above the sensors, between barriers.
constexpr milliseconds shown_every = 250ms;
// For the log's own thread.
constexpr milliseconds log_patience = 500ms;
// The root supervisor's name for it.
constexpr const char* journal_part = "alarm journal";
constexpr const char *type_names_entry = "sensor-types", *window_mark_entry = "window-mark";

// Stored states name types by index: known names keep theirs, whatever the order in the file has become. A name that
// the file no longer has keeps its place, as a copy of `generic`.
std::vector<sensor_type> in_stored_order(std::vector<sensor_type> types, std::string_view stored) {
  std::vector<sensor_type> result;
  while (!stored.empty()) {
    const auto end = stored.find('\n');
    const auto name = stored.substr(0, end);
    const auto it = std::find_if(types.begin(), types.end(), [&](const auto& type) { return type.name == name; });
    if (it != types.end()) {
      result.push_back(std::move(*it));
      types.erase(it);
    } else {
      result.push_back(result.front());
      result.back().name = name;
    }
    stored.remove_prefix(end == std::string_view::npos ? stored.size() : end + 1);
  }
  std::move(types.begin(), types.end(), std::back_inserter(result));
  return result;
}

std::string names_of(const std::vector<sensor_type>& types) {
  std::string names;
  for (const auto& type : types)
    names += type.name + '\n';
  return names;
}

// No destructor may run: one of them would wait for the thread that hangs.
[[noreturn]] void end_as_if_killed(const std::string& why) {
  spdlog::critical("{}", why);
  std::this_thread::sleep_for(log_patience);
  std::_Exit(1);
}

} // namespace

node::node(node_settings settings, channel_surroundings around, std::unique_ptr<source> readings,
           std::function<void(const reading&)> before_reading)
    : settings_{std::move(settings)}, around_{std::move(around)} {
  declare_result_kind(health_schema());
  open_stores();
  watch_end();
  open_types();
  book_->before_reading = std::move(before_reading);
  source_ = std::move(readings);
  if (!source_)
    source_ = make_source(settings_.source, *types_,
                          recovered_.identity.empty() ? std::nullopt : std::optional{recovered_.identity});
  if (const auto identity = source_->identity(); !identity.empty())
    belong_to(identity);
  decisions_.emplace(*journal_);
  pruning_.emplace(*decisions_, recovered_.positions, pruned_every);
  plant_.emplace(settings_.plant.facilities, settings_.plant.sensors, &*decisions_,
                 model_sources{settings_.models, &*types_});
  parser_.emplace(*types_, 5min, settings_.source.quality);
  world_ = std::make_unique<actor_world>();
  root_ = std::make_unique<root_supervisor>(root_supervisor::limits{}, [this](const std::string&) {
    broken_ = true;
    stopping_ = true;
  });
  tree_root_.emplace(world_->system());
  // It goes on by itself with what it had in hand; only how often is watched.
  root_->watch(committer::part, [] {});
  root_->watch(journal_part, [] {});
  start_alarms();
  start_above();
  outputs_.emplace(
      [this](const alarm_transition& transition) {
        status_.transitions.fetch_add(1, std::memory_order_relaxed);
        alarms_->tell(transition);
      },
      &above_->gathered(), state_spool::in(settings_.ledger.path));
  conditions_.emplace(settings_.detection);
  restore_conditions();
  keeper_.emplace(
      world_->system(), *book_, *outputs_,
      [this](const sensor_key& key) {
        auto stored = ledger_->sensor(ledger_key(key)).value_or(stored_sensor{});
        return sensor_keeper::committed_state{stored_state::of(std::move(stored.state)), barrier_of(stored.whole_at)};
      },
      sensor_keeper::notices{
          [this](const reading& r, const std::string& reason, bool quarantined) {
            driver_->refused(r, reason, quarantined);
          },
          [this](uint32_t slot, const std::string& reason) { driver_->quarantined(slot, reason); },
          [this](const std::string& part, const std::string& what) { root_->died(part, what); },
          [this](const alarm_transition& transition, bool expected) { alarms_->dropped(transition, expected); }},
      sensor_keeper::options{static_cast<uint32_t>(settings_.shards), settings_.quarantine_restarts, settings_.threads,
                             &above_->registry(), &above_->gathered(), tree_root_->actor()});
  keeper_->start(newest_barrier() + 1, recovered_.number + 1);
  roster_.emplace(sensor_roster::parts{*keeper_, *outputs_, *book_, settings_.sensors_forget_after,
                                       settings_.sensors_retention,
                                       [this](uint16_t split) { return driver_->split_name(split); },
                                       [this](uint16_t split) { return driver_->split_time(split); },
                                       [this](const alarm_transition& transition) { alarms_->tell(transition); },
                                       [this](uint32_t slot, uint16_t split) { driver_->left(slot, split); },
                                       [this] { return status_.ledger_failing.load(); }});
  roster_->recover(recovered_.node);
  recover_sensors();
  tell_untold();
  monitor_.emplace(
      world_->system(), *root_, settings_.monitor,
      [this](const load_verdict& x) {
        std::lock_guard guard{told_mutex_};
        if (told_)
          told_->report(rule::performance, x.subject, x.wrong, x.text);
      },
      tree_root_->actor());
  load_.emplace(load_probe::parts{status_, *outputs_, *source_, settings_.monitor.every, settings_.ledger.interval,
                                  [this](const load_sample& x) { monitor_->take(x); }});
  driver_.emplace(driver_parts{settings_, *source_, *parser_, *keeper_, *outputs_, *plant_, &*decisions_, status_,
                               [this](const alarm_transition& transition) { alarms_->tell(transition); },
                               [this](const std::string& identity) { belong_to(identity); },
                               [this](const split_started& x) {
                                 pruning_->found(source_->splits()[x.split], x.position);
                                 alarms_->started({x.split, x.position, x.log, recovered_.number});
                               },
                               [this](const split_begun_anew& x) { alarms_->begun_anew(x); }, &stopping_,
                               [this] { return pruning_->oldest_version(); }, &*roster_, &*load_, &questions_},
                  *conditions_, true);
  {
    std::lock_guard guard{told_mutex_};
    told_ = &*driver_;
    if (!journal_trouble_.empty())
      tell_journal(journal_trouble_);
  }
  driver_->recover_words(recovered_.node);
  driver_->recover(recovered_.splits, recovered_.positions);
  channels_->attach([this](const std::string& channel, bool down, const std::string& reason) {
    driver_->report(rule::channel_down, channel, down, reason);
  });
  grow_tree();
}

void node::grow_tree() {
  own_branch_.emplace(world_->system(), tree_root_->actor(), *root_, *alarms_, *monitor_);
  sensor_branch_.emplace(world_->system(), *keeper_, *outputs_, questions_,
                         [this](uint16_t split) { return driver_->split_name(split); });
  above_branch_.emplace(above_->actors(), above_->registry());
  tree_.add(*own_branch_);
  tree_.add(*sensor_branch_);
  tree_.add(*above_branch_);
}

node::~node() {
  stopping_ = true;
  heartbeat_.reset();
  // From here on an end is no death.
  if (root_)
    root_->stop();
  if (committer_)
    committer_->stop();
  if (keeper_)
    keeper_->stop();
  alarms_.reset();
  above_.reset();
  monitor_.reset();
  own_branch_.reset();
  tree_root_.reset();
  world_.reset();
}

void node::watch_end() {
  limit_.emplace(settings_.stop_limit,
                 stop_limit::watched{[this] { return stopping_.load(); },
                                     [this] { return status_.commits + (status_.finished ? 1 : 0); },
                                     [this] {
                                       end_as_if_killed(fmt::format(
                                           "the node is to end, and nothing of it has moved for {:.3g} s, as where a "
                                           "disk hangs: it ends as if it were killed; what is not committed is read "
                                           "again at the next start",
                                           std::chrono::duration<double>(settings_.stop_limit).count()));
                                     }});
}

void node::open_stores() {
  auto opened = std::make_unique<lmdb_ledger>(settings_.ledger.path, settings_.ledger);
  recovered_ = opened->load();
  lmdb_journal_settings journal;
  journal.directory = settings_.alarms.path.empty() ? journal_beside(settings_.ledger.path) : settings_.alarms.path;
  journal.retention = settings_.alarms.retention;
  journal.broke = [this](const std::string& what) {
    if (root_)
      root_->died(journal_part, what);
  };
  journal_place_ = journal.directory;
  auto alarms = std::make_unique<lmdb_journal>(journal);
  keep_paired(*opened, settings_.ledger.path, *alarms, journal.directory);
  ledger_ = std::move(opened);
  journal_ = std::move(alarms);
  untold_.emplace(journal.directory, recovered_.number > 0);
}

// Recordings may have taught a ledger that belongs to nobody yet: its first source takes it.
void node::belong_to(const std::string& identity) {
  ledger_->set_identity(identity);
  const auto taught = recovered_.node.find(std::string{taught_by_entry});
  if (recovered_.identity.empty() && taught != recovered_.node.end())
    spdlog::info(
        "what its sensors know was taught by {}; they go on with {}, to which this ledger belongs from here on",
        taught->second, identity);
  recovered_.identity = identity;
}

void node::open_types() {
  const auto loaded = load_sensor_types(settings_.sensor_types);
  const auto stored = recovered_.node.find(type_names_entry);
  types_.emplace(
      in_stored_order(loaded.types(), stored == recovered_.node.end() ? std::string_view{} : stored->second));
  book_.emplace(rule_book{&settings_.detection, &types_->types()});
}

void node::start_alarms() {
  std::vector<alarm_transition> kept;
  for (const auto& encoded : recovered_.transitions) {
    binary_reader reader{encoded};
    auto transition = decode_alarm_transition(reader);
    if (!transition)
      throw failure{failure_code::ledger_damaged, settings_.ledger.path, "a stored alarm transition cannot be read"};
    kept.push_back(std::move(*transition));
  }
  consumer_.emplace(*ledger_, types_->types(), recovered_.number, kept);
  consumer_->remember(type_names_entry, names_of(types_->types()));
  const auto mark = std::to_string(window_mark(settings_.detection.windows));
  if (const auto stored = recovered_.node.find(window_mark_entry);
      stored != recovered_.node.end() && stored->second != mark)
    spdlog::warn("windows.* are not those of the last run: windows that were open then begin anew");
  consumer_->remember(window_mark_entry, mark);
  channels_.emplace(settings_.channels);
  alarms_.emplace(paging::surroundings{
      world_->system(), settings_.alarms, settings_.channels, around_, *journal_, *ledger_, *root_,
      [this](const transitions_journaled& journaled) {
        for (const auto& each : journaled.all) {
          consumer_->journaled(each);
          untold_->journaled(each.alarm, each.number);
        }
      },
      [this](const channel_news& news) { channels_->heard(news); },
      [this](const std::string& why) { journal_fails(why); }, tree_root_->actor(), routes_of(settings_),
      [plant = plant_->shown()](const condition_key& x) { return plant->guidance(x); }});
}

void node::start_above() {
  judge_.emplace(settings_.health);
  above_.emplace(plant_above::surroundings{
      world_->system(), types_->types(), settings_.actors,
      [this](const std::string& key) { return ledger_->actor(key).value_or(ledger_state{}).state; },
      [this](const entity_key& key, const std::string& reason, bool ended) {
        const auto subject = fmt::format("{} {}/{}", key.type, key.facility.text, key.id);
        spdlog::error("{}: its actor died: {}; {}", subject, reason,
                      ended ? "it is not begun anew before the next start" : "what it was given is passed over");
        if (ended)
          driver_->report(rule::quarantined, subject, true, "its actor died again and again: " + reason);
      },
      settings_.sensors_retention});
  ledger_->for_each_actor([this](std::string_view key, std::string_view, uint64_t whole_at) {
    above_->actors().recover(key, barrier_of(whole_at));
  });
  above_->keep_shown(shown_every);
}

void node::journal_fails(const std::string& why) {
  const bool placed = why.empty() || why.find(journal_place_) != why.npos;
  const auto text = placed ? why : journal_place_ + ": " + why;
  if (!text.empty())
    spdlog::error("alarm journal: {}", text);
  std::lock_guard guard{told_mutex_};
  journal_trouble_ = text;
  if (told_)
    tell_journal(text);
}

void node::tell_journal(const std::string& why) {
  told_->report(rule::ledger, "alarm journal", !why.empty(), why.empty() ? "it can be used again" : why);
}

// What the node itself had found wrong is taken up where it stood. The alarms may take long to load; without them the
// next transition of each would have a number that was taken.
void node::restore_conditions() {
  while (!alarms_->board()->wait_for_router(milliseconds{100}))
    if (broken_)
      throw failure{failure_code::journal_unwritable, settings_.ledger.path, "its alarms cannot be read"};
  // Behind what was kept, which the router has before any question.
  caf::scoped_actor asking{world_->system()};
  asking->request(alarms_->router(), caf::infinite, acknowledge_alarm{"-", {}})
      .receive([](const acknowledge_answer&) {}, [](const caf::error&) {});
  const auto own = [](const alarm_record& x) { return x.raise.condition.which >= first_node_rule; };
  for (const auto& each : alarms_->board()->find(own)) {
    const auto& condition = each->raise.condition;
    if (condition.which == rule::channel_down && each->state == alarm_state::active)
      channels_->stands(condition.unit.text);
    conditions_->restore(*each);
  }
}

// Barriers are numbered anew in each run. The commits of the last round of whole states have numbers as well, and the
// turns go on: so no sensor has to answer with its whole state because of the restart.
uint32_t node::newest_barrier() const {
  return whole_every + static_cast<uint32_t>(recovered_.number % whole_every);
}

uint32_t node::barrier_of(uint64_t commit) const {
  const auto since = static_cast<int64_t>(commit) - static_cast<int64_t>(recovered_.number);
  return commit > 0 && since + newest_barrier() > 0 ? static_cast<uint32_t>(since + newest_barrier()) : 0;
}

void node::recover_sensors() {
  constexpr size_t block_bytes = 1 << 20;
  const auto metadata = plant_->current();
  std::shared_ptr<std::string> block;
  const auto into_block = [&](std::string_view state) {
    if (!block || block->size() + state.size() > block->capacity()) {
      block = std::make_shared<std::string>();
      block->reserve(std::max(block_bytes, state.size()));
    }
    const auto at = block->size();
    block->append(state);
    return stored_state{block, std::string_view{*block}.substr(at)};
  };
  ledger_->for_each_sensor([&](std::string_view key, std::string_view state, uint64_t whole_at) {
    const auto sensor = sensor_of_ledger_key(key);
    if (roster_->sleeps_on(sensor, state))
      return;
    auto context = plant_->context_of(*metadata, sensor.facility.text, sensor.sensor.text);
    const uint32_t slot = keeper_->admit(std::move(context), {into_block(state), barrier_of(whole_at)});
    auto& entry = keeper_->sensors()[slot];
    entry.metadata_of = metadata.get();
    if (const auto split = sensor_model::split_of(state)) {
      entry.split = *split;
      entry.has_split = true;
    }
  });
}

// A journal that is new beside a ledger that is not was lost, and what stands is told once more. Only then is every
// sensor's state looked at, one by one.
void node::tell_untold() {
  if (!untold_->due())
    return;
  std::set<uuid> known;
  for (const auto& each : alarms_->board()->find([](const alarm_record&) { return true; }))
    known.insert(each->id());
  const auto metadata = plant_->current();
  size_t told = 0;
  ledger_->for_each_sensor([&](std::string_view key, std::string_view state, uint64_t) {
    sensor_model model{*book_};
    if (!model.decode(state) || model.states() == rule_set{})
      return;
    const auto sensor = sensor_of_ledger_key(key);
    const auto context = plant_->context_of(*metadata, sensor.facility.text, sensor.sensor.text);
    sensor_output out;
    model.tell_again("it stood when the alarm journal was begun anew", context, out);
    for (const auto& each : out.transitions) {
      if (known.contains(each.alarm))
        continue;
      untold_->tells(each.alarm, each.number);
      alarms_->tell(each);
      ++told;
    }
  });
  untold_->all_told();
  if (told > 0)
    spdlog::warn("the alarm journal is a new one: {} alarms that stand are told anew", told);
}

template <class Say>
event_time node::noted(Say say) {
  std::optional<event_time> at;
  for (const auto until = std::chrono::steady_clock::now() + 5s; !at; std::this_thread::sleep_for(20ms)) {
    if (std::chrono::steady_clock::now() > until)
      throw failure{failure_code::not_found, "", "the node still reads again what it had read; say it again"};
    questions_.ask([&] { at = say(); });
  }
  return *at;
}

event_time node::maintain(const maintenance_entry& said) {
  return noted([&] { return driver_->maintain(said); });
}

event_time node::say(const sensor_word& word) {
  return noted([&] { return driver_->say(word); });
}

// From the ledger, as a restart would have it: nobody who judges is asked, and one that sleeps has an account too.
std::optional<explained_sensor> node::explain(const sensor_key& key) {
  const auto stored = ledger_->sensor(ledger_key(key));
  explained_sensor out;
  milliseconds silent{0};
  questions_.ask([&] {
    if (const auto said = driver_->said_of(key))
      out.anew = {said->at, said->by, said->user};
    if (const auto* retired = roster_->retired(key)) {
      out.presence = sensor_presence::retired;
      out.retired = {retired->at, retired->by, retired->user};
      out.unjudged = retired->readings;
      out.context = plant_->context_of(*plant_->current(), key.facility.text, key.sensor.text);
      return;
    }
    const auto slot = keeper_->sensors().find(key.facility.text, key.sensor.text);
    if (slot == sensor_registry::none) {
      out.context = plant_->context_of(*plant_->current(), key.facility.text, key.sensor.text);
      return;
    }
    const auto& entry = keeper_->sensors()[slot];
    out.context = *entry.context;
    out.presence = entry.quarantined ? sensor_presence::quarantined : sensor_presence::living;
    if (const auto now = entry.has_split ? driver_->split_time(entry.split) : never;
        entry.seen != never && now > entry.seen)
      silent = now - entry.seen;
  });
  if (out.retired)
    return out;
  if (!stored)
    return std::nullopt;
  sensor_model model{*book_};
  if (!model.decode(stored->state))
    throw failure{failure_code::not_found, key.sensor.text, "what the ledger has of it cannot be read"};
  out.account = model.account(out.context, silent);
  return out;
}

bool node::well() const {
  return vital_signs{settings_.ledger.interval, status_.last_commit,   status_.heard_until,
                     status_.ledger_failing,    channels_->all_down(), root_->whole()}
      .well(std::chrono::steady_clock::now());
}

void node::run() {
  committer_.emplace(
      *outputs_, *consumer_,
      committer::events{[this](const barrier_output& output, milliseconds took) {
                          alarms_->committed(output);
                          above_->actors().committed(output.barrier);
                          pruning_->committed(output.positions, std::chrono::steady_clock::now());
                          status_.anomalies += output.anomalies.size();
                          status_.commits += 1;
                          status_.commit_begun = std::chrono::steady_clock::time_point{};
                          status_.commit_ms = static_cast<uint64_t>(took.count());
                          status_.commit_bytes = output.state_bytes;
                          status_.committed(epoch_ms(driver_clock::wall_now()), std::chrono::steady_clock::now());
                          // The first that succeeds ends what a former run left.
                          if (!std::exchange(committed_once_, true))
                            driver_->report(rule::ledger, settings_.ledger.path, false, "commits succeed again");
                        },
                        [this](const std::string& error) {
                          const bool failing = !error.empty();
                          if (failing && !status_.ledger_failing.exchange(true)) {
                            spdlog::error("ledger: {}", error);
                            driver_->report(rule::ledger, settings_.ledger.path, true, error);
                          }
                          if (!failing) {
                            status_.ledger_failing = false;
                            driver_->report(rule::ledger, settings_.ledger.path, false, "commits succeed again");
                          }
                        },
                        [this](const std::string& what) { root_->died(committer::part, what); },
                        [this](barrier_output& output) {
                          // What stands above the sensors hears of it.
                          judge_->judge(output.to_score);
                          above_->complete(output, *outputs_);
                          for (const auto& transition : output.above.transitions)
                            alarms_->tell(transition);
                        },
                        [this] { status_.commit_begun = std::chrono::steady_clock::now(); }});
  const auto url = settings_.heartbeat_secret.empty() ? settings_.heartbeat_url : settings_.heartbeat_secret.resolve();
  if (!url.empty())
    heartbeat_.emplace(url, [this] { return well(); });
  driver_->run();
  committer_->stop();
}

} // namespace millwright
