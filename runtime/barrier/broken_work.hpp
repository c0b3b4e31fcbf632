#pragma once

#include "protocol/exception_text.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace millwright {

/// Why `work` threw; none when it returned. For what a thread must not end by in silence.
template <class Work>
std::optional<std::string> broken_by(Work&& work) {
  try {
    std::forward<Work>(work)();
    return std::nullopt;
  } catch (...) {
    return exception_text(std::current_exception());
  }
}

} // namespace millwright
