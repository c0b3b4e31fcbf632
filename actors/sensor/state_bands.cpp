#include "actors/sensor/state_bands.hpp"

namespace millwright {

namespace {

// So many usual steps wide is a band at least.
constexpr state_figures least_steps{0.5, 0.5, 0.5, 0.25};

// What h is of a day's extreme that lies beyond the paging margin: nothing the first time, what both times have in
// common the second. Signs are the upper side's.
double twice(double extreme, double bound, double& far) {
  const double before = far;
  far = extreme;
  return std::isnan(before) ? bound : std::max(bound, std::min(extreme, before));
}

} // namespace

void state_bands::begin_day() {
  low_ = all(infinity);
  high_ = all(-infinity);
  touched_ |= renewed - 1;
}

void state_bands::widen(size_t i, double v) {
  low_[i] = std::min(low_[i], v);
  high_[i] = std::max(high_[i], v);
  touched_ |= static_cast<uint8_t>(1u << i);
}

void state_bands::turn(size_t i, double v, double lo, double hi) {
  const auto side = static_cast<uint8_t>(sides_ >> 2 * i & 3);
  uint8_t now = side;
  if (v - lo > upper_third * (hi - lo) && side != upper)
    now = upper;
  else if (v - lo < lower_third * (hi - lo) && side != lower)
    now = lower;
  if (now == side)
    return;
  sides_ = static_cast<uint8_t>((sides_ & ~(3u << 2 * i)) | static_cast<unsigned>(now) << 2 * i);
  if (turns_[i] < 1'000'000'000)
    ++turns_[i];
}

// The extremes first: while it learns they are `lo` and `hi`.
void state_bands::take(const state_figures& v, const state_figures& lo, const state_figures& hi) {
  for (size_t i = 0; i < state_feature_count; ++i) {
    if (v[i] < low_[i] || v[i] > high_[i])
      widen(i, v[i]);
    turn(i, v[i], lo[i], hi[i]);
  }
}

void state_bands::set_width(size_t i, double step, double level) {
  width_[i] = std::max(hi_[i] - lo_[i], least_steps[i] * step + 1e-9 * std::abs(level) + 1e-12);
}

void state_bands::conclude(double step, double level) {
  lo_ = low_;
  hi_ = high_;
  for (size_t i = 0; i < state_feature_count; ++i)
    set_width(i, step, level);
  learned_ = true;
  touched_ |= renewed;
}

void state_bands::renew(bool learning, double step, double level, const state_settings& settings) {
  for (size_t i = 0; i < state_feature_count; ++i) {
    const double far_outside = settings.pages_at * margin(i, settings) * width_[i], before = width_[i];
    double h = high_[i], l = low_[i];
    if (!learning && h > hi_[i] + far_outside)
      h = twice(h, hi_[i], far_.made().high[i]);
    if (!learning && l < lo_[i] - far_outside) {
      double below = -far_.made().low[i];
      l = -twice(-l, -lo_[i], below);
      far_.made().low[i] = -below;
    }
    hi_[i] = std::max(hi_[i], h);
    lo_[i] = std::min(lo_[i], l);
    if (high_[i] < hi_[i])
      hi_[i] -= settings.forget * (hi_[i] - high_[i]);
    if (low_[i] > lo_[i])
      lo_[i] += settings.forget * (low_[i] - lo_[i]);
    set_width(i, step, level);
    if (width_[i] > settings.doubled * before)
      turns_[i] = 0;
  }
  touched_ |= renewed;
}

state_departure state_bands::judge(const state_figures& v, const state_settings& settings) const {
  state_departure worst;
  for (size_t i = 0; i < state_feature_count; ++i) {
    if ((v[i] <= hi_[i] && v[i] >= lo_[i]) || turns_[i] < settings.turns)
      continue;
    const double d = std::max(v[i] - hi_[i], lo_[i] - v[i]) / width_[i], s = d / margin(i, settings);
    if (s > worst.s)
      worst = {s, static_cast<state_feature>(i), v[i], lo_[i], hi_[i], d, turns_[i]};
  }
  return worst;
}

state_departure state_bands::judge_level(double level, double lo, double hi, const state_settings& settings) const {
  if ((level <= hi && level >= lo) || turns_[0] < settings.turns)
    return {};
  const double d = std::max(level - hi, lo - level) / std::max(hi - lo, width_[0]);
  return {d / margin(0, settings), state_feature::level, level, lo, hi, d, turns_[0]};
}

void state_bands::encode(binary_writer& out, uint8_t what) const {
  out.u8(static_cast<uint8_t>(what | (learned_ ? 128 : 0)));
  out.u8(sides_);
  for (size_t i = 0; i < state_feature_count; ++i) {
    out.varint(turns_[i]);
    if (what & 1u << i) {
      out.f64(low_[i]);
      out.f64(high_[i]);
    }
  }
  if (!(what & renewed && learned_))
    return;
  for (size_t i = 0; i < state_feature_count; ++i) {
    const double low = far_ ? far_->low[i] : absent, high = far_ ? far_->high[i] : absent;
    const bool far_low = !std::isnan(low), far_high = !std::isnan(high);
    out.u8(static_cast<uint8_t>((far_low ? 1 : 0) | (far_high ? 2 : 0)));
    for (const double x : {lo_[i], hi_[i], width_[i]})
      out.f64(x);
    if (far_low)
      out.f64(low);
    if (far_high)
      out.f64(high);
  }
}

void state_bands::decode(binary_reader& in, bool changes) {
  if (!changes) {
    *this = {};
    kept();
  }
  const uint8_t what = in.u8();
  learned_ = what & 128;
  if (changes)
    touched_ |= what & everything;
  sides_ = in.u8();
  for (size_t i = 0; i < state_feature_count; ++i) {
    turns_[i] = static_cast<uint32_t>(std::min<uint64_t>(in.varint(), 1'000'000'000));
    if (what & 1u << i) {
      low_[i] = in.f64();
      high_[i] = in.f64();
    }
  }
  if (!(what & renewed && learned_))
    return;
  for (size_t i = 0; i < state_feature_count; ++i) {
    const uint8_t beyond = in.u8();
    for (double* x : {&lo_[i], &hi_[i], &width_[i]})
      *x = in.f64();
    if (far_ || beyond & 3) {
      far_.made().low[i] = beyond & 1 ? in.f64() : absent;
      far_.made().high[i] = beyond & 2 ? in.f64() : absent;
    }
    if (!(width_[i] > 0))
      in.fail();
  }
}

} // namespace millwright
