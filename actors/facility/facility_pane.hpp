#pragma once

#include "actors/kit/contribution.hpp"
#include "actors/kit/exact_moments.hpp"
#include "actors/kit/mark_set.hpp"

#include <string>

namespace millwright {

/// What a facility is called, after its newest reading: metadata may change while the window is open, and no order of
/// arrival may decide which name it has.
class newest_name {
public:
  /// Its context is looked at when the name is asked for: until then it must stay.
  void take(const reading& of) {
    if (!newer_than(of.time, of.position, of.split))
      return;
    time_ = of.time;
    position_ = of.position;
    split_ = of.split;
    named_by_ = of.context;
  }
  void merge(const newest_name& other) {
    if (newer_than(other.time_, other.position_, other.split_))
      *this = other;
  }

  /// Empty where no file knows the facility.
  const std::string& name() const;
  /// Of the newest reading; `never` without one.
  event_time time() const { return time_; }

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const newest_name& a, const newest_name& b) {
    return a.time_ == b.time_ && a.position_ == b.position_ && a.split_ == b.split_ && a.name() == b.name();
  }

private:
  bool newer_than(event_time time, uint64_t position, uint16_t split) const {
    if (time != time_)
      return time > time_;
    return position != position_ ? position > position_ : split >= split_;
  }

  event_time time_ = never;
  uint64_t position_ = 0;
  uint16_t split_ = 0;
  /// Null: `name_` has it.
  const sensor_context* named_by_ = nullptr;
  std::string name_;
};

/// The figures of a facility's readings in one pane, or window.
struct facility_pane {
  exact_mean values;
  uint32_t quality_alerts = 0;
  mark_set sensors, units;
  newest_name called;

  void add(const reading& x, double quality_alert) {
    values.add(x.value);
    // An absent quality is NaN, and below nothing.
    quality_alerts += x.quality < quality_alert;
    called.take(x);
  }
  /// Whose it is: once for each sensor and pane will do.
  void count(const sensor_context& x) {
    sensors.add(sensor_mark_of(x));
    if (!x.equipment.empty())
      units.add(unit_mark_of(x));
  }
  void merge(const facility_pane& other);

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const facility_pane&, const facility_pane&) = default;
};

} // namespace millwright
