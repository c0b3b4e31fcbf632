#pragma once

#include <string>

namespace millwright {

/// A path without slashes at its end: what stands beside it may be named by adding to it.
inline std::string plain_path(std::string path) {
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  return path;
}

} // namespace millwright
