#include "runtime/replay/comparison.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace comparison_test {

using namespace millwright;

namespace {

/// A named pipe with a line in it, which both ends have open: whoever reads it waits for nobody.
class filled_pipe {
public:
  filled_pipe() {
    std::filesystem::remove(path_);
    REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(::write(fd_, "{}\n", 3) == 3);
  }
  ~filled_pipe() {
    ::close(fd_);
    std::filesystem::remove(path_);
  }
  std::string path() const { return path_.string(); }

private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() / "millwright-comparison-pipe";
  int fd_ = -1;
};

std::optional<failure_code> refusal_of(const std::string& input, std::string& told) {
  judged_request request;
  request.run.inputs = {input};
  request.run.stop = [] { return true; };
  try {
    compare_replays(request, request, {});
  } catch (const failure& problem) {
    told = problem.what();
    return problem.code();
  }
  return std::nullopt;
}

} // namespace

TEST_CASE("what can be read only once is refused before anything of it is read, by whatever name it goes") {
  const filled_pipe pipe;
  const auto link = std::filesystem::temp_directory_path() / "millwright-comparison-link.ndjson";
  std::filesystem::remove(link);
  std::filesystem::create_symlink(pipe.path(), link);
  for (const auto& input : {pipe.path(), link.string(), std::string{"/dev/null"}}) {
    std::string told;
    CHECK(refusal_of(input, told) == failure_code::bad_usage);
    CHECK(told.find(input) != told.npos);
    CHECK(told.find("a pipe can be read only once, and is needed twice: name a file") != told.npos);
  }
  std::filesystem::remove(link);
  std::string told;
  CHECK(refusal_of("-", told) == failure_code::bad_usage);
  CHECK(told.find("standard input can be read only once") != told.npos);
}

TEST_CASE("a file can be read twice, and one that is not there is not taken for a pipe") {
  const auto file = std::filesystem::temp_directory_path() / "millwright-comparison-none.ndjson";
  std::filesystem::remove(file);
  std::string told;
  CHECK(refusal_of(file.string(), told) == failure_code::input_unreadable);
}

TEST_CASE("where every reading is of a sensor that is not taken on, that is told in place of figures") {
  const testing::node_directory here;
  judged_request request;
  request.run.inputs = {here.path + "/known-to-nobody.ndjson"};
  std::ofstream{request.run.inputs.front()} << testing::reading_line("TI-1", from_epoch_ms(1'700'000'040'000), 20)
                                            << '\n';
  request.run.settings.sensors_unknown = unknown_sensor_policy::dead_letter;
  std::string told;
  try {
    judge_replay(request, {});
  } catch (const failure& problem) {
    told = problem.what();
  }
  CHECK(told.find("no reading was accepted, so nothing was judged; refused: unknown-sensor 1") != told.npos);
}

} // namespace comparison_test
