#pragma once

#include <string>

namespace millwright {

/// Holds a ledger's directory for this process while it lives. The kernel lets go of it with the process, however that
/// ends; the file stays and says who held it last.
class directory_lock {
public:
  /// Makes the directory where there is none. Throws failure(ledger_locked), naming the holder, or
  /// failure(ledger_unwritable).
  explicit directory_lock(const std::string& directory);
  directory_lock(const directory_lock&) = delete;
  directory_lock& operator=(const directory_lock&) = delete;
  ~directory_lock();

  /// In a forked child, so that the parent's death frees the directory at once.
  void leave_to_parent();

private:
  int file_ = -1;
};

} // namespace millwright
