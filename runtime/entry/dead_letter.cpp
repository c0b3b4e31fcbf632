#include "runtime/entry/dead_letter.hpp"

#include "protocol/code_point.hpp"
#include "protocol/json.hpp"

namespace millwright {

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = code_point_length(text);
    if (length == 0)
      out += "\xef\xbf\xbd";
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void append_dead_letter(std::string& out, const dead_letter& letter) {
  json_object{out}
      .time("timestamp", letter.at)
      .text("source", std::string{letter.split} + "@" + std::to_string(letter.position))
      .text("reason", letter.reason)
      .text_or_null("detail", letter.detail)
      .text("payload", valid_utf8(letter.payload))
      .close();
  out += '\n';
}

size_t keep_dead_letter(letter_allowance& allowance, event_time split_time, uint32_t most, const dead_letter& letter,
                        barrier_output& to) {
  if (!allowance.take(letter.reason, split_time, letter.payload.size(), most)) {
    ++to.counters[{"dead-letter-not-kept", std::string{letter.reason}}];
    return 0;
  }
  const size_t before = to.dead_letters.bytes();
  to.dead_letters.add(letter.at, [&](std::string& lines) { append_dead_letter(lines, letter); });
  return to.dead_letters.bytes() - before;
}

std::string payload_of(const reading& r) {
  std::string out;
  json_object json{out};
  json.text("sensor_id", r.context->key.sensor.text)
      .time("timestamp", r.time)
      .text("facility_id", r.context->key.facility.text)
      .number("value", r.value);
  if (r.has_quality())
    json.number("quality_score", r.quality);
  json.close();
  return out;
}

} // namespace millwright
