#include "runtime/message/message_template.hpp"

#include "runtime/message/text_places.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr std::string_view recipient_field = "to";
constexpr std::string_view field_letters = "abcdefghijklmnopqrstuvwxyz_";

// Length of "{name}" at the beginning of `text`; 0 where there is no such thing.
size_t field_length(std::string_view text) {
  const auto end = text.find_first_not_of(field_letters, 1);
  return end == std::string_view::npos || end == 1 || text[end] != '}' ? 0 : end + 1;
}

} // namespace

std::string placed(std::string_view text, text_place where) {
  switch (where) {
  case text_place::json:
    return json_place(text);
  case text_place::form:
    return form_place(text);
  case text_place::header:
    return header_place(text);
  case text_place::plain:
    break;
  }
  return one_line(text);
}

message_template::message_template(const std::string& text) {
  std::string between;
  for (size_t i = 0; i < text.size();) {
    const auto length = text[i] == '{' ? field_length(std::string_view{text}.substr(i)) : 0;
    if (length == 0) {
      between += text[i++];
      continue;
    }
    if (!between.empty())
      pieces_.push_back({false, std::exchange(between, {})});
    pieces_.push_back({true, text.substr(i + 1, length - 2)});
    i += length;
  }
  if (!between.empty())
    pieces_.push_back({false, std::move(between)});
}

message_template message_template::literal(std::string text) {
  message_template out;
  if (!text.empty())
    out.pieces_.push_back({false, std::move(text)});
  return out;
}

bool message_template::has_field(std::string_view name) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [&](const piece& x) { return x.is_field && x.text == name; });
}

std::vector<std::string> message_template::unknown_fields() const {
  const page_words none;
  std::vector<std::string> out;
  for (const auto& each : pieces_)
    if (each.is_field && each.text != recipient_field && !word_named(none, each.text))
      out.push_back(each.text);
  return out;
}

bool message_template::says_nothing(const page_words& words) const {
  bool has_fields = false;
  for (const auto& each : pieces_)
    if (const auto* word = each.is_field ? word_named(words, each.text) : nullptr) {
      if (!word->empty())
        return false;
      has_fields = true;
    }
  return has_fields;
}

std::string message_template::filled(const page_words& words, std::string_view to, text_place where) const {
  std::string out;
  for (const auto& each : pieces_) {
    if (!each.is_field)
      out += each.text;
    else if (each.text == recipient_field)
      out += placed(to, where);
    else if (const auto* word = word_named(words, each.text))
      out += placed(*word, where);
  }
  return out;
}

std::vector<std::string> field_names() {
  auto out = word_names();
  out.emplace_back(recipient_field);
  return out;
}

} // namespace millwright
