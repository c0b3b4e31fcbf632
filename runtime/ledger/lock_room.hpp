#pragma once

#include <string>

namespace millwright {

/// Takes the disk space of LMDB's lock file before LMDB does: it maps the file with holes, and writing into a hole on a
/// full disk is SIGBUS. Call it before an environment is opened for writing. 0, or the system's error.
int reserve_lock_room(const std::string& directory);

} // namespace millwright
