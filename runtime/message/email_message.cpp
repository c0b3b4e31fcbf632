#include "runtime/message/email_message.hpp"

#include "runtime/message/mail_encoding.hpp"
#include "runtime/message/page_words.hpp"
#include "runtime/message/text_places.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace millwright {

namespace {

// Never a part of quoted-printable: there a hexadecimal digit or a line end follows the sign.
constexpr std::string_view boundary = "=_millwright";
constexpr size_t longest_subject = 150;
constexpr size_t most_digest_lines = 200;

bool is_domain_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool is_atom_character(char c) {
  constexpr std::string_view others = "!#$%&'*+/=?^_`{|}~";
  return is_domain_character(c) || others.find(c) != std::string_view::npos;
}

bool has_empty_part(std::string_view text) {
  return text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos;
}

// What may not stand in an id becomes =XX: two keys never become one.
std::string id_of(std::string_view prefix, std::string_view key, const mail_addresses& who) {
  std::string out = "<";
  out += prefix;
  for (const char c : key) {
    if (c != '=' && is_atom_character(c)) {
      out += c;
      continue;
    }
    char text[4];
    std::snprintf(text, sizeof text, "=%02X", static_cast<unsigned char>(c));
    out += text;
  }
  const auto at = who.from.rfind('@');
  return out + '@' + (at == std::string::npos ? "millwright.invalid" : who.from.substr(at + 1)) + '>';
}

std::string date_text(event_time at) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0000",
                days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

bool calendar_shows(event_time at) {
  return at >= from_epoch_ms(0) && at < from_epoch_ms(253'402'300'800'000);
}

std::string subject_text(const page& x, const page_words& words) {
  if (x.test || x.shortest)
    return words.message;
  if (x.digest)
    return words.what;
  auto out = words.what;
  // What a group is said to be names its subject.
  if (const auto& subject = is_group(x.about.condition) ? words.reason : words.where; !subject.empty())
    out += ": " + subject;
  if (!words.value.empty())
    out += ": " + words.value;
  return out;
}

std::string subject_line(const page& x, const page_words& words, const channel_words& own) {
  return cut_line(own.title_of(x, words).value_or(subject_text(x, words)), longest_subject);
}

std::vector<std::string> lines_below(const page& x) {
  return x.digest && !x.shortest ? digest_lines(*x.digest, most_digest_lines) : std::vector<std::string>{};
}

page_facts rows_of(const page& x, const page_words& words) {
  auto out = guidance_of(x, words);
  for (auto& each : facts_of(x, words))
    out.push_back(std::move(each));
  return out;
}

std::string plain_content(const page& x, const page_words& words) {
  // What to do stands below it.
  auto out = headline_of(x, words) + '\n';
  const auto guidance = guidance_of(x, words), facts = facts_of(x, words);
  const auto lines = lines_below(x);
  for (const auto* rows : {&guidance, &facts}) {
    if (!rows->empty())
      out += '\n';
    for (const auto& [name, text] : *rows)
      out += name + ": " + text + '\n';
  }
  if (!lines.empty())
    out += '\n';
  for (const auto& line : lines)
    out += line + '\n';
  if (!words.acknowledge.empty())
    out += "\nAcknowledge: " + words.acknowledge + '\n';
  if (!words.look.empty() && !x.shortest)
    out += (words.acknowledge.empty() ? "\nLook: " : "Look: ") + words.look + '\n';
  return out;
}

std::string plain_body(const page& x, const page_words& words, const channel_words& own) {
  std::string out;
  if (const auto lines = own.lines_of(x, words))
    for (const auto& line : *lines)
      out += one_line(line) + '\n';
  else
    out = plain_content(x, words);
  if (x.shortest)
    return out;
  // Two hyphens and a space begin what mail programs take for a signature.
  return out + "\n-- \nmillwright, page " + words.key + (x.may_repeat ? ", may come again" : "") + '\n';
}

std::string_view colour_of(const page& x) {
  if (ends_alarm(x) || x.test)
    return "#2e7d32";
  return x.about.level >= severity::high ? "#b71c1c" : "#e65100";
}

void append_html_content(std::string& out, const page& x, const page_words& words) {
  const auto facts = rows_of(x, words);
  if (!facts.empty())
    out += "<table>\n";
  for (const auto& [name, text] : facts)
    out.append("<tr><td>").append(name).append("</td><td>").append(html_place(text)).append("</td></tr>\n");
  if (!facts.empty())
    out += "</table>\n";
  const auto lines = lines_below(x);
  if (!lines.empty())
    out += "<ul>\n";
  for (const auto& line : lines)
    out.append("<li>").append(html_place(line)).append("</li>\n");
  if (!lines.empty())
    out += "</ul>\n";
  if (!words.acknowledge.empty())
    out.append("<p>Acknowledge: <code>").append(html_place(words.acknowledge)).append("</code></p>\n");
  if (!words.look.empty())
    out.append("<p>Look: <code>").append(html_place(words.look)).append("</code></p>\n");
}

std::string html_body(const page& x, const page_words& words, const channel_words& own) {
  std::string out = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>\n"
                    "<body style=\"font-family:sans-serif\">\n<p style=\"border-left:6px solid ";
  out.append(colour_of(x))
      .append(";padding-left:8px\"><b>")
      .append(html_place(own.title_of(x, words).value_or(headline_of(x, words))))
      .append("</b></p>\n");
  if (const auto lines = own.lines_of(x, words))
    for (const auto& line : *lines)
      out.append("<div>").append(html_place(line)).append("</div>\n");
  else
    append_html_content(out, x, words);
  out.append("<p style=\"color:#757575\"><small>millwright, page ").append(html_place(words.key));
  return out.append(x.may_repeat ? ", may come again" : "").append("</small></p>\n</body></html>\n");
}

void append_part_headers(std::string& out, std::string_view type) {
  out.append("Content-Type: ").append(type).append("; charset=utf-8\r\n");
  out += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
}

void append_address_headers(std::string& out, const mail_addresses& who) {
  out.append("From: millwright <").append(who.from).append(">\r\nTo: ");
  for (size_t i = 0; i < who.to.size(); ++i)
    out.append(i > 0 ? ",\r\n " : "").append(who.to[i]);
  out += "\r\n";
}

} // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.size() > 254 || at > 64)
    return false;
  const auto local = text.substr(0, at), domain = text.substr(at + 1);
  return !has_empty_part(local) && !has_empty_part(domain) &&
         std::all_of(local.begin(), local.end(), is_atom_character) &&
         std::all_of(domain.begin(), domain.end(), is_domain_character);
}

std::string email_subject(const page& x, const channel_words& own) {
  return subject_line(x, words_of(x), own);
}

std::string email_text(const page& x, const channel_words& own) {
  return plain_body(x, words_of(x), own);
}

std::string message_id_of(const page& x, const mail_addresses& who) {
  return id_of("", receiver_key_of(x), who);
}

std::string email_message(const page& x, const mail_addresses& who, event_time date, const channel_words& own) {
  const auto words = words_of(x);
  std::string out;
  if (calendar_shows(date))
    out.append("Date: ").append(date_text(date)).append("\r\n");
  append_address_headers(out, who);
  append_mail_header(out, "Subject", subject_line(x, words, own));
  out.append("Message-ID:\r\n ").append(message_id_of(x, who)).append("\r\n");
  if (!x.digest && !x.test) {
    const auto thread = id_of("alarm-", words.alarm_id, who);
    out.append("In-Reply-To:\r\n ").append(thread).append("\r\n");
    out.append("References:\r\n ").append(thread).append("\r\n");
  }
  out += "Auto-Submitted: auto-generated\r\n";
  if (x.kind == page_kind::alert && x.about.level == severity::critical)
    out += "Importance: high\r\nX-Priority: 1\r\n";
  if (x.may_repeat)
    out += "X-Millwright-May-Repeat: true\r\n";
  out += "MIME-Version: 1.0\r\n";
  if (x.shortest) {
    append_part_headers(out, "text/plain");
    return out + quoted_printable(plain_body(x, words, own));
  }
  out.append("Content-Type: multipart/alternative; boundary=\"").append(boundary).append("\"\r\n\r\n");
  out.append("--").append(boundary).append("\r\n");
  append_part_headers(out, "text/plain");
  out.append(quoted_printable(plain_body(x, words, own))).append("\r\n--").append(boundary).append("\r\n");
  append_part_headers(out, "text/html");
  out.append(quoted_printable(html_body(x, words, own))).append("\r\n--").append(boundary).append("--\r\n");
  return out;
}

} // namespace millwright
