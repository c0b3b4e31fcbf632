#include "runtime/node/root_supervisor.hpp"

#include "runtime/barrier/committer.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace root_supervisor_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

template <class Condition>
bool soon(Condition met) {
  for (const auto deadline = std::chrono::steady_clock::now() + 10s; !met();) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

struct supervised {
  std::atomic<int> begun{0}, ended{0};
  std::string why;
  root_supervisor root{{5, 60s, 1ms}, [this](const std::string& text) {
                         why = text;
                         ++ended;
                       }};
};

} // namespace

TEST_CASE("deaths are too many when more than the limit fall into the window") {
  restart_intensity intensity{3, 1000};
  for (const uint64_t at : {0, 10, 20})
    CHECK_FALSE(intensity.died(at));
  CHECK(intensity.died(999));
  restart_intensity slow{3, 1000};
  for (uint64_t at = 0; at < 100'000; at += 400)
    CHECK_FALSE(slow.died(at));
}

TEST_CASE("a part that dies is begun anew, and the node is whole again") {
  supervised s;
  s.root.watch("journal", [&] {
    CHECK_FALSE(s.root.whole());
    ++s.begun;
  });
  s.root.died("journal", "a reason");
  CHECK(soon([&] { return s.begun == 1 && s.root.whole(); }));
  CHECK(s.root.restarts() == 1);
  CHECK(s.ended == 0);
}

TEST_CASE("a part that dies again and again ends the node, which is told once and is not whole") {
  supervised s;
  s.root.watch("journal", [&] { ++s.begun; });
  for (int i = 0; i < 8; ++i)
    s.root.died("journal", "number " + std::to_string(i));
  CHECK(soon([&] { return s.ended == 1; }));
  s.root.stop();
  CHECK(s.begun == 5);
  CHECK(s.ended == 1);
  CHECK(s.why == "journal died more than 5 times within 60 s, the last time of: number 5");
  CHECK_FALSE(s.root.whole());
}

TEST_CASE("a part that nothing can bring back ends the node at once") {
  supervised s;
  s.root.watch("shard", {});
  s.root.died("shard", "gone");
  CHECK(soon([&] { return s.ended == 1; }));
  CHECK(s.why.find("shard died and cannot be begun anew: gone") == 0);
}

TEST_CASE("a new beginning that fails is tried again until it is one too many") {
  supervised s;
  s.root.watch("paging", [&] {
    if (++s.begun < 4)
      throw std::runtime_error{"not yet"};
  });
  s.root.died("paging", "a reason");
  CHECK(soon([&] { return s.begun == 4 && s.root.whole(); }));
  CHECK(s.ended == 0);
}

TEST_CASE("the end that somebody asked for is nobody's death") {
  supervised s;
  s.root.watch("paging", {});
  s.root.stop();
  s.root.died("paging", "stopped");
  CHECK(s.root.whole());
  CHECK(s.ended == 0);
}

TEST_CASE("an exception in the committer's thread ends neither thread nor node, and every barrier is committed once") {
  struct : output_consumer {
    void consume(const barrier_output& output) override {
      if (output.barrier == 2 && failures++ < 2)
        throw std::runtime_error{"something that nobody thought of"};
      barriers.push_back(output.barrier);
    }
    int failures = 0;
    std::vector<uint32_t> barriers;
  } out;
  supervised s;
  s.root.watch(committer::part, [] {});
  collector outputs{[](const alarm_transition&) {}};
  committer committing{outputs,
                       out,
                       {[](const barrier_output& output, milliseconds) {
                          if (output.barrier == 3)
                            throw std::runtime_error{"behind the commit"};
                        },
                        [](const std::string&) {},
                        [&](const std::string& what) { s.root.died(committer::part, what); }}};
  outputs.start(1);
  for (int i = 0; i < 4; ++i)
    outputs.cut({}, [](barrier_output&) {});
  CHECK(soon([&] { return outputs.committed() == 4; }));
  committing.stop();
  CHECK(out.barriers == std::vector<uint32_t>{1, 2, 3, 4});
  CHECK(soon([&] { return s.root.restarts() == 3; }));
  CHECK(s.ended == 0);
}

} // namespace root_supervisor_test
