#pragma once

#include "protocol/failure.hpp"

#include <functional>
#include <string>

namespace millwright {

/// Runs `work` in a child process and returns what it returned. A disk that cannot be read (SIGBUS), or LMDB trusting a
/// page that it should not, ends the child alone. Throws failure with `otherwise` and `where` when the child dies, with
/// the words of what it threw otherwise. Call it while there are no threads.
std::string answer_of_child(const std::function<std::string()>& work, failure_code otherwise, const std::string& where);

} // namespace millwright
