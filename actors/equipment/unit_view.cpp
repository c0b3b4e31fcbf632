#include "actors/equipment/unit_model.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

namespace {

void show_type(std::string& out, const unit_window& window, const unit_type& type, const entity_key& unit,
               const unit_settings& settings) {
  const auto row = row_of(window, unit, type.name, settings);
  json_object{out}
      .text("type", type.name)
      .time("from", row.start)
      .time("to", row.end)
      .number("avg", row.avg)
      .number("peak", row.peak)
      .number("stddev", row.stddev)
      .number("quality", row.quality)
      .integer("count", row.count)
      .text("status", name_of(row.status))
      .close();
}

void show_conditions(std::string& out, const unit_member& member) {
  const auto all = member.standing();
  std::vector<standing_condition> standing{all.begin(), all.end()};
  std::stable_sort(standing.begin(), standing.end(), [](const auto& a, const auto& b) { return a.level > b.level; });
  out += '[';
  for (const auto& each : standing) {
    if (out.back() != '[')
      out += ',';
    json_object{out}
        .text("rule", name_of(each.which))
        .text("severity", name_of(each.level))
        .time("since", each.since)
        .boolean("pages", each.pages)
        .close();
  }
  out += ']';
}

void show_member(std::string& out, const unit_member& member, std::string_view type) {
  json_object object{out};
  object.text("sensor", member.news.sensor)
      .text("type", type)
      .time("at", member.news.time)
      .number("value", member.news.count > 0 ? member.news.value : absent)
      .number("quality", member.news.quality)
      .number("health_score", member.score().value)
      .boolean("abnormal", member.abnormal())
      .boolean("in_alarm", member.in_alarm())
      .boolean("stale", member.has(rule::stale) != nullptr)
      .boolean("bad_quality", member.has(rule::bad_quality) != nullptr);
  object.key("conditions");
  show_conditions(out, member);
  object.close();
}

void show_report(json_object& view, const std::string& prefix, const maintenance_report* report) {
  if (!report)
    return;
  for (const auto& [key, text] :
       {std::pair{"_by", &report->by}, std::pair{"_user", &report->user}, std::pair{"_note", &report->note}})
    if (!text->empty())
      view.text(prefix + key, *text);
}

void show_maintenance(json_object& view, const unit_maintenance& maintenance) {
  view.time("maintenance_since", maintenance.since());
  show_report(view, "maintenance", maintenance.under_way());
  view.time("last_maintenance", maintenance.last_time());
  show_report(view, "last_maintenance", maintenance.last());
}

// The worst of its sensors' (semantics 5), and whose it is.
void show_score(json_object& view, const unit_members& members) {
  const auto* worst = members.worst_scored();
  if (!worst) {
    view.null("health_score");
    return;
  }
  const auto& score = worst->score();
  view.number("health_score", score.value)
      .text("health_score_of", worst->news.sensor)
      .time("health_score_at", score.at)
      .text("risk_level", name_of(score.risk))
      .boolean("maintenance_recommended", score.maintenance_recommended)
      .boolean("extrapolated", score.extrapolated);
}

void show_sensors(json_object& view, const unit_members& members) {
  const auto count = [&](auto is) { return std::count_if(members.all().begin(), members.all().end(), is); };
  std::string out;
  json_object{out}
      .integer("all", static_cast<int64_t>(members.all().size()))
      .integer("abnormal", count([](const auto& x) { return x.abnormal(); }))
      .integer("in_alarm", count([](const auto& x) { return x.in_alarm(); }))
      .integer("stale", count([](const auto& x) { return x.has(rule::stale) != nullptr; }))
      .integer("bad_quality", count([](const auto& x) { return x.has(rule::bad_quality) != nullptr; }))
      .close();
  view.raw("sensors", out);
}

} // namespace

// As if the open part had been taken, but for what only a barrier decides: presence and what closes.
void unit_model::show(json_object& view, const unit_part& open) const {
  const auto head = line();
  unit_model now = *this;
  hosted_output none;
  if (!open.empty())
    now.take(unit_part{open}, none);
  view.text("health", head.state)
      .text("reason", head.reason)
      .time("since", head.since)
      .integer("rank", head.rank)
      .text("presence", presence_.heard() || !open.empty() ? "online" : "offline")
      .time("presence_since", presence_.since());
  show_maintenance(view, maintenance_);
  show_score(view, now.members_);
  view.number("runtime_hours", static_cast<double>(now.sessions_.length().count()) / 3'600'000)
      .integer("readings", static_cast<int64_t>(now.readings_))
      .integer("faults", static_cast<int64_t>(now.faults_))
      .time("last_update", now.last_update_);
  show_sensors(view, now.members_);

  const auto panes = now.windows_.panes();
  const milliseconds width = settings_->gathering.pane;
  const event_time heard = std::max(presence_.time(), now.heard_);
  const event_time to = heard == never ? never : align_down(heard, width) + width;
  std::vector<const unit_type*> types;
  for (const auto& each : now.types_)
    types.push_back(&each);
  std::sort(types.begin(), types.end(), [](const auto* a, const auto* b) { return a->name.view() < b->name.view(); });
  std::string text(1, '[');
  for (const auto* each : types) {
    const auto type = static_cast<uint16_t>(each - now.types_.data());
    const auto window = window_of(panes, type, to - settings_->window, to);
    if (window.value.count == 0)
      continue;
    if (text.back() != '[')
      text += ',';
    show_type(text, window, *each, key_, *settings_);
  }
  text += ']';
  view.raw("types", text);

  text.assign(1, '[');
  for (const auto* each : now.members_.by_trouble()) {
    if (text.back() != '[')
      text += ',';
    show_member(text, *each, now.types_[each->news.type].name);
  }
  text += ']';
  view.raw("members", text);
}

} // namespace millwright
