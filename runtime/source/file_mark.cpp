#include "runtime/source/file_mark.hpp"

#include "protocol/binary.hpp"
#include "runtime/source/content_hash.hpp"

#include <unistd.h>

#include <cerrno>

namespace millwright {

namespace {

constexpr uint8_t format_version = 1;

} // namespace

std::string bytes_at(int fd, uint64_t offset, size_t size) {
  std::string out(size, '\0');
  size_t have = 0;
  while (have < size) {
    const auto got = pread(fd, out.data() + have, size - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    have += static_cast<size_t>(got);
  }
  out.resize(have);
  return out;
}

bool file_mark::holds(int fd) const {
  const auto head = bytes_at(fd, 0, head_size);
  if (head.size() != head_size || content_hash(head) != head_hash)
    return false;
  const auto line = bytes_at(fd, begin, size);
  return line.size() == size && content_hash(line) == line_hash;
}

std::string encode(const file_mark& mark) {
  std::string out;
  binary_writer writer{out};
  writer.u8(format_version);
  writer.varint(mark.begin);
  writer.varint(mark.size);
  writer.u64(mark.line_hash);
  writer.varint(mark.taken);
  writer.varint(mark.head_size);
  writer.u64(mark.head_hash);
  writer.text(mark.header);
  return out;
}

std::optional<file_mark> decode_file_mark(std::string_view in) {
  binary_reader reader{in};
  if (reader.u8() != format_version)
    return std::nullopt;
  file_mark out;
  out.begin = reader.varint();
  out.size = static_cast<uint32_t>(reader.varint());
  out.line_hash = reader.u64();
  out.taken = reader.varint();
  out.head_size = static_cast<uint32_t>(reader.varint());
  out.head_hash = reader.u64();
  out.header = reader.text();
  if (!reader.ok() || !reader.at_end() || out.head_size > file_mark::head_most || out.size > (1u << 28))
    return std::nullopt;
  return out;
}

} // namespace millwright
