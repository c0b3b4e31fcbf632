#include "runtime/message/channel_words.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

bool is_of_alarm(const page& x) {
  return !x.test && !x.digest && !x.shortest;
}

} // namespace

channel_words::channel_words(const std::string& title, const std::string& body) {
  if (!title.empty())
    title_.emplace(title);
  for (size_t from = 0; from < body.size();) {
    const auto end = std::min(body.find('\n', from), body.size());
    body_.emplace_back(body.substr(from, end - from));
    from = end + 1;
  }
}

std::optional<std::string> channel_words::title_of(const page& x, const page_words& words) const {
  if (!title_ || !is_of_alarm(x))
    return std::nullopt;
  return title_->filled(words, {}, text_place::plain);
}

std::optional<std::vector<std::string>> channel_words::lines_of(const page& x, const page_words& words) const {
  if (body_.empty() || !is_of_alarm(x))
    return std::nullopt;
  std::vector<std::string> out;
  for (const auto& line : body_)
    if (!line.says_nothing(words))
      out.push_back(line.filled(words, {}, text_place::plain));
  return out;
}

std::optional<std::string> channel_words::line_of(const page& x, const page_words& words) const {
  const auto lines = lines_of(x, words);
  if (!lines)
    return std::nullopt;
  std::string out;
  for (const auto& each : *lines)
    if (!each.empty())
      out += (out.empty() ? "" : "; ") + each;
  return out;
}

std::vector<std::string> channel_words::unknown_fields() const {
  std::vector<std::string> out;
  const auto look = [&](const message_template& x) {
    for (auto& each : x.unknown_fields())
      out.push_back(std::move(each));
    // There is one text for all.
    if (x.has_field("to"))
      out.emplace_back("to");
  };
  if (title_)
    look(*title_);
  for (const auto& each : body_)
    look(each);
  return out;
}

} // namespace millwright
