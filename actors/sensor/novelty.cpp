#include "actors/sensor/novelty.hpp"

#include "actors/sensor/stored_time.hpp"

namespace millwright {

namespace {

/// max(weight, 1/n), without a division once the weight is constant.
double weight_at(double weight, uint32_t n) {
  return n * weight < 2 ? std::max(weight, 1.0 / n) : weight;
}

} // namespace

double novelty_detector::take(double x, uint8_t hour, event_time at, const novelty_settings& settings) {
  const double against_hour = seen_[hour] > 0 ? x - mean_[hour] : 0;
  const double residual = residual_ + weight_at(settings.residual_weight, n_ + 1) * (against_hour - residual_);
  const double away = values_.distance(x, settings.warm);
  // Nearly every reading.
  double s = away == 0 ? 0 : away / settings.value_scale;
  if (seasonal(hour, at, settings)) {
    s = std::max(s, residuals_.distance(residual, settings.warm) / settings.seasonal_scale);
    residuals_.widen(residual, settings.warm);
  }
  values_.widen(x, settings.warm);
  residual_ = residual;
  if (n_ < 1'000'000)
    ++n_;
  touched_ |= 1u << hour;
  if (seen_[hour] < 255)
    ++seen_[hour];
  mean_[hour] += weight_at(settings.bin_weight, seen_[hour]) * (x - mean_[hour]);
  if (first_ == never)
    first_ = at;
  return s;
}

bool novelty_detector::peaks(double s, event_time at, const novelty_settings& settings) {
  if (!(s >= 1) || !(s > peak_ || peaked_ == never || at - peaked_ >= settings.peak_forgotten_after))
    return false;
  peak_ = s;
  peaked_ = at;
  return true;
}

void novelty_detector::encode(binary_writer& out, event_time origin, uint32_t hours) const {
  for (const auto* range : {&values_, &residuals_}) {
    out.varint(range->n);
    if (range->n > 0) {
      out.f64(range->lo);
      out.f64(range->hi);
    }
  }
  out.varint(n_);
  out.f64(residual_);
  put_time(out, first_, origin);
  put_time(out, peaked_, origin);
  if (peaked_ != never)
    out.f64(peak_);
  // After some days every hour is counted to the end.
  const bool full = std::all_of(seen_.begin(), seen_.end(), [](uint8_t n) { return n == 255; });
  const bool some = hours != every_hour;
  out.u8((full ? 1 : 0) | (some ? 2 : 0));
  if (some)
    out.varint(hours);
  for (size_t hour = 0; hour < seen_.size(); ++hour) {
    if (!(hours >> hour & 1))
      continue;
    if (!full)
      out.u8(seen_[hour]);
    if (seen_[hour] > 0)
      out.f64(mean_[hour]);
  }
}

void novelty_detector::decode(binary_reader& in, event_time origin, bool changes) {
  // Of what is there only the hours that are left out count.
  if (!changes) {
    *this = {};
    kept();
  }
  for (auto* range : {&values_, &residuals_}) {
    range->n = static_cast<uint32_t>(in.varint());
    if (range->n > 0) {
      range->lo = in.f64();
      range->hi = in.f64();
    }
  }
  n_ = static_cast<uint32_t>(in.varint());
  residual_ = in.f64();
  first_ = get_time(in, origin);
  peaked_ = get_time(in, origin);
  if (peaked_ != never)
    peak_ = in.f64();
  const uint8_t flags = in.u8();
  const bool full = flags & 1;
  const uint64_t hours = flags & 2 ? in.varint() : every_hour;
  if (hours > every_hour)
    in.fail();
  else if (changes)
    touched_ |= static_cast<uint32_t>(hours);
  for (size_t hour = 0; hour < seen_.size(); ++hour) {
    if (!(hours >> hour & 1))
      continue;
    seen_[hour] = full ? 255 : in.u8();
    mean_[hour] = seen_[hour] > 0 ? in.f64() : 0;
  }
}

} // namespace millwright
