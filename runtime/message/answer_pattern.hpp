#pragma once

#include <memory>
#include <string>

namespace millwright {

/// A POSIX extended regular expression that is looked for in answers. Unlike std::regex it takes no time beyond reason,
/// whatever the expression.
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
