#include "runtime/message/mail_reply.hpp"

#include "runtime/message/email_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millwright {

namespace {

constexpr size_t longest_uuid = 36;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view{} : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Name in small letters and what stands behind it, folded lines as one.
std::vector<std::pair<std::string, std::string>> fields_of(std::string_view header) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!header.empty()) {
    const auto end = header.find('\n');
    auto line = header.substr(0, end);
    header.remove_prefix(end == header.npos ? header.size() : end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (line.empty())
      break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (!out.empty())
        out.back().second.append(" ").append(trimmed(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon != line.npos)
      out.emplace_back(in_small_letters(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  }
  return out;
}

// Without quoted texts and comments, in which anything may stand: a name that looks like another's address.
std::string without_remarks(std::string_view text) {
  std::string out;
  bool quoted = false;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((quoted || depth > 0) && c == '\\') {
      ++i;
    } else if (c == '"' && depth == 0) {
      quoted = !quoted;
    } else if (quoted) {
      continue;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      depth = std::max(depth - 1, 0);
    } else if (depth == 0) {
      out += c;
    }
  }
  return out;
}

// Of exactly one.
std::string address_in(std::string_view field) {
  const auto plain = without_remarks(field);
  std::string_view text = plain;
  const auto open = text.find('<');
  if (open != text.npos) {
    const auto close = text.find('>', open);
    if (close == text.npos || text.find('<', open + 1) != text.npos || !trimmed(text.substr(close + 1)).empty())
      return {};
    text = text.substr(open + 1, close - open - 1);
  }
  const auto address = trimmed(text);
  return is_mail_address(address) ? in_small_letters(address) : std::string{};
}

// Of a mail's id: <alarm-UUID@DOMAIN> of the thread, <UUID-NUMBER-CHANNEL@DOMAIN> of a page.
std::optional<uuid> alarm_of(std::string_view id, std::string_view domain) {
  constexpr std::string_view thread = "alarm-";
  const auto at = id.rfind('@');
  if (at == id.npos || in_small_letters(id.substr(at + 1)) != domain)
    return std::nullopt;
  auto local = id.substr(0, at);
  const bool of_thread = local.starts_with(thread);
  if (of_thread)
    local.remove_prefix(thread.size());
  if (local.size() < longest_uuid ||
      (of_thread ? local.size() > longest_uuid : local.size() == longest_uuid || local[longest_uuid] != '-'))
    return std::nullopt;
  uuid out;
  return parse_uuid(local.substr(0, longest_uuid), out) ? std::optional{out} : std::nullopt;
}

void add_alarms(std::string_view field, std::string_view domain, std::vector<uuid>& out) {
  for (auto open = field.find('<'); open != field.npos; open = field.find('<', open + 1)) {
    const auto close = field.find('>', open);
    if (close == field.npos)
      return;
    if (const auto alarm = alarm_of(trimmed(field.substr(open + 1, close - open - 1)), domain);
        alarm && std::find(out.begin(), out.end(), *alarm) == out.end())
      out.push_back(*alarm);
  }
}

bool says_automatic(const std::string& name, const std::string& value) {
  const auto what = in_small_letters(value);
  if (name == "auto-submitted")
    return !what.starts_with("no");
  if (name == "precedence")
    return what == "bulk" || what == "junk" || what == "list" || what == "auto_reply";
  if (name == "return-path")
    return what == "<>";
  if (name == "content-type")
    return what.starts_with("multipart/report");
  return name == "x-autoreply" || name == "x-autorespond" || name == "list-id";
}

std::optional<int> number_in(std::string_view text) {
  int out = 0;
  const auto end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, out);
  return problem == std::errc{} && at == end && !text.empty() && text[0] != '-' ? std::optional{out} : std::nullopt;
}

std::vector<std::string_view> words_in(std::string_view text) {
  std::vector<std::string_view> out;
  while (!(text = trimmed(text)).empty()) {
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

std::optional<std::chrono::minutes> zone_in(std::string_view text) {
  if (text == "GMT" || text == "UT" || text == "UTC" || text == "Z")
    return std::chrono::minutes{0};
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-'))
    return std::nullopt;
  const auto hours = number_in(text.substr(1, 2)), minutes = number_in(text.substr(3, 2));
  if (!hours || !minutes || *minutes > 59)
    return std::nullopt;
  return std::chrono::minutes{(text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes)};
}

std::optional<std::chrono::seconds> time_in(std::string_view text) {
  if ((text.size() != 5 && text.size() != 8) || text[2] != ':' || (text.size() == 8 && text[5] != ':'))
    return std::nullopt;
  const auto hour = number_in(text.substr(0, 2)), minute = number_in(text.substr(3, 2)),
             second = text.size() == 8 ? number_in(text.substr(6)) : std::optional{0};
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

} // namespace

std::string in_small_letters(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return out;
}

std::optional<event_time> parse_mail_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
  const auto plain = without_remarks(text);
  auto words = words_in(plain);
  if (!words.empty() && words[0].ends_with(','))
    words.erase(words.begin());
  if (words.size() != 5)
    return std::nullopt;
  const auto day = number_in(words[0]), year = number_in(words[2]);
  const auto month = std::find(months.begin(), months.end(), in_small_letters(words[1]));
  const auto of_day = time_in(words[3]);
  const auto zone = zone_in(words[4]);
  if (!day || !year || month == months.end() || !of_day || !zone || *year < 1970 || *year > 9999)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(month - months.begin() + 1)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok())
    return std::nullopt;
  return event_time{std::chrono::sys_days{date}} + *of_day - *zone;
}

mail_reply read_mail_reply(std::string_view header, std::string_view domain) {
  const auto own = in_small_letters(domain);
  mail_reply out;
  size_t senders = 0;
  bool received = false;
  std::optional<event_time> written;
  for (const auto& [name, value] : fields_of(header)) {
    out.automatic = out.automatic || says_automatic(name, value);
    if (name == "from") {
      ++senders;
      out.from = address_in(value);
    } else if (name == "in-reply-to" || name == "references") {
      add_alarms(value, own, out.alarms);
    } else if (name == "received" && !std::exchange(received, true)) {
      // The newest one stands first: of our own server.
      const auto behind = value.rfind(';');
      if (behind != value.npos)
        out.at = parse_mail_date(std::string_view{value}.substr(behind + 1));
    } else if (name == "date") {
      written = parse_mail_date(value);
    }
  }
  if (senders != 1)
    out.from.clear();
  if (!received)
    out.at = written;
  return out;
}

} // namespace millwright
