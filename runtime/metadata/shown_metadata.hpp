#pragma once

#include "runtime/metadata/plant_metadata.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace millwright {

/// The metadata that are current, for who is not on the driver's thread and may outlive it. Any thread; a lock is held
/// for as long as it takes to copy a pointer.
class shown_metadata {
public:
  void put(std::shared_ptr<const plant_metadata> now) {
    std::lock_guard guard{mutex_};
    now_.swap(now);
  }
  /// Null before the first `put`.
  std::shared_ptr<const plant_metadata> get() const {
    std::lock_guard guard{mutex_};
    return now_;
  }
  /// See plant_metadata::guidance.
  guidance_pointer guidance(const condition_key& condition) const {
    const auto now = get();
    return now ? now->guidance(condition) : nullptr;
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const plant_metadata> now_;
};

} // namespace millwright
