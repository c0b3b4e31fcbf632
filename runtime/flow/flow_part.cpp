#include "runtime/flow/flow_part.hpp"

#include <cstring>

namespace millwright {

namespace {

// The length is written when the part is: it takes the same room whatever it is.
using part_length = uint32_t;

void begin_part(std::string& out, uint32_t target, uint64_t revision, part_length length) {
  binary_writer writer{out};
  char* at = writer.room(10 + 10 + sizeof length);
  at = binary_writer::put_varint(at, target);
  at = binary_writer::put_varint(at, revision);
  std::memcpy(at, &length, sizeof length);
  writer.wrote(at + sizeof length);
}

} // namespace

void source_time::encode(binary_writer& out) const {
  out.u8(silent ? 1 : 0);
  at.encode(out);
}

bool source_time::decode(binary_reader& in) {
  const uint8_t flag = in.u8();
  silent = flag == 1;
  return at.decode(in) && flag <= 1;
}

void encode(std::string& out, const flow_part_view& part) {
  begin_part(out, part.target, part.revision, static_cast<part_length>(part.bytes.size()));
  out += part.bytes;
}

flow_part_view decode_flow_part(binary_reader& in) {
  flow_part_view out;
  const uint64_t target = in.varint();
  out.revision = in.varint();
  const part_length length = in.u32();
  const auto rest = in.rest();
  if (!in.ok() || target > most_flow_target || length > rest.size()) {
    in.fail();
    return {};
  }
  out.target = static_cast<uint32_t>(target);
  out.bytes = rest.substr(0, length);
  in = binary_reader{rest.substr(length)};
  return out;
}

std::string& flow_parts::begin(uint32_t target, uint64_t revision) {
  auto& at = places_.emplace_back();
  at.begin = bytes_.size();
  at.revision = revision;
  at.target = target;
  begin_part(bytes_, target, revision, 0);
  at.body = bytes_.size();
  return bytes_;
}

void flow_parts::end() {
  const size_t body = places_.back().body;
  const auto length = static_cast<part_length>(bytes_.size() - body);
  std::memcpy(bytes_.data() + body - sizeof length, &length, sizeof length);
}

} // namespace millwright
