#pragma once

#include "runtime/settings/settings.hpp"
#include "runtime/simulation/plant_layout.hpp"
#include "runtime/simulation/plant_schedule.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millwright {

/// What can go wrong in the plant. The first six and `step` change what is measured, the others how it is reported.
enum class fault_kind : uint8_t {
  spike,
  drift,
  stuck,
  noise,
  bearing_wear,
  falling_quality,
  skewed_clock,
  dropout,
  late,
  duplicated,
  malformed,
  step,
};

inline constexpr int fault_kind_count = 12;

std::string_view name_of(fault_kind kind);
std::optional<fault_kind> fault_kind_named(std::string_view name);
/// "spike, drift, ...": for messages and help.
std::string fault_kind_names();

/// One fault: holds for what is due in [start, end), nanoseconds after the plant's start.
struct plant_fault {
  fault_kind kind{};
  /// bearing_wear: the vibration sensor; the others of its unit follow.
  uint32_t sensor = 0;
  int64_t start = 0, end = 0;
  double strength = 1;
  /// In place of `strength`, where it is not 0: of the sensor's sigma.
  double sigmas = 0;

  /// It goes on as a part wears out; what comes at once, or is but how a reading is reported, is no wear.
  bool wears() const {
    return kind == fault_kind::bearing_wear || kind == fault_kind::drift || kind == fault_kind::noise ||
           kind == fault_kind::falling_quality;
  }
  /// 0 at the start, 1 at the end.
  double progress(int64_t at) const { return static_cast<double>(at - start) / static_cast<double>(end - start); }
};

/// The faults that hold for one sensor at one time; never more than a few.
struct active_faults {
  std::array<plant_fault, 24> list;
  size_t count = 0;

  void add(const plant_fault& fault) {
    if (count < list.size())
      list[count++] = fault;
  }
  const plant_fault* find(fault_kind kind) const {
    for (size_t i = 0; i < count; ++i)
      if (list[i].kind == kind)
        return &list[i];
    return nullptr;
  }
};

/// Every fault of a plant, known without history: those of the schedule stand in a table; for those at random, time is
/// cut into blocks (a day, or less where more than one a day is wanted), and a hash of (seed, sensor, kind, block)
/// tells whether the block has one, and when. A fault at random ends within its block.
class plant_faults {
public:
  /// Throws `failure` on an unknown kind or sensor. Layout and schedule must outlive it.
  plant_faults(const simulation_settings& settings, const plant_layout& layout, const plant_schedule& schedule);

  /// Cheap when the sensor has no fault at all.
  void collect(uint32_t sensor, int64_t at, active_faults& out) const;
  bool any() const { return !scheduled_.empty() || random_; }

  /// Every fault that starts in [from, to), by start.
  std::vector<plant_fault> between(int64_t from, int64_t to) const;

  /// Readings that a late one of this fault is held back for.
  uint64_t held_back(const plant_fault& fault) const;

private:
  struct chance {
    double probability = 0;
    int64_t block = 0;
  };

  bool suits(fault_kind kind, uint32_t sensor) const;
  uint32_t choose(fault_kind kind, uint64_t draw, int64_t lasts) const;
  plant_fault complete(fault_kind kind, uint32_t sensor, int64_t start, int64_t lasts, double strength,
                       double sigmas = 0) const;
  std::optional<plant_fault> drawn(fault_kind kind, uint32_t sensor, int64_t block) const;
  /// The sensor of the unit that its bearing's wear is drawn and told by.
  std::optional<uint32_t> bearing_of(uint32_t unit) const;
  void schedule(const plant_fault& fault);

  const plant_layout& layout_;
  const plant_schedule& schedule_;
  uint64_t seed_;
  std::vector<plant_fault> all_scheduled_;
  std::unordered_map<uint32_t, std::vector<plant_fault>> scheduled_;
  std::vector<bool> has_scheduled_;
  std::array<chance, fault_kind_count> chances_{};
  bool random_ = false;
};

} // namespace millwright
