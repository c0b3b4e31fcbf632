#include "runtime/transport/start_channels.hpp"

#include "protocol/running_wait.hpp"
#include "runtime/transport/reported_transport.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

namespace millwright {

namespace {

// A receiver that is about to answer gets this long at a stop.
constexpr milliseconds grace{400};

event_time wall_clock() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

void report(bool wrong, const std::string& line) {
  spdlog::log(wrong ? spdlog::level::warn : spdlog::level::info, "{}", line);
}

// A receiver's answer, and a sensor's name, may be anything; a line of the log stays one.
void log_flood(const flood_period& x, bool begins) {
  if (begins)
    spdlog::warn("a flood of alarms since {}: more than {} within ten minutes", to_iso(x.from), flood_most);
  else
    spdlog::info("the flood of alarms since {} is over: {} alarms, {} within ten minutes at most", to_iso(x.from),
                 x.pages, x.worst);
}

void log_news(const channel_news& news) {
  std::string reason = news.reason;
  for (char& c : reason)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  switch (news.what) {
  case channel_news::kind::down:
    spdlog::error("channel {} is down, its pages wait: {}", news.channel.text, reason);
    break;
  case channel_news::kind::up:
    // Told by the transport, with the count of tries.
    break;
  case channel_news::kind::given_up:
    spdlog::error("channel {} could not deliver, the other channels are told: {}", news.channel.text, reason);
    break;
  case channel_news::kind::fallback:
    spdlog::error("channel {} fails, others stand in for it: {}", news.channel.text, reason);
    break;
  case channel_news::kind::left:
    spdlog::warn(
        "channel {} has left the configuration: {}; what nobody has heard goes over the channels that there are",
        news.channel.text, reason);
    break;
  }
}

bool leaves_machine(const channel_settings& x) {
  return x.kind != channel_kind::terminal && x.kind != channel_kind::log;
}

/// What is left of the patience with all of them.
class deadline {
public:
  explicit deadline(milliseconds patience) : at_{std::chrono::steady_clock::now() + patience} {}
  milliseconds left() const {
    return std::max(std::chrono::ceil<milliseconds>(at_ - std::chrono::steady_clock::now()), milliseconds{0});
  }

private:
  std::chrono::steady_clock::time_point at_;
};

// True when the actor has ended within so long.
template <class Actor>
bool ends(caf::actor_system& system, const Actor& actor, milliseconds patience) {
  caf::scoped_actor waiter{system};
  waiter->monitor(actor);
  return running_wait::until(patience, [&](milliseconds time) {
    bool down = false;
    waiter->receive([&](const caf::down_msg&) { down = true; }, caf::after(time) >> [] {});
    return down;
  });
}

// Since when somebody should have acknowledged it there. Reminders do not move that: who answers the page before the
// newest one has answered. What a group tells of was told with it, whatever it was by itself before.
event_time waits_since(const alarm_record& x) {
  return x.in_group() || x.waits_since == never ? x.told_wall : x.waits_since;
}

bool waits(const alarm_record& x) {
  return x.state == alarm_state::active && !x.acknowledged;
}

// What stands and nobody has acknowledged, of what that channel has been told. Of a group people have a page, and
// receivers of states each of its alarms.
std::vector<waiting_alarm> unacknowledged(const alarm_board& board, const channel_name& channel, bool of_states) {
  const auto told = [&](const alarm_record& x) {
    return std::find(x.paged_to.begin(), x.paged_to.end(), channel) != x.paged_to.end();
  };
  const auto found = board.find([&](const alarm_record& x) {
    return of_states ? x.members ? told(x) : waits(x) && (x.in_group() || told(x)) : waits(x) && told(x);
  });
  std::set<uuid> groups;
  for (const auto& each : found)
    if (each->members)
      groups.insert(each->id());
  std::vector<waiting_alarm> out;
  for (const auto& each : found)
    if (!of_states || (!each->members && (told(*each) || groups.contains(each->group))))
      out.push_back({each->id(), waits_since(*each)});
  return out;
}

std::unique_ptr<acknowledgement_poll> start_poll(const channel_settings& channel,
                                                 std::unique_ptr<acknowledgement_source> source,
                                                 const std::shared_ptr<alarm_board>& board,
                                                 const alarm_router_actor& router) {
  acknowledgement_poll::ways own;
  const bool of_states = channel.kind == channel_kind::pagerduty;
  own.waiting = [board, of_states, name = channel_name{channel.name}] {
    return unacknowledged(*board, name, of_states);
  };
  own.acknowledge = [board, router](const waiting_alarm& alarm, const std::string& by) {
    // While the question was under way it may have become another one, that nobody has seen.
    const auto still = board->find(
        [&](const alarm_record& x) { return x.id() == alarm.alarm && waits(x) && waits_since(x) == alarm.since; });
    if (!still.empty())
      caf::anon_send(router, acknowledge_alarm{to_string(alarm.alarm), by});
  };
  own.report = report;
  return std::make_unique<acknowledgement_poll>(channel.name, std::move(source), channel.ask_every, std::move(own));
}

} // namespace

alarm_book_limits book_limits_of(const alarm_settings& settings) {
  alarm_book_limits out;
  out.retention = settings.retention;
  out.stays = std::max(out.stays, settings.clear_told_after);
  out.groups = {settings.group_wait, settings.group_least, settings.group_update_every, settings.group_open_for,
                settings.told_late};
  out.page_again_after = settings.page_again_after;
  out.reminders = {settings.remind_level, settings.remind_acknowledged_after};
  out.shelve_most = settings.shelve_most;
  out.first_out = {settings.first_out_within, settings.first_out_after, settings.first_out_every};
  return out;
}

channel_terms terms_of(const channel_settings& x, const alarm_settings& settings,
                       const std::vector<channel_settings>& all) {
  channel_terms out;
  out.rate = {x.rate_pages, x.rate_per};
  out.together_over = leaves_machine(x) ? settings.together_over : 0;
  out.together_within = settings.together_within;
  out.fallback_after = x.fallback_after;
  for (const auto& each : x.fallback)
    out.fallback.push_back({each});
  // What a terminal shows nobody may see: that is no delivery in another's place, unless somebody says so.
  if (out.fallback.empty())
    for (const auto& each : all)
      if (each.name != x.name && leaves_machine(each))
        out.fallback.push_back({each.name});
  return out;
}

void start_alarms(std::optional<alarm_system>& out, caf::actor_system& system, const alarm_settings& settings,
                  const std::vector<channel_settings>& channels, const channel_surroundings& around, journal& alarms,
                  alarm_ties ties) {
  std::vector<channel_name> names;
  std::vector<std::shared_ptr<transport>> ways;
  std::vector<std::unique_ptr<acknowledgement_source>> asked;
  for (const auto& each : channels) {
    names.push_back({each.name});
    asked.push_back(acknowledgement_source_of(each));
    ways.push_back(std::make_shared<reported_transport>(each.name, make_transport(each, around), report));
  }

  alarm_router_settings routing;
  routing.ways = ties.ways ? std::move(*ties.ways) : routes{names};
  routing.limits = book_limits_of(settings);
  routing.journal = &alarms;
  routing.owner = std::move(ties.owner);
  routing.kept = std::move(ties.kept);
  routing.wall_clock = wall_clock;
  routing.decided = std::move(ties.decided);
  routing.journal_fails = std::move(ties.journal_fails);
  routing.guide = std::move(ties.guide);
  routing.delivery.told_late = settings.told_late;
  routing.delivery.digest_every = settings.digest_every;
  routing.delivery.clear_after = settings.clear_told_after;
  routing.delivery.give_up_after = settings.give_up_after;
  routing.stateful = stateful_of(channels);
  for (const auto& each : channels)
    routing.terms.emplace(channel_name{each.name}, terms_of(each, settings, channels));
  routing.heard = [heard = std::move(ties.heard)](const channel_news& news) {
    log_news(news);
    if (heard)
      heard(news);
  };
  routing.flooded = log_flood;
  const auto board = routing.board = ties.board ? ties.board : std::make_shared<alarm_board>();
  out.emplace(system, system.spawn<caf::detached>(route_alarms, std::move(routing)), board);

  for (size_t i = 0; i < channels.size(); ++i) {
    channel_actor_settings delivery;
    delivery.name = names[i];
    delivery.way = ways[i];
    delivery.retries = {channels[i].backoff, channels[i].backoff_most};
    delivery.seed = around.seed + i;
    out->channels_.push_back({system.spawn<caf::detached>(run_channel, std::move(delivery), out->router_),
                              std::move(ways[i]), channels[i].name});
  }
  for (size_t i = 0; i < channels.size(); ++i)
    if (asked[i])
      out->polls_.push_back(start_poll(channels[i], std::move(asked[i]), board, out->router_));
}

alarm_system start_alarms(caf::actor_system& system, const alarm_settings& settings,
                          const std::vector<channel_settings>& channels, const channel_surroundings& around,
                          journal& alarms, alarm_ties ties) {
  std::optional<alarm_system> out;
  start_alarms(out, system, settings, channels, around, alarms, std::move(ties));
  return std::move(*out);
}

void alarm_system::each_channel(
    const std::function<void(const std::string& name, const channel_actor& which)>& visit) const {
  for (const auto& each : channels_)
    visit(each.name, each.actor);
}

bool alarm_system::stop(milliseconds patience) {
  if (!router_ || std::exchange(stopped_, true))
    return on_disk_;
  polls_.clear();
  for (const auto& each : channels_)
    caf::anon_send<caf::message_priority::high>(each.actor, stop_channel{});
  const deadline answered{grace};
  std::erase_if(channels_, [&](const auto& each) { return ends(*system_, each.actor, answered.left()); });
  for (const auto& each : channels_)
    each.way->cancel();
  const deadline over{patience};
  std::erase_if(channels_, [&](const auto& each) { return ends(*system_, each.actor, over.left()); });
  caf::scoped_actor asking{*system_};
  asking->request(router_, patience, stop_router{})
      .receive([&](bool written) { on_disk_ = written; }, [&](const caf::error&) { on_disk_ = false; });
  // Without an answer the journal hangs; the router must not keep the program.
  caf::anon_send_exit(router_, caf::exit_reason::kill);
  return on_disk_;
}

std::optional<std::string> alarm_system::still_runs(milliseconds patience) {
  const deadline over{patience};
  if (!ends(*system_, router_, over.left()))
    return "the alarm router";
  for (const auto& each : channels_)
    if (!ends(*system_, each.actor, over.left()))
      return "channel " + each.name;
  return std::nullopt;
}

} // namespace millwright
