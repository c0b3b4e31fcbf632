#include "tools/train_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/health/training/model_output.hpp"
#include "runtime/health/training/training_report.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "tools/settings_given.hpp"

#include <fmt/format.h>

#include <array>

namespace millwright {

namespace {

constexpr std::array known{
    option{"--type", "", "TYPE", "the sensor type that the model is for"},
    option{"--data", "", "FILE...", "labelled readings: NDJSON, CSV by a mapping, or - for standard input"},
    option{"--out", "-o", "MODEL", "the file that is written, there whole or not at all"},
    option{"--kind", "", "KIND", "boosted (trees one after the other) or forest (trees beside each other) (boosted)"},
    option{"--seed", "", "N", "of what is drawn; the same readings and seed give the same bytes (1)"},
    option{"--trees", "", "N", "1 to 10000 (100)"},
    option{"--depth", "", "N", "questions that a tree asks at most, 1 to 16 (6)"},
    option{"--hold-out", "", "SHARE", "share of the machines that the model is tested by (0.25)"},
    option{"--config", "-c", "FILE.yaml",
           "configuration: its sensor types and quality, and plant, which says who is on which machine and where"},
    set_option,
    csv_option,
};

const arguments::usage usage{
    "train --type TYPE --data FILE... --out MODEL [OPTION]...",
    "Trains a model of the health of a sensor type with readings that say under `health` how sound their sensor was, 1 "
    "(sound) to\n"
    "0 (worn out). Some machines are held out whole: the figures that are printed are of these. Readings of other "
    "types, "
    "and\n"
    "without a health, are left out.",
    known, 0, 10'000};

} // namespace

int train_command(const std::vector<std::string>& given) {
  const arguments line{usage, given};
  if (line.help_printed())
    return 0;
  const auto wanted = [&](const char* option, const char* what) {
    if (line.text(option).empty())
      throw failure{failure_code::bad_usage, option, std::string{"expected "} + what};
    return line.text(option);
  };
  training_request request;
  request.sensor_type = wanted("--type", "a sensor type");
  auto paths = line.all("--data");
  paths.insert(paths.end(), line.positionals().begin(), line.positionals().end());
  if (paths.empty())
    throw failure{failure_code::bad_usage, "--data", "expected files of labelled readings"};
  const auto out = wanted("--out", "the file for the model");
  constexpr std::array<std::string_view, 2> kinds{"boosted", "forest"};
  request.how.kind = *model_kind_named(line.choice("--kind", "boosted", kinds));
  request.how.seed = static_cast<uint64_t>(line.integer("--seed", 1, 0, std::numeric_limits<int32_t>::max()));
  request.how.trees = static_cast<int>(line.integer("--trees", 100, 1, 10'000));
  request.how.depth = static_cast<int>(line.integer("--depth", 6, 1, 16));
  request.hold_out = line.number("--hold-out", 0.25, 0, 0.9);
  request.program = MILLWRIGHT_VERSION;

  const auto settings = settings_told(line);
  const auto types = load_sensor_types(settings.sensor_types);
  const auto type = types.find(request.sensor_type);
  if (!type) {
    std::vector<std::string> names;
    for (const auto& each : types.types())
      names.push_back(each.name);
    throw failure{failure_code::bad_usage, "--type",
                  "there is no sensor type \"" + request.sensor_type + '"' + did_you_mean(request.sensor_type, names)};
  }
  model_output output{out};
  const auto readings = read_labelled({settings, types, *type, paths});
  const auto result = train_model(readings, request);
  const auto bytes = to_bytes(result.model);
  output.publish(bytes);
  fmt::print("{}{} is written, {:.1f} KB\n", to_text(readings, result), out, static_cast<double>(bytes.size()) / 1024);
  return 0;
}

} // namespace millwright
