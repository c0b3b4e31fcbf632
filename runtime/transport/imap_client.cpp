#include "runtime/transport/imap_client.hpp"

#include "runtime/message/text_places.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

namespace millwright {

namespace {

// A header, or the ids of some ten thousand mails.
constexpr size_t longest_taken = 256 << 10;
constexpr std::string_view validity_code = "[UIDVALIDITY ", search_answer = "* SEARCH";

struct imap_answer {
  std::string body;
  uint32_t validity = 0;
};

uint32_t leading_number(std::string_view text) {
  uint32_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// What is beyond the limit is read and forgotten.
size_t keep_body(char* data, size_t, size_t size, void* to) {
  auto& body = static_cast<imap_answer*>(to)->body;
  body.append(data, std::min(size, longest_taken - std::min(longest_taken, body.size())));
  return size;
}

size_t look_at_line(char* data, size_t, size_t size, void* to) {
  const std::string_view line{data, size};
  if (const auto at = line.find(validity_code); at != line.npos)
    static_cast<imap_answer*>(to)->validity = leading_number(line.substr(at + validity_code.size()));
  return size;
}

std::string search_day(std::chrono::sys_days day) {
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day date{day};
  char out[40];
  std::snprintf(out, sizeof out, "%u-%s-%04d", static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()));
  return out;
}

} // namespace

int usual_imap_port(mail_security how) {
  return how == mail_security::tls ? 993 : 143;
}

imap_client::imap_client(mail_server server, std::string folder, http_way way)
    : server_{std::move(server)}, folder_{std::move(folder)}, timeout_{way.timeout}, transfer_{std::move(way)} {}

imap_client::listed imap_client::mails_since(std::chrono::sys_days day) {
  listed out;
  std::string body;
  out.error = perform({}, std::string{"UID SEARCH SINCE "} + search_day(day), body, out.validity);
  if (!out.error.empty())
    return out;
  const auto at = body.find(search_answer);
  if (at == body.npos) {
    out.error = "the server does not say which mails there are";
    return out;
  }
  const auto line = std::string_view{body}.substr(at + search_answer.size());
  for (auto rest = line.substr(0, line.find_first_of("\r\n")); !rest.empty();) {
    const auto word = rest.substr(0, rest.find(' '));
    if (const auto mail = leading_number(word); mail != 0)
      out.mails.push_back(mail);
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return out;
}

imap_client::fetched imap_client::header_of(uint32_t mail) {
  fetched out;
  uint32_t ignored = 0;
  out.error = perform(std::string{";UID="} + std::to_string(mail) + ";SECTION=HEADER", {}, out.header, ignored);
  return out;
}

std::string imap_client::perform(const std::string& path, const std::string& command, std::string& body,
                                 uint32_t& validity) {
  imap_answer answer;
  auto* easy = transfer_.begin();
  const auto port = server_.port == 0 ? usual_imap_port(server_.security) : server_.port;
  const auto url = (server_.security == mail_security::tls ? "imaps://" : "imap://") + server_.host + ':' +
                   std::to_string(port) + '/' + form_place(folder_) + path;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "imap,imaps");
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(server_.security == mail_security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(easy, CURLOPT_USERNAME, server_.user.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, server_.password.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  if (!command.empty())
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, command.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, look_at_line);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &answer);
  // A server is not held between questions, and one that does not answer the good-bye is waited for this long.
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>((timeout_.count() + 999) / 1000));
  const auto end = transfer_.run();
  body = std::move(answer.body);
  validity = answer.validity;
  if (static_cast<CURLcode>(end.result) == CURLE_OK && end.error.empty())
    return {};
  return end.error.empty() ? "no answer" : end.error;
}

} // namespace millwright
