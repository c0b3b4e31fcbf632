#include "runtime/message/ntfy_request.hpp"

#include "protocol/json.hpp"
#include "runtime/message/page_words.hpp"
#include "runtime/message/text_places.hpp"

#include <algorithm>

namespace millwright {

namespace {

// 4,096 bytes are a message; what has more becomes an attachment. A code point takes four at most.
constexpr size_t most_bytes = 3'900, longest_push = 950, longest_line = 450, longest_part = 300, longest_title = 120;

// A line a part, as long as there is room.
void append_guidance(std::string& out, const page& x, const page_words& words) {
  for (const auto& [name, text] : guidance_of(x, words)) {
    const auto taken = out.size() + name.size() + 3;
    if (name != "About" && name != "Cause" && taken < most_bytes)
      out.append("\n").append(name).append(": ").append(
          cut_line(text, std::min(longest_part, (most_bytes - taken) / 4)));
  }
}

int push_priority(const page& x) {
  if (x.test)
    return 3;
  if (x.kind == page_kind::notice)
    return 2;
  const int by_level = std::max(static_cast<int>(x.about.level) + 1, 2);
  // Old news, however bad it was.
  return x.digest ? std::min(by_level, 4) : by_level;
}

std::string_view tag_of(const page& x) {
  if (x.test)
    return "wrench";
  if (x.digest)
    return "incoming_envelope";
  if (x.kind == page_kind::notice)
    return ends_alarm(x) ? "white_check_mark" : "information_source";
  switch (x.about.level) {
  case severity::critical:
    return "rotating_light";
  case severity::high:
    return "red_circle";
  case severity::medium:
    return "orange_circle";
  default:
    return "yellow_circle";
  }
}

std::string message_of(const page& x, const page_words& words, const channel_words& own) {
  std::string out;
  if (const auto lines = own.lines_of(x, words)) {
    size_t left = longest_push;
    for (const auto& line : *lines) {
      const auto shown = cut_line(line, left);
      left -= std::min(left, shown.size() + 1);
      if (!shown.empty())
        out += (out.empty() ? "" : "\n") + shown;
    }
    return out;
  }
  out = x.guidance && !x.shortest ? cut_line(describe(x), longest_line) : cut_line(words.message, longest_push);
  append_guidance(out, x, words);
  return words.acknowledge.empty() ? out : out + '\n' + words.acknowledge;
}

bool is_topic(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(letters) == std::string_view::npos;
}

} // namespace

ntfy_topic topic_of(const std::string& url) {
  ntfy_topic out;
  const auto host = url.find("://");
  const auto slash = url.rfind('/');
  if (host == std::string::npos || slash < host + 3 || !is_topic(std::string_view{url}.substr(slash + 1)))
    return out;
  out.server = url.substr(0, slash);
  out.topic = url.substr(slash + 1);
  return out;
}

http_request ntfy_request(const ntfy_topic& where, const page& x, const channel_words& own) {
  const auto words = words_of(x);
  const auto title = x.test || x.digest || words.where.empty() ? words.what : words.what + ": " + words.where;
  std::string tags;
  append_json_string(tags, tag_of(x));
  http_request out;
  out.url = where.server + '/';
  out.headers = {header_line("Content-Type", "application/json")};
  if (!where.user.empty())
    out.headers.push_back(basic_login(where.user, where.password));
  else if (!where.password.empty())
    out.headers.push_back(header_line("Authorization", "Bearer " + where.password));
  json_object body{out.body};
  body.text("topic", where.topic)
      .text("title", cut_line(own.title_of(x, words).value_or(title), longest_title))
      .text("message", message_of(x, words, own))
      .integer("priority", push_priority(x))
      .raw("tags", '[' + tags + ']');
  if (!where.click.empty())
    body.text("click", where.click);
  body.close();
  return out;
}

} // namespace millwright
