#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// Something beside readings that decides, with its place in a split's log (design 3): it takes effect before the
/// reading at `position`, now and at every recovery.
struct decision {
  /// Stored: append only.
  enum class kind : uint8_t {
    /// The plant's metadata is now `content`.
    metadata,
    /// The split counts as silent, or counts again.
    silent,
    /// The content is the smallest time of the other splits: what several splits feed takes nothing older from this
    /// one.
    awake,
    /// Beyond which time a reading is ahead, for a range of positions; see `bound_entry`.
    bound,
    /// Sensors that are fed by this split alone from here on.
    moved,
    /// What a person says of a unit's maintenance; see `maintenance_entry`.
    maintenance,
    /// What another split's readings decided of machines' modes; see `mode_entry`.
    mode,
    /// What a person has a sensor do; see `sensor_word`.
    sensor,
  };
  /// A person said it, and was answered: it is carried out once, and holds though what is behind it is gone.
  bool said() const { return what == kind::maintenance || what == kind::sensor; }

  kind what{};
  uint64_t position = 0;
  std::string content;
};

/// Where decisions are made durable before they take effect.
class decision_log {
public:
  virtual ~decision_log() = default;

  /// Synced on return. Throws failure(journal_unwritable).
  virtual void append(const std::string& split, const decision& entry) = 0;

  /// Removes what `append` has put there; nothing where it is not there. Synced on return. Throws
  /// failure(journal_unwritable).
  virtual void take_back(const std::string& split, const decision& entry) = 0;

  /// In order: every decision of the split at or behind `position`, and before them the newest of each kind that was
  /// in effect there.
  virtual std::vector<decision> since(const std::string& split, uint64_t position) = 0;

  /// Forgets what `since(split, position)` does not need.
  virtual void prune(const std::string& split, uint64_t position) = 0;
};

} // namespace millwright
