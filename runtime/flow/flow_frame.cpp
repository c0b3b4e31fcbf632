#include "runtime/flow/flow_frame.hpp"

namespace millwright {

namespace {

// 1 had no numbers: each part named its target.
constexpr uint8_t frame_version = 2, answer_version = 1;
/// Bytes at least: of a name, number and three lengths, of which the type's is not 0; of a part of version 1.
constexpr uint64_t smallest_name = 5, smallest_named_part = 6;

flow_name decode_name(binary_reader& in, uint64_t number) {
  flow_name out;
  out.type = in.text();
  out.facility = in.text();
  out.id = in.text();
  if (out.type.empty() || number > most_flow_target) {
    in.fail();
    return {};
  }
  out.number = static_cast<uint32_t>(number);
  return out;
}

void decode_parts(binary_reader& in, flow_frame_view& out) {
  for (uint64_t n = in.count(smallest_name); n > 0 && in.ok(); --n) {
    const uint64_t number = in.varint();
    out.names.push_back(decode_name(in, number));
  }
  const uint64_t count = in.count(smallest_flow_part);
  if (count > flow_frame::most_parts) {
    in.fail();
    return;
  }
  out.parts.reserve(count);
  for (uint64_t n = count; n > 0 && in.ok(); --n)
    out.parts.push_back(decode_flow_part(in));
}

void decode_named_parts(binary_reader& in, flow_frame_view& out) {
  out.numbered = false;
  const uint64_t count = in.count(smallest_named_part);
  if (count > flow_frame::most_parts) {
    in.fail();
    return;
  }
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto& name = out.names.emplace_back(decode_name(in, i));
    auto& part = out.parts.emplace_back();
    part.target = name.number;
    part.revision = in.varint();
    part.bytes = in.text();
  }
}

} // namespace

void encode(std::string& out, const flow_frame& frame, std::span<const flow_name> names, size_t parts) {
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
  writer.varint(names.size());
  for (const auto& each : names) {
    writer.varint(each.number);
    writer.text(each.type);
    writer.text(each.facility);
    writer.text(each.id);
  }
  writer.varint(parts);
}

std::optional<flow_frame_view> decode_flow_frame(std::string_view in) {
  flow_frame_view out;
  auto& frame = out.frame;
  binary_reader reader{in};
  const uint8_t version = reader.u8();
  if (version == 0 || version > frame_version)
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
    version == 1 ? decode_named_parts(reader, out) : decode_parts(reader, out);
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
