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
  sensor_tally of;
  /// How many of the sensor's targets take each reading; the first of them.
  uint32_t direct = 0;
  gathering_target first_direct = {};
};
static_assert(std::is_trivially_destructible_v<open_tally>);

/// Room for tallies: in blocks, which go from barrier to barrier. Any thread.
class tally_stock {
public:
  static constexpr size_t tallies_a_block = 128;
  struct block {
    alignas(open_tally) std::byte room[tallies_a_block * sizeof(open_tally)];
  };
  using blocks = std::vector<std::unique_ptr<block>>;

  std::unique_ptr<block> take();
  /// Keeps about as many as one barrier needs.
  void give_back(blocks used);

private:
  std::mutex mutex_;
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
