#include "runtime/transport/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>

namespace millwright {

namespace {

constexpr size_t longest_body = 1000;
// How long a wait inside may last at most without a look at the clock.
constexpr int wait_ms = 1000;

void prepare_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// Whoever sends more says nothing that is of use.
constexpr size_t longest_read = 64 << 10;

struct answer_so_far {
  std::string body;
  size_t read = 0;
  bool headers_whole = false;
};

// What is beyond the limit is read and forgotten: a connection is reused only when its answer was read whole.
size_t keep_beginning(char* data, size_t, size_t size, void* to) {
  auto& answer = *static_cast<answer_so_far*>(to);
  auto& body = answer.body;
  body.append(data, std::min(size, longest_body - std::min(longest_body, body.size())));
  answer.read += size;
  return answer.read <= longest_read ? size : 0;
}

size_t look_at_header(char* data, size_t, size_t size, void* to) {
  const std::string_view line{data, size};
  static_cast<answer_so_far*>(to)->headers_whole = line == "\r\n" || line == "\n";
  return size;
}

using header_list = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

} // namespace

http_client::http_client(http_way way) : way_{std::move(way)} {
  prepare_curl();
  easy_ = curl_easy_init();
  multi_ = curl_multi_init();
  if (!easy_ || !multi_)
    throw std::runtime_error{"libcurl cannot be used"};
}

http_client::~http_client() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

http_answer http_client::post(const std::string& url, const std::vector<std::string>& headers, std::string_view body) {
  begin();
  curl_easy_setopt(easy_, CURLOPT_POST, 1L);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  return perform(url, headers);
}

http_answer http_client::get(const std::string& url) {
  begin();
  curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  return perform(url, {});
}

// Not curl_easy_reset: it leaves libcurl 7.88 a pointer to the last answer's headers, which a folded first header
// follows after they are freed. A new handle costs little: the connections belong to the other one.
void http_client::begin() {
  curl_easy_cleanup(easy_);
  easy_ = curl_easy_init();
  if (!easy_)
    throw std::bad_alloc{};
}

void http_client::cancel() {
  cancelled_ = true;
  curl_multi_wakeup(multi_);
}

http_answer http_client::perform(const std::string& url, const std::vector<std::string>& headers) {
  http_answer answer;
  answer_so_far so_far;
  char error[CURL_ERROR_SIZE] = "";
  header_list list{nullptr, curl_slist_free_all};
  // Without this line curl waits for "100 Continue" before a body of over 1 MB.
  for (const auto& line : headers)
    list.reset(curl_slist_append(list.release(), line.c_str()));
  list.reset(curl_slist_append(list.release(), "Expect:"));
  curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, "millwright");
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  const std::pair<CURLoption, const std::string&> texts[] = {{CURLOPT_CAINFO, way_.authority},
                                                             {CURLOPT_SSLCERT, way_.certificate},
                                                             {CURLOPT_SSLKEY, way_.certificate_key},
                                                             {CURLOPT_PROXY, way_.proxy}};
  for (const auto& [option, text] : texts)
    if (!text.empty())
      curl_easy_setopt(easy_, option, text.c_str());
  // Only these: the system's directory of authorities would be asked beside the file.
  if (!way_.authority.empty())
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  // What the proxy says before the tunnel stands is not the receiver's answer.
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<int64_t>(way_.timeout.count() / 2, 1)));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<int64_t>(way_.timeout.count(), 1)));
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, keep_beginning);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &so_far);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, look_at_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, &so_far);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error);
  // The multi interface only for its wakeup: a stop must not wait for a receiver that hangs.
  curl_multi_add_handle(multi_, easy_);
  int running = 1;
  while (!cancelled_ && curl_multi_perform(multi_, &running) == CURLM_OK && running > 0)
    curl_multi_poll(multi_, nullptr, 0, wait_ms, nullptr);
  auto result = CURLE_ABORTED_BY_CALLBACK;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left))
    if (message->msg == CURLMSG_DONE)
      result = message->data.result;
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  // The status is the answer, even where its body is cut short or has no end: asking again would be a repeat.
  const bool has_status = status >= 100 && status <= 999;
  if (has_status && (result == CURLE_OK || (so_far.headers_whole && status >= 200))) {
    curl_off_t pause = 0;
    curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &pause);
    answer.status = static_cast<int>(status);
    answer.body = std::move(so_far.body);
    if (pause > 0)
      answer.retry_after = milliseconds{std::min<curl_off_t>(pause, 1'000'000) * 1000};
  } else {
    long of_proxy = 0;
    curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &of_proxy);
    answer.proxy_status = of_proxy >= 300 && of_proxy <= 999 ? static_cast<int>(of_proxy) : 0;
    answer.error = cancelled_           ? "stopped"
                   : result == CURLE_OK ? "the answer has no status"
                   : error[0] != '\0'   ? error
                                        : curl_easy_strerror(result);
  }
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, nullptr);
  return answer;
}

} // namespace millwright
