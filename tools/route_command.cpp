#include "tools/route_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/routing/route_question.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "tools/settings_given.hpp"

#include <chrono>

namespace millwright {

namespace {

constexpr option options[] = {
    {"--config", "-c", "FILE.yaml", "the configuration that has the routes"},
    set_option,
    {"--rule", "", "RULE", "what is wrong: limit, state, stale, ..."},
    {"--facility", "", "ID", "where; not for the node's own alarms"},
    {"--unit", "", "ID", "the machine; of the node's own alarms what they are about"},
    {"--line", "", "NAME", "production line; without it, the facility's"},
    {"--type", "", "NAME", "sensor type"},
    {"--severity", "", "LEVEL", "low, medium, high or critical; without it, the rule's"},
    {"--priority", "", "N", "0 to 100; without it, as the settings have it"},
    {"--at", "", "TIME", "when people are told, with a zone; without it, now"},
};
constexpr arguments::usage usage{
    "route test [-c FILE.yaml] --facility ID [--unit ID] --rule RULE [--at TIME] [OPTION]...",
    "Says who would be told of such an alarm, and why: each route in its order, and what decided. A node need not\n"
    "run, and is not asked; nobody is told.",
    options, 1, 1};

rule rule_asked(const arguments& given) {
  const auto name = given.filled("--rule", "a rule");
  if (name.empty())
    throw failure{failure_code::bad_usage, "--rule", "which rule? like --rule limit"};
  const auto which = rule_named(name);
  if (which)
    return *which;
  throw failure{failure_code::bad_usage, "--rule",
                "there is no rule \"" + name + '"' + did_you_mean(name, names_of(every_rule))};
}

route_question question_of(const arguments& given) {
  route_question out;
  out.which = rule_asked(given);
  out.facility = given.text("--facility");
  out.unit = given.text("--unit");
  out.type = given.text("--type");
  if (given.has("--line"))
    out.line = given.text("--line");
  out.level = severity_named(given.choice("--severity", "", alarm_severity_names()));
  if (given.has("--priority"))
    out.priority = static_cast<int>(given.integer("--priority", 0, 0, 100));
  out.at = given.time("--at", std::chrono::floor<milliseconds>(std::chrono::system_clock::now()));
  const bool of_node = out.which >= first_node_rule;
  if (of_node && !out.facility.empty())
    throw failure{failure_code::bad_usage, "--facility",
                  "an alarm of the node itself, as " + std::string{name_of(out.which)} + " is, has none"};
  if (!of_node && out.facility.empty())
    throw failure{failure_code::bad_usage, "--facility", "which facility? like --facility main-works"};
  return out;
}

} // namespace

int route_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const auto& what = given.positionals().front();
  if (what != "test")
    throw failure{failure_code::bad_usage, "route",
                  "expected test, got \"" + what + '"' + did_you_mean(what, {"test"})};
  const auto question = question_of(given);
  const auto settings = settings_given(given);
  print_to_standard_output(answer_to(question, settings, read_known_plant(settings.plant)));
  return 0;
}

} // namespace millwright
