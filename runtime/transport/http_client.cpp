#include "runtime/transport/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace millwright {

namespace {

// Whoever sends so much more says nothing that is of use.
constexpr size_t most_beyond = 56 << 10;

struct answer_so_far {
  size_t longest_body;
  std::string body = {};
  size_t read = 0;
  bool headers_whole = false;
};

// What is beyond the limit is read and forgotten: a connection is reused only when its answer was read whole.
size_t keep_beginning(char* data, size_t, size_t size, void* to) {
  auto& answer = *static_cast<answer_so_far*>(to);
  auto& body = answer.body;
  body.append(data, std::min(size, answer.longest_body - std::min(answer.longest_body, body.size())));
  answer.read += size;
  return answer.read <= answer.longest_body + most_beyond ? size : 0;
}

size_t look_at_header(char* data, size_t, size_t size, void* to) {
  const std::string_view line{data, size};
  static_cast<answer_so_far*>(to)->headers_whole = line == "\r\n" || line == "\n";
  return size;
}

using header_list = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

} // namespace

http_client::http_client(http_way way, size_t longest_body) : transfer_{std::move(way)}, longest_body_{longest_body} {}

http_answer http_client::post(const std::string& url, const std::vector<std::string>& headers, std::string_view body) {
  return send("POST", url, headers, body);
}

http_answer http_client::send(const std::string& method, const std::string& url,
                              const std::vector<std::string>& headers, std::string_view body) {
  auto* easy = transfer_.begin();
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  if (method != "POST")
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  return perform(easy, url, headers);
}

http_answer http_client::get(const std::string& url, const std::vector<std::string>& headers) {
  auto* easy = transfer_.begin();
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  return perform(easy, url, headers);
}

http_answer http_client::perform(void* easy, const std::string& url, const std::vector<std::string>& headers) {
  http_answer answer;
  answer_so_far so_far{longest_body_};
  header_list list{nullptr, curl_slist_free_all};
  for (const auto& line : headers)
    list.reset(curl_slist_append(list.release(), line.c_str()));
  // Without this line curl waits for "100 Continue" before a body of over 1 MB.
  list.reset(curl_slist_append(list.release(), "Expect:"));
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "millwright");
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_beginning);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &so_far);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, look_at_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &so_far);
  const auto end = transfer_.run();
  const auto result = static_cast<CURLcode>(end.result);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  // The status is the answer, even where its body is cut short or has no end: asking again would be a repeat.
  const bool has_status = status >= 100 && status <= 999;
  if (has_status && (result == CURLE_OK || (so_far.headers_whole && status >= 200))) {
    curl_off_t pause = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &pause);
    answer.status = static_cast<int>(status);
    answer.body = std::move(so_far.body);
    if (pause > 0)
      answer.retry_after = milliseconds{std::min<curl_off_t>(pause, 1'000'000) * 1000};
  } else {
    answer.proxy_status = end.proxy_status;
    answer.error = end.error.empty() ? "the answer has no status" : end.error;
  }
  return answer;
}

} // namespace millwright
