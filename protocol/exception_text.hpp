#pragma once

#include <exception>
#include <string>

namespace millwright {

/// What `thrown`, which is some exception, says of itself.
inline std::string exception_text(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

} // namespace millwright
