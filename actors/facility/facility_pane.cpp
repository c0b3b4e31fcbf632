#include "actors/facility/facility_pane.hpp"

namespace millwright {

const std::string& newest_name::name() const {
  static const std::string none;
  if (!named_by_)
    return name_;
  const auto& info = named_by_->facility;
  return info && info->known ? info->name : none;
}

void newest_name::encode(binary_writer& out) const {
  out.time(time_);
  out.varint(position_);
  out.u16(split_);
  out.text(name());
}

bool newest_name::decode(binary_reader& in) {
  *this = {};
  time_ = in.time();
  position_ = in.varint();
  split_ = in.u16();
  name_ = in.text();
  return in.ok();
}

void facility_pane::merge(const facility_pane& other) {
  values.merge(other.values);
  quality_alerts += other.quality_alerts;
  sensors.merge(other.sensors);
  units.merge(other.units);
  called.merge(other.called);
}

void facility_pane::encode(binary_writer& out) const {
  values.encode(out);
  out.varint(quality_alerts);
  sensors.encode(out);
  units.encode(out);
  called.encode(out);
}

bool facility_pane::decode(binary_reader& in) {
  *this = {};
  if (!values.decode(in))
    return false;
  quality_alerts = static_cast<uint32_t>(in.varint());
  return sensors.decode(in) && units.decode(in) && called.decode(in);
}

} // namespace millwright
