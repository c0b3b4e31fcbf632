#include "runtime/admin/admin_socket.hpp"

#include "protocol/failure.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

constexpr auto longest_turn = 2s;

[[noreturn]] void refused(const std::string& path, const std::string& what) {
  throw failure{failure_code::output_unwritable, path, "the socket cannot be made: " + what};
}

[[noreturn]] void wrong_path(const std::string& path, const std::string& what) {
  throw failure{failure_code::bad_configuration, "node.socket: " + path, what};
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof out.sun_path)
    return std::nullopt;
  std::memcpy(out.sun_path, path.data(), path.size());
  return out;
}

int connect_at(int fd, const sockaddr_un& address) {
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

/// Nobody listens there any more: the file is in the way.
void remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return;
  if (!S_ISSOCK(found.st_mode))
    wrong_path(path, "something else than a socket lies there");
  const descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int error = connect_at(probe.get(), address);
  if (error != ECONNREFUSED && error != ENOENT && error != EACCES)
    wrong_path(path, "another node listens there; stop it, or give this node its own socket");
  if (error == EACCES)
    refused(path, "it is another user's");
  ::unlink(path.c_str());
}

} // namespace

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

listening_socket::listening_socket(std::string path) : path_{std::move(path)} {
  const auto address = address_of(path_);
  if (!address)
    wrong_path(path_, "expected a path of 1 to " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes");
  auto directory = std::filesystem::path{path_}.parent_path();
  if (directory.empty())
    directory = ".";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    refused(path_, error.message());
  // Of two nodes that find the same stale file at the same time, one waits here and then finds the other living. In a
  // directory that is everybody's, anybody can hold this lock: it is waited for as long as another start may take.
  const descriptor turn{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (turn.get() < 0)
    refused(path_, std::strerror(errno));
  for (const auto until = steady::now() + longest_turn; ::flock(turn.get(), LOCK_EX | LOCK_NB) != 0;) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      refused(path_, std::strerror(errno));
    if (steady::now() >= until)
      break;
    std::this_thread::sleep_for(20ms);
  }
  remove_stale(path_, *address);
  listening_ = descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (listening_.get() < 0 ||
      ::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    refused(path_, std::strerror(errno));
  struct stat made {};
  // Before it listens nobody can connect, so that the mode holds from the first connection on.
  if (::chmod(path_.c_str(), 0600) != 0 || ::stat(path_.c_str(), &made) != 0 || ::listen(listening_.get(), 64) != 0) {
    const int why = errno;
    ::unlink(path_.c_str());
    refused(path_, std::strerror(why));
  }
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

listening_socket::~listening_socket() {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_)
    ::unlink(path_.c_str());
}

descriptor connect_to_node(const std::string& path, std::chrono::milliseconds patience) {
  const auto address = address_of(path);
  if (!address)
    throw failure{failure_code::bad_usage, path,
                  "expected the path of a socket, of 1 to " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                      " bytes"};
  descriptor out{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const auto until = steady::now() + patience;
  int error = out.get() < 0 ? errno : connect_at(out.get(), *address);
  // Those who wait to be taken in are too many already.
  while (error == EAGAIN && steady::now() < until) {
    std::this_thread::sleep_for(20ms);
    error = connect_at(out.get(), *address);
  }
  if (error == 0) {
    ::fcntl(out.get(), F_SETFL, 0);
    return out;
  }
  if (error == EAGAIN)
    throw failure{failure_code::not_found, path,
                  "a node listens there, but takes in nobody: it is stopped, or at its limits"};
  const bool nobody = error == ENOENT || error == ECONNREFUSED;
  throw failure{failure_code::socket_unreachable, path, nobody ? "" : std::strerror(error)};
}

std::string words_on_silence(int connection) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 || who.pid <= 0)
    return "the node does not answer";
  const auto process = "process " + std::to_string(who.pid);
  std::string line;
  std::getline(std::ifstream{"/proc/" + std::to_string(who.pid) + "/stat"}, line);
  // Behind its name, which may hold anything: " T ".
  const auto name = line.rfind(')');
  if (name == line.npos || name + 2 >= line.size())
    return "the node, " + process + ", does not answer";
  if (line[name + 2] == 'T' || line[name + 2] == 't')
    return "the node, " + process + ", is stopped: kill -CONT " + std::to_string(who.pid) + " lets it go on";
  return "the node, " + process + ", runs but does not answer";
}

} // namespace millwright
