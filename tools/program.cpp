#include "actors/kit/actor_type.hpp"
#include "protocol/failure.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/health/health_rows.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "tools/command.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>

namespace millwright {

namespace {

std::string program_help() {
  std::string out =
      "usage: millwright COMMAND [OPTION]...\n\n"
      "Watches the machines of a plant: readings in, actors judge, the right people are told.\n\ncommands:\n";
  size_t width = 0;
  for (const auto& each : commands())
    width = std::max(width, each.name.size());
  for (const auto& each : commands())
    out += "  " + std::string{each.name} + std::string(width - each.name.size() + 2, ' ') + std::string{each.summary} +
           '\n';
  return out + "\nmillwright help COMMAND tells more of one; --version the version.\n";
}

const command& command_named(const std::string& name) {
  std::vector<std::string> names{"help"};
  for (const auto& each : commands()) {
    if (each.name == name)
      return each;
    names.emplace_back(each.name);
  }
  throw failure{failure_code::bad_usage, name, "unknown command" + did_you_mean(name, names)};
}

int dispatch(const std::vector<std::string>& line) {
  if (line.empty()) {
    std::fputs(program_help().c_str(), stderr);
    return 2;
  }
  const auto& first = line.front();
  if (first == "--version") {
    std::puts("millwright " MILLWRIGHT_VERSION " (" MILLWRIGHT_COMMIT ")");
    return 0;
  }
  const bool asks_help = first == "help" || first == "--help" || first == "-h";
  if (asks_help && line.size() == 1) {
    std::fputs(program_help().c_str(), stdout);
    return 0;
  }
  if (asks_help)
    return command_named(line[1]).run({"--help"});
  return command_named(first).run({line.begin() + 1, line.end()});
}

void print_mistake(const std::string& what) {
  for (size_t from = 0; from <= what.size();) {
    const auto to = std::min(what.find('\n', from), what.size());
    std::fprintf(stderr, "millwright: %s\n", what.substr(from, to - from).c_str());
    from = to + 1;
  }
}

} // namespace

int run_program(const std::vector<std::string>& line) {
  register_built_in_actor_types();
  declare_result_kind(health_schema());
  try {
    const int code = dispatch(line);
    if (std::fflush(stdout) != 0)
      throw failure{failure_code::output_unwritable, "standard output", ""};
    return code;
  } catch (const failure& mistake) {
    std::fflush(stdout);
    print_mistake(mistake.what());
    return 2;
  } catch (const std::exception& e) {
    std::fflush(stdout);
    std::string what = e.what();
    std::replace(what.begin(), what.end(), '\n', ' ');
    print_mistake("unexpected: " + what);
    return 1;
  }
}

} // namespace millwright
