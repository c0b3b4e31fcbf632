#pragma once

#include "runtime/hosting/entity_line.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace millwright {

/// The kinds of actors that people see as the plant.
inline constexpr std::string_view facility_kind = "facility", line_kind = "line", unit_kind = "equipment";

/// Of an actor that was read back at the start and has said nothing since.
inline constexpr std::string_view unknown_state = "unknown";
/// Of a unit that is as it should be.
inline constexpr std::string_view healthy_state = "healthy";

/// Actors by the state that their headline says.
class state_counts {
public:
  struct entry {
    std::string state;
    /// The least of those in this state.
    int rank = 0;
    uint64_t count = 0;
  };

  void add(const headline& line);
  std::vector<entry> worst_first() const;

private:
  std::vector<entry> all_;
};

/// What a plant, or a facility, consists of.
struct plant_counts {
  uint64_t facilities = 0, lines = 0, units = 0;
  state_counts units_by_health;

  void add(std::string_view kind, const headline& line);
};

plant_counts count_plant(std::span<const entity_line> lines);

/// "15 facilities, 24,800 units: 3 offline, 12 unstable"; healthy units are not told. Empty without a facility.
std::string plant_text(const plant_counts& x);

/// Red for what pages, yellow for what is not as it should be; none for the rest. `rank` as in a headline.
std::string_view colour_of_state(std::string_view state, int rank);

/// Appends {"facilities":...,"lines":...,"units":...,"units_by_health":{...}}.
void append_json(std::string& out, const plant_counts& x);

/// The counts of a running node, counted anew once a second at most, and so that it takes a hundredth of the time.
/// Any thread.
class plant_counter {
public:
  using clock = std::chrono::steady_clock;

  explicit plant_counter(std::function<plant_counts()> count) : count_{std::move(count)} {}

  plant_counts counted(clock::time_point now);

private:
  std::function<plant_counts()> count_;
  std::mutex mutex_;
  plant_counts counts_;
  clock::time_point next_{};
};

} // namespace millwright
