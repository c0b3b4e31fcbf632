#include "runtime/health/model_look.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace millwright {

model_look::model_look(model_paths paths, model_files known, const sensor_type_table& types)
    : types_{types}, watcher_{std::move(paths), std::move(known), types} {}

void model_look::begin(keeper keep) {
  if (under_way_.valid())
    return;
  const auto whole = [this, keep = std::move(keep)] {
    // It can wait where readings cannot.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
    return look(keep);
  };
  try {
    under_way_ = std::async(std::launch::async, whole);
  } catch (const std::system_error&) {
    // No thread: the next look may have one.
  }
}

bool model_look::ended() const {
  return under_way_.valid() && under_way_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

std::optional<model_look::change> model_look::take() {
  return under_way_.valid() ? under_way_.get() : std::nullopt;
}

std::optional<model_look::change> model_look::look(const keeper& keep) {
  if (auto files = watcher_.poll())
    unkept_ = std::move(files);
  if (!unkept_)
    return std::nullopt;
  change found;
  found.content = model_content(*unkept_);
  std::vector<std::string> unusable;
  found.models = std::make_shared<const model_set>(models_of(*unkept_, types_, unusable));
  keep(found.content);
  unkept_.reset();
  return found;
}

} // namespace millwright
