#pragma once

#include "protocol/time.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <string>

namespace millwright {

/// How a receiver is reached, beside its address.
struct http_way {
  http_way(milliseconds timeout = milliseconds{10'000}) : timeout{timeout} {}

  /// For a whole request, the proxy included; connecting may take half of it.
  milliseconds timeout;
  /// PEM files: who signs the receiver's certificate (empty: the system's authorities); our own certificate and its
  /// key.
  std::string authority, certificate, certificate_key;
  /// Empty: the environment says, as for curl (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY).
  std::string proxy;
};

/// A proxy that wants another login, or forbids the receiver, is for somebody to mend.
constexpr bool proxy_refuses(int status) {
  return status == 403 || status == 407;
}

/// One receiver's connection by libcurl, kept between transfers: what HTTP and SMTP have in common. Certificates are
/// verified. One thread at a time, but for `cancel`.
class curl_transfer {
public:
  explicit curl_transfer(http_way way);
  curl_transfer(const curl_transfer&) = delete;
  curl_transfer& operator=(const curl_transfer&) = delete;
  ~curl_transfer();

  /// A CURL handle for the next transfer, with all that `way` says; it belongs to this, until the next call.
  void* begin();

  struct end {
    /// A CURLcode.
    int result = 0;
    /// Why it failed, in words; empty where it did not.
    std::string error;
    /// What a proxy answered that made no tunnel; 0: there was none, or it did.
    int proxy_status = 0;
  };
  /// Runs the transfer that was begun. The handle can be asked about it afterwards.
  end run();

  /// From any thread: a running and every later transfer ends at once.
  void cancel();
  bool cancelled() const { return cancelled_; }

  /// For libcurl alone, which opens and closes sockets by these.
  int open_socket(int family, int type, int protocol);
  int close_socket(int socket);

private:
  void* easy_ = nullptr;
  void* multi_ = nullptr;
  http_way way_;
  std::mutex mutex_;
  /// Under the mutex: so that `cancel` shuts down none that is somebody else's by now.
  std::set<int> sockets_;
  bool closed_ = false;
  std::atomic<bool> cancelled_{false};
};

} // namespace millwright
