#pragma once

#include "runtime/settings/settings.hpp"
#include "runtime/simulation/plant_faults.hpp"
#include "runtime/simulation/plant_layout.hpp"
#include "runtime/simulation/plant_schedule.hpp"

#include <string>
#include <vector>

namespace millwright {

/// A plant that measures, drifts and breaks: a pure function from (settings, tick) to a reading, the same bytes on
/// every run and machine. A *tick* is a place in the plant's log, in the order in which readings arrive; a place whose
/// reading is held back or lost gives nothing. Immutable: any thread may read it.
class simulated_plant {
public:
  /// @param start event time of tick 0. Throws `failure` on settings that make no plant.
  simulated_plant(const simulation_settings& settings, const std::vector<sensor_type>& types, event_time start);
  simulated_plant(const simulated_plant&) = delete;
  simulated_plant& operator=(const simulated_plant&) = delete;

  /// Appends the reading of a tick as one line of JSON, without line feed; false, and nothing appended, when the tick
  /// has none. O(log).
  bool append_reading_json(uint64_t tick, std::string& out) const;
  /// The same for a slot of a `plant_cursor`, which is faster from tick to tick.
  bool append_reading_json(const plant_slot& slot, std::string& out) const;

  /// The same as `append_reading_json`, and it says under `health` what no instrument knows: how sound its sensor was,
  /// 1 to 0 (worn out). For who trains or judges a model.
  bool append_labelled_json(uint64_t tick, std::string& out) const;

  /// When a slot's reading arrives: the simulator's time.
  event_time arrival_of(const plant_slot& slot) const { return start_ + milliseconds{slot.at / 1'000'000}; }
  /// Ticks before an event time.
  uint64_t ticks_before(event_time at) const;
  event_time start() const { return start_; }

  const plant_layout& layout() const { return layout_; }
  const plant_schedule& schedule() const { return schedule_; }
  const plant_faults& faults() const { return faults_; }

private:
  /// A field of a type, ready to be written.
  struct written_field {
    /// `,"name":`
    std::string key;
    int decimals;
    enum class role : uint8_t { primary, secondary, current } what;
    /// Share of the primary measure, or the usual level.
    double factor;
  };
  struct written_type {
    /// `","sensor_type":"name","quality_score":`
    std::string name_and_quality;
    std::vector<written_field> fields;
    bool writes_unit = false;
    double voltage = 400;
  };
  struct measured {
    double value, quality;
    uint64_t bits;
  };

  void prepare_types();
  bool append(const plant_slot& slot, std::string& out, bool labelled) const;
  double health_of(uint32_t sensor, int64_t at, const active_faults& faults) const;
  measured measure(uint32_t sensor, uint64_t cycle, const active_faults* faults) const;
  double healthy(uint32_t sensor, int64_t at, int64_t interval, uint64_t cycle, uint64_t bits, double noise) const;

  uint64_t seed_;
  event_time start_;
  plant_layout layout_;
  plant_schedule schedule_;
  plant_faults faults_;
  std::vector<written_type> written_;
  /// `","facility_id":"name`, by facility.
  std::vector<std::string> written_facilities_;
};

} // namespace millwright
