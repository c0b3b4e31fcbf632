#pragma once

#include <string_view>

namespace millwright {

/// Writes all of `text`, past stdio. False when nobody reads any more (a closed pipe): then end quietly. Throws
/// failure(output_unwritable) for anything else.
bool print_to_standard_output(std::string_view text);

struct output_size {
  int columns = 80;
  int rows = 24;
};

/// Of the terminal; COLUMNS, or 80 x 24, where it does not tell.
output_size standard_output_size();

/// Neither NO_COLOR nor TERM=dumb stands in the environment.
bool colours_wanted();

} // namespace millwright
