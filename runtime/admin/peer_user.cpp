#include "runtime/admin/peer_user.hpp"

#include <pwd.h>
#include <sys/socket.h>

#include <array>

namespace millwright {

std::string peer_user(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || size != sizeof peer ||
      peer.uid == static_cast<uid_t>(-1))
    return "unknown";
  std::array<char, 4096> room{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(peer.uid, &entry, room.data(), room.size(), &found) == 0 && found && found->pw_name[0])
    return found->pw_name;
  return "uid " + std::to_string(peer.uid);
}

std::string said_and_seen(std::string_view said, std::string_view seen) {
  std::string out{said};
  if (said != seen)
    out.append(said.empty() ? "(user " : " (user ").append(seen).append(")");
  return out;
}

} // namespace millwright
