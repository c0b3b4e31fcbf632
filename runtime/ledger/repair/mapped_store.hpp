#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace millwright {

/// The data file of a store, as it lies there. Only in a child process: a page that goes bad on the disk later on is
/// SIGBUS.
class mapped_store {
public:
  /// Reads it through once, to know the pages that the disk does not give. Throws failure(ledger_damaged).
  explicit mapped_store(std::string path);
  mapped_store(const mapped_store&) = delete;
  mapped_store& operator=(const mapped_store&) = delete;
  ~mapped_store();

  const std::string& path() const { return path_; }
  std::string_view bytes() const { return bytes_; }
  /// By number, of 4096 bytes.
  const std::set<uint64_t>& unreadable() const { return unreadable_; }

private:
  std::string path_;
  std::string_view bytes_;
  std::set<uint64_t> unreadable_;
};

} // namespace millwright
