#pragma once

#include "runtime/admin/status_view.hpp"

#include <string>

namespace millwright {

/// The status as a block of at most 16 lines, each at most `width` columns wide and ended by a line feed.
std::string render_status(const status_view& view, int width, bool colour);

/// The same in one line, without a line feed, of any width: for a log.
std::string status_line(const status_view& view);

} // namespace millwright
