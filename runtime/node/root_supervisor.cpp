#include "runtime/node/root_supervisor.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace millwright {

namespace {

uint64_t now_ms() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

} // namespace

root_supervisor::root_supervisor(limits given, end_function end)
    : limits_{given}, end_{std::move(end)}, thread_{[this] { run(); }} {}

root_supervisor::~root_supervisor() {
  stop();
}

void root_supervisor::watch(std::string part, std::function<void()> begin_anew) {
  std::lock_guard guard{mutex_};
  parts_.insert_or_assign(
      std::move(part), part_entry{std::move(begin_anew),
                                  restart_intensity{limits_.deaths, static_cast<uint64_t>(limits_.window.count())}, 0});
}

void root_supervisor::died(const std::string& part, const std::string& what) {
  std::lock_guard guard{mutex_};
  if (stopping_)
    return;
  dead_.fetch_add(1, std::memory_order_release);
  if (const auto known = parts_.find(part); known != parts_.end())
    ++known->second.deaths;
  deaths_.push_back({part, what});
  wake_.notify_all();
}

std::vector<root_supervisor::part_view> root_supervisor::parts() const {
  std::vector<part_view> out;
  std::lock_guard guard{mutex_};
  for (const auto& [name, part] : parts_)
    out.push_back({name, part.deaths, part.begin_anew != nullptr});
  return out;
}

void root_supervisor::stop() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable())
    thread_.join();
}

void root_supervisor::run() {
  std::unique_lock guard{mutex_};
  while (wake_.wait(guard, [this] { return stopping_ || !deaths_.empty(); }), !stopping_) {
    const auto next = std::move(deaths_.front());
    deaths_.pop_front();
    guard.unlock();
    handle(next);
    guard.lock();
  }
}

void root_supervisor::handle(const death& each) {
  const auto known = parts_.find(each.part);
  if (known == parts_.end() || !known->second.begin_anew)
    return give_up(fmt::format("{} died and cannot be begun anew: {}", each.part, each.what));
  if (known->second.intensity.died(now_ms()))
    return give_up(fmt::format("{} died more than {} times within {} s, the last time of: {}", each.part,
                               limits_.deaths, limits_.window.count() / 1000, each.what));
  spdlog::error("{} died and is begun anew: {}", each.part, each.what);
  std::string failed;
  try {
    known->second.begin_anew();
    restarts_.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::exception& problem) {
    failed = problem.what();
  }
  if (!failed.empty()) {
    {
      std::unique_lock guard{mutex_};
      wake_.wait_for(guard, limits_.pause, [this] { return stopping_; });
    }
    died(each.part, failed);
  }
  dead_.fetch_sub(1, std::memory_order_release);
}

// What is dead stays counted: until the node has ended it is not well.
void root_supervisor::give_up(const std::string& why) {
  if (std::exchange(given_up_, true))
    return;
  spdlog::critical("the node ends, to be started anew: {}", why);
  end_(why);
}

} // namespace millwright
