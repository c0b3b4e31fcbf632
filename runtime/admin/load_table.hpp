#pragma once

#include "protocol/load.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// The load of a node as people read it: "303/s", "4.2 ms", "310.2 MiB", "3 %"; "-" where it is not known.
std::string load_text(load_measure which, double value);

/// A report (`append_json`) as a table of figures and what they speak for.
std::string render_load(std::string_view report);

/// The newest sample in one line, for the status.
std::string load_line(const load_sample& x);

} // namespace millwright
