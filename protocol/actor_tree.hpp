#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Where an actor stands in its node's supervision tree, from the root on: node, shard, 0, sensor, north, TI-101.
struct actor_path {
  std::vector<std::string> parts;

  actor_path() = default;
  actor_path(std::initializer_list<std::string_view> from) : parts(from.begin(), from.end()) {}

  /// As people write it, `node/shard/0/sensor/north/TI-101`: within a part "/" is written %2F, "%" %25, and a control
  /// character likewise.
  std::string name() const;
  /// What `name` gave; none where it is none.
  static std::optional<actor_path> of(std::string_view name);

  bool begins(const actor_path& with) const;

  friend bool operator==(const actor_path&, const actor_path&) = default;
};

/// `resting`: it has no actor in memory, and gets one with its next input. `dead`: it is being begun anew.
/// `quarantined`: it died again and again, and is left alone until the next start.
enum class actor_state : uint8_t { living, resting, dead, quarantined };

std::string_view name_of(actor_state state);

/// An actor of a node, or what supervises some of them.
struct actor_line {
  actor_path path;
  /// Who begins it anew when it dies, or gives it up; empty for the root.
  actor_path parent;
  /// "shard", "sensor", "channel", "equipment".
  std::string kind;
  actor_state state = actor_state::living;
};

/// How many actors of a kind stand below another one.
struct actor_count {
  std::string kind;
  uint64_t count = 0;
};

/// Some of them, in an order that stays.
struct actor_batch {
  std::vector<actor_line> lines;
  /// Where the next ones begin; 0: there are none.
  uint64_t next = 0;
};

} // namespace millwright
