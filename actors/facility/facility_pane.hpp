#pragma once

#include "actors/kit/contribution.hpp"
#include "actors/kit/exact_moments.hpp"
#include "actors/kit/mark_set.hpp"

#include <memory>
#include <string>

namespace millwright {

/// What a facility is called, after its newest reading: metadata may change while the window is open, and no order of
/// arrival may decide which name it has.
class newest_name {
public:
  /// @param info of the reading's facility.
  void take(const reading& of, const std::shared_ptr<const facility_info>& info) {
    if (!newer_than(of.time, of.position, of.split))
      return;
    time_ = of.time;
    position_ = of.position;
    split_ = of.split;
    if (info != source_) {
      source_ = info;
      name_ = source_ && source_->known ? source_->name : std::string{};
    }
  }
  void merge(const newest_name& other) {
    if (newer_than(other.time_, other.position_, other.split_))
      *this = other;
  }

  /// Empty where no file knows the facility.
  const std::string& name() const { return name_; }
  /// Of the newest reading; `never` without one.
  event_time time() const { return time_; }

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const newest_name& a, const newest_name& b) {
    return a.time_ == b.time_ && a.position_ == b.position_ && a.split_ == b.split_ && a.name_ == b.name_;
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
  std::string name_;
  /// Where `name_` is from: nearly every reading has the same.
  std::shared_ptr<const facility_info> source_;
};

/// The figures of a facility's readings in one pane, or window.
struct facility_pane {
  exact_mean values;
  uint32_t quality_alerts = 0;
  mark_set sensors, units;
  newest_name called;

  void add(const reading& x, const std::shared_ptr<const facility_info>& info, double quality_alert) {
    values.add(x.value);
    // An absent quality is NaN, and below nothing.
    quality_alerts += x.quality < quality_alert;
    called.take(x, info);
  }
  /// Whose it is: once for each sensor and pane will do.
  void count(const contribution& x) {
    sensors.add(x.sensor_mark());
    if (!x.context().equipment.empty())
      units.add(x.unit_mark());
  }
  void merge(const facility_pane& other);

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const facility_pane&, const facility_pane&) = default;
};

} // namespace millwright
