#include "runtime/hosting/open_tallies.hpp"

#include <stdexcept>

namespace millwright {

std::unique_ptr<tally_stock::block> tally_stock::take() {
  {
    std::lock_guard guard{mutex_};
    if (!free_.empty()) {
      auto out = std::move(free_.back());
      free_.pop_back();
      return out;
    }
  }
  return std::make_unique_for_overwrite<block>();
}

void tally_stock::give_back(blocks used) {
  std::lock_guard guard{mutex_};
  for (; free_.size() < kept_most && !used.empty(); used.pop_back())
    free_.push_back(std::move(used.back()));
}

size_t tally_stock::kept() const {
  std::lock_guard guard{mutex_};
  return free_.size();
}

open_tallies::~open_tallies() {
  for (const auto& each : chunks_)
    delete each.load();
}

open_tallies::chunk& open_tallies::grow(size_t number) {
  if (number >= most_chunks)
    throw std::length_error{"more sensors than there are places for"};
  auto fresh = std::make_unique<chunk>();
  chunk* there = nullptr;
  if (!chunks_[number].compare_exchange_strong(there, fresh.get()))
    return *there;
  return *fresh.release();
}

} // namespace millwright
