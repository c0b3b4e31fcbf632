#pragma once

#include "protocol/binary.hpp"
#include "protocol/ids.hpp"
#include "protocol/results.hpp"
#include "protocol/rules.hpp"
#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Something that is wrong or not: (facility, sensor or unit, rule). A condition of the node itself (a silent split,
/// say) has an empty facility and sensor, and names its subject as the unit.
struct condition_key {
  facility_id facility;
  sensor_id sensor;
  equipment_id unit;
  rule which{};

  friend auto operator<=>(const condition_key&, const condition_key&) = default;
};

/// True for the condition of a group: of a unit, a line or a facility, in place of its sensors.
bool is_group(const condition_key& x);

/// UUIDv5 of condition, event time of the raise and the count of raises of that condition (1 for the first). The unit
/// counts only where there is no sensor: metadata may move a sensor to another unit while its alarm stands.
uuid alarm_id_of(const condition_key& condition, event_time raised, uint32_t raises);

/// The count of raises that an alarm's id was made of; 1 where none up to 10,000 fits.
uint32_t raises_in(const uuid& alarm, const condition_key& condition, event_time raised);

/// Stored: append only.
enum class transition_kind : uint8_t { raised, updated, reopened, cleared, adapted, acknowledged };

std::string_view name_of(transition_kind kind);

/// Behind it the alarm stands no more.
constexpr bool ends_alarm(transition_kind kind) {
  return kind == transition_kind::cleared || kind == transition_kind::adapted;
}

/// Why a person should believe it: the figures that decided. NaN where a rule has no such figure.
struct alarm_evidence {
  /// The sensor's reading before the one that decided. See `value_before_of`.
  double previous = absent;
  /// The limit that was crossed, or the learned band's nearer edge.
  double limit = absent;
  double z = absent;
  baseline against;
  std::string unit;
  std::string sensor_type;
  std::string facility_name;
  std::string timezone = "UTC";
  /// The facility's production line; empty where the metadata name none.
  std::string line;
};

/// One step in an alarm's life, as its owner (a sensor, or the node) decided it. Numbered from 1 within its alarm;
/// the router takes each (alarm, number) once.
struct alarm_transition {
  uuid alarm;
  uint32_t number = 0;
  transition_kind kind{};
  condition_key condition;
  /// Event time; for a condition of the node itself the wall clock.
  event_time at;
  /// Event time of the raise.
  event_time raised_at;
  severity level{};
  /// 0..100 (semantics 8).
  int priority = 0;
  /// The reading's value; NaN where the condition has none.
  double value = absent;
  alarm_evidence evidence;
  /// Why it was cleared or updated, in words; empty for a plain raise.
  std::string reason;
  /// By its rule, at this severity, somebody should hear of it; false for conditions that are only shown.
  bool pages = false;
  /// Held active because it came and went three times in ten minutes.
  bool chattering = false;
  /// The reading that decided was read at its split's end: however long ago its time is, it is no old news.
  bool fresh = false;
  /// Decided between readings, by a sweep: a replay repeats it too, but not at the same position.
  bool swept = false;
  /// From its owner: the severity at which somebody was paged for this alarm before, by its rule; normal if none. In
  /// the router's records: the severity before, where it rose within the alarm; else normal.
  severity was = severity::normal;
  /// Split and position of the reading that decided (for a sweep, of the split's newest).
  uint16_t split = 0;
  uint64_t position = 0;
  /// Steady clock, ns: when the node took the deciding reading; 0 where unknown. Not stored.
  int64_t taken_ns = 0;
  /// Read from the ledger, so no replay repeats it. Not stored.
  bool committed = false;
  /// Number of the ledger's commit that is to hold it; 0 where unknown. Not stored.
  uint64_t commit = 0;
  /// Which telling of all in this run it is: what a dead actor told, and what its successor tells under the same
  /// number, are two. 0: it comes from where nobody tells a number twice, or is told as the ledger keeps it. Not
  /// stored.
  uint64_t telling = 0;
  /// Event time of the first reading outside, before any delay: of a raise or a reopening. `never`: nobody knows, as of
  /// what an older version decided.
  event_time onset = never;
};

/// The stored form, behind a version byte.
void encode(binary_writer& out, const alarm_transition& x);
/// None when `in` is damaged or of a newer version.
std::optional<alarm_transition> decode_alarm_transition(binary_reader& in);

/// What it is about: "TI-101 on reactor-1 at Main Works (main)"; without a sensor the unit, without both the facility.
std::string subject_of(const alarm_transition& x);

/// "critical limit updated, was high": its severity, rule and step, and what it was.
std::string headline_of(const alarm_transition& x);

/// What the value was before the alarm.
struct value_before {
  /// NaN: nobody knows.
  double figure = absent;
  /// The mean of the sensor's last five minutes, or of a slow sensor the exponential one: the reading before was beyond
  /// the limit too. Else that reading.
  bool average = false;
};
value_before value_before_of(const alarm_transition& x);

/// "98.25 degC"; empty where there is none.
std::string quantity_of(double x, const std::string& unit);

/// What a page says in one line, complete enough to act on: facility, equipment, sensor, value with unit and what it
/// was before, the limit or the baseline's figures, and the event time in the facility's zone.
std::string describe(const alarm_transition& x);
/// The same with what comes first where it may be cut: up to the value, `then`, and the rest.
std::string describe(const alarm_transition& x, std::string_view then);

/// A line of `alarms` (semantics 12).
void append_json(std::string& out, const alarm_transition& x);

} // namespace millwright
