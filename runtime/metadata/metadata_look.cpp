#include "runtime/metadata/metadata_look.hpp"

#include "protocol/failure.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace millwright {

metadata_look::metadata_look(std::string facilities_path, std::string sensors_path, uint64_t known)
    : watcher_{std::move(facilities_path), std::move(sensors_path), known} {}

void metadata_look::begin(std::shared_ptr<const plant_metadata> current, keeper keep) {
  if (under_way_.valid())
    return;
  const auto whole = [this, current = std::move(current), keep = std::move(keep)] {
    // It can wait where readings cannot.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
    return look(*current, keep);
  };
  try {
    under_way_ = std::async(std::launch::async, whole);
  } catch (const std::system_error&) {
    // No thread: the next look may have one.
  }
}

bool metadata_look::ended() const {
  return under_way_.valid() && under_way_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

std::shared_ptr<const plant_metadata> metadata_look::take() {
  return under_way_.valid() ? under_way_.get() : nullptr;
}

std::shared_ptr<const plant_metadata> metadata_look::look(const plant_metadata& current, const keeper& keep) {
  if (auto content = watcher_.poll())
    unkept_ = std::move(content);
  if (!watcher_.trouble().empty())
    throw failure{failure_code::bad_metadata, {}, watcher_.trouble()};
  if (!unkept_)
    return nullptr;
  // Taken up again when it cannot be kept, but not when it is refused.
  const auto content = std::exchange(unkept_, std::nullopt);
  refused_ = true;
  auto found = std::make_shared<const plant_metadata>(plant_metadata::from_content(*content));
  check_shrink(current, *found);
  refused_ = false;
  try {
    keep(*content);
  } catch (...) {
    unkept_ = content;
    throw;
  }
  return found;
}

} // namespace millwright
