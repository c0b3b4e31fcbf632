#include "ledger_fixture.hpp"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace disk_fault_test {

namespace {

/// What the disk does to this program, LMDB included: the system's functions are replaced below.
enum class disk { sound, full, fails_to_sync, fails_at_first_pages };
std::atomic<disk> behaves{disk::sound};

/// LMDB's meta pages are its only writes of less than a page.
bool at_first_pages(size_t size, off_t offset) {
  return size < 512 && offset < 2 * 4096;
}

} // namespace

extern "C" ssize_t pwrite(int file, const void* from, size_t size, off_t offset) {
  if (behaves == disk::full || (behaves == disk::fails_at_first_pages && at_first_pages(size, offset))) {
    errno = behaves == disk::full ? ENOSPC : EIO;
    return -1;
  }
  return syscall(SYS_pwrite64, file, from, size, offset);
}

// Runs of pages are written by this one.
extern "C" ssize_t writev(int file, const struct iovec* from, int count) {
  if (behaves == disk::full) {
    errno = ENOSPC;
    return -1;
  }
  return syscall(SYS_writev, file, from, count);
}

extern "C" int fdatasync(int file) {
  if (behaves == disk::fails_to_sync) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fdatasync, file));
}

using namespace millwright;

TEST_CASE("whatever way the disk fails, the commit fails as one, and goes through once the disk is well") {
  for (const auto fault : {disk::full, disk::fails_to_sync, disk::fails_at_first_pages}) {
    CAPTURE(static_cast<int>(fault));
    scratch place;
    const history plant{60};
    uint64_t number = 0;
    {
      lmdb_ledger ledger{place.ledger, small_settings()};
      for (int round = 0; round < 3; ++round) {
        plant.commit(ledger, ++number);
        plant.commit(ledger, ++number);
        ++number;
        behaves = fault;
        for (int tries = 0; tries < 3; ++tries) {
          const auto f = failure_of([&] { plant.commit(ledger, number); });
          CHECK(says(f, failure_code::ledger_unwritable, "failed"));
          CHECK(plant.difference(ledger, number - 1) == "");
        }
        behaves = disk::sound;
        plant.commit(ledger, number);
        CHECK(plant.difference(ledger, number) == "");
      }
    }
    lmdb_ledger ledger{place.ledger, small_settings()};
    CHECK(plant.difference(ledger, number) == "");
  }
}

} // namespace disk_fault_test
