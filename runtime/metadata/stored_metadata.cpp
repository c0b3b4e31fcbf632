#include "runtime/metadata/stored_metadata.hpp"

#include "protocol/failure.hpp"

#include <zstd.h>

#include <new>

namespace millwright {

namespace {

// Content itself begins with its own version, 1. Behind this one is a zstd frame that knows its size.
constexpr char plain = 1, compressed = 2;
constexpr int level = 1;
// Four bytes of a frame are 128 KiB at most: a damaged one asks for no more memory.
constexpr size_t largest_ratio = 40'000;

} // namespace

std::string stored_metadata(std::string_view content) {
  std::string out(1 + ZSTD_compressBound(content.size()), compressed);
  const size_t size = ZSTD_compress(out.data() + 1, out.size() - 1, content.data(), content.size(), level);
  if (ZSTD_isError(size))
    throw std::bad_alloc{};
  out.resize(1 + size);
  return out;
}

std::string content_of_stored(std::string_view stored) {
  if (!stored.empty() && stored.front() == plain)
    return std::string{stored};
  const auto damaged = [] {
    return failure{failure_code::bad_metadata, "", "the stored metadata is damaged, or of a newer millwright"};
  };
  if (stored.empty() || stored.front() != compressed)
    throw damaged();
  const auto frame = stored.substr(1);
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > frame.size() * largest_ratio)
    throw damaged();
  std::string out(size, '\0');
  if (ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size()) != size)
    throw damaged();
  return out;
}

} // namespace millwright
