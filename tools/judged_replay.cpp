#include "tools/judged_replay.hpp"

#include "protocol/failure.hpp"
#include "runtime/figures/shown/figures_table.hpp"
#include "runtime/replay/comparison.hpp"
#include "tools/output_look.hpp"
#include "tools/settings_given.hpp"

#include <fmt/format.h>

namespace millwright {

namespace {

/// What the tables say it was judged with.
std::string name_of_settings(const arguments& given) {
  auto name = given.has("--config") ? given.text("--config") : std::string{"the defaults"};
  for (const auto& each : given.all("--set"))
    name += " " + each;
  return name;
}

std::string other_name(const arguments& given) {
  auto name = given.has("--compare") ? given.text("--compare") : name_of_settings(given);
  for (const auto& each : given.all("--with"))
    name += " " + each;
  return name;
}

node_settings other_settings(const arguments& given) {
  auto overrides = given.all("--set");
  for (const auto& each : given.all("--with"))
    overrides.push_back(each);
  const auto file = given.has("--compare") ? given.filled("--compare", "a configuration") : given.text("--config");
  return settings_told(file, overrides);
}

judged_request other_of(const arguments& given, const replay_request& request) {
  judged_request out{request, other_name(given)};
  out.run.settings = other_settings(given);
  if (given.has(csv_option.name))
    out.run.settings.source.file.csv = request.settings.source.file.csv;
  out.run.settings.source.file.follow = false;
  return out;
}

int interrupted_end(const input_progress& shown) {
  shown.clear();
  fmt::print(stderr, "millwright: interrupted: nothing is said of a part of the readings\n");
  return 130;
}

} // namespace

bool wants_figures(const arguments& given) {
  for (const auto& each :
       {compare_option, with_option, figures_option, truth_option, operators_option, figures_json_option})
    if (given.has(each.name))
      return true;
  return false;
}

int run_judged_replay(const arguments& given, replay_request request, const input_progress& shown) {
  const auto options = judging_of(given);
  const bool json = given.has("--json"), two = given.has("--compare") || given.has("--with");
  const output_look look;
  std::string out;
  if (!two) {
    const auto one = judge_replay({request, name_of_settings(given)}, options);
    if (request.stop && request.stop())
      return interrupted_end(shown);
    json ? append_json(out, one) : void(out = render_figures(one, look.width, look.colour));
  } else {
    auto after = other_of(given, request);
    if (!request.out.empty()) {
      after.run.out = request.out / "after";
      request.out /= "before";
    }
    const auto both = compare_replays({request, name_of_settings(given)}, after, options);
    if (!both)
      return interrupted_end(shown);
    json ? append_json(out, both->before, both->after, both->changes)
         : void(out = render_comparison(both->before, both->after, both->changes, look.width, look.colour));
  }
  shown.clear();
  print_to_standard_output(json ? out + '\n' : out);
  return 0;
}

} // namespace millwright
