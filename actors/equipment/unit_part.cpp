#include "actors/equipment/unit_part.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

constexpr uint8_t part_version = 1;
/// Of a unit as units are: then nothing grows on the way of a reading.
constexpr size_t usual_sensors = 8;
/// Of a sensor that has sent nothing in this process.
constexpr uint32_t no_slot = 0xffffffff;

template <class T>
T& grown(std::vector<T>& in, T x) {
  if (in.empty())
    in.reserve(usual_sensors);
  return in.emplace_back(std::move(x));
}

} // namespace

bool sensor_news::before(const sensor_news& other) const {
  return std::tie(time, position, split) < std::tie(other.time, other.position, other.split);
}

void sensor_news::merge(const sensor_news& other) {
  count += other.count;
  first_heard = std::min(first_heard, other.first_heard);
  heard = std::max(heard, other.heard);
  if (!before(other))
    return;
  time = other.time;
  position = other.position;
  value = other.value;
  quality = other.quality;
  split = other.split;
  type = other.type;
}

void unit_part::born(const hosted_birth& birth) {
  if (birth.settings)
    how_ = unit_gathering{*birth.settings};
}

void unit_part::bounds(const actor_settings& settings, tally_bounds& out) {
  const unit_gathering how{settings};
  out.delay(how.window_delay);
  out.delay(how.session_delay);
  out.pause(how.offline_after);
  out.below(how.faults_below);
}

uint16_t unit_part::type_of(const sensor_tally& readings) {
  for (size_t i = 0; i < types_.size(); ++i)
    if (types_[i].here == readings.type)
      return static_cast<uint16_t>(i);
  const uint16_t found = type_named(readings.type->name);
  types_[found].here = readings.type;
  return found;
}

uint16_t unit_part::type_named(std::string_view name) {
  const auto same = std::find_if(types_.begin(), types_.end(), [&](const auto& each) { return each.name == name; });
  const auto at = same - types_.begin();
  if (same == types_.end())
    grown(types_, known_type{nullptr, std::string{name}});
  return static_cast<uint16_t>(at);
}

unit_pane& unit_part::pane_of(event_time start, uint16_t type) {
  for (auto each = panes_.rbegin(); each != panes_.rend(); ++each)
    if (each->type == type && each->start == start)
      return *each;
  return grown(panes_, unit_pane{start, type, {}, {}});
}

size_t unit_part::news_of(std::string_view sensor) {
  const auto same = std::find_if(news_.begin(), news_.end(), [&](const auto& each) { return each.sensor == sensor; });
  return same == news_.end() ? add(sensor, no_slot) : static_cast<size_t>(same - news_.begin());
}

size_t unit_part::add(std::string_view sensor, uint32_t slot) {
  grown(news_, sensor_news{}).sensor = sensor;
  grown(slots_, slot);
  return news_.size() - 1;
}

size_t unit_part::news_of(const sensor_context& context) {
  const auto name = context.key.sensor.view();
  const auto known = std::find(slots_.begin(), slots_.end(), context.slot);
  if (known == slots_.end() && std::find(slots_.begin(), slots_.end(), no_slot) == slots_.end())
    return add(name, context.slot);
  auto at = static_cast<size_t>(known - slots_.begin());
  if (known == slots_.end() || news_[at].sensor != name) {
    at = news_of(name);
    slots_[at] = context.slot;
  }
  return at;
}

void unit_part::take(const sensor_tally& x) {
  const uint16_t type = type_of(x);
  if (x.on_time(how_.window_delay)) {
    auto& pane = pane_of(align_down(x.pane, how_.pane), type);
    pane.value.merge(x.values);
    pane.quality.merge(x.qualities);
  }

  join(stretches_, unit_stretch{x, how_.session_delay, how_.faults_below}, how_.offline_after);

  news_[news_of(*x.context)].merge({.sensor = {},
                                    .first_heard = x.heard_least(),
                                    .heard = x.heard_most(),
                                    .time = x.newest(),
                                    .position = x.newest_position(),
                                    .value = x.newest_value,
                                    .quality = x.newest_quality,
                                    .count = x.count(),
                                    .split = x.split(),
                                    .type = type});
}

void unit_part::merge(const unit_part& other) {
  if (other.empty())
    return;
  if (empty())
    how_ = other.how_;
  std::vector<uint16_t> here;
  for (const auto& each : other.types_)
    here.push_back(type_named(each.name));
  for (const auto& each : other.panes_)
    pane_of(each.start, here[each.type]).merge(each);
  for (auto each : other.news_) {
    each.type = here[each.type];
    news_[news_of(each.sensor)].merge(each);
  }
  for (const auto& each : other.stretches_)
    join(stretches_, each, how_.offline_after);
}

std::vector<std::string> unit_part::types() const {
  std::vector<std::string> out;
  for (const auto& each : types_)
    out.push_back(each.name);
  return out;
}

void unit_part::encode(std::string& bytes) const {
  binary_writer out{bytes};
  out.u8(part_version);
  how_.encode(out);
  out.varint(types_.size());
  for (const auto& each : types_)
    out.text(each.name);
  out.varint(panes_.size());
  for (const auto& each : panes_) {
    out.time(each.start);
    out.varint(each.type);
    each.value.encode(out);
    each.quality.encode(out);
  }
  out.varint(news_.size());
  for (const auto& each : news_) {
    out.text(each.sensor);
    out.varint(each.count);
    for (const auto at : {each.first_heard, each.heard, each.time})
      out.time(at);
    out.varint(each.position);
    out.f64(each.value);
    out.f64(each.quality);
    out.varint(each.split);
    out.varint(each.type);
  }
  out.varint(stretches_.size());
  for (const auto& each : stretches_)
    each.encode(out);
}

bool unit_part::decode(std::string_view bytes) {
  *this = {};
  binary_reader in{bytes};
  if (in.u8() != part_version || !how_.decode(in))
    return false;
  types_.resize(in.count(1));
  for (auto& each : types_)
    each.name = in.text();
  bool good = types_.size() <= 0xffff;
  const auto type = [&] {
    const uint64_t x = in.varint();
    good = good && x < types_.size();
    return static_cast<uint16_t>(x);
  };
  panes_.resize(in.count(10));
  for (auto& each : panes_) {
    each.start = in.time();
    each.type = type();
    good = good && each.value.decode(in) && each.quality.decode(in) && each.value.count > 0 &&
           each.start == align_down(each.start, how_.pane);
  }
  news_.resize(in.count(44));
  slots_.assign(news_.size(), no_slot);
  for (auto& each : news_) {
    each.sensor = in.text();
    each.count = static_cast<uint32_t>(in.varint());
    for (auto* at : {&each.first_heard, &each.heard, &each.time})
      *at = in.time();
    each.position = in.varint();
    each.value = in.f64();
    each.quality = in.f64();
    each.split = static_cast<uint16_t>(in.varint());
    each.type = type();
    good = good && each.count > 0 && std::isfinite(each.value);
  }
  stretches_.resize(in.count(40));
  for (auto& each : stretches_)
    good = good && each.decode(in);
  return good && in.ok() && in.at_end();
}

} // namespace millwright
