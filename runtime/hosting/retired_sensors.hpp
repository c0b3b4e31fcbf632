#pragma once

#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millwright {

/// A sensor that a person took out of service.
struct retired_sensor {
  /// Since when, by which name and as which user.
  event_time at = never;
  std::string by, user;
  /// The split that fed it.
  uint16_t split = 0;
  /// Readings that it has sent all the same in this run, and its split's time at the newest. Not stored.
  uint64_t readings = 0;
  event_time seen = never;

  const std::string& who() const { return by.empty() ? user : by; }
};

/// The retired sensors by their names. They are few: each was named by a person. Pure.
class retired_sensors {
public:
  bool empty() const { return all_.empty(); }

  void add(const sensor_key& key, retired_sensor x) { all_.insert_or_assign(key, std::move(x)); }
  void remove(const sensor_key& key) { all_.erase(key); }
  /// Null: it is not retired. No allocation.
  retired_sensor* find(std::string_view facility, std::string_view sensor) {
    const auto found = all_.find(name_view{facility, sensor});
    return found == all_.end() ? nullptr : &found->second;
  }
  template <class Visit>
  void visit(Visit each) const {
    for (const auto& [key, x] : all_)
      each(key, x);
  }

private:
  using name_view = std::pair<std::string_view, std::string_view>;

  struct by_name {
    using is_transparent = void;
    static name_view view(const sensor_key& x) { return {x.facility.text, x.sensor.text}; }
    static name_view view(const name_view& x) { return x; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return view(a) < view(b);
    }
  };

  std::map<sensor_key, retired_sensor, by_name> all_;
};

/// Under which name and how the ledger keeps that a sensor is retired, among the small named state of the node.
std::string name_of_retired(const sensor_key& key);
std::string encode(const retired_sensor& x);
/// The sensor of which `name` tells; none: it tells something else.
std::optional<sensor_key> retired_named(std::string_view name);
/// None when it is damaged, or of a newer version.
std::optional<retired_sensor> decode_retired(std::string_view stored);

} // namespace millwright
