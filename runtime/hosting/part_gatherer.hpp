#pragma once

#include "protocol/reading.hpp"
#include "runtime/hosting/entity_registry.hpp"
#include "runtime/hosting/hosted_types.hpp"
#include "runtime/hosting/open_tallies.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// What readings of one barrier, taken on one thread, add up to: by target, for kinds that take each reading, and by
/// sensor for those that take tallies.
class gathered_parts {
public:
  gathered_parts(const hosted_types& types, const entity_registry& registry, tally_stock& stock, uint32_t barrier)
      : types_{types}, registry_{registry}, stock_{stock}, barrier_{barrier} {}
  gathered_parts(const gathered_parts&) = delete;
  gathered_parts& operator=(const gathered_parts&) = delete;
  ~gathered_parts();

  uint32_t barrier() const { return barrier_; }
  /// @param at of the reading's sensor.
  void take(const reading& r, const sensor_type& type, open_tallies::place& at);
  /// Calls `visit(target, part's bytes)` for each target whose kind takes each reading, in no promised order.
  void visit(const std::function<void(gathering_target, std::string)>& visit) const;
  /// For the others: in the order in which the tallies began.
  struct tallied {
    gathering_target target;
    const sensor_tally* readings;
  };
  const std::deque<tallied>& tallies() const { return tallied_; }

  /// Of kinds that people see at once, what came since the last call: a slice, which is kept for the barrier too, and
  /// the next begins. A whole that grows would be written anew for each look.
  void visit_slices(const std::function<void(gathering_target, const std::string&)>& visit);

private:
  struct cell {
    /// Null where nothing came, or nothing since the last slice.
    void* part = nullptr;
    uint16_t type = 0;
    bool used = false;
  };

  void give(gathering_target target, const contribution& reading);
  open_tally& begin_tally(const contribution& reading);

  const hosted_types& types_;
  const entity_registry& registry_;
  tally_stock& stock_;
  uint32_t barrier_;
  tally_stock::blocks blocks_;
  size_t in_last_block_ = tally_stock::tallies_a_block;
  /// There are some a sensor: a vector that grows takes up to three times as much.
  std::deque<tallied> tallied_;
  /// By target's number.
  std::vector<cell> cells_;
  std::vector<uint32_t> used_;
  std::vector<std::pair<gathering_target, std::string>> slices_;
  /// Of those, the ones that people see at once.
  std::vector<uint32_t> seen_;
};

/// One thread's share of the gathering. That thread alone takes readings; whoever hosts the actors collects a barrier's
/// parts once every sensor has answered it, when nothing is added to them any more: so no lock is on the way of a
/// reading.
class part_gatherer {
public:
  struct surroundings {
    const hosted_types& types;
    const entity_registry& registry;
    const std::vector<sensor_type>& sensor_types;
    tally_stock& stock;
    open_tallies& places;
  };

  part_gatherer(const surroundings& given, uint32_t number) : given_{given}, number_{number} {}
  part_gatherer(const part_gatherer&) = delete;
  part_gatherer& operator=(const part_gatherer&) = delete;

  uint32_t number() const { return number_; }

  /// An accepted reading that repeats none. The gathering thread.
  void take(const reading& r);
  /// Hands out what people wait to see, if somebody has asked since. The gathering thread, now and then and before it
  /// sleeps.
  void publish();

  /// Every sensor has answered `barrier`: what was gathered for it, or null. Any thread.
  std::unique_ptr<gathered_parts> collect(uint32_t barrier);

  /// What came for one target since the look before.
  struct seen {
    /// Of this gatherer.
    uint32_t number = 0;
    uint32_t barrier = 0;
    gathering_target target;
    std::string part;
  };
  /// What was published since the last call; asks for more. Any thread.
  std::vector<seen> look();

private:
  /// More barriers than are ever open at once.
  static constexpr size_t rings = 16;

  const surroundings given_;
  const uint32_t number_;
  /// The gathering thread's; valid while readings of that barrier can come.
  gathered_parts* current_ = nullptr;
  uint32_t current_barrier_ = 0;
  std::atomic<bool> asked_{true};
  std::mutex mutex_;
  std::array<std::unique_ptr<gathered_parts>, rings> by_barrier_;
  std::vector<seen> published_;
};

} // namespace millwright
