#include "protocol/shared_text.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace millwright {

struct shared_text::copy {
  explicit copy(std::string_view from) : text{from} {}

  const std::string text;
  /// Falls under the pool's lock alone: so nobody finds one that is being given up.
  std::atomic<size_t> users{0};
};

struct shared_text::pool {
  std::mutex mutex;
  std::unordered_map<std::string_view, std::unique_ptr<copy>> by_text;
};

// Never destroyed: what is static elsewhere may have texts until the very end.
shared_text::pool& shared_text::all() {
  static auto& out = *new pool;
  return out;
}

shared_text::copy& shared_text::hold(std::string_view text) {
  auto& pool = all();
  const std::lock_guard guard{pool.mutex};
  auto found = pool.by_text.find(text);
  if (found == pool.by_text.end()) {
    auto fresh = std::make_unique<copy>(text);
    const std::string_view key = fresh->text;
    found = pool.by_text.emplace(key, std::move(fresh)).first;
  }
  found->second->users.fetch_add(1, std::memory_order_relaxed);
  return *found->second;
}

shared_text::copy& shared_text::again(copy& held) {
  held.users.fetch_add(1, std::memory_order_relaxed);
  return held;
}

void shared_text::give_up(copy& held) noexcept {
  auto& pool = all();
  const std::lock_guard guard{pool.mutex};
  if (held.users.fetch_sub(1, std::memory_order_acq_rel) == 1)
    pool.by_text.erase(pool.by_text.find(held.text));
}

std::string_view shared_text::view() const {
  return held_ ? std::string_view{held_->text} : std::string_view{};
}

size_t shared_text::in_use() {
  auto& pool = all();
  const std::lock_guard guard{pool.mutex};
  return pool.by_text.size();
}

} // namespace millwright
