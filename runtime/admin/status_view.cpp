#include "runtime/admin/status_view.hpp"

#include "protocol/json_list.hpp"

namespace millwright {

std::string_view name_of(node_condition which) {
  constexpr std::array<std::string_view, 6> names{
      "ok", "source unreachable", "ledger failing", "journal failing", "paging failing", "stopping"};
  return names[static_cast<size_t>(which)];
}

void add_alarms(status_view& view, const alarm_status& figures) {
  view.active = figures.active;
  view.by_severity = figures.by_severity;
  view.observations = figures.observations;
  view.unacknowledged = figures.unacknowledged;
  view.shelved = figures.shelved;
  view.flood_since = figures.flood ? figures.flood->from : never;
  view.lately = figures.lately;
  view.sent = figures.sent;
  view.pending = figures.pending;
  view.failed = figures.failed;
  if (figures.journal_failing && view.condition == node_condition::ok)
    view.condition = node_condition::journal_failing;
  view.pages.clear();
  for (const auto& each : figures.newest_paged)
    view.pages.push_back({each->raise.raised_at, each->latest.level, each->state != alarm_state::cleared,
                          each->acknowledged, short_form(each->id()), describe(each->raise)});
}

void append_json(std::string& out, const status_view& x) {
  const auto count = [](uint64_t n) { return static_cast<int64_t>(n); };
  std::string levels, plant, load = "null";
  if (x.load) {
    load.clear();
    append_json(load, *x.load);
  }
  append_json(plant, x.plant);
  json_object by_level{levels};
  for (size_t i = 0; i < x.by_severity.size(); ++i)
    by_level.integer(name_of(static_cast<severity>(i)), count(x.by_severity[i]));
  by_level.close();
  const auto pages = json_list(x.pages, [](std::string& to, const auto& each) {
    json_object{to}
        .text("short_id", each.short_id)
        .time("timestamp", each.at)
        .text("severity", name_of(each.level))
        .boolean("active", each.active)
        .boolean("acknowledged", each.acknowledged)
        .text("message", each.text)
        .close();
  });
  json_object{out}
      .text("condition", name_of(x.condition))
      .text_or_null("source", x.source)
      .time("timestamp", x.now)
      .integer("uptime_ms", x.uptime.count())
      .time("plant_time", x.plant_time)
      .integer("taken", count(x.taken))
      .integer("judged", count(x.judged))
      .integer("rejected", count(x.rejected))
      .integer("backlog", count(x.backlog))
      .integer("sensors", count(x.sensors))
      .integer("quarantined", count(x.quarantined))
      .integer("restarts", count(x.restarts))
      .integer("anomalies", count(x.anomalies))
      .raw("plant", plant)
      .integer("commits", count(x.commits))
      .integer("commit_ms", count(x.commit_ms))
      .integer("commit_bytes", count(x.commit_bytes))
      .time("last_commit", x.last_commit)
      .raw("load", load)
      .integer("alarms_active", count(x.active))
      .integer("alarms_unacknowledged", count(x.unacknowledged))
      .integer("alarms_shelved", count(x.shelved))
      .time("flood_since", x.flood_since)
      .integer("alarms_in_10_min", count(x.lately))
      .raw("alarms_by_severity", levels)
      .integer("observations_active", count(x.observations))
      .integer("pages_sent", count(x.sent))
      .integer("pages_pending", count(x.pending))
      .integer("pages_failed", count(x.failed))
      .raw("pages", pages)
      .close();
}

} // namespace millwright
