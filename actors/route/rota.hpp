#pragma once

#include "protocol/local_time.hpp"
#include "protocol/page.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a clock on some wall shows, with its date. Two of the same clock differ by what passes on it: a day is 24
/// hours, whatever a change of the clock makes of it.
using wall_time = std::chrono::local_time<milliseconds>;

wall_time wall_time_of(const local_moment& x);

/// "2026-11-30 08:00", with T in the place of the blank as well. None for what is no such moment.
std::optional<wall_time> parse_wall_time(std::string_view text);

/// "2026-11-30 08:00"
std::string to_text(wall_time x);

/// Who is on call: channels take turns, one behind the other, each for as long. Pure; at every moment, before the first
/// turn too, exactly one is on duty. It knows what the wall shows and no rules of time zones: a hand-over comes at the
/// same hour by the clock all year. Where that hour comes twice, so does the hand-over, and in between whoever had it
/// before has it again; where it is left out, it comes with the change of the clock.
struct rota {
  /// Empty: the clock at the alarm's facility; of alarms that have none, UTC.
  std::string timezone;
  /// When the turn of the first channel begins.
  wall_time starts{};
  /// How long a turn is; above 0.
  milliseconds every{7 * 24 * 3'600'000ll};
  /// At least one.
  std::vector<channel_name> channels;

  /// Who has it in place of whoever's turn it is: holidays, swaps. `to` is not among it.
  struct exception {
    wall_time from{}, to{};
    channel_name channel;
  };
  /// Where they overlap the first one counts.
  std::vector<exception> exceptions = {};

  const channel_name& on_duty(wall_time at) const;
  /// When somebody else has it next; none: nobody ever.
  std::optional<wall_time> until(wall_time at) const;

private:
  /// The first moment behind `at` at which somebody else may have it.
  std::optional<wall_time> next_border(wall_time at) const;
  const exception* in_place(wall_time at) const;
};

} // namespace millwright
