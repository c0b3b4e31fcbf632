#include "protocol/figure.hpp"

#include <charconv>

namespace millwright {

std::string figure_of(double x, int digits) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x, std::chars_format::general, digits).ptr};
}

} // namespace millwright
