#pragma once

#include "actors/equipment/unit_settings.hpp"
#include "actors/equipment/unit_stretch.hpp"
#include "actors/kit/exact_moments.hpp"
#include "actors/kit/hosted_model.hpp"
#include "actors/kit/sensor_tally.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// Readings of one sensor type in a pane as wide as the windows' slide, on time for the windows.
struct unit_pane {
  event_time start = never;
  /// Index into the types of whoever holds it.
  uint16_t type = 0;
  exact_moments value;
  exact_mean quality;

  void merge(const unit_pane& other) {
    value.merge(other.value);
    quality.merge(other.quality);
  }

  friend bool operator==(const unit_pane&, const unit_pane&) = default;
};

/// What one sensor of a unit sent; at first nothing.
struct sensor_news {
  std::string sensor;
  /// Smallest and largest time of the split behind a reading.
  event_time first_heard = forever, heard = never;
  /// The last reading, by time, then place in the log; and its type, an index like a pane's.
  event_time time = never;
  uint64_t position = 0;
  double value = 0, quality = absent;
  uint32_t count = 0;
  uint16_t split = 0, type = 0;

  bool before(const sensor_news& other) const;
  /// Of the same sensor; `other` need not name it.
  void merge(const sensor_news& other);
};

/// What a shard gathers for a unit between two barriers. Any grouping and order of the same readings gives the same.
class unit_part {
public:
  /// What it gathers by; without it by the standard settings.
  void born(const hosted_birth& birth);
  void take(const contribution& reading) { take(sensor_tally{reading}); }
  void take(const sensor_tally& readings);
  static void bounds(const actor_settings& settings, tally_bounds& out);
  void merge(const unit_part& other);

  void encode(std::string& out) const;
  bool decode(std::string_view in);

  bool empty() const { return stretches_.empty(); }
  /// Names of the types that panes and news speak of.
  std::vector<std::string> types() const;
  size_t type_count() const { return types_.size(); }
  const std::string& type(uint16_t number) const { return types_[number].name; }
  std::span<const unit_pane> panes() const { return panes_; }
  std::span<const sensor_news> news() const { return news_; }
  /// In no order.
  std::span<const unit_stretch> stretches() const { return stretches_; }
  /// They are the caller's from here on.
  std::vector<unit_pane> take_panes() { return std::move(panes_); }
  std::vector<unit_stretch> take_stretches() { return std::move(stretches_); }

private:
  struct known_type {
    /// In this process alone: in the node's table; null for what came from elsewhere.
    const sensor_type* here = nullptr;
    std::string name;
  };

  uint16_t type_of(const sensor_tally& readings);
  uint16_t type_named(std::string_view name);
  unit_pane& pane_of(event_time start, uint16_t type);
  /// Index of what a sensor sent; a new one where it has sent nothing so far.
  size_t news_of(const sensor_context& context);
  size_t news_of(std::string_view sensor);
  size_t add(std::string_view sensor, uint32_t slot);

  unit_gathering how_;
  std::vector<known_type> types_;
  std::vector<unit_pane> panes_;
  std::vector<sensor_news> news_;
  /// Of each sensor in `news_`, its place in the node's table; in this process alone. Apart, for they are searched at
  /// every reading.
  std::vector<uint32_t> slots_;
  std::vector<unit_stretch> stretches_;
};

} // namespace millwright
