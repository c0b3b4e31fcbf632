#include "runtime/transport/curl_transfer.hpp"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>

namespace millwright {

namespace {

// How long a wait inside may last at most without a look at the clock.
constexpr int wait_ms = 1000;

void prepare_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

curl_socket_t open_by(void* transfer, curlsocktype, curl_sockaddr* at) {
  return static_cast<curl_transfer*>(transfer)->open_socket(at->family, at->socktype, at->protocol);
}

int close_by(void* transfer, curl_socket_t socket) {
  return static_cast<curl_transfer*>(transfer)->close_socket(socket);
}

} // namespace

curl_transfer::curl_transfer(http_way way) : way_{std::move(way)} {
  prepare_curl();
  easy_ = curl_easy_init();
  multi_ = curl_multi_init();
  if (!easy_ || !multi_)
    throw std::runtime_error{"libcurl cannot be used"};
}

curl_transfer::~curl_transfer() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

// Not curl_easy_reset: it leaves libcurl 7.88 a pointer to the last answer's headers, which a folded first header
// follows after they are freed. A new handle costs little: the connections belong to the other one.
void* curl_transfer::begin() {
  curl_easy_cleanup(easy_);
  easy_ = curl_easy_init();
  if (!easy_)
    throw std::bad_alloc{};
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, open_by);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, close_by);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, this);
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
  return easy_;
}

curl_transfer::end curl_transfer::run() {
  char error[CURL_ERROR_SIZE] = "";
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
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, nullptr);
  long of_proxy = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &of_proxy);
  end out;
  out.result = result;
  out.proxy_status = of_proxy >= 300 && of_proxy <= 999 ? static_cast<int>(of_proxy) : 0;
  if (cancelled_)
    out.error = "stopped";
  else if (result != CURLE_OK)
    out.error = error[0] != '\0' ? error : curl_easy_strerror(result);
  return out;
}

int curl_transfer::open_socket(int family, int type, int protocol) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return CURL_SOCKET_BAD;
  const auto fd = socket(family, type | SOCK_CLOEXEC, protocol);
  if (fd >= 0)
    sockets_.insert(fd);
  return fd;
}

int curl_transfer::close_socket(int socket) {
  std::lock_guard guard{mutex_};
  sockets_.erase(socket);
  return close(socket);
}

// The sockets first: libcurl waits for a mail server's last answer without a look at anything else, and ends a mail
// that is taken out of its hands half-way as if it were whole.
void curl_transfer::cancel() {
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    for (const int each : sockets_)
      shutdown(each, SHUT_RDWR);
  }
  cancelled_ = true;
  curl_multi_wakeup(multi_);
}

} // namespace millwright
