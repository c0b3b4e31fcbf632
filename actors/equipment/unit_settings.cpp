#include "actors/equipment/unit_settings.hpp"

#include "actors/kit/contribution.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

namespace millwright {

namespace {

using kind = actor_setting::kind;

constexpr double day = 86400, year = 366 * day;

// clang-format off
constexpr std::array<actor_setting, 18> declared{{
    {"window", kind::duration, "5min", "length of a type's windows; a multiple of the slide", 30, day},
    {"slide", kind::duration, "1min", "how often a window begins; a multiple of 30 s", 30, day},
    {"window_delay", kind::duration, "5min", "how late a reading may be for the windows", 0, day / 2},
    {"degraded_below", kind::number, "0.7", "a window is degraded when its average quality is below", 0, 1},
    {"unstable_above", kind::number, "10", "a window is unstable when its standard deviation is above", 0},
    {"session_gap", kind::duration, "5min", "a pause of this length ends a session", 30, day},
    {"session_delay", kind::duration, "30s", "how late a reading may be for the sessions", 0, day / 2},
    {"startup_rate", kind::number, "10", "a session is a startup with more readings a minute than this,", 0},
    {"startup_within", kind::duration, "2min", "and shorter than this", 0, day},
    {"shutdown_rate", kind::number, "1", "a session is a shutdown with fewer readings a minute than this,", 0},
    {"shutdown_after", kind::duration, "10min", "and longer than this", 0, year},
    {"runtime", kind::text, "per_reading", "what counts as runtime: per_reading, or between_readings (the length of the sessions)"},
    {"hours_a_reading", kind::number, "0.1", "hours of runtime that a reading stands for, where they count by reading", 0, 24},
    {"fault_below", kind::number, "0.5", "a reading counts as a fault when its quality is below", 0, 1},
    {"offline_after", kind::duration, "10min", "offline after such a silence while the source as a whole lives", 10, year},
    {"learning_time", kind::duration, "7d", "a unit is learning while all its sensors are known for less than this", 0, year},
    {"member_forgotten", kind::duration, "7d", "a sensor that is silent for so long is the unit's no more", 60, year},
    {"unstable_windows", kind::flag, "off", "a window that is unstable makes the unit's health unstable too"},
}};
// clang-format on

bool multiple(milliseconds x, milliseconds of) {
  return x.count() % of.count() == 0;
}

milliseconds whole(milliseconds x, milliseconds of) {
  return std::max(of, x - x % of);
}

} // namespace

std::span<const actor_setting> equipment_settings() {
  return declared;
}

std::string equipment_settings_problem(const actor_settings& settings) {
  if (!multiple(settings.duration("slide"), pane_length))
    return "slide is " + settings.shown("slide") + ", but must be a multiple of 30 s";
  if (!multiple(settings.duration("window"), settings.duration("slide")))
    return "window is " + settings.shown("window") + ", but must be a multiple of slide (" + settings.shown("slide") +
           ")";
  const auto& runtime = settings.text("runtime");
  if (runtime != "per_reading" && runtime != "between_readings")
    return "runtime is \"" + runtime + "\", but must be per_reading or between_readings";
  return {};
}

unit_gathering::unit_gathering(const actor_settings& settings)
    : pane{whole(settings.duration("slide"), pane_length)}, window_delay{settings.duration("window_delay")},
      session_delay{settings.duration("session_delay")}, offline_after{settings.duration("offline_after")},
      faults_below{settings.number("fault_below")} {}

void unit_gathering::encode(binary_writer& out) const {
  for (const auto each : {pane, window_delay, session_delay, offline_after})
    out.varint(static_cast<uint64_t>(each.count()));
  out.f64(faults_below);
}

bool unit_gathering::decode(binary_reader& in) {
  constexpr uint64_t longest = 1000ull * 366 * 86400;
  bool good = true;
  for (auto* each : {&pane, &window_delay, &session_delay, &offline_after}) {
    const uint64_t ms = in.varint();
    good = good && ms <= longest;
    *each = milliseconds{good ? static_cast<int64_t>(ms) : 0};
  }
  faults_below = in.f64();
  return good && in.ok() && pane >= pane_length && multiple(pane, pane_length) && std::isfinite(faults_below);
}

unit_settings::unit_settings(const actor_settings& settings)
    : gathering{settings}, window{whole(settings.duration("window"), gathering.pane)},
      degraded_below{settings.number("degraded_below")}, unstable_above{settings.number("unstable_above")},
      session_gap{settings.duration("session_gap")}, startup_rate{settings.number("startup_rate")},
      shutdown_rate{settings.number("shutdown_rate")}, startup_within{settings.duration("startup_within")},
      shutdown_after{settings.duration("shutdown_after")}, runtime_between_readings{settings.text("runtime") ==
                                                                                    "between_readings"},
      unstable_windows{settings.flag("unstable_windows")}, hours_a_reading{settings.number("hours_a_reading")},
      learning_time{settings.duration("learning_time")}, member_forgotten{settings.duration("member_forgotten")} {}

std::shared_ptr<const unit_settings> shared(const unit_settings& settings) {
  static std::mutex mutex;
  static std::weak_ptr<const unit_settings> newest;
  const std::lock_guard guard{mutex};
  auto out = newest.lock();
  if (!out || *out != settings)
    newest = out = std::make_shared<const unit_settings>(settings);
  return out;
}

} // namespace millwright
