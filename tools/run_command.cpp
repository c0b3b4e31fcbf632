#include "tools/run_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/node/node.hpp"
#include "runtime/settings/load_settings.hpp"
#include "tools/arguments.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <unistd.h>

#include <array>

namespace millwright {

namespace {

constexpr std::array known{
  option{"--config", "-c", "FILE.yaml", "configuration; config/one-node.yaml names every key"},
  option{"--set", "", "KEY=VALUE", "a setting beside the configuration; repeatable"},
};

const arguments::usage usage{"run [-c FILE.yaml] [--set KEY=VALUE]...",
                             "Watches a plant: takes readings, judges them, pages, and keeps everything that a crash must not cost.\n"
                             "Ctrl-C ends it with everything committed.",
                             known, 0, 0};

std::atomic<node*> running{nullptr};

void end_running(int) {
  if (auto* it = running.load())
    it->stop();
}

void set_up_log(const node_settings& settings) {
  auto log = settings.log_path.empty() ? spdlog::stderr_logger_mt("millwright")
                                       : spdlog::basic_logger_mt("millwright", settings.log_path);
  log->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","text":"%v"})");
  log->set_level(spdlog::level::from_str(settings.log_level));
  log->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(log));
}

} // namespace

int run_command(const std::vector<std::string>& given) {
  const arguments line{usage, given};
  if (line.help_printed())
    return 0;
  const auto file = line.text("--config");
  auto settings = file.empty() ? settings_from_overrides(line.all("--set")) : load_settings(file, line.all("--set"));
  if (settings.sensor_types.empty())
    settings.sensor_types = "config/sensor-types.yaml";
  set_up_log(settings);
  channel_surroundings around;
  around.print = [](const std::string& text) {
    std::puts(text.c_str());
    std::fflush(stdout);
  };
  node host{settings, around};
  running = &host;
  std::signal(SIGINT, end_running);
  std::signal(SIGTERM, end_running);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    host.run();
  } catch (...) {
    running = nullptr;
    throw;
  }
  running = nullptr;
  return 0;
}

} // namespace millwright
