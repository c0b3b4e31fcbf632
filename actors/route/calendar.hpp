#pragma once

#include "protocol/local_time.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// A stretch of some days: "mon-fri 06:00-14:00". It belongs to the day on which it begins.
struct shift_span {
  /// Bit 0 is Sunday, 6 Saturday, 7 a holiday.
  uint8_t days = every_day;
  /// By the clock on the wall. Where it ends no later than it begins, it goes over midnight.
  std::chrono::minutes from{0}, to{24 * 60};

  static constexpr uint8_t every_day = 0x7f, holiday = 0x80, sunday = 1;

  friend bool operator==(const shift_span&, const shift_span&) = default;
};

/// Days, hours or both: "mon-fri 06:00-22:00", "22:00-06:00" (of every day), "sat,sun" (all day), "fri-mon",
/// "holiday 08:00-12:00". None for anything else.
std::optional<shift_span> parse_shift_span(std::string_view text);

std::string to_text(const shift_span& x);

/// "06:30", "6:30", up to "24:00": the time since midnight. None for anything else.
std::optional<std::chrono::minutes> parse_clock_time(std::string_view text);
/// "06:30", of the time since midnight.
std::string clock_text(std::chrono::minutes of_day);
/// "Sunday".
std::string day_text(std::chrono::weekday day);

/// A date of one year, or of each.
struct holiday {
  /// 0: each year.
  int year = 0;
  std::chrono::month_day date{};

  friend auto operator<=>(const holiday&, const holiday&) = default;
};

/// "2026-12-25", or "12-25" of each year. None for what is no date.
std::optional<holiday> parse_holiday(std::string_view text);

std::string to_text(const holiday& x);

/// When who works: shifts by name, and the days on which nobody works as usual. A holiday counts as a Sunday, whatever
/// day of the week it is. Pure: it knows no time zone's rules, only what the wall shows; so an hour that a clock's
/// change takes away is in no shift, and one that comes twice is in its shift twice.
struct calendar {
  /// Of alarms that have no facility (the node's own), whose clock nobody knows else.
  std::string timezone = "UTC";
  std::map<std::string, std::vector<shift_span>> shifts;
  std::set<holiday> holidays;

  bool is_holiday(std::chrono::sys_days date) const;
  /// False for a shift that there is not.
  bool in_shift(const std::string& shift, const local_moment& at) const;
  /// The first moment behind `after` at which another shift begins, or one ends, by the clock of `zone`; `forever`:
  /// none does in `looked_ahead`. What goes on is no change: of a night and a weekend that follows it, if both are one
  /// shift.
  event_time next_change(event_time after, const std::string& zone) const;
  static constexpr std::chrono::days looked_ahead{15};
};

/// Whether a span holds, by the days alone: bits as in shift_span, of the day before and of the day.
bool holds(const shift_span& x, uint8_t day_before, uint8_t day, milliseconds of_day);

/// The bit of a day of the week, 0 for Sunday; of a holiday those of Sunday and holiday.
constexpr uint8_t day_bits(unsigned day_of_week, bool is_holiday) {
  return is_holiday ? shift_span::holiday | shift_span::sunday : static_cast<uint8_t>(1u << day_of_week);
}

} // namespace millwright
