#pragma once

#include "runtime/metadata/local_clock.hpp"
#include "runtime/metadata/metadata_watcher.hpp"
#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/node/decision_log.hpp"
#include "runtime/node/sensor_keeper.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// Joins sensors with what the plant's metadata says of them, in the version that holds at their split's position. The
/// driver's thread.
class plant_join {
public:
  /// Versions that a former run used are in `log`; the newest of them is current, whatever the files say by now: that
  /// is a change, which `changed_version` tells. At a first start the files' content is current. Without a log it is
  /// so, and nobody looks for changes. Throws failure(bad_metadata).
  plant_join(const std::string& facilities_path, const std::string& sensors_path, decision_log* log);

  std::shared_ptr<const plant_metadata> current() const { return versions_.rbegin()->second; }
  std::string current_version() const { return std::to_string(versions_.rbegin()->first); }

  /// A version by its number. Throws failure(bad_metadata) when nobody knows it.
  std::shared_ptr<const plant_metadata> version(const std::string& number) const;

  /// The number of a new version, stored, once the files have changed and are valid. Throws failure(bad_metadata) when
  /// they are not; then the old version stays.
  std::optional<std::string> changed_version();

  /// The files can be read, and hold what is current or will be.
  bool files_sound() const { return !watcher_ || (watcher_->trouble().empty() && !refused_); }

  sensor_context context_of(const plant_metadata& metadata, std::string_view facility, std::string_view sensor) const;

  /// Gives the sensor its context by `metadata`, if that differs.
  void refresh(sensor_keeper& keeper, uint32_t slot, const plant_metadata& metadata);
  /// The same for all sensors of a split.
  void refresh_split(sensor_keeper& keeper, uint16_t split, const plant_metadata& metadata);

  /// Hour of the day at the sensor's facility.
  uint8_t hour_of(sensor_entry& entry, event_time at);

private:
  decision_log* log_;
  std::map<uint64_t, std::shared_ptr<const plant_metadata>> versions_;
  std::optional<metadata_watcher> watcher_;
  /// New content that the log could not take yet.
  std::optional<std::string> unlogged_;
  /// The newest content of the files was not valid.
  bool refused_ = false;
  std::map<std::string, local_clock> clocks_;
};

} // namespace millwright
