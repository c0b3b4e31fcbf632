#include "tools/channel_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "runtime/node/node_log.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "runtime/transport/make_transport.hpp"
#include "tools/own_name.hpp"
#include "tools/settings_given.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <optional>

namespace millwright {

namespace {

constexpr option options[] = {
    {"--config", "-c", "FILE.yaml", "the configuration that has the channel"},
    set_option,
    {"--by", "", "NAME", "who sends it (you)"},
};
constexpr arguments::usage usage{
    "channel test NAME [-c FILE.yaml] [OPTION]...",
    "Sends a page over the channel NAME that says it is a test, once, and shows what the receiver answered and how\n"
    "long it took. Exit code 0 when it was taken, 2 when not. A node need not run, and is not asked.",
    options, 2, 2};

const channel_settings& channel_named(const node_settings& settings, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& each : settings.channels) {
    if (each.name == name)
      return each;
    names.push_back(each.name);
  }
  auto what = "there is no such channel" + did_you_mean(name, names);
  if (names.empty())
    what += "; the configuration has none";
  else if (nearest_name(name, names).empty())
    what += fmt::format("; there are: {}", fmt::join(names, ", "));
  throw failure{failure_code::not_found, fit(name, 64), what};
}

// What a receiver answers stays a line, and moves no cursor.
std::string shown(const std::string& answer) {
  return fit(answer, 400);
}

std::string reason_of(const delivery_result& x) {
  switch (x.what) {
  case delivery_result::answer::refused_page:
    return "the page is refused";
  case delivery_result::answer::refused_channel:
    return "the channel is refused (are its address and secret right?)";
  default:
    return "no success, a node would try again";
  }
}

int test(const channel_settings& channel, const node_settings& settings, const std::string& by) {
  channel_surroundings around;
  around.print = [](const std::string& text) { return print_to_standard_output(text + "\n"); };
  std::optional<node_log> log;
  if (channel.kind == channel_kind::log)
    around.log = log.emplace(settings.log_level, settings.log_path, node_log::print_function{}).direct();
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto id = uuid_v5(fmt::format("channel test {} {} {}", channel.name, epoch_ms(now), getpid()));
  const auto way = make_transport(channel, around);
  const auto begin = std::chrono::steady_clock::now();
  const auto result = way->deliver(test_page({channel.name}, id, now, by));
  const auto took =
      span_text(std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin).count());
  const auto answer = result.detail.empty() ? std::string{} : ": " + shown(result.detail);
  if (result.what != delivery_result::answer::taken)
    throw failure{failure_code::page_not_taken, "channel " + channel.name,
                  reason_of(result) + ", after " + took + answer};
  print_to_standard_output("channel " + channel.name + ": taken after " + took + answer + "\n");
  if (!result.warning.empty())
    throw failure{failure_code::page_not_taken, "channel " + channel.name, shown(result.warning)};
  return 0;
}

} // namespace

int channel_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const auto& what = given.positionals()[0];
  if (what != "test")
    throw failure{failure_code::bad_usage, "channel",
                  "expected test, got \"" + what + '"' + did_you_mean(what, {"test"})};
  const auto settings = settings_given(given);
  return test(channel_named(settings, given.positionals()[1]), settings, given.filled("--by", "a text", own_name()));
}

} // namespace millwright
