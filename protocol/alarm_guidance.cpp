#include "protocol/alarm_guidance.hpp"

#include <algorithm>
#include <array>

namespace millwright {

std::span<const guidance_part> guidance_parts() {
  static constexpr std::array<guidance_part, 5> all{{{"description", &alarm_guidance::description},
                                                     {"cause", &alarm_guidance::cause},
                                                     {"consequence", &alarm_guidance::consequence},
                                                     {"action", &alarm_guidance::action},
                                                     {"runbook", &alarm_guidance::runbook}}};
  return all;
}

alarm_guidance joined(alarm_guidance first, const alarm_guidance& second) {
  for (const auto& part : guidance_parts())
    if ((first.*part.text).empty())
      first.*part.text = second.*part.text;
  if (first.respond_within.count() == 0)
    first.respond_within = second.respond_within;
  return first;
}

std::string response_time(milliseconds x) {
  if (x.count() <= 0)
    return {};
  constexpr std::array<std::pair<int64_t, const char*>, 4> units{
      {{86'400, " d"}, {3'600, " h"}, {60, " min"}, {1, " s"}}};
  auto left = std::max<int64_t>(1, x.count() / 1000);
  std::string out;
  for (const auto& [seconds, name] : units) {
    if (left >= seconds)
      out.append(out.empty() ? "" : " ").append(std::to_string(left / seconds)).append(name);
    left %= seconds;
  }
  return out;
}

void encode(binary_writer& out, const alarm_guidance& x) {
  for (const auto& part : guidance_parts())
    out.text(x.*part.text);
  out.varint(static_cast<uint64_t>(x.respond_within.count()));
}

std::optional<alarm_guidance> decode_alarm_guidance(binary_reader& in) {
  alarm_guidance x;
  for (const auto& part : guidance_parts())
    x.*part.text = in.text();
  const auto within = in.varint();
  if (!in.ok() || within > static_cast<uint64_t>(longest_response.count()))
    return std::nullopt;
  x.respond_within = milliseconds{static_cast<int64_t>(within)};
  return x;
}

void append_fields(json_object& out, const alarm_guidance& x) {
  for (const auto& part : guidance_parts())
    out.text_or_null(part.name, x.*part.text);
  if (x.respond_within.count() == 0)
    out.null("respond_within");
  else
    out.number("respond_within", static_cast<double>(x.respond_within.count()) / 1000);
}

} // namespace millwright
