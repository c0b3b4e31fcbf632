#include "runtime/message/answer_pattern.hpp"

#include <regex.h>

#include <algorithm>
#include <stdexcept>

namespace millwright {

namespace {

constexpr size_t longest_expression = 200;

} // namespace

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
  if (expression.size() > longest_expression)
    throw std::invalid_argument{"it is longer than 200 characters"};
  int bounds = 0;
  for (size_t i = 0; i < expression.size(); ++i)
    if (expression[i] == '{' && ++bounds > 1)
      throw std::invalid_argument{"it has more than one {}: that may take for ever"};
    else if (expression[i] == '\\' && ++i < expression.size() && expression[i] >= '0' && expression[i] <= '9')
      throw std::invalid_argument{"it refers back to what it has found: that may take for ever"};
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
