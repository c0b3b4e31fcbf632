#include "actors/kit/hosted_input.hpp"

#include <utility>

namespace millwright {

namespace {

constexpr uint8_t format_version = 1;

} // namespace

void hosted_input::encode(std::string& out) const {
  binary_writer writer{out};
  writer.u8(format_version);
  writer.u8(last ? 1 : 0);
  time.encode(writer);
  writer.varint(parts.size());
  for (const auto& each : parts)
    writer.text(each);
  writer.varint(heard.size());
  for (const auto& each : heard)
    millwright::encode(writer, each);
  writer.varint(notices.size());
  for (const auto& each : notices) {
    writer.u8(static_cast<uint8_t>(each.what));
    writer.text(each.text);
  }
}

bool hosted_input::decode(std::string_view in) {
  *this = {};
  binary_reader reader{in};
  if (reader.u8() != format_version)
    return false;
  last = reader.u8() != 0;
  if (!time.decode(reader))
    return false;
  for (auto n = reader.count(1); n > 0; --n)
    parts.emplace_back(reader.text());
  for (auto n = reader.count(20); n > 0 && reader.ok(); --n) {
    auto each = decode_alarm_transition(reader);
    if (!each)
      return false;
    heard.push_back(std::move(*each));
  }
  for (auto n = reader.count(2); n > 0; --n) {
    const uint8_t what = reader.u8();
    if (what > static_cast<uint8_t>(hosted_notice::kind::left))
      return false;
    notices.push_back({static_cast<hosted_notice::kind>(what), std::string{reader.text()}});
  }
  return reader.ok() && reader.at_end();
}

} // namespace millwright
