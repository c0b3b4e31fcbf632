#include "runtime/flow/flow_frame.hpp"

namespace millwright {

namespace {

constexpr uint8_t frame_version = 1, answer_version = 1;

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

void encode(binary_writer& out, const flow_part& part) {
  out.text(part.target.type);
  out.text(part.target.facility.text);
  out.text(part.target.id);
  out.varint(part.revision);
  out.text(part.bytes);
}

flow_part_view decode_flow_part(binary_reader& in) {
  flow_part_view out;
  const char* const begin = in.rest().data();
  out.type = in.text();
  out.facility = in.text();
  out.id = in.text();
  if (!in.ok())
    return {};
  out.key = {begin, static_cast<size_t>(in.rest().data() - begin)};
  out.revision = in.varint();
  out.bytes = in.text();
  if (out.type.empty())
    in.fail();
  return out;
}

void encode(std::string& out, const flow_frame& frame, size_t parts) {
  binary_writer writer{out};
  writer.u8(frame_version);
  writer.u8(static_cast<uint8_t>(frame.what));
  writer.u16(frame.source);
  writer.u16(frame.receiver);
  writer.u64(frame.epoch);
  writer.u64(frame.number);
  if (frame.what == flow_frame::kind::question)
    return;
  writer.varint(frame.barrier);
  if (frame.what == flow_frame::kind::settled) {
    writer.varint(frame.after);
    writer.varint(frame.piece);
    writer.varint(frame.pieces);
    if (frame.time)
      frame.time->encode(writer);
  }
  writer.varint(parts);
}

std::optional<flow_frame_view> decode_flow_frame(std::string_view in) {
  flow_frame_view out;
  auto& frame = out.frame;
  binary_reader reader{in};
  if (reader.u8() != frame_version)
    return std::nullopt;
  const uint8_t what = reader.u8();
  if (what < static_cast<uint8_t>(flow_frame::kind::settled) || what > static_cast<uint8_t>(flow_frame::kind::question))
    return std::nullopt;
  frame.what = static_cast<flow_frame::kind>(what);
  frame.source = reader.u16();
  frame.receiver = reader.u16();
  frame.epoch = reader.u64();
  frame.number = reader.u64();
  if (!reader.ok() || frame.epoch == 0 || frame.number == 0)
    return std::nullopt;
  if (frame.what != flow_frame::kind::question) {
    frame.barrier = reader.varint();
    if (frame.what == flow_frame::kind::settled) {
      frame.after = reader.varint();
      const uint64_t piece = reader.varint(), pieces = reader.varint();
      if (!reader.ok() || frame.barrier <= frame.after || pieces > flow_frame::most_pieces || piece >= pieces)
        return std::nullopt;
      frame.piece = static_cast<uint32_t>(piece);
      frame.pieces = static_cast<uint32_t>(pieces);
      if (piece + 1 == pieces && !frame.time.emplace().decode(reader))
        return std::nullopt;
    }
    const uint64_t count = reader.count(smallest_flow_part);
    if (count > flow_frame::most_parts)
      return std::nullopt;
    out.parts.reserve(count);
    for (uint64_t i = 0; i < count && reader.ok(); ++i)
      out.parts.push_back(decode_flow_part(reader));
  }
  if (!reader.ok() || !reader.at_end())
    return std::nullopt;
  return out;
}

void encode(std::string& out, const flow_answer& answer) {
  binary_writer writer{out};
  writer.u8(answer_version);
  writer.u16(answer.source);
  writer.u16(answer.receiver);
  writer.u64(answer.source_epoch);
  writer.u64(answer.receiver_epoch);
  writer.varint(answer.committed);
  writer.varint(answer.received.size());
  for (const uint64_t each : answer.received)
    writer.varint(each);
}

std::optional<flow_answer> decode_flow_answer(std::string_view in) {
  flow_answer out;
  binary_reader reader{in};
  if (reader.u8() != answer_version)
    return std::nullopt;
  out.source = reader.u16();
  out.receiver = reader.u16();
  out.source_epoch = reader.u64();
  out.receiver_epoch = reader.u64();
  out.committed = reader.varint();
  out.received.resize(reader.count(1));
  for (auto& each : out.received)
    each = reader.varint();
  if (!reader.ok() || !reader.at_end() || out.receiver_epoch == 0)
    return std::nullopt;
  return out;
}

} // namespace millwright
