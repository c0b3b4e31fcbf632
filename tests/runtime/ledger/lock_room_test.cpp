#include "ledger_fixture.hpp"
#include "runtime/ledger/lock_room.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace lock_room_test {

using namespace millwright;

TEST_CASE("a lock file has its disk space before LMDB maps it, and keeps what it holds") {
  scratch place;
  std::filesystem::create_directories(place.ledger);
  const auto path = place.ledger + "/lock.mdb";
  CHECK(reserve_lock_room(place.ledger) == 0);
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK(status.st_size == 8192);
  CHECK(status.st_blocks * 512 >= 8192);

  std::ofstream{path, std::ios::binary} << std::string(10'000, 'x');
  CHECK(reserve_lock_room(place.ledger) == 0);
  CHECK(std::filesystem::file_size(path) == 10'000);
  CHECK(std::ifstream{path}.peek() == 'x');
}

TEST_CASE("a lock file that cannot be made is the system's error") {
  scratch place;
  CHECK(reserve_lock_room(place.ledger + "/not/there") == ENOENT);
}

} // namespace lock_room_test
