#include "runtime/preview/sample_page.hpp"

#include "protocol/failure.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace millwright {

namespace {

using namespace std::chrono_literals;

bool is_called(const sensor_key& key, const std::string& name) {
  return key.sensor.text == name || key.facility.text + '/' + key.sensor.text == name;
}

std::string full_name(const sensor_key& key) {
  return key.facility.empty() ? key.sensor.text : key.facility.text + '/' + key.sensor.text;
}

sensor_key named_sensor(const std::vector<sensor_key>& all, const std::string& name) {
  const auto slash = name.find('/');
  std::vector<sensor_key> found;
  std::vector<std::string> names;
  for (const auto& each : all) {
    if (is_called(each, name))
      found.push_back(each);
    names.push_back(each.sensor.text);
    names.push_back(full_name(each));
    // Metadata for every site: which one is meant stands in front.
    if (each.facility.empty() && slash != std::string::npos)
      names.push_back(name.substr(0, slash + 1) + each.sensor.text);
  }
  if (found.empty() && slash != std::string::npos)
    for (const auto& each : all)
      if (each.facility.empty() && each.sensor.text == name.substr(slash + 1))
        return {{name.substr(0, slash)}, each.sensor};
  if (found.empty() && !all.empty())
    throw failure{failure_code::not_found, name, "no row of plant.sensors is about it" + did_you_mean(name, names)};
  if (found.size() > 1)
    throw failure{failure_code::not_found, name,
                  std::to_string(found.size()) + " sensors are called so; say which: " + full_name(found[0]) + ", or " +
                      full_name(found[1])};
  if (!found.empty())
    return found.front();
  return slash == std::string::npos ? sensor_key{{}, {name}}
                                    : sensor_key{{name.substr(0, slash)}, {name.substr(slash + 1)}};
}

sensor_key first_sensor(const plant_metadata& plant, const std::vector<sensor_key>& all, rule which) {
  for (const auto& each : all) {
    const auto info = plant.lookup(each.facility.view(), each.sensor.view()).value_or(sensor_info{});
    const auto says = plant.guidance({each.facility, each.sensor, info.equipment, which});
    if (says && !says->action.empty())
      return each;
  }
  return all.empty() ? sensor_key{{"main-works"}, {"TI-101"}} : all.front();
}

double first_of(double a, double b, double otherwise) {
  return !std::isnan(a) ? a : !std::isnan(b) ? b : otherwise;
}

void add_figures(alarm_transition& x, const alert_thresholds& limits) {
  auto& why = x.evidence;
  const bool critical = x.level == severity::critical;
  const bool low = std::isnan(limits.high) && std::isnan(limits.high_high) &&
                   !(std::isnan(limits.low) && std::isnan(limits.low_low));
  const double limit =
      low        ? (critical ? first_of(limits.low_low, limits.low, 0) : first_of(limits.low, limits.low_low, 0))
      : critical ? first_of(limits.high_high, limits.high, 100)
                 : first_of(limits.high, limits.high_high, 100);
  const double step = std::max(std::abs(limit), 1.0) / 20 * (low ? -1 : 1);
  x.value = limit + step / 2;
  why.previous = limit - step;
  why.against = {limit - 2 * step, std::abs(step) / 3, limit - 3 * step, limit - step, 290};
  if (why.against.max < why.against.min)
    std::swap(why.against.min, why.against.max);
  switch (x.condition.which) {
  case rule::limit:
  case rule::range:
    why.limit = limit;
    break;
  case rule::rate:
    why.limit = std::isnan(limits.rate) ? std::abs(step) : limits.rate;
    break;
  case rule::z:
    why.z = (x.value - why.against.avg) / why.against.stddev;
    break;
  case rule::state:
    x.reason = "level outside of its normal range; a made-up example";
    break;
  default:
    break;
  }
}

} // namespace

page sample_page(const plant_metadata& plant, const detection_settings& settings, const sample_wanted& wanted,
                 event_time now) {
  const auto all = plant.sensors();
  auto key = wanted.sensor.empty() ? first_sensor(plant, all, wanted.which) : named_sensor(all, wanted.sensor);
  if (key.facility.empty())
    key.facility.text = "main-works";
  sensor_context context;
  context.key = key;
  plant.fill(context);
  page out;
  auto& x = out.about;
  x.condition = {key.facility, key.sensor, context.equipment, wanted.which};
  if (all.empty() && context.equipment.empty())
    x.condition.unit.text = "reactor-1";
  x.level = wanted.level.value_or(paged_as(settings, wanted.which).front().first);
  x.at = now;
  x.raised_at = now;
  x.number = 1;
  x.priority = priority_of(settings, wanted.which, score_of(settings, wanted.which, x.level),
                           {context.how_critical, x.condition.unit.view(), key.facility.view()});
  x.pages = true;
  auto& why = x.evidence;
  why.unit = context.unit.view();
  why.facility_name = context.facility->name;
  why.timezone = context.facility->timezone;
  why.line = context.facility->production_line;
  add_figures(x, context.thresholds);
  x.alarm = alarm_id_of(x.condition, x.raised_at, 1);
  if (wanted.over) {
    x.kind = transition_kind::cleared;
    x.number = 2;
    x.raised_at = now - 12min;
    x.value = why.previous;
    why.limit = why.z = absent;
    x.reason = "back inside; a made-up example";
    out.kind = page_kind::notice;
  } else {
    out.kind = page_kind::alert;
    out.guidance = plant.guidance(x.condition);
  }
  return out;
}

} // namespace millwright
