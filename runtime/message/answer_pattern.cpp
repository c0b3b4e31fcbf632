#include "runtime/message/answer_pattern.hpp"

#include <regex.h>

#include <algorithm>
#include <stdexcept>

namespace millwright {

struct answer_pattern::compiled {
  explicit compiled(const std::string& expression) {
    if (const int wrong = regcomp(&code, expression.c_str(), REG_EXTENDED | REG_NOSUB); wrong != 0) {
      char text[200];
      regerror(wrong, &code, text, sizeof text);
      throw std::invalid_argument{text};
    }
  }
  compiled(const compiled&) = delete;
  compiled& operator=(const compiled&) = delete;
  ~compiled() { regfree(&code); }

  regex_t code;
};

answer_pattern::answer_pattern(const std::string& expression) {
  if (expression.find('\0') != std::string::npos)
    throw std::invalid_argument{"it has a character of no value"};
  if (!expression.empty())
    compiled_ = std::make_shared<const compiled>(expression);
}

bool answer_pattern::found_in(const std::string& text) const {
  if (!compiled_)
    return false;
  auto whole = text;
  std::replace(whole.begin(), whole.end(), '\0', ' ');
  return regexec(&compiled_->code, whole.c_str(), 0, nullptr, 0) == 0;
}

} // namespace millwright
