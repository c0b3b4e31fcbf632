#include "runtime/admin/explain_answer.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "protocol/json_list.hpp"
#include "protocol/local_time.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/explain_names.hpp"
#include "runtime/admin/plant_counts.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

/// Finished pages that are looked through, of all channels, the newest; and waiting ones of a channel.
constexpr size_t pages_looked_at = 20'000, waiting_looked_at = 1'000;
/// Alarms of one subject that are told: all that stand, and of those that are over so many.
constexpr size_t most_over = 3, most_alarms_told = 20;
/// Sensors of one unit.
constexpr size_t most_sensors_told = 100;

using record_pointer = explain_source::record_pointer;

bool told_somebody(const alarm_record& x) {
  return !x.paged_to.empty() || x.in_group();
}

// What stands first, of that what paged, then the newest.
auto rank(const alarm_record& x) {
  return std::tuple{x.state == alarm_state::cleared,
                    !told_somebody(x),
                    x.observation(),
                    -x.latest.priority,
                    -epoch_ms(x.latest.at),
                    x.id()};
}

// By how it stands, what pages before what is shown only, then by how near it is.
auto rank(const rule_account& x) {
  constexpr int places[] = {4, 3, 2, 1, 0};
  return std::tuple{places[static_cast<size_t>(x.how)], !x.pages, std::isnan(x.nearness) ? 1 : -x.nearness};
}

std::vector<record_pointer> ordered(std::vector<record_pointer> all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return rank(*a) < rank(*b); });
  size_t over = 0;
  std::erase_if(all, [&](const auto& x) { return x->state == alarm_state::cleared && ++over > most_over; });
  if (all.size() > most_alarms_told)
    all.resize(most_alarms_told);
  return all;
}

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

std::string rule_and_since(const alarm_transition& x) {
  return std::string{name_of(x.level)} + ' ' + std::string{name_of(x.condition.which)} + ", since " +
         local_minute(x.raised_at, x.evidence.timezone);
}

class explanation {
public:
  explanation(const explain_source& from) : from_{from}, now_{from.now()} {}

  std::string of(const explain_subject& subject) && {
    if (subject.unit)
      unit(*subject.unit);
    else if (subject.sensor)
      sensor(*subject.sensor);
    else
      alarm(*subject.alarm);
    channels();
    return std::move(out_);
  }

private:
  json_object& begin(std::string_view row) { return line_.emplace(out_).text("row", row); }
  void end() {
    line_->close();
    out_ += '\n';
  }

  void answer(bool paged, const std::string& text) {
    begin("answer").boolean("paged", paged).text("text", text);
    end();
  }

  void alarm(const alarm_record& x) {
    const auto& about = x.latest;
    const bool paged = told_somebody(x);
    std::string text = subject_of(about) + (paged ? " paged: " : " did not page: ") + rule_and_since(about);
    if (x.state != alarm_state::active)
      text += std::string{", "} + (x.state == alarm_state::cleared ? "over" : "became its normal range") + " since " +
              local_minute(about.at, about.evidence.timezone);
    answer(paged, text + "; " + x.explanation);
    std::optional<explained_sensor> found;
    if (!about.condition.sensor.empty())
      found = from_.sensor({about.condition.facility, about.condition.sensor});
    alarm_rows(x, found);
    if (found) {
      sensor_row({about.condition.facility, about.condition.sensor}, *found);
      rules(*found, about.condition.sensor.text, static_cast<size_t>(first_node_rule));
      unit_row({std::string{unit_kind}, about.condition.facility, found->context.equipment.text});
    } else if (!about.condition.unit.empty() && !about.condition.facility.empty()) {
      unit_row({std::string{unit_kind}, about.condition.facility, about.condition.unit.text});
    }
  }

  void sensor(const sensor_key& key) {
    const auto found = from_.sensor(key);
    const auto all = ordered(from_.alarms([&](const alarm_record& x) {
      return x.raise.condition.sensor == key.sensor && x.raise.condition.facility == key.facility;
    }));
    const auto rule_rows = found ? sorted(found->account.rules) : std::vector<rule_account>{};
    const auto text = subject_of(as_alarm(key, found, rule::limit));
    const bool stands = !all.empty() && all.front()->state != alarm_state::cleared;
    const bool paged = stands && told_somebody(*all.front());
    std::string why;
    if (stands)
      why = (paged ? " paged: " : " did not page: ") + rule_and_since(all.front()->latest) + "; " +
            all.front()->explanation;
    else if (!found)
      why = " did not page: nothing of it is committed yet; ask again in some seconds";
    else
      why = quiet_words(*found, rule_rows) + last_words(all);
    answer(paged, text + why);
    for (const auto& each : all)
      alarm_rows(*each, found);
    if (!found)
      return;
    sensor_row(key, *found);
    rules(*found, key.sensor.text, static_cast<size_t>(first_node_rule));
    if (!stands)
      would_be_told(key, *found, rule_rows);
    unit_row({std::string{unit_kind}, key.facility, found->context.equipment.text});
  }

  static std::string quiet_words(const explained_sensor& x, const std::vector<rule_account>& all) {
    if (x.presence == sensor_presence::quarantined)
      return " did not page: its actor died again and again, and it is judged no more until the next start";
    std::string out = " did not page: ";
    if (all.empty() || all.front().how <= rule_standing::learning)
      return out + "no rule can judge it yet";
    const auto& first = all.front();
    const std::string which{name_of(first.which)};
    if (first.how == rule_standing::well)
      return out + "no rule finds it outside; nearest is " + which + ": " + first.text;
    return out + which + " is outside, and not an alarm" + (first.due == never ? "" : " yet") + ": " + first.text;
  }

  static std::string last_words(const std::vector<record_pointer>& all) {
    if (all.empty())
      return {};
    const auto& last = all.front()->latest;
    return "; its last alarm, " + rule_and_since(last) + ", is over since " +
           local_minute(last.at, last.evidence.timezone) +
           (told_somebody(*all.front()) ? ", and had paged" : ", and had not paged");
  }

  void unit(const entity_key& key) {
    const auto all = ordered(from_.alarms([&](const alarm_record& x) {
      return x.raise.condition.unit.text == key.id && x.raise.condition.facility == key.facility;
    }));
    size_t standing = 0, paged = 0;
    for (const auto& each : all) {
      standing += each->state != alarm_state::cleared;
      paged += each->state != alarm_state::cleared && told_somebody(*each);
    }
    std::string text = key.id + " of " + key.facility.text;
    if (paged > 0)
      text += " paged: " + subject_of(all.front()->latest) + ", " + rule_and_since(all.front()->latest) + "; " +
              all.front()->explanation;
    else
      text += " did not page: ";
    if (paged == 0 && standing == 0)
      text += "no alarm of it stands" + last_words(all);
    else if (paged == 0)
      text += (standing == 1 ? std::string{"what stands is shown only"}
                             : std::to_string(standing) + " alarms stand, and each is shown only") +
              "; first " + subject_of(all.front()->latest) + ": " + all.front()->explanation;
    answer(paged > 0, text);
    for (const auto& each : all)
      alarm_rows(*each, each->latest.condition.sensor.empty()
                            ? std::nullopt
                            : from_.sensor({key.facility, each->latest.condition.sensor}));
    unit_row(key);
    for (const auto& each : members_)
      if (const auto found = from_.sensor({key.facility, {each}})) {
        sensor_row({key.facility, {each}}, *found);
        rules(*found, each, 1);
      }
  }

  static std::vector<rule_account> sorted(std::vector<rule_account> all) {
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return all;
  }

  void rules(const explained_sensor& x, const std::string& sensor, size_t most) {
    const auto all = sorted(x.account.rules);
    for (size_t i = 0; i < std::min(most, all.size()); ++i) {
      begin("rule").text("sensor", sensor);
      append_fields(*line_, all[i]);
      end();
    }
  }

  void sensor_row(const sensor_key& key, const explained_sensor& x) {
    begin("sensor")
        .text("facility_id", key.facility.text)
        .text("sensor_id", key.sensor.text)
        .text_or_null("equipment_id", x.context.equipment.text)
        .number("value", x.account.value)
        .text_or_null("unit", x.account.unit)
        .time("at", x.account.at)
        .integer("silent_ms", x.account.silent.count())
        .number("quality", quality_of(x.context, key.sensor.text))
        .text("presence", x.presence == sensor_presence::asleep        ? "asleep"
                          : x.presence == sensor_presence::quarantined ? "quarantined"
                                                                       : "living");
    end();
  }

  // Its unit hears of each barrier's last; the sensor's own state has none.
  double quality_of(const sensor_context& context, const std::string& sensor) {
    double out = absent;
    if (!context.equipment.empty())
      if (const auto* page = page_of({std::string{unit_kind}, context.key.facility, context.equipment.text}))
        each_answer_row(*page, [&](const answer_row& row) {
          const auto& members = field_in(row, "members");
          if (members.IsArray())
            for (const auto& each : members.GetArray())
              if (text_in(each, "sensor") == sensor)
                out = number_in(each, "quality");
        });
    return out;
  }

  const std::string* page_of(const entity_key& key) {
    if (page_key_ != key) {
      page_key_ = key;
      page_ = from_.plant.page(key);
    }
    return page_ ? &*page_ : nullptr;
  }

  void unit_row(const entity_key& key) {
    if (key.id.empty())
      return;
    const auto* page = page_of(key);
    begin("unit").text("facility_id", key.facility.text).text("equipment_id", key.id);
    if (!page)
      line_->null("health");
    else
      each_answer_row(*page, [&](const answer_row& row) {
        for (const auto* field : {"health", "reason", "since", "presence", "maintenance_since", "maintenance_by",
                                  "maintenance_note", "last_maintenance"})
          line_->text_or_null(field, text_in(row, field));
        const auto& members = field_in(row, "members");
        if (members.IsArray())
          for (const auto& each : members.GetArray())
            if (members_.size() < most_sensors_told)
              members_.push_back(text_in(each, "sensor"));
      });
    end();
  }

  // --- alarms

  void alarm_rows(const alarm_record& x, const std::optional<explained_sensor>& of) {
    const auto id = short_form(x.id());
    std::string record;
    append_json(record, x);
    begin("alarm")
        .text("alarm", id)
        .boolean("paged", told_somebody(x))
        .boolean("observation", x.observation())
        .time("told_at", x.told_wall)
        .time("held_until", x.held ? x.held_until : never)
        .time("unacknowledged_since", x.acknowledged ? never : x.waits_since)
        .integer("members", x.members ? static_cast<int64_t>(x.members->size()) : 0)
        .raw("record", record);
    end();
    priority(id, x, of);
    const auto at = x.told_wall == never ? now_ : x.told_wall;
    if (!x.observation())
      routes(id, x.latest, at, x.told_wall != never);
    pages(id, x);
  }

  void priority(const std::string& id, const alarm_record& x, const std::optional<explained_sensor>& of) {
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
      line_->null("score").null("bonus").text(
          "because", "as it was decided: by other settings or metadata, or for several at once");
    end();
  }

  void routes(const std::string& id, const alarm_transition& about, event_time at, bool then) {
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

  void pages(const std::string& id, const alarm_record& x) {
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

  static bool is_member(const page& x, const uuid& alarm) {
    return x.members && std::find(x.members->begin(), x.members->end(), alarm) != x.members->end();
  }

  const std::vector<notification_entry>& finished() {
    if (!finished_)
      finished_ = from_.pages->notifications(from_.pages->cursor_before_newest(pages_looked_at), pages_looked_at);
    return *finished_;
  }

  const std::vector<outbox_entry>& waiting(const channel_name& channel) {
    const auto [at, fresh] = waiting_.try_emplace(channel);
    if (fresh)
      at->second = from_.pages->waiting(channel, nullptr, waiting_looked_at);
    return at->second;
  }

  // --- what would be

  static alarm_transition as_alarm(const sensor_key& key, const std::optional<explained_sensor>& of, rule which) {
    alarm_transition x;
    x.condition = {key.facility, key.sensor, {}, which};
    if (!of)
      return x;
    x.condition.unit = of->context.equipment;
    if (const auto& facility = of->context.facility) {
      x.evidence.facility_name = facility->name;
      x.evidence.timezone = facility->timezone;
      x.evidence.line = facility->production_line;
    }
    return x;
  }

  void would_be_told(const sensor_key& key, const explained_sensor& of, const std::vector<rule_account>& all) {
    const auto first = std::find_if(all.begin(), all.end(), [](const auto& x) {
      return x.pages && x.how != rule_standing::off && x.which != rule::stale;
    });
    if (first == all.end())
      return;
    auto x = as_alarm(key, of, first->which);
    x.at = x.raised_at = now_;
    x.evidence.sensor_type = of.account.type;
    x.level = paged_as(*from_.detection, first->which).front().first;
    x.priority = priority_of(*from_.detection, first->which, score_of(*from_.detection, first->which, x.level),
                             {of.context.how_critical, x.condition.unit.view(), key.facility.view()});
    routes({}, x, now_, false);
  }

  void channels() {
    for (const auto& name : channels_) {
      if (!from_.routes->has({name}))
        continue;
      const auto says = from_.channel(name);
      begin("channel").text("channel", name).raw("describes", says.value_or("null"));
      end();
    }
  }

  const explain_source& from_;
  const event_time now_;
  std::string out_;
  std::optional<json_object> line_;
  entity_key page_key_;
  std::optional<std::string> page_;
  std::vector<std::string> members_;
  std::optional<std::vector<notification_entry>> finished_;
  std::map<channel_name, std::vector<outbox_entry>> waiting_;
  std::set<std::string> channels_;
};

} // namespace

std::string explain(const std::string& name, const explain_source& from) {
  return explanation{from}.of(subject_called(name, from));
}

} // namespace millwright
