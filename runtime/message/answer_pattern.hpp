#pragma once

#include <memory>
#include <string>

namespace millwright {

/// A POSIX extended regular expression that is looked for in answers. What may take time beyond reason is refused:
/// references back, more than one bound in braces, more than 200 characters.
class answer_pattern {
public:
  /// Empty: found nowhere. @throws std::invalid_argument, in words, for what is no expression.
  explicit answer_pattern(const std::string& expression = {});

  bool found_in(const std::string& text) const;

private:
  struct compiled;

  std::shared_ptr<const compiled> compiled_;
};

} // namespace millwright
