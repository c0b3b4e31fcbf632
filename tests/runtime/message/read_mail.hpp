#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

/// A plain reader of what the program writes as mail; it throws on whatever RFC 5322, 2045 or 2047 would not have.
namespace millwright::testing {

struct read_part {
  std::string type, text;
};

struct read_message {
  /// Unfolded and decoded, by name; a name that comes twice is a mistake.
  std::map<std::string, std::string> headers;
  std::vector<std::string> header_order;
  std::vector<read_part> parts;
};

inline std::string from_base64(const std::string& text) {
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0, count = 0;
  for (const char c : text) {
    if (c == '=')
      break;
    const auto at = letters.find(c);
    if (at == std::string::npos)
      throw std::runtime_error{"no base64: " + text};
    bits = bits << 6 | static_cast<unsigned>(at);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 255);
    }
  }
  return out;
}

inline std::string from_quoted_printable(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    const auto next = text.substr(i + 1, 2);
    if (next != "\r\n")
      out += static_cast<char>(std::stoi(next, nullptr, 16));
    i += 2;
  }
  return out;
}

inline std::string decoded_words(const std::string& text) {
  const std::string begin = "=?utf-8?B?", end = "?=";
  std::string out;
  size_t at = 0;
  while (true) {
    const auto word = text.find(begin, at);
    // Between two encoded words a space is nothing.
    if (word == std::string::npos || (at > 0 && text.substr(at, word - at) != " ") || at == 0)
      out += text.substr(at, word - at);
    if (word == std::string::npos)
      return out;
    const auto close = text.find(end, word + begin.size());
    if (close == std::string::npos || close - word > 73)
      throw std::runtime_error{"no encoded word: " + text};
    out += from_base64(text.substr(word + begin.size(), close - word - begin.size()));
    at = close + 2;
  }
}

inline std::vector<std::string> lines_of_mail(const std::string& text) {
  std::vector<std::string> out;
  for (size_t from = 0; from < text.size();) {
    const auto to = text.find("\r\n", from);
    if (to == std::string::npos)
      throw std::runtime_error{"the last line has no end"};
    out.push_back(text.substr(from, to - from));
    from = to + 2;
    for (const char c : out.back())
      if (c < 0x20 || c >= 0x7f)
        throw std::runtime_error{"a line has something else than printable ASCII: " + out.back()};
    // An id cannot be folded.
    if (out.back().size() > (out.back().starts_with(" <") ? 998 : 76))
      throw std::runtime_error{"a line is too long: " + out.back()};
  }
  return out;
}

/// Takes the headers from the front of `lines`.
inline std::map<std::string, std::string> read_headers(const std::vector<std::string>& lines, size_t& at,
                                                       std::vector<std::string>* order = nullptr) {
  std::map<std::string, std::string> out;
  std::string name;
  for (; at < lines.size() && !lines[at].empty(); ++at) {
    const auto& line = lines[at];
    if (line[0] == ' ') {
      if (name.empty() || line.find_first_not_of(' ') == std::string::npos)
        throw std::runtime_error{"a fold of nothing"};
      out[name] += line;
      continue;
    }
    const auto colon = line.find(": ");
    const auto bare = line.find(':');
    if (bare == std::string::npos || (colon != bare && bare + 1 != line.size()))
      throw std::runtime_error{"no header: " + line};
    name = line.substr(0, bare);
    if (!out.emplace(name, bare + 1 == line.size() ? "" : line.substr(bare + 2)).second)
      throw std::runtime_error{"a header twice: " + name};
    if (order)
      order->push_back(name);
  }
  ++at;
  for (auto& [key, text] : out)
    text = decoded_words(text);
  return out;
}

inline std::string joined_lines(const std::vector<std::string>& lines, size_t from, size_t to) {
  std::string out;
  for (size_t i = from; i < to; ++i)
    out += lines[i] + "\r\n";
  return out;
}

inline read_message read_mail(const std::string& text) {
  const auto lines = lines_of_mail(text);
  read_message out;
  size_t at = 0;
  out.headers = read_headers(lines, at, &out.header_order);
  const auto& type = out.headers["Content-Type"];
  const std::string multipart = "multipart/alternative; boundary=\"";
  if (!type.starts_with(multipart)) {
    out.parts.push_back({type, from_quoted_printable(joined_lines(lines, at, lines.size()))});
    return out;
  }
  const auto boundary = "--" + type.substr(multipart.size(), type.size() - multipart.size() - 1);
  if (at >= lines.size() || lines[at] != boundary)
    throw std::runtime_error{"no first part"};
  while (lines[at] == boundary) {
    auto headers = read_headers(lines, ++at);
    if (headers["Content-Transfer-Encoding"] != "quoted-printable")
      throw std::runtime_error{"another encoding"};
    const auto from = at;
    while (at < lines.size() && !lines[at].starts_with(boundary))
      ++at;
    if (at == lines.size())
      throw std::runtime_error{"a part has no end"};
    out.parts.push_back({headers["Content-Type"], from_quoted_printable(joined_lines(lines, from, at))});
  }
  if (lines[at] != boundary + "--" || at + 1 != lines.size())
    throw std::runtime_error{"something behind the last part"};
  return out;
}

} // namespace millwright::testing
