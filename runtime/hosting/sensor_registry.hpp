#pragma once

#include "protocol/actors.hpp"
#include "protocol/reading.hpp"
#include "runtime/hosting/reading_log.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

class local_clock;

/// What the driver knows of a sensor whose actor lives.
struct sensor_entry {
  sensor_actor actor;
  const sensor_context* context = nullptr;
  /// Its newest reading; 0 for none of this run.
  reading_log::number last = 0;
  uint64_t readings = 0;
  /// The split's watermark at the newest reading; by it a long silent sensor leaves memory.
  event_time seen = never;
  /// Largest closing time that the actor has been told.
  event_time told = never;
  /// Local time of its facility; set by `plant_join`.
  local_clock* clock = nullptr;
  /// The metadata that `context` was made of, and the number of its split's change with which the actor is in step; 0:
  /// with none of this run.
  const void* metadata_of = nullptr;
  uint32_t joined = 0;
  /// Of the run that is not sent yet: its readings, and how far before `last` the first of them is.
  uint32_t run_length = 0, run_reach = 0;
  /// When its newest reading was taken, in seconds of the driver's clock; 0: not in this run.
  uint32_t spoke = 0;
  /// The barrier number of the newest thing sent to the actor.
  uint32_t changed = 0;
  uint32_t incarnation = 0;
  /// Of its readings the newest is ahead of its split's time, or far behind: its number in the `skew_watch`; else 0.
  uint32_t skew = 0;
  uint16_t split = 0;
  bool has_split : 1 = false;
  /// Other splits feed it as well.
  bool shared : 1 = false;
  bool quarantined : 1 = false;
  /// As its context says: its rules hold in some modes alone; what it sends may decide others' modes.
  bool gated : 1 = false;
  bool decides : 1 = false;
  /// Of one that is gated: the actor has been told of its mode in this run, and it is one in which it is not judged.
  bool mode_told : 1 = false;
  bool not_judged : 1 = false;
  /// A person took it out of service: it is told nothing more, and leaves memory with what is committed.
  bool retired : 1 = false;
};
static_assert(sizeof(sensor_entry) == 96, "there is one a sensor");

/// The sensors of a node by (facility, sensor): an open-addressing table over stable slots. Used by the driver's
/// thread.
class sensor_registry {
public:
  static constexpr uint32_t none = ~uint32_t{0};

  /// The sensor's slot, or `none`. No allocation.
  uint32_t find(std::string_view facility, std::string_view sensor) const {
    return find(hash(facility, sensor), facility, sensor);
  }
  /// The same with the hash known. A sensor is seldom in a cache when its reading comes: `prefetch` some time before,
  /// and `prefetch_sensor` when that has come, ask the memory for all that finding and sending touch.
  uint32_t find(uint64_t hash, std::string_view facility, std::string_view sensor) const;
  static uint64_t hash(std::string_view facility, std::string_view sensor);
  void prefetch(uint64_t hash) const {
    if (!cells_.empty())
      __builtin_prefetch(&cells_[hash & (cells_.size() - 1)]);
  }
  void prefetch_sensor(uint64_t hash) const;

  /// Adds a sensor that `find` does not know; `context.slot` is set. It may get the slot of one that was removed, whose
  /// incarnations it goes on counting.
  uint32_t add(sensor_context context);

  /// Takes out the sensor of `slot`, of which nothing is uncommitted; what came up to barrier number `barrier` may
  /// still point to its context. Until the slot is used again its entry has no context and no actor.
  void remove(uint32_t slot, uint32_t barrier);

  sensor_entry& operator[](uint32_t slot) { return entries_[slot]; }
  const sensor_entry& operator[](uint32_t slot) const { return entries_[slot]; }
  /// Slots, those included that nobody has.
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  /// Sensors.
  uint32_t known() const { return size() - static_cast<uint32_t>(free_.size()); }

  /// Facilities that have sensors here.
  uint32_t facilities() const { return static_cast<uint32_t>(facilities_.size()); }

  /// Sensors whose actors live.
  uint32_t living() const { return living_; }
  void count_living(int change) { living_ += static_cast<uint32_t>(change); }

  /// Gives the sensor a new context; readings up to barrier number `barrier` may still point to the old one.
  void replace_context(uint32_t slot, sensor_context context, uint32_t barrier);
  /// Goes on whenever a sensor that is gated comes, goes, or is given another context.
  uint64_t gated_changes() const { return gated_changes_; }
  /// Frees contexts that were replaced up to and with `barrier`.
  void release(uint32_t barrier);

private:
  /// A sensor's names: the facility's, then the sensor's.
  struct names {
    uint32_t facility = 0, sensor = 0;
    const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
    std::string_view facility_text() const { return {bytes(), facility}; }
    std::string_view sensor_text() const { return {bytes() + facility, sensor}; }
  };

  void give(uint32_t slot, sensor_context context);
  void grow();
  void place(const names* of, uint32_t slot);
  void vacate(size_t at);
  void keep_anew();
  static size_t room_of(size_t facility, size_t sensor) { return (sizeof(names) + facility + sensor + 7) / 8 * 8; }

  struct cell {
    uint32_t slot = none;
    uint32_t tag = 0;
    const names* of = nullptr;
  };

  const names* keep(std::string_view facility, std::string_view sensor);

  std::vector<cell> cells_;
  std::deque<sensor_entry> entries_;
  /// Slots that nobody has.
  std::vector<uint32_t> free_;
  std::vector<std::unique_ptr<const sensor_context>> contexts_;
  /// The registry's own copy of all names, close together; contexts come and go.
  std::vector<std::unique_ptr<char[]>> name_chunks_;
  char* name_at_ = nullptr;
  size_t name_room_ = 0;
  /// Bytes of names, and of those that nobody has any more.
  size_t name_bytes_ = 0, unused_name_bytes_ = 0;
  std::vector<std::pair<uint32_t, std::unique_ptr<const sensor_context>>> retired_;
  uint32_t living_ = 0;
  uint64_t gated_changes_ = 0;
  /// Sensors by facility.
  std::map<std::string, uint32_t, std::less<>> facilities_;
};

} // namespace millwright
