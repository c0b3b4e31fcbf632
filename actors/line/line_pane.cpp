#include "actors/line/line_pane.hpp"

namespace millwright {

double line_figures::efficiency(double readings_a_unit) const {
  if (units.empty())
    return absent;
  return static_cast<double>(optimal) / (static_cast<double>(units.size()) * readings_a_unit);
}

void line_figures::merge(const line_figures& other) {
  for (size_t i = 0; i < line_measures; ++i)
    means[i].merge(other.means[i]);
  optimal += other.optimal;
  units.merge(other.units);
}

void line_pane::merge(const line_pane& other) {
  for (size_t i = 0; i < work_shifts; ++i)
    shifts[i].merge(other.shifts[i]);
}

void line_pane::encode(binary_writer& out) const {
  uint8_t held = 0;
  for (size_t i = 0; i < work_shifts; ++i)
    held |= static_cast<uint8_t>(shifts[i].empty() ? 0 : 1 << i);
  out.u8(held);
  for (const auto& each : shifts) {
    if (each.empty())
      continue;
    for (const auto& mean : each.means)
      mean.encode(out);
    out.varint(each.optimal);
    each.units.encode(out);
  }
}

bool line_pane::decode(binary_reader& in) {
  *this = {};
  const uint8_t held = in.u8();
  if (held >= 1 << work_shifts)
    return false;
  for (size_t i = 0; i < work_shifts; ++i) {
    if ((held >> i & 1) == 0)
      continue;
    auto& each = shifts[i];
    for (auto& mean : each.means)
      if (!mean.decode(in))
        return false;
    each.optimal = in.varint();
    if (each.empty() || !each.units.decode(in))
      return false;
  }
  return in.ok();
}

} // namespace millwright
