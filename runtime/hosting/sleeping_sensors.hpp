#pragma once

#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millwright {

/// A sensor that left memory since it was silent for long, and had nothing to do any more; its state is in the ledger.
struct sleeping_sensor {
  /// The split that fed it, and that split's time at its last reading. `no_split` and `never`: recordings taught it,
  /// and it has not spoken since.
  uint16_t split = 0;
  event_time seen = never;
  /// That split's time when it fell asleep. `never`: nobody wrote it down; it counts from the next look on.
  event_time since = never;
  /// The barrier with which the ledger forgets it; 0: none.
  uint32_t forgotten_with = 0;
};

/// The sleeping sensors by their names. What is kept of one is some hundred bytes. Pure.
class sleeping_sensors {
public:
  using name_view = std::pair<std::string_view, std::string_view>;

  void add(const sensor_key& key, const sleeping_sensor& x) {
    all_.insert_or_assign({key.facility.text, key.sensor.text}, x);
  }
  void remove(std::string_view facility, std::string_view sensor) {
    if (const auto found = all_.find(name_view{facility, sensor}); found != all_.end())
      all_.erase(found);
  }
  /// Null: it does not sleep.
  sleeping_sensor* find(std::string_view facility, std::string_view sensor) {
    const auto found = all_.find(name_view{facility, sensor});
    return found == all_.end() ? nullptr : &found->second;
  }
  size_t size() const { return all_.size(); }
  bool empty() const { return all_.empty(); }

  /// Visits up to `most` of them, in the order of their names, behind `after` (empty names: from the first on). False
  /// when there is none behind those. `after` becomes the name of the last one. The visitor may remove what it is
  /// given.
  template <class Visit>
  bool visit(std::pair<std::string, std::string>& after, size_t most, Visit visit) {
    auto at = after.first.empty() && after.second.empty() ? all_.begin() : all_.upper_bound(after);
    for (; at != all_.end() && most > 0; --most) {
      auto& [name, x] = *at++;
      after = name;
      visit(after.first, after.second, x);
    }
    return at != all_.end();
  }

private:
  struct by_name {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return name_view{a.first, a.second} < name_view{b.first, b.second};
    }
  };

  std::map<std::pair<std::string, std::string>, sleeping_sensor, by_name> all_;
};

/// Under which name and how the ledger keeps that a sensor sleeps, among the small named state of the node.
std::string name_of_sleeper(const sensor_key& key);
std::string encode(const sleeping_sensor& x);
/// The sensor of which `name` tells; none: it tells something else.
std::optional<sensor_key> sleeper_named(std::string_view name);
/// None when it is damaged, or of a newer version.
std::optional<sleeping_sensor> decode_sleeper(std::string_view stored);

} // namespace millwright
