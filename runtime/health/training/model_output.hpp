#pragma once

#include <string>

namespace millwright {

/// A file that is there whole or not at all: written beside its place, then put there. Opened before the work whose
/// result it takes: who cannot write it hears so at once.
class model_output {
public:
  /// Throws `failure` (output_unwritable).
  explicit model_output(const std::string& path);
  model_output(const model_output&) = delete;
  model_output& operator=(const model_output&) = delete;
  /// Unless it was published, nothing is left.
  ~model_output();

  /// Once. On disk on return. Throws as above.
  void publish(const std::string& bytes);

private:
  [[noreturn]] void fail() const;

  std::string path_, temporary_;
  int descriptor_ = -1;
};

} // namespace millwright
