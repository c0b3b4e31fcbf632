#pragma once

#include "actors/route/route_table.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

struct node_settings;

/// A route as it is written: names of rules, shifts and channels are texts until they are checked.
struct route_settings {
  std::string name;
  std::vector<std::string> facilities, lines, units, types;
  std::vector<std::string> rules;
  severity level = severity::low;
  int priority = 0;
  /// "CALENDAR.SHIFT"
  std::vector<std::string> shifts;
  std::vector<std::string> channels;
  bool goes_on = false;
  /// None: as `alarms.remind.after` says.
  std::optional<milliseconds> remind_after = std::nullopt;
  std::vector<std::string> next_level = {};
  milliseconds next_level_after{20 * 60'000};
};

struct calendar_settings {
  std::string timezone = "UTC";
  std::map<std::string, std::vector<shift_span>> shifts;
  std::vector<holiday> holidays;
};

/// Who is on call, as it is written. What is none has not been given.
struct rota_settings {
  struct override_settings {
    std::optional<wall_time> from, to;
    std::string channel;
  };

  /// Empty: the facility's clock.
  std::string timezone;
  std::optional<wall_time> starts;
  milliseconds every{7 * 24 * 3'600'000ll};
  std::vector<std::string> channels;
  std::vector<override_settings> overrides;
};

/// The table that the settings, which have been checked, describe.
route_table routes_of(const node_settings& settings);

/// Of a shift as it is written; a part is empty where it does not have that form.
shift_name parse_shift_name(const std::string& text);

} // namespace millwright
