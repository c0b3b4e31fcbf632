#pragma once

#include "protocol/binary.hpp"
#include "protocol/health_risk.hpp"
#include "protocol/time.hpp"

#include <cmath>
#include <string>

namespace millwright {

/// What a health model said of a reading, for what stands above its sensor. Of a sensor's readings behind one barrier
/// the newest that was scored is told.
struct sensor_score {
  std::string sensor;
  /// The reading's.
  event_time at = never;
  /// 0 (worn out) .. 1.
  double score = 0;
  risk_level risk = risk_level::normal;
  bool maintenance_recommended = false;
  /// The reading is unlike those that the model was trained with.
  bool extrapolated = false;

  void encode(binary_writer& out) const {
    out.text(sensor);
    out.time(at);
    out.f64(score);
    out.u8(static_cast<uint8_t>(static_cast<unsigned>(risk) << 2 | (maintenance_recommended ? 2 : 0) |
                                (extrapolated ? 1 : 0)));
  }
  /// False when it is damaged.
  bool decode(binary_reader& in) {
    sensor = in.text();
    at = in.time();
    score = in.f64();
    const uint8_t said = in.u8();
    if (!in.ok() || said >> 2 > static_cast<uint8_t>(risk_level::critical) || !std::isfinite(score))
      return false;
    risk = static_cast<risk_level>(said >> 2);
    maintenance_recommended = (said & 2) != 0;
    extrapolated = (said & 1) != 0;
    return true;
  }

  friend bool operator==(const sensor_score&, const sensor_score&) = default;
};

} // namespace millwright
