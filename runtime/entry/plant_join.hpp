#pragma once

#include "runtime/decisions/decision_log.hpp"
#include "runtime/decisions/stored_plant.hpp"
#include "runtime/health/model_look.hpp"
#include "runtime/hosting/sensor_keeper.hpp"
#include "runtime/metadata/local_clock.hpp"
#include "runtime/metadata/metadata_look.hpp"
#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/metadata/shown_metadata.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace millwright {

/// The files of health models, and the types that they are for.
struct model_sources {
  model_paths paths = {};
  /// Outlives whoever is given it; null where there are no paths.
  const sensor_type_table* types = nullptr;
};

/// Joins sensors with what the plant's metadata says of them, in the version that holds at their split's position; the
/// models that judge their health are part of it. The driver's thread.
class plant_join {
public:
  /// Versions that a former run used are in `log`; the newest of them is current, whatever the files say by now: that
  /// is a change, which `changed_version` tells. At a first start the files' content is current. Without a log it is
  /// so, and nobody looks for changes. Throws failure(bad_metadata), and failure(bad_configuration) at a first start.
  plant_join(const std::string& facilities_path, const std::string& sensors_path, decision_log* log,
             model_sources models = {});
  plant_join(const plant_join&) = delete;
  plant_join& operator=(const plant_join&) = delete;

  std::shared_ptr<const plant_metadata> current() const { return versions_.rbegin()->second; }
  /// What is current, as other threads see it; it outlives this.
  std::shared_ptr<const shown_metadata> shown() const { return shown_; }
  std::string current_version() const { return std::to_string(versions_.rbegin()->first); }

  /// A version by its number. Throws failure(bad_metadata) when nobody knows it.
  std::shared_ptr<const plant_metadata> version(const std::string& number) const;

  /// Begins to look whether the files have changed, beside the readings, unless a look is under way.
  void look();
  /// A look has ended and waits for `changed_version`.
  bool looked() const { return (look_ && look_->ended()) || (model_look_ && model_look_->ended()); }
  /// What the look found: the number of a new version, which is stored, when the files have changed and are valid.
  /// Throws failure(bad_metadata) when they are not, failure(journal_unwritable) when it could not be stored (it is
  /// tried again with the next look); then the old version stays.
  std::optional<std::string> changed_version();

  /// What the last `changed_version` was about: a look at the models follows one at the metadata.
  bool looked_at_models() const { return looked_at_models_; }
  /// What the models' files have that cannot be used, after a look at them; empty: nothing.
  std::string trouble_of_models() const { return model_look_ ? model_look_->trouble() : std::string{}; }

  /// Frees the versions before `oldest`, but for the current one: nobody will ask for them by number.
  void forget_before(uint64_t oldest);

  /// The files can be read, and hold what is current or will be. Not while a look is under way.
  bool files_sound() const { return !look_ || look_->files_sound(); }

  sensor_context context_of(const plant_metadata& metadata, std::string_view facility, std::string_view sensor) const;

  /// Gives the sensor its context by `metadata`, if it has another one; calls `before` first in that case.
  template <class Before>
  void join(sensor_keeper& keeper, uint32_t slot, const plant_metadata& metadata, Before before) {
    auto& entry = keeper.sensors()[slot];
    if (std::exchange(entry.metadata_of, &metadata) == &metadata)
      return;
    if (auto next = other_context(*entry.context, metadata)) {
      before();
      keeper.replace_context(slot, std::move(*next));
      entry.clock = nullptr;
    }
  }

  /// At the sensor's facility.
  enrichment local_time_of(sensor_entry& entry, event_time at);

private:
  void open_stored(const std::string& stored, uint64_t number);
  void open_files(const std::string& facilities_path, const std::string& sensors_path);
  void look_at_models();
  plant_content stored_now() const;
  uint64_t next_version() const { return versions_.rbegin()->first + 1; }
  std::optional<sensor_context> other_context(const sensor_context& now, const plant_metadata& metadata) const;

  decision_log* log_;
  model_sources models_;
  /// `model_content` of the current version.
  std::shared_ptr<const std::string> model_content_ = std::make_shared<const std::string>();
  bool looked_at_models_ = false;
  std::map<uint64_t, std::shared_ptr<const plant_metadata>> versions_;
  const std::shared_ptr<shown_metadata> shown_ = std::make_shared<shown_metadata>();
  std::map<std::string, local_clock> clocks_;
  /// Null where nobody looks. One is under way at a time: a version has one number.
  std::optional<metadata_look> look_;
  std::optional<model_look> model_look_;
};

} // namespace millwright
