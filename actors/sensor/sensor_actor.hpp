#pragma once

#include "actors/kit/light_actor.hpp"
#include "actors/sensor/sensor_host.hpp"
#include "actors/sensor/sensor_model.hpp"
#include "protocol/actors.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millwright {

/// A sensor's encoded state until its actor reads it; empty: a sensor that nobody has seen before. Many lie in one
/// block, which goes with the last of them: a string each would leave holes between the actors.
struct stored_state {
  std::shared_ptr<const std::string> block;
  std::string_view bytes;

  static stored_state of(std::string bytes) {
    stored_state out{std::make_shared<const std::string>(std::move(bytes)), {}};
    out.bytes = *out.block;
    return out;
  }
};

/// What a sensor actor is born with.
struct sensor_birth {
  const rule_book* book = nullptr;
  sensor_host* host = nullptr;
  uint32_t slot = 0;
  /// Counts the actors that this sensor has had since the node's start.
  uint32_t incarnation = 0;
  /// The barrier number of the readings that come first.
  uint32_t barrier = 0;
  stored_state stored;
  /// The barrier of the whole state that leads `stored`, where that is committed: its answers may go on from there.
  uint32_t whole_at = 0;
  /// Its whole state is answered at one barrier in `whole_every`, when barrier number + phase is divisible; the changes
  /// since at the others.
  uint32_t phase = 0;
};

/// Answers of changes only grow; one whole answer in so many keeps both small.
inline constexpr uint32_t whole_every = 6;

/// Watches one sensor. An exception of its model ends the actor; the reason then carries a `sensor_death`, by which
/// its supervisor knows the reading that did it. A damaged stored state is such an exception.
class sensor_watcher final : public light_actor {
public:
  using behavior_type = sensor_actor::behavior_type;

  sensor_watcher(caf::actor_config& config, sensor_birth birth);

  const char* name() const override { return "sensor"; }

  /// A sensor is seldom in a cache when its message comes. Whoever runs many asks the memory for the next ones while
  /// one is at work: for the actor, and (`prefetch_model`, when that has come) for what its model points to. Only by
  /// the thread that is about to run it.
  void prefetch() const;
  void prefetch_model() const;
  /// The same holds for it: where what its readings add up to lies.
  uint32_t slot() const { return slot_; }
  /// For whoever is about to send to it.
  void prefetch_mailbox();

private:
  /// Before its first message, and when it has ended.
  struct unborn {
    const rule_book* book;
    stored_state stored;
  };

  void begin() override;
  bool take(const caf::type_erased_tuple& message) override;
  caf::error explain(std::exception_ptr thrown) override;
  void end() override;

  void take_run(const reading_run& run);
  void take_tick(const sensor_tick& tick);
  void take_passed(const barrier_passed& passed);
  void answer(uint32_t barrier);
  void pass_to(uint32_t barrier);
  void deliver(int64_t taken_ns);
  sensor_model& model() { return *std::get_if<sensor_model>(&life_); }

  sensor_host* const host_;
  const uint32_t slot_, incarnation_;
  /// Of the newest thing that it was sent.
  uint32_t barrier_;
  /// The barrier of its newest whole answer; 0 for none.
  uint32_t whole_at_;
  const uint32_t phase_;
  /// It was sent something behind `barrier_` and has not answered for it.
  bool changed_ = false;
  std::variant<unborn, sensor_model> life_;
};

// With CAF's part in front it is one block of memory, of a size that allocators have: the next one is 1,536.
static_assert(sizeof(caf::actor_storage<sensor_watcher>) <= 1280);

} // namespace millwright
