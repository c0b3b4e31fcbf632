#pragma once

#include "protocol/page.hpp"
#include "runtime/message/message_template.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// What a channel's people want to read in the place of our words, as templates: {what}, {action}, any name of
/// `word_names`. Of pages about an alarm alone: a digest, a test and a page in its shortest form stay as they are.
class channel_words {
public:
  channel_words() = default;
  /// Either may be empty: then that part stays as it is.
  channel_words(const std::string& title, const std::string& body);

  /// One line; none: ours holds. `words` here and below: the page's.
  std::optional<std::string> title_of(const page& x, const page_words& words) const;
  /// Line by line; none: ours hold. A line whose fields are all empty is left out: "Do: {action}" where nobody has
  /// written down what to do.
  std::optional<std::vector<std::string>> lines_of(const page& x, const page_words& words) const;
  /// The same in one line.
  std::optional<std::string> line_of(const page& x, const page_words& words) const;

  /// Names in braces that are none.
  std::vector<std::string> unknown_fields() const;

private:
  std::optional<message_template> title_;
  std::vector<message_template> body_;
};

} // namespace millwright
