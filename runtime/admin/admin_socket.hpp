#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <sys/types.h>

namespace millwright {

/// Owns a file descriptor.
class descriptor {
public:
  explicit descriptor(int fd = -1) : fd_{fd} {}
  descriptor(descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();

  int get() const { return fd_; }

private:
  int fd_;
};

/// A listening Unix-domain stream socket that only its owner may talk to (mode 0600). Takes its file away at the end,
/// unless it has become another's.
class listening_socket {
public:
  /// Makes the directory where there is none, and takes the place of a dead node's socket. Throws
  /// failure(bad_configuration) when a living one listens there, when something else than a socket lies there, or when
  /// the path is too long; failure(output_unwritable) when the surroundings refuse.
  explicit listening_socket(std::string path);
  ~listening_socket();

  listening_socket(const listening_socket&) = delete;
  listening_socket& operator=(const listening_socket&) = delete;

  int get() const { return listening_.get(); }
  const std::string& path() const { return path_; }

private:
  std::string path_;
  descriptor listening_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// A connection to the node that listens there. Throws failure(socket_unreachable), or
/// failure(not_found) where it is not taken in within `patience`.
descriptor connect_to_node(const std::string& path, std::chrono::milliseconds patience = std::chrono::seconds{10});

/// Why whoever is at the other end may be silent: who it is, and whether it is stopped.
std::string words_on_silence(int connection);

} // namespace millwright
