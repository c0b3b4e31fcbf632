#include "runtime/journal/lmdb_journal.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>

namespace private_journal_test {

using namespace millwright;
namespace fs = std::filesystem;

namespace {

struct place {
  place() {
    auto name = (fs::temp_directory_path() / "private-journal-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root = name;
    journal = root + "/plant/ledger-alarms";
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() { fs::remove_all(root); }

  /// As a node opens it at its start; something is written.
  void open() const {
    lmdb_journal_settings settings;
    settings.directory = journal;
    settings.map_bytes = 64 << 20;
    lmdb_journal opened{settings};
    opened.append_decision({"split", ++written, 0, "sensors", "content"});
  }

  /// Names of the files, when all are their owner's alone, as the directory is.
  std::set<std::string> names() const {
    std::set<std::string> out;
    CHECK(mode_of(journal) == 0700);
    for (const auto& each : fs::directory_iterator{journal}) {
      CAPTURE(each.path().string());
      CHECK(mode_of(each.path()) == 0600);
      out.insert(each.path().filename().string());
    }
    return out;
  }

  static mode_t mode_of(const fs::path& path) {
    struct stat about {};
    REQUIRE(stat(path.c_str(), &about) == 0);
    return about.st_mode & 0777;
  }

  std::string root, journal;
  mutable uint64_t written = 0;
};

const std::set<std::string> its_files{"begun", "data.mdb", "lock.mdb", "owner"};

} // namespace

TEST_CASE("what an alarm journal makes is its owner's alone, whatever the umask") {
  const place x;
  const mode_t before = umask(0);
  x.open();
  umask(before);
  CHECK(x.names() == its_files);
}

TEST_CASE("an alarm journal that others could read is tightened by whoever opens it") {
  const place x;
  x.open();
  REQUIRE(chmod(x.journal.c_str(), 0755) == 0);
  for (const auto& each : its_files)
    REQUIRE(chmod((x.journal + "/" + each).c_str(), 0644) == 0);
  x.open();
  CHECK(x.names() == its_files);
}

} // namespace private_journal_test
