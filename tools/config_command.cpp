#include "tools/config_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/health/model_watcher.hpp"
#include "runtime/hosting/hosted_types.hpp"
#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/routing/route_notices.hpp"
#include "runtime/settings/field.hpp"
#include "runtime/settings/load_settings.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "tools/arguments.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace millwright {

namespace {

constexpr option options[] = {{"--set", "", "KEY=VALUE", "override a setting; repeatable, the last one wins"}};
constexpr arguments::usage usage{
    "config check FILE [--set KEY=VALUE]... | config keys",
    "check: reads a configuration, says \"ok\" or every mistake in it (exit code 2), and does nothing else.\n"
    "keys: every setting with its default, what it means and what it takes. config/one-node.yaml explains them.",
    options, 1, 2};

/// What a node looks at when it starts: the files of models, and the sensor types that settings name.
sensor_type_table check_start(const node_settings& settings) {
  auto types = load_sensor_types(settings.sensor_types);
  auto mistakes = mistakes_of_models(settings.models, types);
  for (auto& each : hosted_types{settings.actors}.mistakes(types.types()))
    mistakes.push_back(std::move(each));
  if (!mistakes.empty())
    throw failure{failure_code::bad_configuration, {}, fmt::format("{}", fmt::join(mistakes, "\n"))};
  return types;
}

/// What a person should know of the metadata and what is no mistake: keys that nobody looks at, and whose pages do not
/// say what to do. Throws `failure` where they are not valid.
std::vector<std::string> told_of_plant(const node_settings& settings) {
  // A simulated plant writes them itself.
  for (const auto& path : {settings.plant.facilities, settings.plant.sensors})
    if (settings.source.kind == source_kind::simulation && !path.empty() && !std::filesystem::exists(path))
      return {};
  const auto plant = plant_metadata::load(settings.plant.facilities, settings.plant.sensors);
  const auto tells = [&](rule which) { return settings.detection.of(which).tells(); };
  const bool all = tells(rule::state) || tells(rule::range);
  const auto count = plant.count_without_action([&](const sensor_info& info) {
    const auto& t = info.thresholds;
    const bool limits = !(std::isnan(t.low_low) && std::isnan(t.low) && std::isnan(t.high) && std::isnan(t.high_high));
    return all || (limits && tells(rule::limit)) || (!std::isnan(t.rate) && tells(rule::rate));
  });
  auto out = plant.notices();
  if (count.sensors_without + count.units_without > 0)
    out.push_back(fmt::format(
        "{}: {} of {} sensors that page, and {} of their {} units, have no `action`: who is paged for them is "
        "not told what to do; the first: {}",
        settings.plant.sensors, count.sensors_without, count.sensors, count.units_without, count.units,
        count.sensors_without > 0 ? count.first_sensor : count.first_unit));
  return out;
}

int check(const arguments& given) {
  if (given.positionals().size() < 2)
    throw failure{failure_code::bad_usage, "config check", "which file?"};
  const auto& file = given.positionals()[1];
  std::vector<std::string> notices;
  const auto settings = load_settings(file, given.all("--set"), &notices);
  for (const auto& each : notices)
    fmt::print("{}\n", each);
  std::vector<std::string> types;
  const auto table = check_start(settings);
  for (const auto& each : table.types())
    types.push_back(each.name);
  // Files with a mistake are refused before routes are looked over without them.
  const auto of_plant = told_of_plant(settings);
  for (const auto& each : route_notices(settings, std::move(types)))
    fmt::print("{}\n", each);
  for (const auto& each : of_plant)
    fmt::print("{}\n", each);
  fmt::print("{}: ok\n", file);
  return 0;
}

int keys() {
  for (const auto& each : described_settings())
    fmt::print("{}: {}\n    {}; {}\n", each.key, each.standard, each.meaning, each.expected);
  return 0;
}

} // namespace

int config_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const auto& what = given.positionals().front();
  if (what == "check")
    return check(given);
  if (what == "keys" && given.positionals().size() == 1)
    return keys();
  throw failure{failure_code::bad_usage, "config",
                "expected check or keys, got \"" + what + '"' + did_you_mean(what, {"check", "keys"})};
}

} // namespace millwright
