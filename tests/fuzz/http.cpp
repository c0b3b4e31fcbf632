// Any bytes as what a receiver answers to a page. Whatever came, the next answer is read for what it is.
#include "runtime/transport/http_outcome.hpp"
#include "tests/fuzz/must.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <thread>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

/// Reads a request and answers it with given bytes, then closes. It lives as long as the program.
class receiver {
public:
  receiver() {
    std::signal(SIGPIPE, SIG_IGN);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    must(listening_ >= 0 && bind(listening_, reinterpret_cast<sockaddr*>(&at), length) == 0 &&
             listen(listening_, 16) == 0 && getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &length) == 0,
         "a port can be listened on");
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/page";
    std::thread{[this] {
      for (;;)
        serve(accept(listening_, nullptr, nullptr));
    }}.detach();
  }

  const std::string& url() const { return url_; }
  void answer_with(std::string answer) {
    std::lock_guard guard{mutex_};
    answer_ = std::move(answer);
  }

private:
  void serve(int connection) {
    std::string got;
    char some[4096];
    while (got.find("\r\n\r\n{}") == got.npos) {
      const auto n = recv(connection, some, sizeof some, 0);
      if (n <= 0)
        break;
      got.append(some, static_cast<size_t>(n));
    }
    {
      std::lock_guard guard{mutex_};
      got = answer_;
    }
    for (size_t sent = 0; sent < got.size();) {
      const auto n = send(connection, got.data() + sent, got.size() - sent, MSG_NOSIGNAL);
      if (n <= 0)
        break;
      sent += static_cast<size_t>(n);
    }
    shutdown(connection, SHUT_WR);
    close(connection);
  }

  int listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::mutex mutex_;
  std::string url_, answer_;
};

void check(const http_answer& answer, const delivery_result& result) {
  using what = delivery_result::answer;
  must(answer.status >= 0 && answer.status <= 999, "a status has three digits");
  must((answer.status == 0) == !answer.error.empty(), "without an answer there is a reason");
  must(answer.body.size() <= 8000, "the beginning of a body is kept, no more");
  if (answer.retry_after)
    must(answer.retry_after->count() > 0 && answer.retry_after->count() <= 1'000'000'000, "a pause has an end");
  // The fuzzed receiver is no proxy.
  const int status = answer.status;
  const bool again = status == 0 || status == 408 || status == 409 || status == 425 || status == 429 || status >= 500;
  const bool of_page = status == 400 || status == 413 || status == 422;
  const auto expected = status >= 200 && status < 300 ? what::taken
                        : again                       ? what::try_again
                        : of_page                     ? what::refused_page
                                                      : what::refused_channel;
  must(result.what == expected, "an answer means what it says");
  must(result.detail.size() <= 400, "what is told of an answer is short");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto& there = *new receiver;
  static auto& client = *new http_client{milliseconds{2000}};
  there.answer_with({reinterpret_cast<const char*>(data), size});
  const auto answer = client.post(there.url(), {"Content-Type: application/json"}, "{}");
  check(answer, outcome_of(answer));
  if (size % 8 != 0)
    return 0;
  there.answer_with("HTTP/1.1 204 No Content\r\n\r\n");
  const auto next = client.post(there.url(), {"Content-Type: application/json"}, "{}");
  must(next.status == 204 && next.body.empty() && !next.retry_after, "an answer leaves nothing to the next one");
  return 0;
}
