#include "runtime/source/listener_probe.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>

namespace millwright {

namespace {

using steady = std::chrono::steady_clock;
using namespace std::string_view_literals;

/// ApiVersions, version 0: answered before a login. Metadata, version 0, of no topic by name: not before.
constexpr auto api_versions = "\0\0\0\x0b\0\x12\0\0\0\0\0\x07\0\1m"sv;
constexpr auto metadata = "\0\0\0\x0f\0\3\0\0\0\0\0\x08\0\1m\0\0\0\0"sv;
/// The least ClientHello: TLS 1.2, no extensions.
constexpr auto client_hello = "\x16\3\1\0\x2d\1\0\0\x29\3\3"
                              "0123456789abcdef0123456789abcdef"
                              "\0\0\2\xc0\x2f\1\0"sv;
constexpr char tls_alert = '\x15', tls_handshake = '\x16';

class link {
public:
  link(const std::string& address, steady::time_point deadline) : deadline_{deadline} {
    const auto colon = address.rfind(':');
    if (colon == address.npos)
      return;
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    auto host = address.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
      host = host.substr(1, host.size() - 2);
    if (getaddrinfo(host.c_str(), address.c_str() + colon + 1, &wanted, &found) != 0)
      return;
    for (const auto* each = found; each && !connected_; each = each->ai_next)
      connect_to(*each);
    freeaddrinfo(found);
  }
  ~link() {
    if (fd_ >= 0)
      close(fd_);
  }
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  bool connected() const { return connected_; }

  /// The first bytes of what is answered; empty where the other side hangs up, none where it is silent.
  std::optional<std::string> ask(std::string_view request) {
    if (send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      return "";
    if (!wait(POLLIN))
      return std::nullopt;
    char some[8192];
    const auto got = recv(fd_, some, sizeof some, 0);
    return std::string{some, got > 0 ? static_cast<size_t>(got) : 0};
  }

private:
  void connect_to(const addrinfo& to) {
    if (fd_ >= 0)
      close(fd_);
    fd_ = socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol);
    if (fd_ < 0 || (connect(fd_, to.ai_addr, to.ai_addrlen) != 0 && errno != EINPROGRESS))
      return;
    int error = 0;
    socklen_t size = sizeof error;
    connected_ = wait(POLLOUT) && getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }

  bool wait(short events) const {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - steady::now()).count();
    pollfd watched{fd_, events, 0};
    return left > 0 && poll(&watched, 1, static_cast<int>(left)) > 0;
  }

  steady::time_point deadline_;
  int fd_ = -1;
  bool connected_ = false;
};

bool is_tls(const std::optional<std::string>& answer) {
  return answer && answer->size() > 1 && (answer->front() == tls_alert || answer->front() == tls_handshake) &&
         (*answer)[1] == '\3';
}

} // namespace

listener_kind probe_listener(const std::string& address, milliseconds patience) {
  {
    link plain{address, steady::now() + patience};
    if (!plain.connected())
      return listener_kind::none;
    const auto versions = plain.ask(api_versions);
    if (is_tls(versions))
      return listener_kind::tls;
    // A reply begins with its length and the number of the request.
    if (versions && versions->size() >= 8 && versions->substr(4, 4) == "\0\0\0\7"sv) {
      const auto answer = plain.ask(metadata);
      return !answer ? listener_kind::other : answer->empty() ? listener_kind::login : listener_kind::plain;
    }
  }
  link tls{address, steady::now() + patience};
  return tls.connected() && is_tls(tls.ask(client_hello)) ? listener_kind::tls : listener_kind::other;
}

} // namespace millwright
