#include "protocol/operating_mode.hpp"

#include "protocol/alarm_guidance.hpp"
#include "protocol/binary.hpp"
#include "protocol/figure.hpp"

#include <cmath>

namespace millwright {

namespace {

constexpr uint8_t mode_text_version = 1;

} // namespace

std::string mode_condition::words() const {
  return sensor + (above ? " is above " : " is below ") + figure_of(bound) +
         (held.count() > 0 ? " for " + response_time(held) : std::string{});
}

std::string operating_mode::text() const {
  std::string out;
  if (all_of.empty())
    return out;
  binary_writer writer{out};
  writer.u8(mode_text_version);
  writer.u32(rules.bits);
  writer.varint(all_of.size());
  for (const auto& each : all_of) {
    writer.text(each.sensor);
    writer.u8(each.above ? 1 : 0);
    writer.f64(each.bound);
    writer.varint(static_cast<uint64_t>(each.held.count()));
  }
  return out;
}

std::optional<operating_mode> operating_mode::of(std::string_view text) {
  operating_mode out;
  if (text.empty())
    return out;
  binary_reader in{text};
  const uint8_t version = in.u8();
  out.rules.bits = in.u32() & judged_by_sensors.bits;
  const auto n = in.count(11);
  for (uint64_t i = 0; i < n && in.ok(); ++i) {
    mode_condition each;
    each.sensor = in.text();
    each.above = in.u8() != 0;
    each.bound = in.f64();
    const auto held = in.varint();
    if (!std::isfinite(each.bound) || held > static_cast<uint64_t>(longest_mode_hold.count()))
      in.fail();
    each.held = milliseconds{static_cast<int64_t>(held)};
    out.all_of.push_back(std::move(each));
  }
  return in.ok() && in.at_end() && version == mode_text_version ? std::optional{std::move(out)} : std::nullopt;
}

std::string operating_mode::words() const {
  std::string out;
  for (const auto& each : all_of)
    out += (out.empty() ? "" : " and ") + each.words();
  return out;
}

std::string operating_mode::reason() const {
  return "not judged: its rules hold while " + words();
}

} // namespace millwright
