#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

struct spool_limits {
  /// Encoded states come in blocks of so many bytes.
  size_t block_bytes = 1 << 20;
  /// So many that are full wait in memory; what is beyond goes to disk.
  size_t in_memory = 4;
  /// So much of the disk stays free: the ledger needs it more.
  uint64_t leaves_free = uint64_t{1} << 30;
};

/// Where encoded states wait for their commit that would fill memory: blocks in a file without a name, which goes with
/// the process, however that ends. Nothing is recovered from it. Its pages are the system's, and usually gone before
/// they are written. One thread; blocks end before their spool.
class state_spool {
public:
  using limits = spool_limits;

  /// A file in that directory; null where none can be made: then states wait in memory.
  static std::unique_ptr<state_spool> in(const std::string& directory, limits given = {});
  /// @param file open for reading and writing, empty; closed in the end.
  state_spool(int file, limits given) : file_{file}, given_{given} {}
  ~state_spool();
  state_spool(const state_spool&) = delete;
  state_spool& operator=(const state_spool&) = delete;

  const limits& limits_given() const { return given_; }

  /// A block on disk, mapped for reading.
  class block {
  public:
    block() = default;
    block(block&& other) noexcept { *this = std::move(other); }
    block& operator=(block&& other) noexcept;
    ~block() { drop(); }

    explicit operator bool() const { return owner_ != nullptr; }
    const char* bytes() const { return bytes_; }
    /// False: it is not what was written. A disk may fail after it has taken something.
    bool sound() const;

  private:
    friend class state_spool;
    void drop() noexcept;

    state_spool* owner_ = nullptr;
    const char* bytes_ = nullptr;
    size_t size_ = 0;
    uint32_t place_ = 0, sum_ = 0;
  };

  /// None where the disk has no room, or fails: then whoever has the bytes has to keep them.
  std::optional<block> keep(std::string_view bytes);

  /// Blocks there are now, and that there ever were.
  size_t held() const { return held_; }
  uint64_t taken() const { return taken_; }

private:
  size_t place_bytes() const;
  bool has_room() const;
  void give_back(uint32_t place) noexcept;

  const int file_;
  const limits given_;
  /// Places of the file that nobody has, and how many there are in all.
  std::vector<uint32_t> free_;
  uint32_t places_ = 0;
  size_t held_ = 0;
  uint64_t taken_ = 0;
};

} // namespace millwright
