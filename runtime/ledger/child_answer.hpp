#pragma once

#include "protocol/failure.hpp"

#include <functional>
#include <string>

namespace millwright {

/// How it is told that the child died or threw something other than a failure, and that there could be none.
struct child_failures {
  failure_code died;
  failure_code no_child = died;
};

/// Runs `work` in a child process and returns what it returned. A disk that cannot be read (SIGBUS), or LMDB trusting a
/// page that it should not, ends the child alone. Throws the failure that `work` threw, or one about `where` (see
/// child_failures). Call it while there are no threads but the log's; `work` must not log, as a child has no such
/// thread.
std::string answer_of_child(const std::function<std::string()>& work, child_failures otherwise,
                            const std::string& where);

} // namespace millwright
