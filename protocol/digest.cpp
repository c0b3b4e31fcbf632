#include "protocol/digest.hpp"

#include "protocol/local_time.hpp"

#include <algorithm>

namespace millwright {

namespace {

// 2: why all have ended. 3: came at once.
constexpr uint8_t digest_version = 3;

void encode_lines(binary_writer& out, const std::vector<alarm_digest::line>& lines) {
  out.varint(lines.size());
  for (const auto& each : lines) {
    for (const uint8_t byte : each.alarm.bytes)
      out.u8(byte);
    out.u8(static_cast<uint8_t>(each.level));
    out.time(each.raised_at);
    out.u8(each.stands ? 1 : 0);
    out.text(each.text);
  }
}

bool decode_lines(binary_reader& in, std::vector<alarm_digest::line>& lines) {
  lines.resize(in.count(27));
  for (auto& each : lines) {
    for (uint8_t& byte : each.alarm.bytes)
      byte = in.u8();
    const auto level = in.u8();
    each.raised_at = in.time();
    each.stands = in.u8() != 0;
    each.text = in.text();
    if (level > static_cast<uint8_t>(severity::critical))
      return false;
    each.level = static_cast<severity>(level);
  }
  return in.ok();
}

} // namespace

void encode(binary_writer& out, const alarm_digest& x) {
  out.u8(digest_version);
  out.time(x.oldest);
  out.time(x.newest);
  out.varint(x.standing);
  encode_lines(out, x.critical);
  encode_lines(out, x.others);
  out.varint(x.members.size());
  for (const auto& each : x.members) {
    for (const uint8_t byte : each.alarm.bytes)
      out.u8(byte);
    out.varint(each.number);
  }
  out.text(x.ended_since);
  out.u8(x.at_once ? 1 : 0);
}

std::optional<alarm_digest> decode_digest(binary_reader& in) {
  const auto version = in.u8();
  if (version < 1 || version > digest_version)
    return std::nullopt;
  alarm_digest x;
  x.oldest = in.time();
  x.newest = in.time();
  x.standing = static_cast<uint32_t>(in.varint());
  if (!decode_lines(in, x.critical) || !decode_lines(in, x.others))
    return std::nullopt;
  x.members.resize(in.count(17));
  for (auto& each : x.members) {
    for (uint8_t& byte : each.alarm.bytes)
      byte = in.u8();
    each.number = static_cast<uint32_t>(in.varint());
  }
  if (version >= 2)
    x.ended_since = in.text();
  if (version >= 3)
    x.at_once = in.u8() != 0;
  if (!in.ok())
    return std::nullopt;
  return x;
}

std::string headline_of(const alarm_digest& x) {
  const auto count = x.members.size();
  auto out = std::to_string(count) + (count == 1 ? " alarm" : " alarms");
  if (x.ended_since.empty())
    out += x.at_once ? " at once, from " : " told late, from ";
  else
    out += " ended: " + x.ended_since + "; raised from ";
  out += local_minute(x.oldest, "UTC") + " to " + local_minute(x.newest, "UTC");
  if (!x.ended_since.empty())
    return out;
  out += ", ";
  if (x.standing == 0)
    return out + "none of them still stands";
  if (x.standing == count)
    return out + (count == 1 ? "which still stands" : "all of which still stand");
  return out + std::to_string(x.standing) + (x.standing == 1 ? " of them still stands" : " of them still stand");
}

std::string describe(const alarm_digest& x, size_t most) {
  auto out = headline_of(x);
  size_t shown = 0;
  const auto append = [&](const std::vector<alarm_digest::line>& lines) {
    for (const auto& each : lines) {
      if (shown == most)
        return;
      ++shown;
      out += "; [" + short_form(each.alarm) + (each.stands ? "] " : ", over] ") + each.text;
    }
  };
  append(x.critical);
  append(x.others);
  if (x.critical.size() > shown)
    out += "; and " + std::to_string(x.critical.size() - shown) + " more critical ones that stand: millwright alarms";
  return out;
}

} // namespace millwright
