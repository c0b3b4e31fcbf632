#include "runtime/bench/hosted_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace millwright {

void page_watch::spiked(uint32_t sensor, load_source::clock::time_point at) {
  std::lock_guard guard{mutex_};
  spikes_.emplace(sensor, at);
}

void page_watch::page(const std::string& text) {
  constexpr std::string_view kind = "critical limit: ";
  if (!text.starts_with(kind))
    return;
  const auto now = load_source::clock::now();
  const auto end = std::min(text.find_first_of(" :", kind.size()), text.size());
  const auto sensor = plant_.sensor_of_id(std::string_view{text}.substr(kind.size(), end - kind.size()));
  std::lock_guard guard{mutex_};
  const auto spike = spikes_.find(sensor);
  if (spike == spikes_.end())
    return;
  latencies_.push_back(std::chrono::duration<double, std::milli>(now - spike->second).count());
  spikes_.erase(spike);
}

std::vector<double> page_watch::take() {
  std::lock_guard guard{mutex_};
  auto out = std::exchange(latencies_, {});
  const auto now = load_source::clock::now();
  for (const auto& [sensor, at] : spikes_)
    out.push_back(std::chrono::duration<double, std::milli>(now - at).count());
  std::sort(out.begin(), out.end());
  return out;
}

size_t page_watch::waiting() const {
  std::lock_guard guard{mutex_};
  return spikes_.size();
}

bool page_watch::came() const {
  std::lock_guard guard{mutex_};
  return !latencies_.empty();
}

double percentile(const std::vector<double>& values, double share) {
  if (values.empty())
    return 0;
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

node_settings hosted_node::settings_for(const bench_request& request) {
  node_settings out;
  out.sensor_types = request.sensor_types;
  out.ledger.path = request.directory + "/ledger";
  out.plant.facilities = request.directory + "/facilities.jsonl";
  out.plant.sensors = request.directory + "/sensors.jsonl";
  channel_settings terminal;
  terminal.name = "terminal";
  out.channels.push_back(std::move(terminal));
  // The plant's time is not the wall clock's, and every page is waited for.
  out.alarms.told_late = std::chrono::hours{24 * 36'500};
  if (request.tiny)
    out.ledger.interval = milliseconds{200};
  return out;
}

hosted_node::hosted_node(node_settings settings, const load_plant& plant, load_shape shape, page_watch* pages) {
  load_source::spike_function spiked;
  if (pages)
    spiked = [pages](uint32_t sensor, load_source::clock::time_point at) { pages->spiked(sensor, at); };
  auto readings = std::make_unique<load_source>(plant, std::move(shape), std::move(spiked));
  load_ = readings.get();
  channel_surroundings around;
  around.print = [pages](const std::string& text) {
    if (pages)
      pages->page(text);
    return true;
  };
  node_ = std::make_unique<node>(std::move(settings), std::move(around), std::move(readings));
}

hosted_node::hosted_node(node_settings settings) {
  channel_surroundings around;
  around.print = [](const std::string&) { return true; };
  node_ = std::make_unique<node>(std::move(settings), std::move(around));
}

hosted_node::~hosted_node() {
  node_->stop();
  if (thread_.joinable())
    thread_.join();
}

void hosted_node::start() {
  thread_ = std::thread{[this] {
    try {
      node_->run();
    } catch (...) {
      failed_ = std::current_exception();
    }
    ended_ = true;
  }};
}

void hosted_node::stop() {
  node_->stop();
  if (thread_.joinable())
    thread_.join();
  check();
  check_accepted();
}

void hosted_node::check() {
  if (ended_ && failed_)
    std::rethrow_exception(failed_);
}

void hosted_node::check_accepted() {
  const auto& status = node_->status();
  // What is malformed on purpose is rejected, all of it that was taken, and nothing else.
  const uint64_t malformed = load_ ? load_->malformed() : 0;
  if (status.accepted + status.rejected != status.taken || status.rejected > malformed || status.sensors_refused != 0)
    throw std::runtime_error{fmt::format("of {} readings {} were accepted and {} rejected", status.taken.load(),
                                         status.accepted.load(), status.rejected.load())};
  for (const auto& [name, count] : node_->results().load().counters)
    if (name.first == "misconfigured" || name.first == "duplicate" || name.first == "conflict")
      throw std::runtime_error{
          fmt::format("{} readings or sensors are counted as {} {}", count, name.first, name.second)};
}

} // namespace millwright
