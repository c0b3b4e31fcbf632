#include "runtime/hosting/gathering.hpp"

namespace millwright {

namespace {

// Whose gatherer this thread has; 0: nobody's.
struct own_gatherer {
  uint64_t serial = 0;
  part_gatherer* gatherer = nullptr;
};

thread_local own_gatherer own_of_thread;

} // namespace

uint64_t gathering::next_serial() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

part_gatherer& gathering::own() {
  auto& own = own_of_thread;
  if (own.serial != serial_) {
    std::lock_guard guard{mutex_};
    all_.push_back(std::make_unique<part_gatherer>(given_, static_cast<uint32_t>(all_.size())));
    own = {serial_, all_.back().get()};
  }
  return *own.gatherer;
}

void gathering::take(const reading& r) {
  own().take(r);
}

void gathering::pause() {
  if (const auto& own = own_of_thread; own.serial == serial_)
    own.gatherer->publish();
}

std::vector<part_gatherer*> gathering::all() const {
  std::lock_guard guard{mutex_};
  std::vector<part_gatherer*> out;
  for (const auto& each : all_)
    out.push_back(each.get());
  return out;
}

} // namespace millwright
