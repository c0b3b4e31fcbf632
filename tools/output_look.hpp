#pragma once

#include "runtime/admin/standard_output.hpp"

#include <unistd.h>

namespace millwright {

/// How a table is printed: as wide as the terminal and with colours where people want them; else as wide as it takes.
struct output_look {
  bool terminal = ::isatty(STDOUT_FILENO) == 1;
  /// 0: as wide as it takes.
  int width = terminal ? standard_output_size().columns : 0;
  bool colour = terminal && colours_wanted();
};

} // namespace millwright
