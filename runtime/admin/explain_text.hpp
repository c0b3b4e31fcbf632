#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// The rows of an explanation (explain_answer.hpp) for people, the most important line first. Whole, however wide the
/// terminal is.
std::string render_explanation(std::string_view rows, bool colour);

} // namespace millwright
