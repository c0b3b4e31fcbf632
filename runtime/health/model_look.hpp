#pragma once

#include "runtime/health/model_watcher.hpp"

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// Looks whether models have been replaced, on a thread of its own: to read, check and keep them takes longer than
/// readings may wait. Used by one thread.
class model_look {
public:
  /// Makes `model_content` durable before it takes effect; called from the look's thread. May throw.
  using keeper = std::function<void(const std::string& content)>;

  struct change {
    std::string content;
    std::shared_ptr<const model_set> models;
  };

  /// @param known what is in force. `types` outlives it.
  model_look(model_paths paths, model_files known, const sensor_type_table& types);
  model_look(const model_look&) = delete;
  model_look& operator=(const model_look&) = delete;

  /// Begins a look, unless one is under way or the system has no thread left for it.
  void begin(keeper keep);

  /// One has begun, and nobody has taken what it found.
  bool under_way() const { return under_way_.valid(); }
  /// It has ended and waits for `take`.
  bool ended() const;

  /// What it found, once: the models that are to be in force, kept; none when nothing has changed. Throws what `keep`
  /// threw: then the next look tries again. Waits for a look that is under way.
  std::optional<change> take();

  /// What files have that is no model, or why they cannot be read: these types keep their old models. Empty: all are
  /// sound. Not while a look is under way.
  std::string trouble() const { return watcher_.trouble(); }

private:
  std::optional<change> look(const keeper& keep);

  // These belong to the look while one is under way.
  const sensor_type_table& types_;
  model_watcher watcher_;
  /// What could not be kept yet.
  std::optional<model_files> unkept_;

  /// Last, so that the others outlive the look.
  std::future<std::optional<change>> under_way_;
};

} // namespace millwright
