#pragma once

#include "actors/route/route_table.hpp"

#include <string>
#include <vector>

namespace millwright {

/// The alarms that can be: every sort of them, anywhere, at any time. Priority and place are taken for independent.
struct alarm_world {
  struct sort {
    rule which{};
    severity level{};
    int priority = 0;
  };
  /// Of a sensor; a part is empty where it has none.
  struct place {
    std::string facility, line, unit;

    friend auto operator<=>(const place&, const place&) = default;
  };
  std::vector<sort> sorts;
  std::vector<place> places;
  std::vector<std::string> types;
};

/// What is strange about routes.
struct route_findings {
  /// Alarms that no route takes, in words: "stale medium, of fan-3 at main, on Saturday 06:00". At most `most_untaken`.
  std::vector<std::string> untaken;
  bool more_untaken = false;

  struct unreached {
    size_t route = 0;
    /// What no alarm has: "unit", with the names that are wanted and those that there are. Empty: there are alarms for
    /// it, or at least for each of its parts.
    std::string what;
    std::vector<std::string> wanted, known;
    /// Routes before it that take whatever it would. Empty, with `what` empty: no alarm is all of what it wants.
    std::vector<std::string> taken_by;
  };
  std::vector<unreached> unreached_routes;

  static constexpr size_t most_untaken = 5;
};

/// Tries every route with every alarm of the world, those that no route tells apart as one. Time is that of one clock,
/// and holidays come at any day; of more than three calendars with holidays they come together. Pure.
route_findings look_over(const route_table& table, const alarm_world& world);

} // namespace millwright
