#pragma once

#include "protocol/binary.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// A whole state, or changes, of one actor as the ledger keeps it: with the commit of the whole state.
struct state_entry {
  std::string_view key;
  uint64_t number = 0;
  std::string_view bytes;
};

/// The states of neighbours as one record: sorted by key, each key as what it has beyond the one before.
class state_pack {
public:
  /// With its record's header it fills sixteen pages: packs of one size leave gaps that fit the next ones.
  static constexpr size_t full = 16 * 4096 - 16 - 16;

  /// Whether the entry would make it larger than `full`; never of an empty one.
  bool is_full_for(const state_entry& next) const {
    return count_ > 0 && bytes_.size() + next.key.size() + next.bytes.size() + 16 > full;
  }
  void add(const state_entry& next);
  uint32_t count() const { return count_; }
  const std::string& first() const { return first_; }
  const std::string& bytes() const { return bytes_; }
  void clear();

private:
  std::string bytes_, first_, last_;
  uint32_t count_ = 0;
};

/// Reads a pack, entry by entry.
class state_pack_reader {
public:
  explicit state_pack_reader(std::string_view bytes) : in_{bytes} {}

  /// None at the end, and where it is damaged. The key is valid until the next call.
  std::optional<state_entry> next();
  bool damaged() const { return !in_.ok(); }

private:
  binary_reader in_;
  std::string key_;
};

/// A pack in the list of them, under the key of its first state.
struct pack_place {
  /// Of its record: the commit that wrote it, and its number in that.
  uint64_t commit = 0;
  uint32_t ordinal = 0;
  uint32_t count = 0;
};

std::string encode(const pack_place& place);
/// None: no such payload.
std::optional<pack_place> read_pack_place(std::string_view payload);

} // namespace millwright
