#pragma once

#include "actors/route/calendar.hpp"
#include "actors/route/rota.hpp"
#include "protocol/page.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// A shift of a calendar: "site.night".
struct shift_name {
  std::string calendar, shift;

  friend bool operator==(const shift_name&, const shift_name&) = default;
};

/// What an alarm must be for a route to take it. Empty is any; of several one is enough. Names may have `*` and `?`. An
/// alarm that has no such thing (no line, no unit; the node's own have no facility either) is none of any name.
struct route_match {
  std::vector<std::string> facilities, lines, units, types;
  rule_set rules;
  /// And whatever is more severe, or more urgent.
  severity level = severity::normal;
  int priority = 0;
  std::vector<shift_name> shifts;
};

/// An alarm waits to be acknowledged: since when (`never`: it does not), and when somebody was told of it last.
struct unacknowledged_time {
  event_time since = never, told = never;
};

/// How people are told again of an alarm that nobody has acknowledged. By the wall clock.
struct route_reminders {
  /// Each time that so much has passed; 0: never.
  milliseconds every{0};
  /// So often at most.
  uint32_t times = 6;
  /// Who is told as well when it has waited for so long, and from then on: channels, and rotas of them.
  std::vector<channel_name> next_level = {};
  milliseconds next_level_after{0};

  /// The first moment since somebody was told when somebody is; `forever`: there is none.
  event_time next(const unacknowledged_time& waits) const;

  /// Who is to be told at `now` for what has fallen due since somebody was told: whoever is told anyway, those of the
  /// next level.
  struct whom {
    bool again = false, next_level = false;
  };
  whom due(const unacknowledged_time& waits, event_time now) const;
};

/// One rule of who is told.
struct alarm_route {
  std::string name;
  route_match match;
  /// And rotas of them, by their names.
  std::vector<channel_name> channels;
  /// Those behind it are asked as well.
  bool goes_on = false;
  route_reminders reminders = {};
};

/// Who is told, and by which routes.
struct route_choice {
  struct way {
    channel_name channel;
    /// Names; `default_route` alone: none takes the alarm. Empty: there are no routes.
    std::vector<std::string> routes;

    /// "night, reactors"
    std::string text() const;
  };
  std::vector<way> ways;

  /// @param route empty: none.
  void add(const channel_name& channel, std::string_view route);
  /// Both together, each channel once.
  void add(const route_choice& other);
  std::vector<channel_name> channels() const;
  /// Of all channels, each once.
  way routes() const;
};

/// Decides which channels are told of an alarm: the first route that takes it, and those behind it while they go on
/// (`goes_on`). What none takes goes by the default route, to every channel. A channel that is down is not told of
/// itself: where nobody else would be told of that, all others are; so where a route names none that there is. Pure; a
/// copy is cheap enough to be made at a start.
class route_table {
public:
  /// @param channels all that there are, which the default route tells.
  /// @param reminders of the default route.
  /// @param rotas by names that no channel has: where a route has one, whoever is on duty is told.
  explicit route_table(std::vector<channel_name> channels, std::vector<alarm_route> routes = {},
                       std::map<std::string, calendar> calendars = {}, route_reminders reminders = {},
                       std::map<std::string, rota> rotas = {})
      : channels_{std::move(channels)}, routes_{std::move(routes)}, calendars_{std::move(calendars)},
        reminders_{std::move(reminders)}, rotas_{std::move(rotas)} {}

  /// @param now when people are told: the wall clock, in a replay event time. It is read as the clock on the wall of
  /// the alarm's facility has it, or that of the calendar where the alarm has no facility.
  route_choice choose(const alarm_transition& x, event_time now) const;

  /// Who is told again of an alarm that nobody has acknowledged: those whom `choose` would tell now, where a reminder
  /// of their route has fallen due since somebody was told last.
  route_choice remind(const alarm_transition& x, const unacknowledged_time& waits, event_time now) const;

  /// When `remind` may have somebody next; `forever`: it will not.
  event_time next_reminder(const unacknowledged_time& waits) const;

  /// When the shift changes next behind `after` for whoever is told of it: in a calendar that a route asks which takes
  /// it at some time, by the clock at its facility. `forever`: there is no such calendar, or no change in it.
  event_time next_change_of_shift(const alarm_transition& x, event_time after) const;

  /// Who has a rota for an alarm, and until when by its clock (see rota::until).
  struct duty {
    channel_name channel;
    std::optional<wall_time> until;
    /// Of that clock.
    std::string zone;
  };
  /// None: there is no such rota.
  std::optional<duty> on_duty(const std::string& name, const alarm_transition& x, event_time now) const;

  /// The same routes, of which nobody is told again: who judges recordings knows of no acknowledgement.
  route_table without_reminders() const;

  /// How `choose` comes to it: a step a route that is asked, in their order.
  struct step {
    const alarm_route* route;
    bool takes;
    /// What decided: "severity high is below critical".
    std::string why;
  };
  std::vector<step> explain(const alarm_transition& x, event_time now) const;

  /// False for a channel that has left the configuration.
  bool has(const channel_name& channel) const;

  const std::vector<channel_name>& channels() const { return channels_; }
  const std::vector<alarm_route>& routes() const { return routes_; }
  const std::map<std::string, calendar>& calendars() const { return calendars_; }
  const std::map<std::string, rota>& rotas() const { return rotas_; }
  /// Of the default route.
  const route_reminders& reminders() const { return reminders_; }

private:
  /// The routes that take it: in their order, up to the last that counts.
  std::vector<const alarm_route*> taking(const alarm_transition& x, event_time now) const;
  bool takes(const route_match& match, const alarm_transition& x, event_time now) const;
  static bool takes_at_some_time(const route_match& match, const alarm_transition& x);
  bool in_any_shift(const route_match& match, const alarm_transition& x, event_time now) const;
  std::string why(const route_match& match, const alarm_transition& x, event_time now) const;
  const std::string& zone_of(const calendar& of, const alarm_transition& x) const;
  const std::string& zone_of(const rota& of, const alarm_transition& x) const;
  /// Of what stands in a route: the channel itself, or whoever is on duty.
  const channel_name& whom(const channel_name& name, const alarm_transition& x, event_time now) const;

  std::vector<channel_name> channels_;
  std::vector<alarm_route> routes_;
  std::map<std::string, calendar> calendars_;
  route_reminders reminders_;
  std::map<std::string, rota> rotas_;
};

/// What of an alarm a route is asked about, beside time: for `choose`, `explain` and coverage. Sensor types,
/// facilities, lines and units by their names, which are empty where there is none.
bool takes_name(const std::vector<std::string>& patterns, const std::string& name);
bool takes_place(const route_match& match, const std::string& facility, const std::string& line,
                 const std::string& unit);
bool takes_sort(const route_match& match, rule which, severity level, int priority);

} // namespace millwright
