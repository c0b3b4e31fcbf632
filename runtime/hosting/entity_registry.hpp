#pragma once

#include "actors/kit/hosted_notice.hpp"
#include "protocol/entity.hpp"
#include "protocol/reading.hpp"
#include "runtime/hosting/hosted_types.hpp"

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millwright {

/// Everything that hosted actors stand for, by number. The driver adds what its sensors' metadata name, the host reads;
/// numbers stay as long as the node. Any thread.
class entity_registry {
public:
  explicit entity_registry(const hosted_types& types) : types_{types} {}

  /// What readings of the sensor count in.
  std::vector<gathering_target> targets_of(const sensor_context& sensor);
  /// The sensor counts in `now` behind barrier `barrier`, in place of `before`: whom it has left hears of it there.
  void moved(uint32_t barrier, const sensor_context& before, const gathering_targets& now);
  /// The actor of that number is told so behind barrier `barrier`.
  void tell(uint32_t barrier, uint32_t index, hosted_notice notice);
  struct told {
    uint32_t barrier, index;
    hosted_notice notice;
  };
  /// Those up to `barrier`, in their order; each is given once.
  std::vector<told> notices(uint32_t barrier);
  /// None where no such kind is registered.
  std::optional<uint32_t> add(const entity_key& key);

  uint32_t size() const;
  entity_key key(uint32_t index) const;
  /// The same as the ledger names it; stays as long as this.
  std::string_view ledger_key(uint32_t index) const;
  uint16_t type_of(uint32_t index) const;
  std::optional<uint32_t> find(const entity_key& key) const;

private:
  struct entry {
    /// In `by_key_`.
    const std::string* key;
    uint16_t type;
  };

  uint32_t add_locked(const entity_key& key, uint16_t type);

  const hosted_types& types_;
  mutable std::mutex mutex_;
  std::deque<entry> entries_;
  std::unordered_map<std::string, uint32_t> by_key_;
  std::vector<told> notices_;
  /// Kept for its room; the driver's thread alone adds.
  std::vector<entity_key> found_;
};

} // namespace millwright
