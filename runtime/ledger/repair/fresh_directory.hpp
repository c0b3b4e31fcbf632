#pragma once

#include <string>

namespace millwright {

/// A directory that is there whole or not at all: made under a name of its own beside `path`, and given that name by
/// `finish`. Without it all goes again.
class fresh_directory {
public:
  /// Throws failure(output_unwritable), also when there is something at `path` already.
  explicit fresh_directory(const std::string& path);
  fresh_directory(const fresh_directory&) = delete;
  fresh_directory& operator=(const fresh_directory&) = delete;
  ~fresh_directory();

  /// Where to write meanwhile.
  const std::string& working() const { return working_; }
  /// Durable on return. Throws failure(output_unwritable).
  void finish();

private:
  std::string path_, working_;
  bool finished_ = false;
};

/// Makes what was written to a file durable. Throws failure(output_unwritable).
void sync_file(const std::string& path);
void sync_parent(const std::string& path);

} // namespace millwright
