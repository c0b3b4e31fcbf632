#include "actors/sensor/state_band.hpp"

#include "actors/sensor/stored_time.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

void state_band::lesson::see(int which, double v) {
  if (!any[which])
    lo[which] = hi[which] = v;
  any[which] = true;
  lo[which] = std::min(lo[which], v);
  hi[which] = std::max(hi[which], v);
}

double state_band::weight(uint32_t n, const state_settings& settings) const {
  return n * settings.smoothing < 2 ? std::max(settings.smoothing, 1.0 / n) : settings.smoothing;
}

state_verdict state_band::verdict(double y) const {
  state_verdict said;
  said.v = drifts_ ? y - ring_[ring_at_] : y;
  said.learning = false;
  said.d = std::max(said.v - hi_, lo_ - said.v) / width_;
  const bool moved = lo_ != learned_lo_ || hi_ != learned_hi_;
  said.from_learned = moved ? std::max(said.v - learned_hi_, learned_lo_ - said.v) / width_ : said.d;
  return said;
}

state_verdict state_band::take(double x, event_time at, const state_settings& settings) {
  if (n_ < 1'000'000'000)
    ++n_;
  y_ += weight(n_, settings) * (x - y_);
  if (!learned_) {
    learn(x, settings);
    return {};
  }
  // The value before held until now: it may have been inside long enough.
  if (inside_since_ != never && at - inside_since_ >= settings.return_after) {
    lo_ = learned_lo_;
    hi_ = learned_hi_;
  }
  const auto said = verdict(y_);
  if (drifts_) {
    ring_[ring_at_] = y_;
    ring_at_ = static_cast<uint16_t>(ring_at_ + 1 == ring_size_ ? 0 : ring_at_ + 1);
  }
  if (said.v > hi_)
    hi_ = std::min(said.v, hi_ + settings.give_way * width_);
  if (said.v < lo_)
    lo_ = std::max(said.v, lo_ - settings.give_way * width_);
  if (said.from_learned > 0)
    inside_since_ = never;
  else if (inside_since_ == never)
    inside_since_ = at;
  return said;
}

void state_band::learn(double x, const state_settings& settings) {
  if (!lesson_) {
    lesson_ = std::make_unique<lesson>();
    ring_size_ = static_cast<uint16_t>(std::clamp<uint32_t>(settings.lag, 1, 10'000));
    ring_ = std::make_unique<double[]>(ring_size_);
    ring_at_ = ring_filled_ = 0;
  }
  auto& sum = *lesson_;
  if (n_ > 1)
    sum.step_squares += (x - sum.last) * (x - sum.last);
  sum.last = x;
  const double away = x - sum.mean;
  sum.mean += away / n_;
  sum.squares += away * (x - sum.mean);
  if (n_ > settings.skip)
    sum.see(0, y_);
  if (ring_filled_ == ring_size_ && n_ > settings.skip_drifting)
    sum.see(1, y_ - ring_[ring_at_]);
  ring_[ring_at_] = y_;
  ring_at_ = static_cast<uint16_t>(ring_at_ + 1 == ring_size_ ? 0 : ring_at_ + 1);
  ring_filled_ = std::min<uint16_t>(static_cast<uint16_t>(ring_filled_ + 1), ring_size_);
  if (n_ >= settings.learn)
    conclude(settings);
}

void state_band::conclude(const state_settings& settings) {
  const auto& sum = *lesson_;
  drifts_ = sum.squares > 0 && sum.any[1] && sum.step_squares / (2 * sum.squares) < settings.drift_below;
  const int which = drifts_ ? 1 : 0;
  if (!sum.any[which])
    return; // Fewer readings than are to be skipped: a setting that nobody means; goes on learning.
  lo_ = learned_lo_ = sum.lo[which];
  hi_ = learned_hi_ = sum.hi[which];
  width_ = std::max(hi_ - lo_, 1e-6 * std::abs(sum.mean) + 1e-12);
  learned_ = true;
  lesson_.reset();
  if (!drifts_)
    ring_.reset();
}

size_t state_band::heap_bytes() const {
  return (lesson_ ? sizeof(lesson) : 0) + (ring_ ? ring_size_ * sizeof(double) : 0);
}

void state_band::encode(binary_writer& out, event_time origin) const {
  const bool moved = learned_ && (lo_ != learned_lo_ || hi_ != learned_hi_);
  out.u8(static_cast<uint8_t>((learned_ ? 1 : 0) | (drifts_ ? 2 : 0) | (moved ? 4 : 0) | (lesson_ ? 8 : 0) |
                              (ring_ ? 16 : 0)));
  out.varint(n_);
  out.f64(y_);
  if (learned_) {
    for (const double x : {learned_lo_, learned_hi_, width_})
      out.f64(x);
    put_time(out, inside_since_, origin);
  }
  if (moved) {
    out.f64(lo_);
    out.f64(hi_);
  }
  if (lesson_) {
    const auto& sum = *lesson_;
    for (const double x :
         {sum.mean, sum.squares, sum.step_squares, sum.last, sum.lo[0], sum.hi[0], sum.lo[1], sum.hi[1]})
      out.f64(x);
    out.u8(static_cast<uint8_t>((sum.any[0] ? 1 : 0) | (sum.any[1] ? 2 : 0)));
  }
  if (ring_) {
    out.varint(ring_size_);
    out.varint(ring_filled_);
    for (uint16_t i = 0; i < ring_filled_; ++i)
      out.f64(ring_[(ring_at_ + ring_size_ - ring_filled_ + i) % ring_size_]);
  }
}

void state_band::decode(binary_reader& in, event_time origin) {
  *this = state_band{};
  const uint8_t flags = in.u8();
  learned_ = flags & 1;
  drifts_ = flags & 2;
  n_ = static_cast<uint32_t>(in.varint());
  y_ = in.f64();
  if (learned_) {
    for (double* x : {&learned_lo_, &learned_hi_, &width_})
      *x = in.f64();
    inside_since_ = get_time(in, origin);
    lo_ = learned_lo_;
    hi_ = learned_hi_;
  }
  if (flags & 4) {
    lo_ = in.f64();
    hi_ = in.f64();
  }
  if (flags & 8) {
    lesson_ = std::make_unique<lesson>();
    auto& sum = *lesson_;
    for (double* x :
         {&sum.mean, &sum.squares, &sum.step_squares, &sum.last, &sum.lo[0], &sum.hi[0], &sum.lo[1], &sum.hi[1]})
      *x = in.f64();
    const uint8_t any = in.u8();
    sum.any[0] = any & 1;
    sum.any[1] = any & 2;
  }
  if (flags & 16) {
    const uint64_t size = in.varint(), filled = in.count(sizeof(double));
    if (size < 1 || size > 10'000 || filled > size) {
      in.fail();
    } else {
      ring_size_ = static_cast<uint16_t>(size);
      ring_filled_ = static_cast<uint16_t>(filled);
      ring_at_ = static_cast<uint16_t>(filled % size);
      ring_ = std::make_unique<double[]>(size);
      for (uint64_t i = 0; i < filled; ++i)
        ring_[i] = in.f64();
    }
  }
  // A learner has both or, before its first reading, neither; a drifting sensor has its ring.
  if (learned_ ? (lesson_ || drifts_ != static_cast<bool>(ring_))
               : (drifts_ || static_cast<bool>(lesson_) != static_cast<bool>(ring_)))
    in.fail();
  // A change over the lag was seen only once the ring was full.
  if ((drifts_ || (lesson_ && lesson_->any[1])) && ring_filled_ != ring_size_)
    in.fail();
}

} // namespace millwright
