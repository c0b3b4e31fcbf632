#include "tools/config_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/health/model_watcher.hpp"
#include "runtime/hosting/hosted_types.hpp"
#include "runtime/routing/route_notices.hpp"
#include "runtime/settings/field.hpp"
#include "runtime/settings/load_settings.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "tools/arguments.hpp"

#include <fmt/format.h>

#include <cstdio>
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

int check(const arguments& given) {
  if (given.positionals().size() < 2)
    throw failure{failure_code::bad_usage, "config check", "which file?"};
  const auto& file = given.positionals()[1];
  std::vector<std::string> notices;
  const auto settings = load_settings(file, given.all("--set"), &notices);
  for (const auto& each : notices)
    fmt::print("{}\n", each);
  std::vector<std::string> types;
  for (const auto& each : check_start(settings).types())
    types.push_back(each.name);
  for (const auto& each : route_notices(settings, std::move(types)))
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
