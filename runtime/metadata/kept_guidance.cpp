#include "runtime/metadata/kept_guidance.hpp"

#include "protocol/binary.hpp"

#include <algorithm>
#include <string>

namespace millwright {

bool row_guidance::has_action() const {
  return !of_all.action.empty() ||
         std::any_of(by_rule.begin(), by_rule.end(), [](const auto& each) { return !each.second.action.empty(); });
}

alarm_guidance row_guidance::of(rule which) const {
  const auto own = by_rule.find(which);
  return own == by_rule.end() ? of_all : joined(own->second, of_all);
}

void kept_guidance::add(std::string_view facility, std::string_view id, const row_guidance& says) {
  if (says.empty() && !rows_.has(facility, id))
    return;
  std::string row;
  binary_writer out{row};
  encode(out, says.of_all);
  out.varint(says.by_rule.size());
  for (const auto& [which, own] : says.by_rule) {
    out.u8(static_cast<uint8_t>(which));
    encode(out, own);
  }
  rows_.add(facility, id, row);
}

row_guidance kept_guidance::find(std::string_view facility, std::string_view id) const {
  row_guidance out;
  const auto row = rows_.find(facility, id);
  if (!row)
    return out;
  binary_reader in{*row};
  out.of_all = decode_alarm_guidance(in).value_or(alarm_guidance{});
  for (auto left = in.varint(); left > 0; --left) {
    const auto which = static_cast<rule>(in.u8());
    out.by_rule[which] = decode_alarm_guidance(in).value_or(alarm_guidance{});
  }
  return out;
}

} // namespace millwright
