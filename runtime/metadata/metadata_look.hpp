#pragma once

#include "runtime/metadata/metadata_watcher.hpp"
#include "runtime/metadata/plant_metadata.hpp"

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// Looks whether the metadata files have changed, on a thread of its own: to read, check and keep what is known of
/// 125,000 sensors takes half a second, in which its owner has readings to see to. Used by one thread.
class metadata_look {
public:
  /// Makes content durable before it takes effect; called from the look's thread. May throw.
  using keeper = std::function<void(const std::string& content)>;

  /// @param known what is in force (`plant_metadata::fingerprint`).
  metadata_look(std::string facilities_path, std::string sensors_path, uint64_t known);
  metadata_look(const metadata_look&) = delete;
  metadata_look& operator=(const metadata_look&) = delete;

  /// Begins a look, unless one is under way or the system has no thread left for it. `current` is what holds; a much
  /// smaller one is refused beside it.
  void begin(std::shared_ptr<const plant_metadata> current, keeper keep);

  /// It has ended and waits for `take`.
  bool ended() const;

  /// What it found, once: the files' new content, valid and kept; null when nothing has changed. Throws
  /// failure(bad_metadata) when a file cannot be read or is not valid, and what `keep` threw: then the next look tries
  /// again. Waits for a look that is under way.
  std::shared_ptr<const plant_metadata> take();

  /// The files can be read, and hold what was found last. Not while a look is under way.
  bool files_sound() const { return watcher_.trouble().empty() && !refused_; }

private:
  std::shared_ptr<const plant_metadata> look(const plant_metadata& current, const keeper& keep);

  // These belong to the look while one is under way.
  metadata_watcher watcher_;
  /// New content that could not be kept yet.
  std::optional<std::string> unkept_;
  /// The newest content of the files was not valid.
  bool refused_ = false;

  /// Last, so that the others outlive the look.
  std::future<std::shared_ptr<const plant_metadata>> under_way_;
};

} // namespace millwright
