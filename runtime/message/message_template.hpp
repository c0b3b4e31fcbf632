#pragma once

#include "runtime/message/page_words.hpp"
#include "runtime/message/text_place.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Escaped for where it stands.
std::string placed(std::string_view text, text_place where);

/// A text with fields: {what}, {where}, any name of `word_names`, and {to}, who gets it. What is no name in braces
/// stays as it is: JSON has braces of its own.
class message_template {
public:
  explicit message_template(const std::string& text = {});
  /// A text that has no fields, whatever is in it.
  static message_template literal(std::string text);

  bool empty() const { return pieces_.empty(); }
  bool has_field(std::string_view name) const;
  /// Names in braces that are none.
  std::vector<std::string> unknown_fields() const;
  /// It has fields, and none of them has anything to say.
  bool says_nothing(const page_words& words) const;

  /// Each field escaped for `where`, and nothing else changed.
  std::string filled(const page_words& words, std::string_view to, text_place where) const;

private:
  struct piece {
    bool is_field = false;
    std::string text;
  };

  std::vector<piece> pieces_;
};

/// All that may stand in braces.
std::vector<std::string> field_names();

} // namespace millwright
