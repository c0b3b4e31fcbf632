#include "tools/run_command.hpp"

#include "actors/kit/actor_declaration.hpp"
#include "protocol/failure.hpp"
#include "runtime/admin/admin_server.hpp"
#include "runtime/admin/load_questions.hpp"
#include "runtime/admin/router_questions.hpp"
#include "runtime/admin/terminal_status.hpp"
#include "runtime/node/node.hpp"
#include "runtime/node/node_log.hpp"
#include "tools/settings_given.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr std::array known{
    option{"--config", "-c", "FILE.yaml", "configuration; config/one-node.yaml names every key"},
    set_option,
};

const arguments::usage usage{
    "run [-c FILE.yaml] [--set KEY=VALUE]...",
    "Watches a plant: takes readings, judges them, pages, and keeps everything that a crash must not cost.\n"
    "Ctrl-C ends it with everything committed.",
    known, 0, 0};

std::atomic<node*> running{nullptr};
/// Until the node stands, there is nothing to commit: its stores survive any end, and it may take long to check them.
std::atomic<bool> starting{false};

void end_running(int) {
  if (auto* it = running.load())
    it->stop();
  else if (starting)
    _exit(0);
}

status_view view_of(const node& host, std::chrono::steady_clock::time_point begun) {
  const auto& from = host.status();
  const auto time = [](int64_t ms) { return ms == 0 ? never : from_epoch_ms(ms); };
  status_view view;
  view.now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  view.uptime = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  view.condition = from.finished            ? node_condition::stopping
                   : !from.source_reachable ? node_condition::source_unreachable
                   : !host.pages()          ? node_condition::paging_failing
                   : from.ledger_failing    ? node_condition::ledger_failing
                                            : node_condition::ok;
  view.plant_time = time(from.watermark_ms);
  view.taken = from.taken;
  view.judged = host.judged();
  view.rejected = from.rejected;
  view.backlog = from.backlog;
  view.sensors = from.sensors;
  view.quarantined = from.quarantined;
  view.restarts = from.restarts;
  view.anomalies = from.anomalies;
  view.commits = from.commits;
  view.commit_ms = from.commit_ms;
  view.commit_bytes = from.commit_bytes;
  view.last_commit = time(from.last_commit_ms);
  view.load = host.monitor().newest();
  return view;
}

std::vector<std::string> kinds_above() {
  std::vector<std::string> out;
  for (const auto* each : declared_actors())
    if (!each->own_shell)
      out.emplace_back(each->name);
  return out;
}

/// Shows the status twice a second until it is destroyed.
class status_thread {
public:
  status_thread(terminal_status& display, std::function<status_view()> view)
      : thread_{[this, &display, view = std::move(view)] {
          std::unique_lock guard{mutex_};
          while (!wake_.wait_for(guard, 500ms, [this] { return ended_; }))
            display.show(view(), std::chrono::steady_clock::now());
          display.finish(view(), std::chrono::steady_clock::now());
        }} {}
  ~status_thread() {
    {
      std::lock_guard guard{mutex_};
      ended_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::thread thread_;
};

} // namespace

int run_command(const std::vector<std::string>& given) {
  const arguments line{usage, given};
  if (line.help_printed())
    return 0;
  std::vector<std::string> notices;
  auto settings = settings_given(line, &notices);
  if (settings.ledger.path.empty())
    throw failure{failure_code::bad_configuration, "ledger.path", "expected a directory: a node keeps what it learns"};

  // Shared with the log, whose thread may still hang in it when the node has ended.
  const auto display = std::make_shared<terminal_status>(standard_screen());
  const bool terminal = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
  const auto print = [display](const std::string& text) { return display->print_page(text); };
  // A channel that is still at a receiver when the node ends logs what came of it: the log goes last. On one terminal,
  // it must not tear the status block.
  const node_log log{settings.log_level, settings.log_path,
                     terminal ? node_log::print_function{print} : node_log::print_function{}};
  for (const auto& each : notices)
    spdlog::warn("{}", each);
  channel_surroundings around;
  around.colour = display->colour();
  around.print = print;
  around.log = log.direct();
  std::signal(SIGINT, end_running);
  std::signal(SIGTERM, end_running);
  std::signal(SIGPIPE, SIG_IGN);
  starting = true;
  node host{std::move(settings), around};
  running = &host;
  starting = false;
  const struct deaf {
    ~deaf() { running = nullptr; }
  } at_the_end;
  const load_questions monitor{host.actors(), [&host] { return host.monitor().actor(); }};
  const router_questions router{host.actors(), [&host] { return host.router(); }, host.board()};
  plant_counter plant{[&host] {
    plant_counts out;
    host.above().visit_headlines([&](std::string_view kind, const headline& line) { out.add(kind, line); });
    return out;
  }};
  const auto routes = routes_of(host.settings());
  const auto view = [&, begun = std::chrono::steady_clock::now()] {
    auto now = view_of(host, begun);
    now.plant = plant.counted(std::chrono::steady_clock::now());
    add_alarms(now, router.status());
    return now;
  };
  admin_server admin{host.settings().socket,
                     {&host.results(),
                      &host.alarms(),
                      [&](const list_alarms& x) { return router.list(x); },
                      [&](const acknowledge_alarm& x) { return router.acknowledge(x); },
                      view,
                      [&](const sensor_filter& x) { return host.sensors().list(x); },
                      [&](const sensor_filter& x) { return host.sensors().forget(x); },
                      [&](uint32_t minutes) {
                        return monitor.report(minutes > 0 ? std::chrono::minutes{minutes}
                                                          : host.settings().monitor.span);
                      },
                      [&](uint32_t most) { return monitor.history(most); },
                      {[&host] { return host.above().lines(); },
                       [&host](const entity_key& x) { return host.above().page(x); }, kinds_above()},
                      &host.tree(),
                      [&host](const maintenance_entry& x) { return host.maintain(x); },
                      [&](const handle_alarms& x) { return router.handle(x); },
                      [&] { return router.shelves(); },
                      {[board = host.board()](const auto& wanted) { return board->find(wanted); },
                       [&](const sensor_filter& x) { return host.sensors().list(x); },
                       [&host](const sensor_key& x) { return host.explain(x); },
                       {[&host] { return host.above().lines(); },
                        [&host](const entity_key& x) { return host.above().page(x); }, kinds_above()},
                       [&host](const std::string& channel) {
                         return host.tree().describe(actor_path{"node", "paging", "channel", channel}.name()).state;
                       },
                       &host.settings().detection,
                       &routes,
                       &host.alarms(),
                       [] { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); },
                       [&] { return router.shelves(); }},
                      [&host](const sensor_word& x) { return host.say(x); }}};
  const status_thread shown{*display, view};
  host.run();
  // Nothing is lost, but who restarts it should know.
  return host.status().uncommitted || host.broken() ? 1 : 0;
}

} // namespace millwright
