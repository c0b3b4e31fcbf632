#include "runtime/journal/lmdb_journal.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <future>

namespace journal_fault_test {

namespace {

/// The next commit is on disk, but the disk says that it is not; nor can what it wrote be taken back.
std::atomic<int> failing_meta_writes{0};

/// LMDB's meta pages are its only writes of less than a page.
bool is_meta_write(size_t size, off_t offset) {
  return size < 512 && offset < 2 * 4096;
}

} // namespace

extern "C" ssize_t pwrite(int file, const void* from, size_t size, off_t offset) {
  if (failing_meta_writes == 0 || !is_meta_write(size, offset))
    return syscall(SYS_pwrite64, file, from, size, offset);
  if (failing_meta_writes-- == 2)
    syscall(SYS_pwrite64, file, from, size, offset);
  errno = EIO;
  return -1;
}

using namespace millwright;
using namespace millwright::testing;

namespace {

struct faulty_journal {
  faulty_journal() {
    std::string name = (std::filesystem::temp_directory_path() / "millwright-journal-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    directory = name;
    lmdb_journal_settings settings;
    settings.directory = directory.string();
    settings.map_bytes = 64 << 20;
    in.emplace(settings);
  }
  ~faulty_journal() {
    in.reset();
    std::filesystem::remove_all(directory);
  }

  std::string write(journal_batch batch) {
    std::promise<journal_result> answer;
    auto answered = answer.get_future();
    in->write(std::make_shared<const journal_batch>(std::move(batch)),
              [&](journal_result result) { answer.set_value(std::move(result)); });
    return answered.get().error;
  }

  std::filesystem::path directory;
  std::optional<lmdb_journal> in;
};

outbox_entry page_of(uint64_t sequence) {
  outbox_entry out;
  out.what = {{"slack"}, page_kind::alert, raise("t" + std::to_string(sequence)), false};
  out.sequence = sequence;
  return out;
}

journal_batch sent(const outbox_entry& x) {
  journal_batch out;
  out.changes = {{x.place(), notification_of(x.what, notification_outcome::sent), 1, never}};
  return out;
}

} // namespace

TEST_CASE("what a commit holds that failed only in appearance is neither written over nor counted as waiting") {
  faulty_journal j;
  journal_batch pages;
  pages.pages = {page_of(1), page_of(2), page_of(3)};
  CHECK(j.write(pages) == "");
  failing_meta_writes = 2;
  CHECK(j.write(sent(page_of(1))) != "");
  CHECK(failing_meta_writes == 0);
  // Who was refused asks again.
  CHECK(j.write(sent(page_of(1))) == "");
  CHECK(j.write(sent(page_of(2))) == "");
  const auto told = j.in->notifications(0, 10);
  REQUIRE(told.size() == 2);
  CHECK(told[0].what.key == key_of(page_of(1).what));
  CHECK(told[1].what.key == key_of(page_of(2).what));
  CHECK(j.in->waiting_count({"slack"}) == 1);
}

} // namespace journal_fault_test
