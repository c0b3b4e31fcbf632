#pragma once

#include "actors/sensor/rules.hpp"
#include "runtime/admin/explain_answer.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/journal/memory_journal.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace millwright::testing {

/// A plant of two pumps with a thermometer each, judged by real rules, and whatever alarms the test says.
class explained_plant {
public:
  explained_plant() {
    types[0].name = std::string{"temperature"};
    types[0].unit = std::string{"C"};
    facility->id = {"north"};
    facility->name = std::string{"North works"};
    add("TI-1", "pump-1");
    add("TI-2", "pump-2");
  }

  /// Its sensor reads this each second, ten times.
  void reads(const std::string& sensor, double value) {
    auto& one = sensors.at(sensor);
    sensor_output out;
    judged none;
    for (int i = 0; i < 10; ++i) {
      reading r;
      r.time = now = now + milliseconds{1000};
      r.value = value;
      r.context = &one.context;
      one.rules.judge(r, none, out);
    }
  }

  alarm_record& alarm(const std::string& sensor, rule which) {
    auto& x = alarms.emplace_back();
    x.raise.condition = {{"north"}, {sensor}, sensors.at(sensor).context.equipment, which};
    x.raise.at = x.raise.raised_at = from_epoch_ms(1'795'000'000'000);
    x.raise.alarm = alarm_id_of(x.raise.condition, x.raise.raised_at, 1);
    x.raise.level = severity::high;
    x.raise.priority = 60;
    x.raise.number = 1;
    x.raise.evidence.facility_name = facility->name;
    x.pages = true;
    x.latest = x.raise;
    return x;
  }

  outbox_entry page_of(const alarm_record& x, const std::string& channel) {
    outbox_entry out;
    out.what = {{channel}, page_kind::alert, x.latest};
    out.sequence = ++sequence_;
    return out;
  }

  explain_source source() {
    explain_source out;
    out.alarms = [this](const auto& wanted) {
      std::vector<explain_source::record_pointer> found;
      for (const auto& each : alarms)
        if (wanted(each))
          found.push_back(std::make_shared<alarm_record>(each));
      return found;
    };
    out.sensors = [this](const sensor_filter& x) {
      sensor_list found;
      for (const auto& [id, one] : sensors)
        if (x.sensor == "*" || x.sensor == id)
          found.sensors.push_back({one.context.key, sensor_presence::living, "split", never});
      return found;
    };
    out.sensor = [this](const sensor_key& key) -> std::optional<explained_sensor> {
      const auto at = sensors.find(key.sensor.text);
      if (at == sensors.end())
        return std::nullopt;
      explained_sensor one{at->second.rules.account(at->second.context, {}, milliseconds{2000}), at->second.context,
                           sensor_presence::living};
      said(one);
      return one;
    };
    out.plant.lines = [this] {
      std::vector<entity_line> lines{{{std::string{facility_kind}, {"north"}, {}}, {}, never}};
      for (const auto& [id, one] : sensors)
        lines.push_back({unit_of(one.context.equipment.text), {}, never});
      return lines;
    };
    out.plant.page = [this](const entity_key& key) -> std::optional<std::string> {
      const auto number = key.id.substr(key.id.size() - 1);
      return R"({"health":"unstable","reason":"hot","since":"2026-11-30T12:00:00.000Z",)" + maintenance +
             R"("members":[{"sensor":"TI-)" + number + R"(","quality":0.97}]})";
    };
    out.channel = [this](const std::string&) { return channel_says; };
    out.detection = &settings;
    out.routes = &routes;
    out.pages = &pages;
    out.now = [this] { return now; };
    out.shelves = [this] { return shelved; };
    return out;
  }

  static entity_key unit_of(const std::string& id) { return {std::string{unit_kind}, {"north"}, id}; }

  struct one_sensor {
    sensor_context context;
    sensor_rules rules;
  };

  detection_settings settings;
  std::vector<sensor_type> types{1};
  rule_book book{&settings, &types};
  std::shared_ptr<facility_info> facility = std::make_shared<facility_info>();
  std::map<std::string, one_sensor> sensors;
  std::vector<alarm_record> alarms;
  route_table routes{{{"slack"}, {"mail"}}};
  memory_journal pages;
  event_time now = from_epoch_ms(1'795'000'000'000);
  std::string maintenance;
  /// What people had its sensors do.
  std::function<void(explained_sensor&)> said = [](explained_sensor&) {};
  std::vector<alarm_shelf> shelved;
  std::string channel_says = R"({"channel":"slack","failures_in_a_row":0,"circuit":"closed","last_failure":null})";

private:
  void add(const std::string& id, const std::string& unit) {
    sensor_context context;
    context.key = {{"north"}, {id}};
    context.facility = facility;
    context.equipment = {unit};
    context.thresholds.high = 80;
    sensors.emplace(id, one_sensor{std::move(context), sensor_rules{book}});
  }

  uint64_t sequence_ = 0;
};

} // namespace millwright::testing
