#include "ledger_fixture.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <random>

namespace lmdb_crash_test {

using namespace millwright;

TEST_CASE("a kill at any moment leaves exactly one commit") {
  scratch place;
  const history plant{200};
  std::mt19937_64 random{20261121};
  uint64_t reached = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
      try {
        lmdb_ledger ledger{place.ledger, small_settings()};
        for (uint64_t number = reached + 1;; ++number) {
          plant.commit(ledger, number);
          if (write(ends[1], &number, sizeof number) < 0)
            _exit(1);
        }
      } catch (...) {
        _exit(2);
      }
    }
    close(ends[1]);
    uint64_t seen = 0;
    for (uint64_t more = 1 + random() % 4; more > 0; --more)
      REQUIRE(read(ends[0], &seen, sizeof seen) == sizeof seen);
    // Somewhere within the next commits: no moment is waited for.
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds{random() % 8000};
    while (std::chrono::steady_clock::now() < until) {
    }
    REQUIRE(kill(child, SIGKILL) == 0);
    int how = 0;
    waitpid(child, &how, 0);
    REQUIRE(WIFSIGNALED(how));
    while (read(ends[0], &seen, sizeof seen) == sizeof seen) {
    }
    close(ends[0]);

    lmdb_ledger ledger{place.ledger, small_settings()};
    reached = ledger.load().number;
    CHECK(reached >= seen);
    CHECK(reached <= seen + 1);
    CHECK(plant.difference(ledger, reached) == "");
    if (round % 2) {
      plant.commit(ledger, ++reached);
      CHECK(plant.difference(ledger, reached) == "");
    }
  }
}

TEST_CASE("a second process is refused and told who holds the ledger") {
  scratch place;
  lmdb_ledger ledger{place.ledger, small_settings()};
  history{5}.commit(ledger, 1);
  const auto words = std::string{"held by process "} + std::to_string(getpid());
  const auto second = [&] {
    const auto f = failure_of([&] { lmdb_ledger{place.ledger, small_settings()}; });
    return says(f, failure_code::ledger_locked, words) && says(f, failure_code::ledger_locked, place.ledger) ? 0 : 1;
  };
  CHECK(in_child(second) == 0);
  CHECK(second() == 0);
  history{5}.commit(ledger, 2);
  CHECK(history{5}.difference(ledger, 2) == "");
}

TEST_CASE("a full map fails the commit, keeps what was, and takes the batch once there is room") {
  scratch place;
  const history plant{50};
  const std::string big(1 << 20, 'x');
  uint64_t number = 0;
  {
    lmdb_ledger ledger{place.ledger, small_settings(4 << 20)};
    plant.commit(ledger, ++number);
    ledger_commit too_much;
    too_much.number = 2;
    for (int i = 0; i < 8; ++i)
      too_much.node.emplace_back(std::string{"big "} + std::to_string(i), big);
    for (int tries = 0; tries < 3; ++tries) {
      const auto f = failure_of([&] { ledger.commit(too_much); });
      CHECK(says(f, failure_code::ledger_unwritable, "4 MiB are full"));
      CHECK(plant.difference(ledger, 1) == "");
    }
    plant.commit(ledger, ++number);
    CHECK(plant.difference(ledger, 2) == "");
  }
  lmdb_ledger ledger{place.ledger, small_settings(64 << 20)};
  CHECK(plant.difference(ledger, 2) == "");
  plant.commit(ledger, 3);
  CHECK(plant.difference(ledger, 3) == "");
}

TEST_CASE("a file that may not grow fails the commit, keeps what was, and takes the batch once it can") {
  scratch place;
  const auto status = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const history plant{50};
    lmdb_ledger ledger{place.ledger, small_settings()};
    plant.commit(ledger, 1);
    rlimit none{};
    getrlimit(RLIMIT_FSIZE, &none);
    rlimit tight = none;
    tight.rlim_cur = std::filesystem::file_size(place.ledger + "/data.mdb");
    ledger_commit large;
    large.number = 2;
    large.node = {{"large", std::string(1 << 20, 'x')}};
    setrlimit(RLIMIT_FSIZE, &tight);
    for (int tries = 0; tries < 3; ++tries)
      if (!says(failure_of([&] { ledger.commit(large); }), failure_code::ledger_unwritable, "failed") ||
          plant.difference(ledger, 1) != "")
        return 1;
    setrlimit(RLIMIT_FSIZE, &none);
    plant.commit(ledger, 2);
    return plant.difference(ledger, 2) == "" ? 0 : 2;
  });
  CHECK(status == 0);
  lmdb_ledger ledger{place.ledger, small_settings()};
  CHECK(history{50}.difference(ledger, 2) == "");
}

TEST_CASE("a directory that cannot be written is named") {
  scratch place;
  const auto file = place.root + "/file";
  REQUIRE(std::filesystem::exists(place.root));
  REQUIRE(fclose(fopen(file.c_str(), "w")) == 0);
  const auto f = failure_of([&] { lmdb_ledger{file + "/ledger", small_settings()}; });
  CHECK(says(f, failure_code::ledger_unwritable, file + "/ledger"));
}

} // namespace lmdb_crash_test
