#pragma once

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
  } catch (const std::exception& problem) {
    return problem.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

} // namespace millwright
