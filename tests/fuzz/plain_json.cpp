#include "tests/fuzz/plain_json.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace millwright::fuzz {

namespace {

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 + (code >> 6));
    put(0x80 + code % 64);
  } else if (code < 0x10000) {
    put(0xe0 + (code >> 12));
    put(0x80 + (code >> 6) % 64);
    put(0x80 + code % 64);
  } else {
    put(0xf0 + (code >> 18));
    put(0x80 + (code >> 12) % 64);
    put(0x80 + (code >> 6) % 64);
    put(0x80 + code % 64);
  }
}

class json_text {
public:
  explicit json_text(std::string_view text) : text_{text} {}

  std::optional<plain_object> object() {
    plain_object out;
    skip_space();
    if (at_ >= text_.size() || text_[at_] != '{' || !members(out))
      return std::nullopt;
    skip_space();
    if (at_ != text_.size())
      return std::nullopt;
    return out;
  }

private:
  bool take(char c) {
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view{" \t\n\r"}.find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  // The whole of the outermost object; what is inside it is walked with a stack of its own.
  bool members(plain_object& out) {
    std::string open;
    std::string key;
    plain_value value;
    // Before each turn: at a value, or at the place of one.
    const auto begin = [&](char bracket) {
      open += bracket;
      skip_space();
      return true;
    };
    ++at_;
    begin('{');
    if (take('}'))
      return true;
    if (!member_key(key))
      return false;
    std::string outer_key = key;
    for (;;) {
      skip_space();
      if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[')) {
        if (open.size() == 1)
          out.fields[outer_key] = {plain_value::other, {}};
        const char bracket = text_[at_++];
        begin(bracket);
        if (!take(bracket == '{' ? '}' : ']')) {
          if (bracket == '{' && !member_key(key))
            return false;
          continue;
        }
        open.pop_back();
      } else {
        if (!scalar(value, out))
          return false;
        if (open.size() == 1)
          out.fields[outer_key] = value;
      }
      // Behind a value: whatever ends here ends.
      for (;;) {
        skip_space();
        if (take(','))
          break;
        if (!take(open.back() == '{' ? '}' : ']'))
          return false;
        open.pop_back();
        if (open.empty())
          return true;
      }
      if (open.back() == '{') {
        skip_space();
        if (!member_key(key))
          return false;
        if (open.size() == 1)
          outer_key = key;
      }
    }
  }

  bool member_key(std::string& key) {
    if (!string(key))
      return false;
    skip_space();
    return take(':');
  }

  bool scalar(plain_value& value, plain_object& out) {
    value = {};
    const auto rest = text_.substr(at_);
    if (rest.starts_with('"')) {
      value.what = plain_value::text;
      return string(value.content);
    }
    for (const std::string_view word : {"null", "true", "false"})
      if (rest.starts_with(word)) {
        at_ += word.size();
        value.what = word == "null" ? plain_value::null : plain_value::other;
        return true;
      }
    value.what = plain_value::number;
    return number(value.content, out);
  }

  bool digits() {
    const size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
      ++at_;
    return at_ > from;
  }

  bool number(std::string& content, plain_object& out) {
    const size_t from = at_;
    take('-');
    if (!take('0') && !digits())
      return false;
    if (take('.') && !digits())
      return false;
    if (take('e') || take('E')) {
      if (!take('+'))
        take('-');
      if (!digits())
        return false;
    }
    content = text_.substr(from, at_ - from);
    if (std::isinf(std::strtod(content.c_str(), nullptr)))
      out.beyond_double = true;
    return true;
  }

  bool hex4(uint32_t& code) {
    code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ >= text_.size())
        return false;
      const char c = text_[at_];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0)
        return false;
      code = code * 16 + static_cast<uint32_t>(digit);
    }
    return true;
  }

  bool escape(std::string& out) {
    if (at_ >= text_.size())
      return false;
    const char c = text_[at_++];
    constexpr std::string_view letters = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    if (const auto i = letters.find(c); i != letters.npos) {
      out += meant[i];
      return true;
    }
    uint32_t code = 0;
    if (c != 'u' || !hex4(code))
      return false;
    if (code >= 0xdc00 && code < 0xe000)
      return false;
    if (code >= 0xd800 && code < 0xdc00) {
      uint32_t low = 0;
      if (!take('\\') || !take('u') || !hex4(low) || low < 0xdc00 || low >= 0xe000)
        return false;
      code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
    }
    append_utf8(out, code);
    return true;
  }

  bool string(std::string& out) {
    out.clear();
    if (!take('"'))
      return false;
    for (;;) {
      const size_t from = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\') {
        if (static_cast<unsigned char>(text_[at_]) < 0x20)
          return false;
        ++at_;
      }
      const auto plain = text_.substr(from, at_ - from);
      if (!is_plain_utf8(plain))
        return false;
      out += plain;
      if (take('"'))
        return true;
      if (!take('\\') || !escape(out))
        return false;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

} // namespace

bool is_plain_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i++]);
    if (first < 0x80)
      continue;
    const int more = first >= 0xf0 && first < 0xf8   ? 3
                     : first >= 0xe0 && first < 0xf0 ? 2
                     : first >= 0xc0 && first < 0xe0 ? 1
                                                     : 0;
    if (more == 0)
      return false;
    uint32_t code = first & (0x3fu >> more);
    for (int k = 0; k < more; ++k, ++i) {
      if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80)
        return false;
      code = code * 64 + (static_cast<unsigned char>(text[i]) & 0x3f);
    }
    constexpr uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      return false;
  }
  return true;
}

std::optional<plain_object> read_plain_object(std::string_view text) {
  return json_text{text}.object();
}

} // namespace millwright::fuzz
