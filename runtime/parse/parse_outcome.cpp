#include "runtime/parse/parse_outcome.hpp"

#include <array>

namespace millwright {

std::string_view name_of(rejection reason) {
  constexpr std::array<std::string_view, rejection_count> names{"not-json",   "missing-field", "wrong-type",
                                                                "not-finite", "future",        "unit-changed"};
  return names[static_cast<size_t>(reason)];
}

} // namespace millwright
