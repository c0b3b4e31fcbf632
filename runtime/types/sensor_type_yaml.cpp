#include "protocol/failure.hpp"
#include "runtime/types/sensor_type_table.hpp"
#include "runtime/yaml/only_document.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

// Fields that every reading has: none of them can be a measure.
constexpr std::array<std::string_view, 6> base_fields{"sensor_id",   "timestamp",     "facility_id",
                                                      "sensor_type", "quality_score", "unit"};

// Deadband and delay of semantics 8.
struct alarm_class {
  std::string_view name;
  double deadband;
  milliseconds delay;
};

constexpr std::array alarm_classes{
    alarm_class{"temperature", 0.01, milliseconds{60'000}}, alarm_class{"pressure", 0.02, milliseconds{15'000}},
    alarm_class{"flow", 0.05, milliseconds{15'000}},        alarm_class{"level", 0.05, milliseconds{60'000}},
    alarm_class{"other", 0.02, milliseconds{30'000}},
};

class yaml_reader {
public:
  explicit yaml_reader(std::string name) : name_{std::move(name)} {}

  std::vector<sensor_type> read(const YAML::Node& root) {
    if (!root.IsMap())
      refuse(root, "expected a mapping with the key `types`");
    YAML::Node types;
    for (const auto& entry : root) {
      if (text(entry.first, "a key") != "types")
        refuse(entry.first, "unknown key `" + entry.first.Scalar() + "`; expected `types`");
      if (types.IsDefined() && !types.IsNull())
        refuse(entry.first, "`types` is there twice");
      types.reset(entry.second);
      if (!types.IsMap())
        refuse(entry.first, "expected `types` to be a mapping of names to sensor types");
    }
    if (!types.IsMap())
      refuse(root, "expected a mapping with the key `types`");
    std::vector<sensor_type> out;
    std::set<std::string> names;
    for (const auto& entry : types) {
      const std::string name = text(entry.first, "the name of a sensor type");
      if (!names.insert(name).second)
        refuse(entry.first, "sensor type `" + name + "` is there twice");
      out.push_back(read_type(name, entry.first, entry.second));
    }
    const auto generic = std::find_if(out.begin(), out.end(), [](const auto& x) { return x.name == "generic"; });
    if (generic == out.end())
      refuse(types, "expected a sensor type `generic`, which unknown types are read as");
    std::rotate(out.begin(), generic, generic + 1);
    if (out.size() >= name_index::none)
      refuse(types, "expected at most 65534 sensor types");
    return out;
  }

  [[noreturn]] void refuse(const YAML::Mark& at, const std::string& what) const {
    const std::string where = at.is_null() ? name_ : name_ + ":" + std::to_string(at.line + 1);
    throw failure{failure_code::bad_sensor_types, where, what};
  }

private:
  [[noreturn]] void refuse(const YAML::Node& at, const std::string& what) const { refuse(at.Mark(), what); }

  sensor_type read_type(const std::string& name, const YAML::Node& at, const YAML::Node& node) {
    if (!node.IsMap())
      refuse(at, "expected sensor type `" + name + "` to be a mapping");
    sensor_type type;
    type.name = name;
    YAML::Node primary, stuck, deadband, delay, fault;
    const alarm_class* alarms = &alarm_classes.back();
    std::set<std::string> keys;
    for (const auto& entry : node) {
      const std::string key = text(entry.first, "a key");
      const YAML::Node& value = entry.second;
      if (!keys.insert(key).second)
        refuse(entry.first, "`" + key + "` is there twice");
      if (key == "fields")
        read_fields(type, entry.first, value);
      else if (key == "primary")
        primary.reset(value);
      else if (key == "range")
        std::tie(type.range_min, type.range_max) = read_pair(key, entry.first, value);
      else if (key == "fault")
        fault.reset(value);
      else if (key == "resolution")
        type.resolution = read_resolution(value);
      else if (key == "report")
        type.report = read_report(value);
      else if (key == "stuck")
        stuck.reset(value);
      else if (key == "class")
        alarms = read_class(value);
      else if (key == "deadband")
        deadband.reset(value);
      else if (key == "alarm_delay")
        delay.reset(value);
      else
        refuse(entry.first, "unknown key `" + key +
                                "`; expected fields, primary, range, fault, resolution, report, stuck, class, "
                                "deadband or alarm_delay");
    }
    if (!keys.contains("fields"))
      refuse(at, "expected `fields` in sensor type `" + name + "`");
    if (!keys.contains("primary"))
      refuse(at, "expected `primary` in sensor type `" + name + "`");
    read_primary(type, primary);
    if (type.report == report_kind::on_change)
      type.stuck_after.reset();
    if (keys.contains("stuck"))
      read_stuck(type, stuck);
    if (keys.contains("fault"))
      read_fault(type, fault);
    type.deadband = keys.contains("deadband") ? read_deadband(deadband) : alarms->deadband;
    type.alarm_delay = keys.contains("alarm_delay") ? read_duration(delay, "a duration (30s)") : alarms->delay;
    return type;
  }

  void read_fields(sensor_type& type, const YAML::Node& at, const YAML::Node& node) {
    if (!node.IsMap() || node.size() == 0)
      refuse(at, "expected `fields` to be a mapping of field names to units");
    for (const auto& entry : node) {
      const std::string field = text(entry.first, "a field's name");
      const auto same = [&](const auto& x) { return x.name == field; };
      if (std::any_of(type.fields.begin(), type.fields.end(), same))
        refuse(entry.first, "field `" + field + "` is there twice");
      if (std::find(base_fields.begin(), base_fields.end(), field) != base_fields.end())
        refuse(entry.first, "`" + field + "` belongs to every reading; expected another name");
      if (!entry.second.IsScalar())
        refuse(entry.first, "expected the unit of `" + field + "` to be a text");
      type.fields.push_back({field, entry.second.Scalar()});
    }
  }

  void read_primary(sensor_type& type, const YAML::Node& node) {
    const auto add = [&](const YAML::Node& each) {
      const std::string field = text(each, "the name of a field");
      const auto same = [&](const auto& x) { return x.name == field; };
      const auto found = std::find_if(type.fields.begin(), type.fields.end(), same);
      if (found == type.fields.end())
        refuse(each, "primary field `" + field + "` is not among the fields");
      const int index = static_cast<int>(found - type.fields.begin());
      if (std::find(type.primary.begin(), type.primary.end(), index) != type.primary.end())
        refuse(each, "primary field `" + field + "` is there twice");
      if (!type.primary.empty() && found->unit != type.unit)
        refuse(each, "expected the fields of a magnitude to have the same unit");
      type.unit = found->unit;
      type.primary.push_back(index);
    };
    if (node.IsSequence() && node.size() > 0)
      for (const auto& each : node)
        add(each);
    else if (node.IsScalar())
      add(node);
    else
      refuse(node, "expected `primary` to be a field, or the list of fields of a magnitude");
  }

  std::pair<double, double> read_pair(const std::string& key, const YAML::Node& at, const YAML::Node& node) {
    if (!node.IsSequence() || node.size() != 2)
      refuse(at, "expected `" + key + "` to be [least, greatest]");
    const double least = number(node[0], "a number as the " + key + "'s least");
    const double greatest = number(node[1], "a number as the " + key + "'s greatest");
    if (least >= greatest)
      refuse(node, "expected the " + key + "'s least to be below its greatest");
    return {least, greatest};
  }

  void read_fault(sensor_type& type, const YAML::Node& node) {
    std::tie(type.fault_below, type.fault_above) = read_pair("fault", node, node);
    if (type.fault_below > type.range_min || type.fault_above < type.range_max)
      refuse(node, "expected `fault` to lie around `range`: what the instrument can measure is no fault");
  }

  double read_resolution(const YAML::Node& node) {
    const double x = number(node, "`resolution` to be a number");
    if (x < 0)
      refuse(node, "expected `resolution` to be 0 (none) or more");
    return x;
  }

  report_kind read_report(const YAML::Node& node) {
    const std::string word = text(node, "`report` to be periodic or on_change");
    if (word == "periodic")
      return report_kind::periodic;
    if (word != "on_change")
      refuse(node, "expected `report` to be periodic or on_change");
    return report_kind::on_change;
  }

  void read_stuck(sensor_type& type, const YAML::Node& node) {
    if (node.IsScalar() && node.Scalar() == "off") {
      type.stuck_after.reset();
      return;
    }
    const milliseconds after = read_duration(node, "`stuck` to be off or a duration (2min)");
    if (type.report == report_kind::on_change)
      refuse(node, "expected `stuck: off`: what reports on change is never stuck");
    type.stuck_after = after;
  }

  const alarm_class* read_class(const YAML::Node& node) {
    const std::string word = text(node, "`class` to be temperature, pressure, flow, level or other");
    for (const auto& each : alarm_classes)
      if (each.name == word)
        return &each;
    refuse(node, "expected `class` to be temperature, pressure, flow, level or other");
  }

  double read_deadband(const YAML::Node& node) {
    std::string word = text(node, "`deadband` to be a share of the distance between the limits (2%)");
    const bool percent = word.ends_with('%');
    if (percent)
      word.pop_back();
    const auto x = number_in(word);
    if (!x || !percent || !(*x >= 0 && *x < 100))
      refuse(node, "expected `deadband` to be a share of the distance between the limits (2%)");
    return *x / 100;
  }

  milliseconds read_duration(const YAML::Node& node, const std::string& expected) {
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"ms", 1}, {"min", 60'000}, {"s", 1000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    const std::string word = text(node, expected);
    for (const auto& [unit, ms] : units)
      if (word.ends_with(unit)) {
        const auto x = number_in(std::string_view{word}.substr(0, word.size() - unit.size()));
        if (x && *x > 0 && *x * ms <= 366 * 86'400'000.0)
          return milliseconds{static_cast<int64_t>(std::llround(*x * ms))};
        break;
      }
    refuse(node, "expected " + expected);
  }

  std::string text(const YAML::Node& node, const std::string& expected) const {
    if (!node.IsScalar() || node.Scalar().empty())
      refuse(node, "expected " + expected);
    return node.Scalar();
  }

  double number(const YAML::Node& node, const std::string& expected) const {
    const auto x = node.IsScalar() ? number_in(node.Scalar()) : std::nullopt;
    if (!x)
      refuse(node, "expected " + expected);
    return *x;
  }

  static std::optional<double> number_in(std::string_view text) {
    double x = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(x))
      return std::nullopt;
    return x;
  }

  std::string name_;
};

} // namespace

sensor_type_table parse_sensor_types(const std::string& text, const std::string& name) {
  yaml_reader reader{name};
  try {
    return sensor_type_table{reader.read(only_document(text))};
  } catch (const YAML::Exception& e) {
    reader.refuse(e.mark, "not YAML: " + e.msg);
  }
}

sensor_type_table load_sensor_types(const std::string& path) {
  if (path.empty())
    return parse_sensor_types(std::string{shipped_sensor_types()}, "the program's own sensor types");
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    throw failure{failure_code::bad_sensor_types, path, std::string{"cannot be read: "} + std::strerror(errno)};
  return parse_sensor_types(text.str(), path);
}

} // namespace millwright
