#include "tests/faults/throwing/node_run.hpp"

#include "protocol/page.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/node/node.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace millwright::testing {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

const channel_name terminal{"terminal"};
constexpr auto patience = 60s;

/// The lines of both splits in turn; ends when the node has judged, committed and paged all.
class placed_source : public source {
public:
  explicit placed_source(const node_run& run) : run_{run} {}

  void watch(node& host) { host_ = &host; }

  std::string identity() override { return "placed"; }
  const std::vector<std::string>& splits() const override { return names_; }
  void start(const std::map<std::string, uint64_t>& positions) override {
    for (size_t i = 0; i < names_.size(); ++i)
      if (const auto known = positions.find(names_[i]); known != positions.end()) {
        const auto& lines = run_.splits[i];
        const auto first = std::lower_bound(lines.begin(), lines.end(), known->second,
                                            [](const auto& line, uint64_t at) { return line.position < at; });
        next_[i] = static_cast<size_t>(first - lines.begin());
      }
  }

  void poll(record_batch& batch, size_t, milliseconds) override {
    batch.clear();
    if (waits_for_commits())
      return std::this_thread::sleep_for(100us);
    constexpr size_t at_once = 100;
    buffers_.clear();
    for (uint16_t split = 0; split < names_.size(); ++split)
      for (size_t i = 0; i < at_once && next_[split] < run_.splits[split].size(); ++i, ++handed_) {
        const auto& line = run_.splits[split][next_[split]++];
        raw_record record;
        record.split = split;
        record.position = line.position;
        record.size = static_cast<uint32_t>(line.text.size());
        buffers_.push_back(line.text + std::string(64, '\0'));
        batch.records.push_back(record);
      }
    for (size_t i = 0; i < buffers_.size(); ++i)
      batch.records[i].data = buffers_[i].data();
    if (batch.records.empty())
      std::this_thread::sleep_for(1ms);
  }

  bool finished() const override {
    for (size_t i = 0; i < names_.size(); ++i)
      if (next_[i] < run_.splits[i].size())
        return false;
    const uint64_t judged = host_->judged(), waiting = host_->alarms().waiting_count(terminal);
    const bool committed = committed_all();
    if (judged >= handed_ && committed && waiting == 0)
      return true;
    if (steady::now() > deadline_)
      throw std::runtime_error{fmt::format("after a minute {} of {} are judged, {}all are committed, {} pages wait",
                                           judged, handed_, committed ? "" : "not ", waiting)};
    return false;
  }

private:
  // At half of the lines there is a commit to go on from; at the last of them not everything is committed.
  bool waits_for_commits() {
    if (run_.killed_after == 0)
      return false;
    if (handed_ >= run_.killed_after)
      kill(getpid(), SIGKILL);
    return handed_ >= run_.killed_after / 2 && host_->status().commits < 1;
  }

  bool committed_all() const {
    const auto positions = host_->results().load().positions;
    for (size_t i = 0; i < names_.size(); ++i)
      if (!run_.splits[i].empty()) {
        const auto known = positions.find(names_[i]);
        if (known == positions.end() || known->second <= run_.splits[i].back().position)
          return false;
      }
    return true;
  }

  const node_run& run_;
  node* host_ = nullptr;
  const std::vector<std::string> names_{"faults/0", "faults/1"};
  size_t next_[2] = {0, 0};
  uint64_t handed_ = 0;
  const steady::time_point deadline_ = steady::now() + patience;
  std::vector<std::string> buffers_;
};

node_settings settings_for(const std::string& directory, const plant_metadata& plant) {
  node_settings out;
  out.sensor_types = "config/sensor-types.yaml";
  out.ledger.path = directory + "/ledger";
  out.ledger.interval = 50ms;
  out.plant.facilities = plant.facilities;
  out.plant.sensors = plant.sensors;
  // The plant's readings are of another day: each page by itself, and ends at once.
  out.alarms.told_late = std::chrono::hours{24 * 36'500};
  out.alarms.clear_told_after = milliseconds{0};
  channel_settings channel;
  channel.name = terminal.text;
  out.channels.push_back(channel);
  return out;
}

void live(const std::string& directory, const plant_metadata& plant, const node_run& run) {
  channel_surroundings around;
  around.print = [](const std::string&) { return true; };
  auto lines = std::make_unique<placed_source>(run);
  auto& source = *lines;
  auto settings = settings_for(directory, plant);
  if (run.credit > 0)
    settings.credit = run.credit;
  node host{std::move(settings), std::move(around), std::move(lines), run.before_reading};
  source.watch(host);
  host.run();
}

/// Returns the signal that ended it, 0 for none.
int life(const std::string& directory, const plant_metadata& plant, const node_run& run) {
  const std::string words = directory + "/words";
  const pid_t child = fork();
  if (child < 0)
    throw std::runtime_error{"no process for the node"};
  if (child == 0) {
    spdlog::set_level(spdlog::level::off);
    int code = 0;
    try {
      live(directory, plant, run);
    } catch (const std::exception& problem) {
      std::ofstream{words} << problem.what();
      code = 1;
    }
    _exit(code);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status))
    return WTERMSIG(status);
  if (WEXITSTATUS(status) != 0) {
    std::string text;
    std::getline(std::ifstream{words}, text);
    throw std::runtime_error{"the node failed: " + text};
  }
  return 0;
}

} // namespace

node_outcome run_node(const std::string& directory, const plant_metadata& plant, const node_run& run) {
  auto part = run;
  if (run.killed_after > 0) {
    if (life(directory, plant, part) != SIGKILL)
      throw std::runtime_error{"the node was not killed"};
    part.killed_after = 0;
  }
  life(directory, plant, part);
  // What the end itself raised is paged by a last life without readings.
  life(directory, plant, node_run{});

  node_outcome out;
  lmdb_ledger results{directory + "/ledger", {}};
  for (const auto which : result_kinds()) {
    auto& rows = out.rows[std::string{name_of(which)}];
    results.read_results(which, {}, SIZE_MAX, [&](result_cursor, const result_block& block) {
      for (auto left = block.lines; !left.empty();) {
        const auto end = left.find('\n');
        rows.emplace(left.substr(0, end));
        left.remove_prefix(end + 1);
      }
    });
  }
  for (const auto& [name, sum] : results.load().counters)
    out.counters[name.first + "/" + name.second] = sum;
  lmdb_journal_settings settings;
  settings.directory = directory + "/ledger-alarms";
  lmdb_journal alarms{settings};
  for (const auto& each : alarms.notifications(0, SIZE_MAX))
    out.pages.insert(each.what.key);
  return out;
}

} // namespace millwright::testing
