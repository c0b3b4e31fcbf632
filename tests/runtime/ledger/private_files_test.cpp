#include "runtime/ledger/directory_lock.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/ledger/private_files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace private_files_test {

using namespace millwright;
namespace fs = std::filesystem;

namespace {

class folder {
public:
  folder() {
    std::string pattern = (fs::temp_directory_path() / "millwright-private-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

mode_t mode_of(const std::string& path) {
  struct stat about {};
  REQUIRE(stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777;
}

void make_wide(const std::string& path) {
  std::ofstream{path} << "x";
  REQUIRE(chmod(path.c_str(), 0644) == 0);
}

} // namespace

TEST_CASE("what a ledger makes is its owner's alone, whatever the umask") {
  const folder f;
  const auto path = f / "deep/ledger";
  const mode_t before = umask(0);
  {
    lmdb_ledger made{path, {}};
    ledger_commit first;
    first.number = 1;
    made.commit(first);
  }
  umask(before);
  CHECK(mode_of(path) == 0700);
  int files = 0;
  for (const auto& each : fs::directory_iterator{path}) {
    CAPTURE(each.path().string());
    CHECK(mode_of(each.path().string()) == 0600);
    ++files;
  }
  CHECK(files >= 4);
}

TEST_CASE("a store that others could read is tightened by whoever opens it, with its directory") {
  const folder f;
  const auto path = f / "ledger";
  fs::create_directory(path);
  REQUIRE(chmod(path.c_str(), 0755) == 0);
  for (const auto* name : {"owner", "newest", "clean", "begun"})
    make_wide(path + "/" + name);
  const directory_lock held{path};
  CHECK(mode_of(path) == 0700);
  for (const auto* name : {"owner", "newest", "clean", "begun"})
    CHECK(mode_of(path + "/" + name) == 0600);
}

TEST_CASE("a directory that holds other things stays as it is, and so do these") {
  const folder f;
  const auto path = f / "shared";
  fs::create_directory(path);
  REQUIRE(chmod(path.c_str(), 0755) == 0);
  make_wide(path + "/data.mdb");
  make_wide(path + "/notes.txt");
  fs::create_symlink(path + "/notes.txt", path + "/owner");
  CHECK(tighten(path) == "");
  CHECK(mode_of(path) == 0755);
  CHECK(mode_of(path + "/data.mdb") == 0600);
  CHECK(mode_of(path + "/notes.txt") == 0644);
}

TEST_CASE("what cannot be tightened is told by name") {
  const folder f;
  make_wide(f / "data.mdb");
  // Only root can play another user.
  if (geteuid() != 0)
    return;
  REQUIRE(chmod((f / "").c_str(), 0755) == 0);
  const auto child = fork();
  if (child == 0) {
    const bool told = setuid(65534) == 0 && tighten(f / "").find("data.mdb can be read by others") != std::string::npos;
    _exit(told ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

} // namespace private_files_test
