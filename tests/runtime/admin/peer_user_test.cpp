#include "runtime/admin/peer_user.hpp"

#include <doctest/doctest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace peer_user_test {

using namespace millwright;

TEST_CASE("the user at the other end is the one that its process runs as, whatever it says") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const auto* own = getpwuid(geteuid());
  CHECK(peer_user(ends[0]) == (own ? std::string{own->pw_name} : "uid " + std::to_string(geteuid())));
  close(ends[0]);
  close(ends[1]);
  CHECK(peer_user(-1) == "unknown");
}

TEST_CASE("a user without a name is told by its number") {
  // Only root can be another one.
  if (geteuid() != 0)
    return;
  const auto child = fork();
  if (child == 0) {
    int ends[2];
    const bool told = setuid(54321) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 &&
                      (getpwuid(54321) || peer_user(ends[0]) == "uid 54321");
    _exit(told ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("what somebody says of himself stands before the user that was seen") {
  CHECK(said_and_seen("anna", "anna") == "anna");
  CHECK(said_and_seen("anna", "root") == "anna (user root)");
  CHECK(said_and_seen("anna (user bob)", "root") == "anna (user bob) (user root)");
  CHECK(said_and_seen("", "root") == "(user root)");
}

} // namespace peer_user_test
