#pragma once

#include "runtime/admin/admin_backend.hpp"
#include "runtime/admin/admin_request.hpp"
#include "runtime/admin/admin_socket.hpp"

#include <atomic>
#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace millwright {

struct admin_limits {
  size_t clients = 32;
  /// Bytes of a request.
  size_t line = 64 << 10;
  /// Bytes of results read in one go.
  size_t piece = 256 << 10;
  /// How often a follower looks for what is new.
  std::chrono::milliseconds look_every{500};
  /// Windows that are open are told again, where they have changed.
  std::chrono::milliseconds update_every{1000};
  /// A client that takes nothing, or asks nothing, for so long is dropped.
  std::chrono::milliseconds patience{60'000};
};

/// Answers `millwright results`, `alarms` and `ack` over a local socket. A JSON request a line (admin_request.hpp);
/// each is answered by JSON lines and a last one, {"end":true} or {"error":"..."}. A thread a client, so that a slow
/// answer or a slow reader holds up nobody else; none of them is ever waited for by the node.
class admin_server {
public:
  /// Listens at once; see `listening_socket` for what it throws. `backend`'s objects outlive the server.
  admin_server(const std::string& path, admin_backend backend, admin_limits limits = {});
  /// Stops.
  ~admin_server();

  admin_server(const admin_server&) = delete;
  admin_server& operator=(const admin_server&) = delete;

  /// Ends every connection; returns when no call into the backend is under way any more. Before the ledger, the
  /// journal and the router go away.
  void stop();

private:
  struct client {
    descriptor connection;
    std::atomic<bool> done{false};
    std::thread thread;
  };
  class conversation;

  void accept_clients();
  void take_in(int connection);
  void forget_finished();

  admin_backend backend_;
  admin_limits limits_;
  /// None once it has stopped, so that whoever waits to be accepted is told.
  std::optional<listening_socket> listening_;
  /// Readable once the server stops; wakes every poll.
  descriptor stopped_;
  std::atomic<bool> stopping_{false};
  /// The accepting thread only, and `stop` after its end.
  std::list<client> clients_;
  std::thread accepting_;
};

} // namespace millwright
