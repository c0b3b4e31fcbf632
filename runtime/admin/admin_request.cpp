#include "runtime/admin/admin_request.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/admin/open_windows.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <utility>
#include <vector>

namespace millwright {

namespace {

using rapidjson::Value;

constexpr std::string_view questions = "expected results, alarms, observations, ack, shelve, unshelve, shelves, note, "
                                       "status, sensors, forget, load, plant, "
                                       "maintenance, relearn, retire, unretire, tree, describe or explain";

// A key may hold anything; an answer that began with a NUL would look empty.
[[noreturn]] void refuse(std::string where, const std::string& what) {
  for (char& c : where)
    c = static_cast<unsigned char>(c) < ' ' ? '?' : c;
  throw failure{failure_code::bad_usage, where, what};
}

std::string text_of(const std::string& key, const Value& x, bool may_be_empty = false) {
  if (!x.IsString() || (x.GetStringLength() == 0 && !may_be_empty))
    refuse(key, "expected a text");
  return {x.GetString(), x.GetStringLength()};
}

uint64_t count_of(const std::string& key, const Value& x, uint64_t least, uint64_t most) {
  if (!x.IsUint64() || x.GetUint64() < least || x.GetUint64() > most)
    refuse(key, "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return x.GetUint64();
}

bool flag_of(const std::string& key, const Value& x) {
  if (!x.IsBool())
    refuse(key, "expected true or false");
  return x.GetBool();
}

result_kind kind_of(const std::string& name) {
  result_kind kind{};
  if (result_kind_named(name, kind))
    return kind;
  refuse(name, unknown_result_kind(name));
}

admin_question question_of(const std::string& name) {
  if (name == "results")
    return admin_question::results;
  if (name == "alarms")
    return admin_question::alarms;
  if (name == "observations")
    return admin_question::observations;
  if (name == "ack")
    return admin_question::acknowledge;
  if (name == "status")
    return admin_question::status;
  if (name == "sensors")
    return admin_question::sensors;
  if (name == "forget")
    return admin_question::forget_sensors;
  if (name == "load")
    return admin_question::load;
  if (name == "plant")
    return admin_question::plant;
  if (name == "tree")
    return admin_question::tree;
  if (name == "describe")
    return admin_question::describe;
  if (name == "maintenance")
    return admin_question::maintenance;
  if (name == "shelve")
    return admin_question::shelve;
  if (name == "unshelve")
    return admin_question::unshelve;
  if (name == "shelves")
    return admin_question::shelves;
  if (name == "note")
    return admin_question::note;
  if (name == "explain")
    return admin_question::explain;
  if (sensor_word_named(name))
    return admin_question::sensor_word;
  refuse("request", std::string{questions} + ", got \"" + name + '"');
}

bool take(sensor_filter& out, const std::string& key, const Value& x) {
  if (key == "sensor") {
    out.sensor = text_of(key, x);
  } else if (key == "facility") {
    out.facility = text_of(key, x);
  } else if (key == "limit") {
    out.limit = static_cast<uint32_t>(count_of(key, x, 1, most_sensors));
  } else if (key == "state") {
    const auto state = text_of(key, x);
    if (state != "any" && state != "asleep" && state != "awake")
      refuse(key, "expected any, asleep or awake, got \"" + state + '"');
    out.asleep = state != "awake";
    out.awake = state != "asleep";
  } else {
    return false;
  }
  return true;
}

bool take(plant_request& out, const std::string& key, const Value& x) {
  if (key == "name")
    out.name = text_of(key, x);
  else if (key == "facility")
    out.facility = text_of(key, x);
  else if (key == "kind")
    out.kind = text_of(key, x);
  else if (key == "limit")
    out.limit = static_cast<uint32_t>(count_of(key, x, 1, most_plant_rows));
  else
    return false;
  return true;
}

bool take(tree_request& out, const std::string& key, const Value& x) {
  if (key == "name")
    out.name = text_of(key, x);
  else if (key == "kind")
    out.kind = text_of(key, x);
  else if (key == "from")
    out.from = count_of(key, x, 0, UINT32_MAX);
  else if (key == "limit")
    out.limit = static_cast<uint32_t>(count_of(key, x, 1, most_tree_rows));
  else if (key == "most")
    out.most = static_cast<uint32_t>(count_of(key, x, 1, most_tree_unfolded));
  else
    return false;
  return true;
}

std::string short_text(const std::string& key, const Value& x, size_t most) {
  auto text = text_of(key, x, true);
  if (text.size() > most)
    refuse(key, "expected at most " + std::to_string(most) + " bytes, got " + std::to_string(text.size()));
  return text;
}

bool take(maintenance_request& out, const std::string& key, const Value& x) {
  if (key == "what") {
    const auto name = text_of(key, x);
    const auto what = maintenance_named(name);
    if (!what)
      refuse(key, "expected begin, end or done, got \"" + name + '"');
    out.what = *what;
  } else if (key == "name") {
    out.name = text_of(key, x);
  } else if (key == "facility") {
    out.facility = text_of(key, x, true);
  } else if (key == "by") {
    out.by = short_text(key, x, longest_name_said);
  } else if (key == "note") {
    out.note = short_text(key, x, longest_note);
  } else {
    return false;
  }
  return true;
}

bool take(sensor_word_request& out, const std::string& key, const Value& x) {
  if (key == "name")
    out.name = text_of(key, x);
  else if (key == "facility")
    out.facility = text_of(key, x, true);
  else if (key == "by")
    out.by = short_text(key, x, longest_name_said);
  else
    return false;
  return true;
}

bool take(shelving_request& out, admin_question question, const std::string& key, const Value& x) {
  const bool note = question == admin_question::note, shelve = question == admin_question::shelve;
  if (key == (note ? "id" : "name")) {
    out.name = text_of(key, x);
  } else if (key == "by") {
    out.by = short_text(key, x, longest_name_said);
  } else if ((note && key == "text") || (shelve && key == "reason")) {
    out.text = short_text(key, x, longest_shelf_reason);
  } else if (shelve && key == "for_ms") {
    out.lasts = milliseconds{static_cast<int64_t>(count_of(key, x, 1, longest_shelf_ms))};
  } else if (!note && key == "facility") {
    out.facility = text_of(key, x, true);
  } else if (!note && key == "kind") {
    out.kind = text_of(key, x, true);
    if (!out.kind.empty() && out.kind != "alarm" && out.kind != "sensor" && out.kind != "unit")
      refuse(key, "expected alarm, sensor or unit, got \"" + out.kind + '"');
  } else {
    return false;
  }
  return true;
}

/// False: this question knows no such key.
bool take(admin_request& out, const std::string& key, const Value& x) {
  switch (out.question) {
  case admin_question::results:
    if (key == "kind")
      out.results.kind = kind_of(text_of(key, x));
    else if (key == "sensor")
      out.results.sensor = text_of(key, x);
    else if (key == "facility")
      out.results.facility = text_of(key, x);
    else if (key == "last")
      out.results.last = count_of(key, x, 0, most_last);
    else if (key == "follow")
      out.results.follow = flag_of(key, x);
    else if (key == "updates")
      out.results.updates = flag_of(key, x);
    else
      return false;
    return true;
  case admin_question::alarms:
  case admin_question::observations:
    if (key == "all")
      out.all = flag_of(key, x);
    else if (key == "limit")
      out.limit = static_cast<uint32_t>(count_of(key, x, 1, most_alarms));
    else
      return false;
    return true;
  case admin_question::acknowledge:
    if (key == "id")
      out.id = text_of(key, x);
    else if (key == "by")
      out.by = text_of(key, x, true);
    else
      return false;
    return true;
  case admin_question::status:
  case admin_question::shelves:
    return false;
  case admin_question::sensors:
  case admin_question::forget_sensors:
    return take(out.sensors, key, x);
  case admin_question::load:
    if (key == "minutes")
      out.minutes = static_cast<uint32_t>(count_of(key, x, 0, most_minutes));
    else if (key == "samples")
      out.samples = static_cast<uint32_t>(count_of(key, x, 0, most_samples));
    else
      return false;
    return true;
  case admin_question::plant:
    return take(out.plant, key, x);
  case admin_question::tree:
    return take(out.tree, key, x);
  case admin_question::describe:
    return key == "name" && take(out.tree, key, x);
  case admin_question::maintenance:
    return take(out.maintenance, key, x);
  case admin_question::shelve:
  case admin_question::unshelve:
  case admin_question::note:
    return take(out.shelving, out.question, key, x);
  case admin_question::sensor_word:
    return take(out.word, key, x);
  case admin_question::explain:
    if (key != "name")
      return false;
    out.id = text_of(key, x);
    return true;
  }
  return false;
}

} // namespace

std::string unknown_result_kind(const std::string& name) {
  std::vector<std::string> known;
  for (const auto kind : result_kinds())
    known.emplace_back(name_of(kind));
  return "no kind of results" + did_you_mean(name, known) + "; there are " + result_kind_names();
}

std::string cannot_filter(const results_request& x) {
  const auto lacks = [&](const std::string& id, std::string_view field) {
    return !id.empty() && !has_field(x.kind, field);
  };
  const bool sensor = lacks(x.sensor, "sensor_id"), facility = lacks(x.facility, "facility_id");
  if (!sensor && !facility)
    return {};
  return "rows of " + std::string{name_of(x.kind)} + " name no " +
         (sensor && facility ? "sensor and no facility"
          : sensor           ? "sensor"
                             : "facility");
}

admin_request parse_request(std::string_view line) {
  rapidjson::Document given;
  // Iterative: a request of nothing but brackets must not end the node's stack.
  given.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
  if (given.HasParseError())
    refuse("request", "no JSON at byte " + std::to_string(given.GetErrorOffset()) + ": " +
                          rapidjson::GetParseError_En(given.GetParseError()));
  if (!given.IsObject())
    refuse("request", "expected a JSON object");
  const auto what = given.FindMember("request");
  if (what == given.MemberEnd())
    refuse("request", std::string{questions});
  admin_request out;
  out.question = question_of(text_of("request", what->value));
  if (out.question == admin_question::sensor_word)
    out.word.what = *sensor_word_named(what->value.GetString());
  bool has_kind = false, has_sensor = false, has_what = false;
  for (const auto& each : given.GetObject()) {
    const std::string key{each.name.GetString(), each.name.GetStringLength()};
    has_kind = has_kind || key == "kind";
    has_sensor = has_sensor || key == "sensor";
    has_what = has_what || key == "what";
    if (key != "request" && !take(out, key, each.value))
      refuse(key, "unknown in this request");
  }
  if (out.question == admin_question::results) {
    if (!has_kind)
      refuse("kind", "expected one of " + result_kind_names());
    if (const auto why = cannot_filter(out.results); !why.empty())
      refuse(std::string{name_of(out.results.kind)}, why);
    if (const auto why = cannot_update(out.results); !why.empty())
      refuse(std::string{name_of(out.results.kind)}, why);
  }
  if (out.question == admin_question::acknowledge && out.id.empty())
    refuse("id", "expected an alarm's id, or its beginning");
  if (out.question == admin_question::explain && out.id.empty())
    refuse("name", "expected an alarm's id, a sensor or a unit");
  // Whoever leaves it out by mistake does not mean all.
  if (out.question == admin_question::forget_sensors && !has_sensor)
    refuse("sensor", "expected which: a sensor's id, or a pattern");
  if (out.question == admin_question::maintenance && !has_what)
    refuse("what", "expected begin, end or done");
  if (out.question == admin_question::maintenance && out.maintenance.name.empty())
    refuse("name", "expected a unit");
  if (out.question == admin_question::sensor_word && out.word.name.empty())
    refuse("name", "expected a sensor");
  const auto& shelving = out.shelving;
  if (out.question == admin_question::note && (shelving.name.empty() || shelving.text.empty()))
    refuse(shelving.name.empty() ? "id" : "text", "expected an alarm's id, or its beginning, and what is noted");
  if ((out.question == admin_question::shelve || out.question == admin_question::unshelve) && shelving.name.empty())
    refuse("name", "expected an alarm, a sensor or a unit");
  // Every shelf ends, and people see why there is one.
  if (out.question == admin_question::shelve && shelving.lasts == milliseconds{0})
    refuse("for_ms", "expected for how long");
  if (out.question == admin_question::shelve && shelving.text.empty())
    refuse("reason", "expected why");
  return out;
}

std::string to_json(const admin_request& x) {
  std::string out;
  json_object line{out};
  switch (x.question) {
  case admin_question::results:
    line.text("request", "results").text("kind", name_of(x.results.kind));
    if (!x.results.sensor.empty())
      line.text("sensor", x.results.sensor);
    if (!x.results.facility.empty())
      line.text("facility", x.results.facility);
    line.integer("last", static_cast<int64_t>(x.results.last)).boolean("follow", x.results.follow);
    if (x.results.updates)
      line.boolean("updates", true);
    break;
  case admin_question::alarms:
  case admin_question::observations:
    line.text("request", x.question == admin_question::alarms ? "alarms" : "observations")
        .boolean("all", x.all)
        .integer("limit", x.limit);
    break;
  case admin_question::acknowledge:
    line.text("request", "ack").text("id", x.id).text("by", x.by);
    break;
  case admin_question::status:
    line.text("request", "status");
    break;
  case admin_question::sensors:
  case admin_question::forget_sensors:
    line.text("request", x.question == admin_question::sensors ? "sensors" : "forget")
        .text("sensor", x.sensors.sensor)
        .text("facility", x.sensors.facility)
        .text("state", !x.sensors.asleep ? "awake"
                       : x.sensors.awake ? "any"
                                         : "asleep")
        .integer("limit", x.sensors.limit);
    break;
  case admin_question::load:
    line.text("request", "load").integer("minutes", x.minutes).integer("samples", x.samples);
    break;
  case admin_question::plant:
    line.text("request", "plant");
    for (const auto& [key, value] :
         {std::pair{"name", &x.plant.name}, std::pair{"facility", &x.plant.facility}, std::pair{"kind", &x.plant.kind}})
      if (!value->empty())
        line.text(key, *value);
    line.integer("limit", x.plant.limit);
    break;
  case admin_question::tree:
    line.text("request", "tree").text("name", x.tree.name);
    if (x.tree.kind.empty())
      line.integer("most", x.tree.most);
    else
      line.text("kind", x.tree.kind).integer("from", static_cast<int64_t>(x.tree.from)).integer("limit", x.tree.limit);
    break;
  case admin_question::describe:
    line.text("request", "describe").text("name", x.tree.name);
    break;
  case admin_question::maintenance:
    line.text("request", "maintenance")
        .text("what", name_of(x.maintenance.what))
        .text("name", x.maintenance.name)
        .text("facility", x.maintenance.facility)
        .text("by", x.maintenance.by)
        .text("note", x.maintenance.note);
    break;
  case admin_question::shelve:
  case admin_question::unshelve:
    line.text("request", x.question == admin_question::shelve ? "shelve" : "unshelve")
        .text("name", x.shelving.name)
        .text("facility", x.shelving.facility)
        .text("kind", x.shelving.kind);
    if (x.question == admin_question::shelve)
      line.integer("for_ms", x.shelving.lasts.count()).text("reason", x.shelving.text);
    line.text("by", x.shelving.by);
    break;
  case admin_question::note:
    line.text("request", "note").text("id", x.shelving.name).text("text", x.shelving.text).text("by", x.shelving.by);
    break;
  case admin_question::shelves:
    line.text("request", "shelves");
    break;
  case admin_question::sensor_word:
    line.text("request", name_of(x.word.what))
        .text("name", x.word.name)
        .text("facility", x.word.facility)
        .text("by", x.word.by);
    break;
  case admin_question::explain:
    line.text("request", "explain").text("name", x.id);
  }
  line.close();
  return out;
}

} // namespace millwright
