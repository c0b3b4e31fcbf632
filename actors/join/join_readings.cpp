#include "actors/join/join_readings.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace millwright {

namespace {

void encode_all(binary_writer& out, const std::vector<join_reading>& all) {
  out.varint(all.size());
  for (const auto& each : all) {
    out.time(each.time);
    out.f64(each.value);
    out.text(each.sensor.text);
    out.varint(each.position);
    out.u16(each.split);
  }
}

bool decode_all(binary_reader& in, std::vector<join_reading>& all) {
  all.resize(in.count(20));
  for (auto& each : all) {
    each.time = in.time();
    each.value = in.f64();
    each.sensor.text = in.text();
    each.position = in.varint();
    each.split = in.u16();
  }
  return in.ok() && std::is_sorted(all.begin(), all.end());
}

void merge_into(std::vector<join_reading>& to, std::vector<join_reading>&& more) {
  const auto middle = static_cast<std::ptrdiff_t>(to.size());
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::inplace_merge(to.begin(), to.begin() + middle, to.end());
}

} // namespace

bool operator<(const join_reading& a, const join_reading& b) {
  return std::tie(a.time, a.split, a.position) < std::tie(b.time, b.split, b.position);
}

void join_sides::sort() {
  std::sort(primary.begin(), primary.end());
  std::sort(secondary.begin(), secondary.end());
}

void join_sides::merge_sorted(join_sides&& other) {
  merge_into(primary, std::move(other.primary));
  merge_into(secondary, std::move(other.secondary));
}

void join_sides::encode(binary_writer& out) const {
  encode_all(out, primary);
  encode_all(out, secondary);
}

bool join_sides::decode(binary_reader& in) {
  return decode_all(in, primary) && decode_all(in, secondary);
}

} // namespace millwright
