#include "runtime/transport/patient_output.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>

namespace patient_output_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct open_pipe {
  open_pipe() {
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~open_pipe() {
    close_reader();
    ::close(ends[1]);
  }

  void close_reader() {
    if (ends[0] >= 0)
      ::close(ends[0]);
    ends[0] = -1;
  }

  std::string read_all() const {
    std::string out;
    char part[4096];
    for (ssize_t n; (n = ::read(ends[0], part, sizeof part)) > 0;)
      out.append(part, static_cast<size_t>(n));
    return out;
  }

  int ends[2] = {-1, -1};
};

} // namespace

TEST_CASE("a pipe that nobody reads is waited for as long as is said, and what comes then is on a new line") {
  const open_pipe pipe;
  patient_output out{pipe.ends[1]};
  CHECK(out.ready());
  CHECK(out.write("a line\n", 0ms) == 0);
  CHECK(pipe.read_all() == "a line\n");
  const auto from = patient_output::clock::now();
  CHECK(out.write(std::string(1 << 20, 'x'), 100ms) == ETIMEDOUT);
  CHECK(patient_output::clock::now() - from < 10s);
  CHECK_FALSE(out.ready());
  CHECK(out.write("not now\n", 0ms) == ETIMEDOUT);
  // Others who have it wait as they did.
  CHECK((::fcntl(pipe.ends[1], F_GETFL) & O_NONBLOCK) == 0);
  CHECK(pipe.read_all().find_first_not_of('x') == std::string::npos);
  CHECK(out.write("whole\n", 100ms) == 0);
  CHECK(out.write("and another\n", 100ms) == 0);
  CHECK(pipe.read_all() == "\nwhole\nand another\n");
}

TEST_CASE("what cannot be written says why") {
  std::signal(SIGPIPE, SIG_IGN);
  open_pipe pipe;
  patient_output unread{pipe.ends[1]};
  pipe.close_reader();
  CHECK(unread.write("a line\n", 100ms) == EPIPE);
  patient_output full{std::string{"/dev/full"}};
  CHECK(full.write("a line\n", 100ms) == ENOSPC);
  CHECK_THROWS_AS(patient_output{std::string{"/dev/null/log"}}, std::system_error);
}

} // namespace patient_output_test
