#include "runtime/message/mail_encoding.hpp"

#include "protocol/code_point.hpp"
#include "runtime/message/text_places.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr size_t longest_mail_line = 76;
constexpr std::string_view word_begin = "=?utf-8?B?", word_end = "?=";
// An encoded word has 75 characters at most: 45 bytes become 60 letters.
constexpr size_t bytes_a_word = 45;

std::string single_spaced(std::string_view text) {
  std::string out;
  for (const char c : one_line(text))
    if (c != ' ' || (!out.empty() && out.back() != ' '))
      out += c;
  if (out.ends_with(' '))
    out.pop_back();
  return out;
}

bool may_stand_plain(const std::string& text, size_t name) {
  if (text.find("=?") != std::string::npos)
    return false;
  size_t word = 0, column = name;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80)
      return false;
    word = c == ' ' ? 0 : word + 1;
    // The first word stands behind the name, any other may begin a line.
    column = c == ' ' ? 0 : column + 1;
    if (std::max(word, column) >= longest_mail_line)
      return false;
  }
  return true;
}

void append_folded(std::string& out, const std::string& text, size_t column) {
  for (size_t i = 0; i < text.size();) {
    const auto end = std::min(text.find(' ', i + 1), text.size());
    if (i > 0 && column + (end - i) > longest_mail_line) {
      out += "\r\n";
      column = 0;
    }
    out.append(text, i, end - i);
    column += end - i;
    i = end;
  }
}

void append_encoded_words(std::string& out, std::string_view text, size_t column) {
  // What the first line has room for is less than a word.
  auto room = longest_mail_line - column - word_begin.size() - word_end.size();
  auto bytes = std::min(bytes_a_word, room / 4 * 3);
  while (!text.empty()) {
    size_t some = 0;
    while (some < text.size()) {
      const auto next = std::max<size_t>(code_point_length(text.substr(some)), 1);
      if (some + next > bytes)
        break;
      some += next;
    }
    out += word_begin;
    out += base64(text.substr(0, some));
    out += word_end;
    text.remove_prefix(some);
    if (!text.empty())
      out += "\r\n ";
    bytes = bytes_a_word;
  }
}

bool stays_printable(char c) {
  return c >= 0x20 && c < 0x7f && c != '=';
}

} // namespace

void append_mail_header(std::string& out, std::string_view name, std::string_view text) {
  const auto line = single_spaced(text);
  out.append(name).append(": ");
  const auto column = name.size() + 2;
  if (may_stand_plain(line, column))
    append_folded(out, line, column);
  else
    append_encoded_words(out, line, column);
  out += "\r\n";
}

std::string quoted_printable(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  size_t column = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool last = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = stays_printable(c) && !(c == ' ' && last);
    const size_t wanted = plain ? 1 : 3;
    // The last column belongs to the sign that the line goes on.
    if (column + wanted > longest_mail_line - (last ? 0 : 1)) {
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += c;
    } else {
      out += '=';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
    column += wanted;
  }
  return out;
}

} // namespace millwright
