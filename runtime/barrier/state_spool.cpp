#include "runtime/barrier/state_spool.hpp"

#include "runtime/ledger/crc32c.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace millwright {

namespace {

constexpr mode_t owner_alone = 0600;

// Not every file system has files that never had a name.
int nameless_file(const std::string& directory) {
  const int file = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, owner_alone);
  if (file >= 0)
    return file;
  std::string name = directory + "/states-XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0)
    unlink(name.c_str());
  return named;
}

bool write_all(int file, std::string_view bytes, off_t at) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(file, bytes.data(), bytes.size(), at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(n));
    at += n;
  }
  return true;
}

} // namespace

std::unique_ptr<state_spool> state_spool::in(const std::string& directory, limits given) {
  const int file = nameless_file(directory);
  return file < 0 ? nullptr : std::make_unique<state_spool>(file, given);
}

state_spool::~state_spool() {
  close(file_);
}

state_spool::block& state_spool::block::operator=(block&& other) noexcept {
  if (this != &other) {
    drop();
    owner_ = std::exchange(other.owner_, nullptr);
    bytes_ = std::exchange(other.bytes_, nullptr);
    size_ = other.size_;
    place_ = other.place_;
    sum_ = other.sum_;
  }
  return *this;
}

bool state_spool::block::sound() const {
  return crc32c({bytes_, size_}) == sum_;
}

void state_spool::block::drop() noexcept {
  if (!owner_)
    return;
  munmap(const_cast<char*>(bytes_), size_);
  std::exchange(owner_, nullptr)->give_back(place_);
}

std::optional<state_spool::block> state_spool::keep(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > given_.block_bytes || !has_room())
    return std::nullopt;
  // Before anything is taken: to give a place back must not need memory.
  free_.reserve(places_ + size_t{1});
  uint32_t place = places_;
  if (free_.empty()) {
    ++places_;
  } else {
    place = free_.back();
    free_.pop_back();
  }
  ++held_;
  const auto at = static_cast<off_t>(place * place_bytes());
  void* mapped = MAP_FAILED;
  if (write_all(file_, bytes, at))
    mapped = mmap(nullptr, bytes.size(), PROT_READ, MAP_SHARED, file_, at);
  if (mapped == MAP_FAILED) {
    give_back(place);
    return std::nullopt;
  }
  ++taken_;
  block out;
  out.owner_ = this;
  out.bytes_ = static_cast<const char*>(mapped);
  out.size_ = bytes.size();
  out.place_ = place;
  out.sum_ = crc32c(bytes);
  return out;
}

size_t state_spool::place_bytes() const {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (given_.block_bytes + page - 1) / page * page;
}

bool state_spool::has_room() const {
  struct statvfs disk {};
  return fstatvfs(file_, &disk) == 0 &&
         uint64_t{disk.f_bavail} * disk.f_frsize >= given_.leaves_free + given_.block_bytes;
}

void state_spool::give_back(uint32_t place) noexcept {
  free_.push_back(place);
  // What is cut off need not be written any more.
  if (--held_ == 0 && ftruncate(file_, 0) == 0) {
    free_.clear();
    places_ = 0;
  }
}

} // namespace millwright
