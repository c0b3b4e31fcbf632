#pragma once

#include "actors/kit/actor_settings.hpp"
#include "protocol/time.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What readings must have in common, beside the facility.
enum class join_key : uint8_t { equipment_id, facility_id };

std::string_view name_of(join_key key);

/// A configured join (semantics 7): each reading of `primary` with each of `secondary` that is as old or at most
/// `within` older.
struct join_pair {
  std::string name;
  std::string primary, secondary;
  milliseconds within{60'000};
  join_key key = join_key::equipment_id;

  friend bool operator==(const join_pair&, const join_pair&) = default;
};

/// `vibration-temperature`.
const join_pair& shipped_join();

struct configured_joins {
  std::vector<join_pair> pairs;
  /// What is wrong with the text, each with what to write instead; the other pairs are there.
  std::vector<std::string> problems;

  const join_pair* named(std::string_view name) const;
  /// For each type of a pair that `known` denies, a sentence that names both.
  std::vector<std::string> unknown_types(const std::function<bool(std::string_view)>& known) const;
};

/// Of the setting `pairs`.
configured_joins parse_joins(std::string_view text);

/// Those of the kind's settings. Parsed once a thread and text: it is asked for with every part.
const configured_joins& joins_of(const actor_settings& settings);

} // namespace millwright
