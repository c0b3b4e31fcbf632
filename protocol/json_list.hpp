#pragma once

#include "protocol/json.hpp"

#include <string>

namespace millwright {

/// The rows as a JSON array: `append(out, each)` writes one value behind what there is.
template <class Rows, class Append>
std::string json_list(const Rows& rows, Append append) {
  std::string out = "[";
  for (const auto& each : rows) {
    if (out.size() > 1)
      out += ',';
    append(out, each);
  }
  return out + ']';
}

} // namespace millwright
