#include "runtime/admin/explain_alarm.hpp"

#include "protocol/json_list.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

/// Finished pages that are looked through, of all channels, the newest; and waiting ones of a channel.
constexpr size_t pages_looked_at = 20'000, waiting_looked_at = 1'000;

// By its rule, its level and its figures; a page's own score is not kept.
int score_behind(const detection_settings& settings, const alarm_transition& x) {
  switch (x.condition.which) {
  case rule::z:
    return std::isnan(x.evidence.z) ? score_of(settings, rule::z, x.level)
                                    : static_cast<int>(std::min(10 * x.evidence.z, 1000.0));
  case rule::state:
    return x.level < settings.of(rule::state).level ? settings.state.shown_score : settings.of(rule::state).score;
  default:
    return score_of(settings, x.condition.which, x.level);
  }
}

bool is_member(const page& x, const uuid& alarm) {
  if (x.digest)
    return std::any_of(x.digest->members.begin(), x.digest->members.end(),
                       [&](const auto& each) { return each.alarm == alarm; });
  return x.members && std::find(x.members->begin(), x.members->end(), alarm) != x.members->end();
}

} // namespace

void alarm_explanation::add(const alarm_record& x, const std::optional<explained_sensor>& of) {
  const auto id = short_form(x.id());
  std::string record;
  append_json(record, x);
  begin("alarm")
      .text("alarm", id)
      .boolean("paged", told_somebody(x))
      .boolean("observation", x.observation())
      .time("told_at", x.told_wall)
      .time("held_until", x.held ? x.held_until : never)
      .text_or_null("shelved", x.shelved && x.state == alarm_state::active
                                   ? describe(*x.shelved, x.latest.evidence.timezone)
                                   : std::string{})
      .time("unacknowledged_since", x.acknowledged || !told_somebody(x) ? never : x.waits_since)
      .integer("members", x.members ? static_cast<int64_t>(x.members->size()) : 0)
      .raw("record", record);
  end();
  for (const auto& each : x.remarks) {
    begin("remark")
        .text("alarm", id)
        .text("what", name_of(each.what))
        .time("at", each.at)
        .text_or_null("by", each.by)
        .text("text", each.text);
    end();
  }
  add_priority(id, x, of);
  const auto at = x.told_wall == never ? now_ : x.told_wall;
  if (!x.observation())
    add_routes(id, x.latest, at, x.told_wall != never);
  add_pages(id, x);
}

void alarm_explanation::add_priority(const std::string& id, const alarm_record& x,
                                     const std::optional<explained_sensor>& of) {
  const auto& about = x.latest;
  const urgency how{of ? of->context.how_critical : criticality::unknown, about.condition.unit.view(),
                    about.condition.facility.view()};
  const auto parts =
      priority_parts_of(*from_.detection, about.condition.which, score_behind(*from_.detection, about), how);
  const bool fits = std::clamp(parts.score + parts.bonus, 0, 100) == about.priority;
  begin("priority").text("alarm", id).integer("priority", about.priority);
  if (fits)
    line_->integer("score", parts.score).integer("bonus", parts.bonus).text("because", parts.because);
  else
    line_->null("score").null("bonus").text("because",
                                            "as it was decided: by other settings or metadata, or for several at once");
  end();
}

void alarm_explanation::add_routes(const std::string& id, const alarm_transition& about, event_time at, bool then) {
  const auto steps = from_.routes->explain(about, at);
  for (const auto& each : steps) {
    begin("route")
        .text_or_null("alarm", id)
        .text("route", each.route->name)
        .boolean("takes", each.takes)
        .text("why", each.why)
        .boolean("goes_on", each.takes && each.route->goes_on);
    end();
  }
  const auto choice = from_.routes->choose(about, at);
  begin("told").text_or_null("alarm", id).text("rule", name_of(about.condition.which)).time("at", at);
  line_->boolean("then", then)
      .raw("channels", json_list(choice.ways, [](std::string& to, const auto& way) {
             json_object{to}.text("channel", way.channel.text).text_or_null("routes", way.text()).close();
           }));
  end();
}

void alarm_explanation::add_pages(const std::string& id, const alarm_record& x) {
  const auto is_of = [&](const uuid& alarm) { return alarm == x.id() || (x.in_group() && alarm == x.group); };
  for (const auto& each : finished())
    if (is_of(each.what.alarm)) {
      begin("page")
          .text("alarm", id)
          .text("channel", each.what.channel.text)
          .text("outcome", name_of(each.what.outcome))
          .time("timestamp", each.what.timestamp)
          .time("recorded", each.recorded)
          .text_or_null("detail", each.what.detail)
          .boolean("by_group", each.what.alarm != x.id());
      end();
      channels_.insert(each.what.channel.text);
    }
  for (const auto& channel : from_.routes->channels())
    for (const auto& each : waiting(channel))
      if (is_of(each.what.about.alarm) || is_member(each.what, x.id())) {
        begin("waiting")
            .text("alarm", id)
            .text("channel", channel.text)
            .text("transition", name_of(each.what.about.kind))
            .integer("attempts", each.attempts)
            .time("due", each.due)
            .time("next_try", each.next_try)
            .raw("over", json_list(each.over, [](std::string& to, const channel_name& over) {
                   append_json_string(to, over.text);
                 }));
        end();
        channels_.insert(channel.text);
      }
  for (const auto& each : x.paged_to)
    channels_.insert(each.text);
}

const std::vector<notification_entry>& alarm_explanation::finished() {
  if (!finished_)
    finished_ = from_.pages->notifications(from_.pages->cursor_before_newest(pages_looked_at), pages_looked_at);
  return *finished_;
}

const std::vector<outbox_entry>& alarm_explanation::waiting(const channel_name& channel) {
  const auto [at, fresh] = waiting_.try_emplace(channel);
  if (fresh)
    at->second = from_.pages->waiting(channel, nullptr, waiting_looked_at);
  return at->second;
}

void alarm_explanation::add_channels() {
  for (const auto& name : channels_) {
    if (!from_.routes->has({name}))
      continue;
    const auto says = from_.channel(name);
    begin("channel").text("channel", name).raw("describes", says.value_or("null"));
    end();
  }
}

} // namespace millwright
