#include "runtime/admin/explain_answer.hpp"

#include "protocol/figure.hpp"
#include "protocol/json.hpp"
#include "protocol/local_time.hpp"
#include "protocol/operating_mode.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/explain_alarm.hpp"
#include "runtime/admin/explain_names.hpp"
#include "runtime/admin/peer_user.hpp"
#include "runtime/admin/plant_counts.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

/// Alarms of one subject that are told: all that stand, and of those that are over so many.
constexpr size_t most_over = 3, most_alarms_told = 20;
/// Sensors of one unit.
constexpr size_t most_sensors_told = 100;

using record_pointer = explain_source::record_pointer;

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

std::string rule_and_since(const alarm_transition& x) {
  return std::string{name_of(x.level)} + ' ' + std::string{name_of(x.condition.which)} + ", since " +
         local_minute(x.raised_at, x.evidence.timezone);
}

class explanation {
public:
  explanation(const explain_source& from) : from_{from}, now_{from.now()}, alarms_{from, now_, out_} {}

  std::string of(const explain_subject& subject) && {
    if (subject.unit)
      unit(*subject.unit);
    else if (subject.sensor)
      sensor(*subject.sensor);
    else
      alarm(*subject.alarm);
    alarms_.add_channels();
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
    alarms_.add(x, found);
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
      why = quiet_words(*found, rule_rows, mode_words(key, *found)) + last_words(all);
    answer(paged, text + why);
    shelves(as_alarm(key, found, rule::limit).condition);
    for (const auto& each : all)
      alarms_.add(*each, found);
    if (!found)
      return;
    sensor_row(key, *found);
    rules(*found, key.sensor.text, static_cast<size_t>(first_node_rule));
    if (!stands)
      would_be_told(key, *found, rule_rows);
    unit_row({std::string{unit_kind}, key.facility, found->context.equipment.text});
  }

  // Of a sensor or a unit: an alarm says itself what shelf covers it.
  void shelves(const condition_key& of) {
    for (const auto& each : from_.shelves())
      if (each.what != alarm_shelf::scope::alarm && each.covers(of)) {
        begin("shelf").time("until", each.until).text("text", describe(each));
        end();
      }
  }

  // "PW-301 is 2.1 kW, rules hold while it is above 5 for 1 min"; empty where all rules judge.
  std::string mode_words(const sensor_key& key, const explained_sensor& x) const {
    const auto mode = operating_mode::of(x.context.when.view());
    if (!mode || x.account.not_judged.bits == 0)
      return {};
    std::string out = "not judged: ";
    if (!(x.account.not_judged == judged_by_sensors)) {
      out = "not judged by ";
      const auto names = names_of(x.account.not_judged);
      for (size_t i = 0; i < names.size(); ++i)
        out += (i == 0 ? "" : ", ") + names[i];
      out += ": ";
    }
    for (size_t i = 0; i < mode->all_of.size(); ++i) {
      const auto& each = mode->all_of[i];
      const auto deciding = from_.sensor({key.facility, {each.sensor}});
      const bool heard = deciding && !std::isnan(deciding->account.value);
      out += (i == 0 ? "" : "; ") + each.sensor + (heard ? " is " + figure_of(deciding->account.value) : "") +
             (heard && !deciding->account.unit.empty() ? ' ' + deciding->account.unit : std::string{}) +
             (heard ? "" : " has sent nothing yet") + ", rules hold while it is" +
             each.words().substr(each.sensor.size() + std::string_view{" is"}.size());
    }
    return out;
  }

  static std::string zone_of(const explained_sensor& x) {
    return x.context.facility ? x.context.facility->timezone : std::string{"UTC"};
  }

  static std::string quiet_words(const explained_sensor& x, const std::vector<rule_account>& all,
                                 const std::string& mode) {
    if (x.presence == sensor_presence::quarantined)
      return " did not page: its actor died again and again, and it is judged no more until the next start";
    if (x.retired)
      return " did not page: it is retired since " + local_minute(x.retired->at, zone_of(x)) + " by " +
             said_and_seen(x.retired->by, x.retired->user) + ", and not judged; " +
             (x.unjudged > 0 ? "it sends all the same, " + std::to_string(x.unjudged) + " readings since the start"
                             : "nothing has come of it since the start") +
             "; millwright retire --back has it in service again";
    std::string out = " did not page: ";
    if (x.account.not_judged == judged_by_sensors)
      return out + mode;
    if (!mode.empty())
      out += mode + "; else ";
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
    size_t standing = 0, paged = 0, shown = 0;
    for (const auto& each : all) {
      standing += each->state != alarm_state::cleared;
      shown += each->state != alarm_state::cleared && each->observation();
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
      text += (standing == 1 ? std::string{shown == 1 ? "what stands is shown only" : "what stands has paged nobody"}
                             : std::to_string(standing) + " alarms stand, and " +
                                   (shown == standing ? "each is shown only" : "none has paged anybody")) +
              "; first " + subject_of(all.front()->latest) + ": " + all.front()->explanation;
    answer(paged > 0, text);
    shelves({key.facility, {}, {key.id}, rule::limit});
    for (const auto& each : all)
      alarms_.add(*each, each->latest.condition.sensor.empty()
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
                          : x.presence == sensor_presence::retired     ? "retired"
                          : x.presence == sensor_presence::quarantined ? "quarantined"
                                                                       : "living");
    if (x.anew)
      line_->time("learns_anew_since", x.anew->at)
          .text("learns_anew_by", x.anew->by)
          .text("learns_anew_user", x.anew->user);
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
    alarms_.add_routes({}, x, now_, false);
  }

  const explain_source& from_;
  const event_time now_;
  std::string out_;
  std::optional<json_object> line_;
  entity_key page_key_;
  std::optional<std::string> page_;
  std::vector<std::string> members_;
  alarm_explanation alarms_;
};

} // namespace

std::string explain(const std::string& name, const explain_source& from) {
  return explanation{from}.of(subject_called(name, from));
}

} // namespace millwright
