#include "runtime/entry/stored_place.hpp"

#include "protocol/binary.hpp"

namespace millwright {

namespace {

constexpr uint8_t format_version = 1;

} // namespace

// No split's name has a NUL in it.
std::string place_entry(std::string_view split) {
  std::string out{split};
  out += '\0';
  return out += "place";
}

std::string encode(const stored_place& place) {
  std::string out;
  binary_writer writer{out};
  writer.u8(format_version);
  writer.varint(place.log);
  writer.text(place.mark);
  return out;
}

std::optional<stored_place> decode_place(std::string_view in) {
  binary_reader reader{in};
  if (reader.u8() != format_version)
    return std::nullopt;
  stored_place out;
  out.log = static_cast<uint32_t>(reader.varint());
  out.mark = reader.text();
  return reader.ok() && reader.at_end() ? std::optional{std::move(out)} : std::nullopt;
}

std::string log_name(std::string_view split, uint32_t log) {
  std::string out{split};
  if (log == 0)
    return out;
  out += '\0';
  return out += std::to_string(log);
}

} // namespace millwright
