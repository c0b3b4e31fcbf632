#include "runtime/entry/split_state.hpp"

#include "protocol/binary.hpp"

namespace millwright {

namespace {

// Version 1 ended behind `silent`, version 2 behind the dead letters, version 3 behind `awake_from`,
// version 4 behind the leaps, version 5 behind what people said.
constexpr uint8_t first_split_version = 1, split_version = 6;

enum split_flag : uint8_t { silent_flag = 1, all_read_flag = 2 };

} // namespace

std::string encode_split(const split_state& split) {
  std::string out;
  binary_writer writer{out};
  writer.u8(split_version);
  split.clock.encode(writer);
  writer.u8(static_cast<uint8_t>((split.silent ? silent_flag : 0) | (split.all_read ? all_read_flag : 0)));
  split.letters.encode(writer);
  split.silence.encode(writer);
  writer.time(split.awake_from);
  split.clock.encode_leaps(writer);
  const bool told = split.told > 0 && split.told_at == split.next;
  writer.varint(told ? split.told : 0);
  writer.u64(told ? split.told_at : 0);
  split.modes.encode(writer);
  return out;
}

bool decode_split(std::string_view in, split_state& split) {
  binary_reader reader{in};
  const uint8_t version = reader.u8();
  if (version < first_split_version || version > split_version || !split.clock.decode(reader))
    return false;
  const uint8_t flags = reader.u8();
  split.silent = (flags & silent_flag) != 0;
  split.all_read = (flags & all_read_flag) != 0;
  if (version > first_split_version && !split.letters.decode(reader))
    return false;
  if (version > 2) {
    if (!split.silence.decode(reader))
      return false;
    split.awake_from = reader.time();
  }
  if (version > 3 && !split.clock.decode_leaps(reader))
    return false;
  if (version > 4) {
    split.told = static_cast<uint32_t>(reader.varint());
    split.told_at = reader.u64();
  }
  if (version > 5 && !split.modes.decode(reader))
    return false;
  return reader.ok() && reader.at_end() && split.awake_from >= never && split.awake_from <= forever;
}

} // namespace millwright
