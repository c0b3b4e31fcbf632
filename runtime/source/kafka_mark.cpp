#include "runtime/source/kafka_mark.hpp"

#include "protocol/binary.hpp"

namespace millwright {

namespace {

constexpr uint8_t format_version = 1;

} // namespace

std::string encode(const kafka_mark& mark) {
  std::string out;
  binary_writer writer{out};
  writer.u8(format_version);
  writer.svarint(mark.offset);
  writer.svarint(mark.time);
  writer.u64(mark.hash);
  return out;
}

std::optional<kafka_mark> decode_kafka_mark(std::string_view in) {
  binary_reader reader{in};
  if (reader.u8() != format_version)
    return std::nullopt;
  kafka_mark out;
  out.offset = reader.svarint();
  out.time = reader.svarint();
  out.hash = reader.u64();
  return reader.ok() && reader.at_end() ? std::optional{out} : std::nullopt;
}

} // namespace millwright
