#include "runtime/transport/smtp_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace millwright {

namespace {

constexpr size_t longest_reply = 300;

struct dialogue {
  std::string_view left;
  mail_stage stage = mail_stage::connecting;
  /// The last refusal of the server, before we say good-bye.
  std::string reply;
  bool over = false;
};

size_t hand_out(char* to, size_t, size_t room, void* from) {
  auto& talk = *static_cast<dialogue*>(from);
  const auto some = std::min(room, talk.left.size());
  std::memcpy(to, talk.left.data(), some);
  talk.left.remove_prefix(some);
  return some;
}

size_t note_reply(char* data, size_t, size_t size, void* to) {
  auto& talk = *static_cast<dialogue*>(to);
  std::string_view line{data, size};
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
    line.remove_suffix(1);
  if (!talk.over && !line.empty() && (line[0] == '4' || line[0] == '5'))
    talk.reply = line.substr(0, longest_reply);
  return size;
}

// Only the command's name is looked at: what stands behind AUTH is secret.
int follow(CURL*, curl_infotype kind, char* data, size_t size, void* to) {
  auto& talk = *static_cast<dialogue*>(to);
  if (kind != CURLINFO_HEADER_OUT)
    return 0;
  const std::string_view line{data, size};
  if (line.starts_with("AUTH"))
    talk.stage = mail_stage::login;
  else if (line.starts_with("MAIL "))
    talk.stage = mail_stage::sender;
  else if (line.starts_with("RCPT "))
    talk.stage = mail_stage::recipient;
  else if (line.starts_with("DATA"))
    talk.stage = mail_stage::content;
  else if (line.starts_with("QUIT"))
    talk.over = true;
  return 0;
}

std::string url_of_server(const mail_server& server) {
  const auto port = server.port == 0 ? usual_port(server.security) : server.port;
  return (server.security == mail_security::tls ? "smtps://" : "smtp://") + server.host + ':' + std::to_string(port);
}

} // namespace

int usual_port(mail_security how) {
  return how == mail_security::none ? 25 : how == mail_security::starttls ? 587 : 465;
}

std::string_view name_of(mail_stage stage) {
  switch (stage) {
  case mail_stage::connecting:
    return "connecting";
  case mail_stage::login:
    return "the login";
  case mail_stage::sender:
    return "the sender";
  case mail_stage::recipient:
    return "the recipient";
  case mail_stage::content:
    break;
  }
  return "the message";
}

smtp_client::smtp_client(mail_server server, http_way way)
    : server_{std::move(server)}, timeout_{way.timeout}, transfer_{std::move(way)} {}

mail_answer smtp_client::send(const std::string& from, const std::string& to, std::string_view message) {
  dialogue talk;
  talk.left = message;
  auto* easy = transfer_.begin();
  const auto url = url_of_server(server_);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients{
      curl_slist_append(nullptr, ('<' + to + '>').c_str()), curl_slist_free_all};
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(server_.security == mail_security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!server_.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, server_.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, server_.password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, ('<' + from + '>').c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, hand_out);
  curl_easy_setopt(easy, CURLOPT_READDATA, &talk);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, note_reply);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &talk);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, note_reply);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &talk);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, follow);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, &talk);
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  // A server is not held between pages; and one that does not answer the good-bye is waited for this long.
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>((timeout_.count() + 999) / 1000));
  const auto end = transfer_.run();
  // What it points to goes with this call.
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 0L);
  const auto result = static_cast<CURLcode>(end.result);
  mail_answer out;
  out.taken = result == CURLE_OK && end.error.empty();
  out.stage = talk.stage;
  if (out.taken)
    return out;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  out.status = status >= 400 && status <= 599 ? static_cast<int>(status) : 0;
  out.no_session = result == CURLE_LOGIN_DENIED || result == CURLE_USE_SSL_FAILED || proxy_refuses(end.proxy_status);
  out.text = out.status != 0 && !talk.reply.empty() ? talk.reply : end.error;
  return out;
}

} // namespace millwright
