#pragma once

#include "actors/kit/sensor_tally.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

namespace millwright {

/// What a sensor's readings are being added to, and whose kinds take each of them at once.
struct open_tally {
  /// @param bounds stay as long as it.
  open_tally(const contribution& first, const tally_bounds& bounds) : of{first, bounds} {}

  void add_direct(gathering_target target) {
    direct_index = target.index;
    direct_type = direct_type == none ? target.type : several;
  }
  gathering_target direct() const { return {direct_index, direct_type}; }

  /// In place of a type: no target takes each reading, or more than one does.
  static constexpr uint16_t none = 0xffff, several = 0xfffe;

  [[no_unique_address]] sensor_tally of;
  uint16_t direct_type = none;
  uint32_t direct_index = 0;
};
static_assert(std::is_trivially_destructible_v<open_tally>);
static_assert(sizeof(open_tally) == 256, "there are two a sensor: of the open barrier, and of the one before");

/// Room for tallies: in blocks, some of which go from barrier to barrier. Any thread.
class tally_stock {
public:
  static constexpr size_t tallies_a_block = 128;
  struct block {
    alignas(64) std::byte room[tallies_a_block * sizeof(open_tally)];
  };
  static_assert(sizeof(block) == size_t{32} << 10, "an allocator has room of that size without any to spare");
  using blocks = std::vector<std::unique_ptr<block>>;
  /// So many are kept at most. All others of a barrier go back to the allocator: its commit is about to need the
  /// memory, and the next barrier does not before that has ended.
  static constexpr size_t kept_most = 32;

  std::unique_ptr<block> take();
  void give_back(blocks used);
  size_t kept() const;

private:
  mutable std::mutex mutex_;
  blocks free_;
};

/// By a sensor's slot, where its tally lies. Whoever has the sensor's turn may use its place, and nobody else: so
/// there is no lock.
class open_tallies {
public:
  struct place {
    /// Valid while `barrier` is not collected.
    open_tally* open = nullptr;
    uint32_t barrier = 0;
  };

  open_tallies() = default;
  open_tallies(const open_tallies&) = delete;
  ~open_tallies();

  /// Of slots up to 16 million; throws std::length_error above.
  place& at(uint32_t slot) {
    const size_t chunk = slot / chunk_size;
    auto* places = chunk < most_chunks ? chunks_[chunk].load(std::memory_order_acquire) : nullptr;
    if (!places) [[unlikely]]
      places = &grow(chunk);
    return (*places)[slot % chunk_size];
  }

  /// Asks the memory for a sensor's place, and, when that has come, for its tally.
  void prefetch(uint32_t slot) { __builtin_prefetch(&at(slot), 1); }
  void prefetch_tally(uint32_t slot) {
    const auto* line = reinterpret_cast<const char*>(at(slot).open);
    for (size_t i = 0; line && i < sizeof(open_tally); i += 64)
      __builtin_prefetch(line + i, 1);
  }

private:
  static constexpr size_t chunk_size = 4096, most_chunks = 4096;
  using chunk = std::array<place, chunk_size>;

  chunk& grow(size_t number);

  std::array<std::atomic<chunk*>, most_chunks> chunks_{};
};

} // namespace millwright
