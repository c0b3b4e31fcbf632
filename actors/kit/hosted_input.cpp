#include "actors/kit/hosted_input.hpp"

#include <utility>

namespace millwright {

namespace {

// 1 had no scores.
constexpr uint8_t format_version = 2;

} // namespace

void hosted_input::encode(std::string& out) const {
  std::string encoded_time;
  binary_writer writer{encoded_time};
  time.encode(writer);
  encode(out, encoded_time);
}

void hosted_input::encode(std::string& out, std::string_view encoded_time) const {
  size_t expected = out.size() + 16 + encoded_time.size();
  for (const auto& each : parts)
    expected += each.size() + 4;
  out.reserve(expected);
  binary_writer writer{out};
  writer.u8(format_version);
  writer.u8(last ? 1 : 0);
  out += encoded_time;
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
  writer.varint(scores.size());
  for (const auto& each : scores)
    each.encode(writer);
}

bool hosted_input::decode(std::string_view in) {
  *this = {};
  binary_reader reader{in};
  const uint8_t version = reader.u8();
  if (version == 0 || version > format_version)
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
    if (what > static_cast<uint8_t>(hosted_notice::kind::told))
      return false;
    notices.push_back({static_cast<hosted_notice::kind>(what), std::string{reader.text()}});
  }
  scores.resize(version < 2 ? 0 : reader.count(18));
  for (auto& each : scores)
    if (!each.decode(reader))
      return false;
  return reader.ok() && reader.at_end();
}

} // namespace millwright
