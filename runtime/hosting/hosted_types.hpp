#pragma once

#include "actors/kit/actor_type.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The kinds of hosted actors of one run, with their settings: by number, in the order of their registration.
class hosted_types {
public:
  /// Every registered kind but those that have a shell of their own. @param set `KIND.KEY` -> text, checked before
  /// (runtime/settings).
  explicit hosted_types(const std::map<std::string, std::string>& set = {});

  uint16_t size() const { return static_cast<uint16_t>(all_.size()); }
  const actor_type& type(uint16_t number) const { return *all_[number].type; }
  const actor_settings& settings(uint16_t number) const { return all_[number].settings; }
  /// Where readings differ for any of them.
  const tally_bounds& bounds() const { return bounds_; }
  /// What these sensor types do not bear of the kinds' settings, each a line that names its kind.
  std::vector<std::string> mistakes(std::span<const sensor_type> types) const;
  /// Throws failure(bad_configuration) with all of them where there are any.
  void check(std::span<const sensor_type> types) const;
  /// `size()` where there is none of that name.
  uint16_t find(std::string_view name) const;

private:
  struct entry {
    const actor_type* type;
    actor_settings settings;
  };
  std::deque<entry> all_;
  tally_bounds bounds_;
};

} // namespace millwright
