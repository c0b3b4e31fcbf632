#include "runtime/metadata/metadata_rows.hpp"

#include "protocol/code_point.hpp"
#include "protocol/failure.hpp"
#include "protocol/quantities.hpp"
#include "runtime/metadata/local_clock.hpp"
#include "runtime/metadata/mode_rows.hpp"
#include "runtime/parse/json_number.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace millwright {

namespace {

constexpr unsigned flags = rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag |
                           rapidjson::kParseIterativeFlag | rapidjson::kParseNanAndInfFlag;

std::string_view view_of(const rapidjson::Value& text) {
  return {text.GetString(), text.GetStringLength()};
}

// An escaped low surrogate alone: RapidJSON lets it through, as bytes that are not UTF-8.
bool has_surrogate(std::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '\xed' && static_cast<unsigned char>(text[i + 1]) >= 0xa0)
      return true;
  return false;
}

size_t code_points_in(std::string_view text) {
  size_t out = 0;
  for (; !text.empty(); ++out)
    text.remove_prefix(std::max<size_t>(1, code_point_length(text)));
  return out;
}

constexpr std::string_view respond_within_key = "respond_within", rules_key = "rules";

// One line of a file: hands out its fields, and tells mistakes with their place.
class row_reader {
public:
  explicit row_reader(const std::string& name) : name_{name} {}

  void read(std::string_view line, size_t number) {
    number_ = number;
    // RapidJSON reads 0e104 as -3e150, and takes 0e400 for too big.
    std::string tame{line};
    if (!tame_json_numbers(tame.data(), tame.data() + tame.size()))
      refuse("a number is beyond a double");
    if (goes_on_behind_word(tame))
      refuse("not JSON: a number goes on behind NaN or Infinity");
    document_.Parse<flags>(tame.data(), tame.size());
    if (document_.HasParseError())
      refuse(std::string{"not JSON: "} + rapidjson::GetParseError_En(document_.GetParseError()));
    if (!document_.IsObject())
      refuse("expected a JSON object");
  }

  void tell(unknown_keys& keys) const {
    for (const auto& member : document_.GetObject())
      keys.look(view_of(member.name), number_);
  }

  /// Empty where the field is absent or null.
  std::string text(const char* field) const { return text_in(document_, field, field); }

  bool has(std::string_view field) const { return find(document_, field) != nullptr; }

  /// What it says of alarms.
  row_guidance says(bool stored) const {
    row_guidance out;
    out.of_all = guidance_in(document_, {}, stored);
    const rapidjson::Value* const rules = find(document_, rules_key);
    if (!rules || (stored && !rules->IsObject()))
      return out;
    if (!rules->IsObject())
      refuse("expected `rules` to be an object");
    for (const auto& member : rules->GetObject())
      if (const auto which = rule_in(member, stored))
        if (auto own = guidance_in(member.value, "rules." + std::string{view_of(member.name)} + '.', stored);
            !own.empty())
          out.by_rule[*which] = std::move(own);
    return out;
  }

  std::string id(const char* field) const {
    std::string x = text(field);
    if (x.empty())
      refuse(std::string{"`"} + field + "` is missing");
    return x;
  }

  criticality how_critical(bool stored) const {
    const rapidjson::Value* const x = find(document_, "criticality");
    if (stored && (!x || !x->IsString()))
      return criticality::unknown;
    const std::string word = text("criticality");
    const auto named = criticality_named(word);
    if (!word.empty() && !named && !stored)
      refuse("expected `criticality` to be low, medium or high, got `" + word + "`");
    return named.value_or(criticality::unknown);
  }

  /// @param sensor the row's; empty: a unit's.
  std::optional<operating_mode> mode(std::string_view sensor, bool stored) const {
    try {
      return mode_in(document_, sensor);
    } catch (const bad_mode& problem) {
      if (!stored)
        refuse(problem.what());
      return std::nullopt;
    }
  }

  size_t line() const { return number_; }

  alert_thresholds thresholds() const {
    alert_thresholds out;
    const rapidjson::Value* const object = find(document_, "alert_thresholds");
    if (!object)
      return out;
    if (!object->IsObject())
      refuse("expected `alert_thresholds` to be an object");
    for (const auto& member : object->GetObject()) {
      const std::string_view key = view_of(member.name);
      double* const to = threshold_named(out, key);
      if (!to)
        refuse("unknown threshold `" + std::string{key} + "`; expected low_low, low, high, high_high or rate");
      if (member.value.IsNull()) {
        *to = absent;
        continue;
      }
      if (!member.value.IsNumber())
        refuse("expected `" + std::string{key} + "` to be a number");
      *to = member.value.GetDouble();
      if (!std::isfinite(*to))
        refuse("expected `" + std::string{key} + "` to be finite");
    }
    check_order(out);
    return out;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw failure{failure_code::bad_metadata, name_ + ":" + std::to_string(number_), what};
  }

private:
  std::string text_in(const rapidjson::Value& object, std::string_view field, const std::string& named) const {
    const rapidjson::Value* const x = find(object, field);
    if (!x)
      return {};
    if (!x->IsString())
      refuse("expected `" + named + "` to be a text");
    if (has_surrogate(view_of(*x)))
      refuse("not JSON: a surrogate stands alone in `" + named + "`");
    return std::string{view_of(*x)};
  }

  // @param stored an older version may have let anything through.
  alarm_guidance guidance_in(const rapidjson::Value& object, const std::string& prefix, bool stored) const {
    alarm_guidance out;
    const auto is_text = [&](std::string_view name) {
      const auto* x = find(object, name);
      return x && x->IsString() && !has_surrogate(view_of(*x));
    };
    for (const auto& part : guidance_parts()) {
      if (stored && !is_text(part.name))
        continue;
      const auto named = prefix + std::string{part.name};
      auto text = text_in(object, part.name, named);
      const auto size = code_points_in(text);
      if (size <= longest_guidance)
        out.*part.text = std::move(text);
      else if (!stored)
        refuse("expected `" + named + "` to have " + std::to_string(longest_guidance) +
               " characters at most: a page has to be read at once; it has " + std::to_string(size));
    }
    if (stored && !is_text(respond_within_key))
      return out;
    const auto named = prefix + std::string{respond_within_key};
    const auto text = text_in(object, respond_within_key, named);
    const auto within = parse_duration(text);
    if (within && within->count() > 0 && *within <= longest_response)
      out.respond_within = *within;
    else if (!text.empty() && !stored)
      refuse("expected `" + named + "` to be a duration up to " + duration_text(longest_response) +
             ", like 15min, got \"" + text + '"');
    return out;
  }

  std::optional<rule> rule_in(const rapidjson::Value::Member& member, bool stored) const {
    const auto name = view_of(member.name);
    auto which = rule_named(name);
    if (which && *which >= first_node_rule)
      which.reset();
    if (!which && !stored)
      refuse("unknown rule `" + std::string{name} + "` in `rules`" + did_you_mean(name, names_of(judged_by_sensors)));
    if (which && member.value.IsObject()) {
      if (!stored)
        check_guidance_keys(member.value, std::string{name});
      return which;
    }
    if (which && !stored && !member.value.IsNull())
      refuse("expected `rules." + std::string{name} + "` to be an object");
    return std::nullopt;
  }

  void check_guidance_keys(const rapidjson::Value& object, const std::string& rule_name) const {
    std::vector<std::string> names{std::string{respond_within_key}};
    for (const auto& part : guidance_parts())
      names.emplace_back(part.name);
    for (const auto& member : object.GetObject())
      if (const auto key = view_of(member.name); std::find(names.begin(), names.end(), key) == names.end())
        refuse("unknown key `" + std::string{key} + "` in `rules." + rule_name + '`' + did_you_mean(key, names));
  }

  // Of equal keys the last counts; null is absent.
  static const rapidjson::Value* find(const rapidjson::Value& object, std::string_view key) {
    const rapidjson::Value* found = nullptr;
    for (const auto& member : object.GetObject())
      if (view_of(member.name) == key)
        found = &member.value;
    return found && found->IsNull() ? nullptr : found;
  }

  static double* threshold_named(alert_thresholds& x, std::string_view key) {
    if (key == "low_low")
      return &x.low_low;
    if (key == "low")
      return &x.low;
    if (key == "high")
      return &x.high;
    if (key == "high_high")
      return &x.high_high;
    return key == "rate" ? &x.rate : nullptr;
  }

  // low_low <= low < high <= high_high, of those that are there.
  void check_order(const alert_thresholds& x) const {
    const std::array<std::pair<const char*, double>, 4> limits{
        {{"low_low", x.low_low}, {"low", x.low}, {"high", x.high}, {"high_high", x.high_high}}};
    for (size_t i = 0; i < limits.size(); ++i)
      for (size_t j = i + 1; j < limits.size(); ++j) {
        const bool may_be_equal = i / 2 == j / 2;
        const double lower = limits[i].second, upper = limits[j].second;
        // With NaN, which is none, both comparisons are false.
        if (lower > upper || (lower == upper && !may_be_equal))
          refuse(std::string{"thresholds are out of order: `"} + limits[i].first + "` has to be " +
                 (may_be_equal ? "at most" : "below") + " `" + limits[j].first + "`");
      }
    if (x.rate < 0)
      refuse("expected `rate` to be 0 or more");
  }

  const std::string& name_;
  size_t number_ = 0;
  rapidjson::Document document_;
};

template <class Function>
size_t for_each_row(std::string_view text, const std::string& name, Function&& function) {
  if (text.starts_with("\xef\xbb\xbf"))
    text.remove_prefix(3);
  size_t rows = 0;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r\n\v\f") == line.npos)
      continue;
    // A document a row: RapidJSON's allocator gives nothing back before its end.
    row_reader reader{name};
    reader.read(line, number);
    function(reader);
    ++rows;
  }
  return rows;
}

// Of a unit: it has nothing that only a sensor has, and says something. Any other has lost its sensor.
bool is_row_of_unit(const row_reader& reader, const sensor_row& row) {
  if (!reader.text("sensor_id").empty() || row.info.equipment.empty())
    return false;
  for (const auto* key : {"unit", "maintenance_schedule", "calibration_date", "alert_thresholds"})
    if (reader.has(key))
      return false;
  return !row.says.empty() || reader.has("criticality") || reader.has(when_key);
}

} // namespace

std::span<const std::string_view> facility_keys() {
  static constexpr std::array<std::string_view, 5> keys{"facility_id", "facility_name", "location", "timezone",
                                                        "production_line"};
  return keys;
}

std::span<const std::string_view> sensor_keys() {
  static constexpr std::array<std::string_view, 17> keys{
      "sensor_id",        "facility_id", "equipment_id",     "unit",   "maintenance_schedule", "calibration_date",
      "alert_thresholds", "criticality", "description",      "cause",  "consequence",          "action",
      "runbook",          rules_key,     respond_within_key, when_key, when_rules_key};
  return keys;
}

size_t read_facility_rows(std::string_view text, const std::string& name, const std::function<void(facility_info)>& row,
                          unknown_keys& keys) {
  // Asked once a zone: the database answers an unknown name by an exception.
  std::set<std::string> zones{"UTC"};
  return for_each_row(text, name, [&](const row_reader& reader) {
    reader.tell(keys);
    facility_info info;
    info.id.text = reader.id("facility_id");
    info.known = true;
    info.name = reader.text("facility_name");
    info.location = reader.text("location");
    info.production_line = reader.text("production_line");
    if (std::string zone = reader.text("timezone"); !zone.empty()) {
      if (!zones.contains(zone) && !is_time_zone(zone))
        reader.refuse("unknown time zone `" + zone + "`; expected an IANA name such as Europe/Vienna");
      zones.insert(zone);
      info.timezone = std::move(zone);
    }
    row(std::move(info));
  });
}

size_t read_sensor_rows(std::string_view text, const std::string& name, const std::function<void(sensor_row)>& row,
                        unknown_keys& keys, bool stored) {
  return for_each_row(text, name, [&](const row_reader& reader) {
    reader.tell(keys);
    sensor_row out;
    out.line = reader.line();
    out.facility = reader.text("facility_id");
    out.info.equipment.text = reader.text("equipment_id");
    out.says = reader.says(stored);
    if (is_row_of_unit(reader, out)) {
      out.info.how_critical = reader.how_critical(stored);
      out.info.when = reader.mode({}, stored);
      row(std::move(out));
      return;
    }
    out.sensor = reader.id("sensor_id");
    out.info.unit = reader.text("unit");
    out.info.maintenance_schedule = reader.text("maintenance_schedule");
    out.info.calibration_date = reader.text("calibration_date");
    out.info.thresholds = reader.thresholds();
    out.info.how_critical = reader.how_critical(stored);
    out.info.when = reader.mode(out.sensor, stored);
    row(std::move(out));
  });
}

} // namespace millwright
