#include "tools/page_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/preview/page_preview.hpp"
#include "runtime/preview/sample_page.hpp"
#include "runtime/settings/field.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "runtime/settings/tables.hpp"
#include "tools/settings_given.hpp"

#include <fmt/format.h>

#include <chrono>

namespace millwright {

namespace {

constexpr option options[] = {
    {"--config", "-c", "FILE.yaml", "the configuration that has channels and metadata"},
    set_option,
    {"--channel", "", "NAME", "this channel alone"},
    {"--sensor", "", "[FACILITY/]ID", "whose alarm; without it the first of which is known what to do"},
    {"--rule", "", "NAME", "of which rule: limit (without it), state, stale, ..."},
    {"--severity", "", "NAME", "low, medium, high or critical; without it that of the rule"},
    {"--over", "", "", "the end of the alarm in place of its raise"},
};
constexpr arguments::usage usage{
    "page preview [-c FILE.yaml] [OPTION]...",
    "Prints a page as each channel would have it: what the metadata say of the sensor, and figures that are made up.\n"
    "Nothing is sent, and no secret is read. A node need not run, and is not asked.",
    options, 1, 1};

rule rule_of(const arguments& given) {
  const auto name = given.filled("--rule", "a rule's name", "limit");
  const auto which = rule_named(name);
  if (which && *which < first_node_rule)
    return *which;
  const auto names = names_of(judged_by_sensors);
  throw failure{
      failure_code::bad_usage, "--rule",
      fmt::format("expected one of {}; got \"{}\"{}", fmt::join(names, ", "), name, did_you_mean(name, names))};
}

std::string type_of(const channel_settings& channel) {
  return channel_table().front().show(channel);
}

int preview(const arguments& given) {
  const auto settings = settings_given(given);
  const auto plant = plant_metadata::load(settings.plant.facilities, settings.plant.sensors);
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto page =
      sample_page(plant, settings.detection,
                  {given.filled("--sensor", "a sensor's id"), rule_of(given),
                   severity_named(given.choice("--severity", "", alarm_severity_names())), given.has("--over")},
                  now);
  const auto only = given.filled("--channel", "a channel's name");
  std::string out;
  std::vector<std::string> names;
  for (const auto& channel : settings.channels) {
    names.push_back(channel.name);
    if (only.empty() || channel.name == only)
      out.append(out.empty() ? "" : "\n")
          .append(fmt::format("--- {} ({})\n", channel.name, type_of(channel)))
          .append(page_preview(channel, page));
  }
  if (out.empty() && !only.empty())
    throw failure{failure_code::not_found, only, "there is no such channel" + did_you_mean(only, names)};
  print_to_standard_output(out.empty() ? "the configuration has no channels: nobody is told\n" : out);
  return 0;
}

} // namespace

int page_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const auto& what = given.positionals().front();
  if (what != "preview")
    throw failure{failure_code::bad_usage, "page",
                  "expected preview, got \"" + what + '"' + did_you_mean(what, {"preview"})};
  return preview(given);
}

} // namespace millwright
