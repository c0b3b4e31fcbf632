#include "runtime/message/text_places.hpp"

#include "protocol/code_point.hpp"
#include "protocol/json.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <iterator>

namespace millwright {

namespace {

// C1 controls (U+0080 to U+009F), and U+2028 and U+2029, which some take for the end of a line.
bool breaks_line(std::string_view point) {
  if (point.size() == 1)
    return static_cast<unsigned char>(point[0]) < 0x20 || point[0] == 0x7f;
  if (point.size() == 2)
    return point[0] == '\xc2' && static_cast<unsigned char>(point[1]) < 0xa0;
  return point == "\xe2\x80\xa8" || point == "\xe2\x80\xa9";
}

bool stays_in_form(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

} // namespace

std::string one_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = code_point_length(text);
    const auto point = text.substr(0, length);
    if (length == 0)
      out += '?';
    else if (breaks_line(point))
      out += ' ';
    else
      out += point;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string cut_line(std::string_view text, size_t most) {
  auto line = one_line(text);
  constexpr std::string_view dots = "...";
  size_t points = 0, end = 0;
  for (size_t i = 0; i < line.size(); i += code_point_length(std::string_view{line}.substr(i)), ++points) {
    if (points + dots.size() <= most)
      end = i;
    if (points == most) {
      line.resize(end);
      return line.append(dots.substr(0, most));
    }
  }
  return line;
}

std::string json_place(std::string_view text) {
  std::string out;
  append_json_string(out, one_line(text));
  return out.substr(1, out.size() - 2);
}

std::string form_place(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : one_line(text))
    if (stays_in_form(c)) {
      out += c;
    } else {
      out += '%';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
  return out;
}

std::string header_place(std::string_view text) {
  const auto line = one_line(text);
  std::string out;
  for (size_t i = 0; i < line.size();) {
    const auto length = code_point_length(std::string_view{line}.substr(i));
    out += length == 1 ? line[i] : '?';
    i += length;
  }
  return out;
}

std::string_view link_place(std::string_view text) {
  constexpr std::string_view schemes[] = {"http://", "https://"};
  const auto begins = [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size() && text[scheme.size()] != '/' &&
           text[scheme.size()] != ':';
  };
  const auto stays = [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\' && c != '`';
  };
  return std::any_of(std::begin(schemes), std::end(schemes), begins) && std::all_of(text.begin(), text.end(), stays)
             ? text
             : std::string_view{};
}

std::string html_place(std::string_view text) {
  std::string out;
  for (const char c : one_line(text))
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
    }
  return out;
}

std::string base64(std::string_view bytes) {
  // It ends what it writes with a zero.
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<size_t>(length));
  return out;
}

} // namespace millwright
