#include "runtime/node/split_state.hpp"

#include "protocol/binary.hpp"

namespace millwright {

namespace {

// Version 1 ended behind `silent`.
constexpr uint8_t format_version = 2;

} // namespace

std::string encode_split(const split_state& split) {
  std::string out;
  binary_writer writer{out};
  writer.u8(format_version);
  split.clock.encode(writer);
  writer.u8(split.silent);
  split.letters.encode(writer);
  return out;
}

bool decode_split(std::string_view in, split_state& split) {
  binary_reader reader{in};
  const auto version = reader.u8();
  if (version < 1 || version > format_version || !split.clock.decode(reader))
    return false;
  split.silent = reader.u8() != 0;
  if (version >= 2 && !split.letters.decode(reader))
    return false;
  return reader.ok() && reader.at_end();
}

} // namespace millwright
