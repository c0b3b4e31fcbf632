#include "runtime/watch/load_probe.hpp"

#include "runtime/barrier/collector.hpp"
#include "runtime/source/source.hpp"
#include "runtime/watch/process_load.hpp"

#include <doctest/doctest.h>

#include <sys/mman.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <unistd.h>

namespace load_probe_test {

using namespace millwright;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

class waiting_source final : public source {
public:
  std::string identity() override { return "a source"; }
  const std::vector<std::string>& splits() const override { return names_; }
  void start(const std::map<std::string, uint64_t>&) override {}
  void poll(record_batch& batch, size_t, milliseconds) override { batch.clear(); }
  bool finished() const override { return false; }
  bool recorded() const override { return from_a_file; }
  std::optional<uint64_t> backlog() const override { return 42; }

  bool from_a_file = false;

private:
  std::vector<std::string> names_{"split"};
};

struct probed {
  node_status status;
  collector outputs{[](const alarm_transition&) {}};
  waiting_source readings;
  std::vector<load_sample> samples;
  load_probe probe{{status, outputs, readings, 1s, 5s, [this](const load_sample& x) { samples.push_back(x); }}};
  steady::time_point now = steady::now();

  void second() {
    now += 1s;
    probe.look(now, 1000, 3);
  }
};

} // namespace

TEST_CASE("a sample is taken each second, with what the driver, the actors and the committer have done") {
  probed p;
  p.status.taken = 1000;
  p.status.commit_ms = 12;
  p.second();
  CHECK(p.samples.empty());
  p.status.taken = 1500;
  p.outputs.judged(800, 0);
  p.second();
  p.probe.look(p.now + 999ms, 1000, 3);
  REQUIRE(p.samples.size() == 1);
  const auto& x = p.samples[0];
  CHECK(x.figures[load_measure::input] == doctest::Approx(500));
  // 200 of those that were sent are not judged yet.
  CHECK(x.figures[load_measure::processing] == doctest::Approx(1300));
  CHECK(x.figures[load_measure::commit] == 12);
  CHECK(x.figures[load_measure::backlog] == 42);
  CHECK(x.figures[load_measure::memory] > 1 << 17);
  CHECK(x.node.facilities == 3);
  CHECK(x.node.commit_interval == 5s);
  CHECK(std::isnan(x.figures[load_measure::scheduling_delay]));
}

TEST_CASE("delays are from taking, and from a reading's own time, until it is judged") {
  probed p;
  p.second();
  const auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(steady::now().time_since_epoch() - 20ms);
  p.outputs.judged(1, taken.count());
  p.probe.accepted(0, from_epoch_ms(1'000'000), from_epoch_ms(1'000'300));
  p.second();
  REQUIRE(p.samples.size() == 1);
  const double wait = p.samples[0].figures[load_measure::scheduling_delay];
  CHECK(wait >= 20);
  CHECK(p.samples[0].figures[load_measure::end_to_end_delay] == doctest::Approx(300 + wait));
  // A clock that is ahead makes no negative delay.
  p.outputs.judged(1, taken.count());
  p.probe.accepted(1, from_epoch_ms(5'000'000), from_epoch_ms(1'000'300));
  p.second();
  REQUIRE(p.samples.size() == 2);
  CHECK(p.samples[1].figures[load_measure::end_to_end_delay] == p.samples[1].figures[load_measure::scheduling_delay]);
}

TEST_CASE("recorded readings have no delay from their own time") {
  probed p;
  p.readings.from_a_file = true;
  p.second();
  p.outputs.judged(1, 1);
  p.probe.accepted(0, from_epoch_ms(0), from_epoch_ms(1'000'300));
  p.second();
  REQUIRE(p.samples.size() == 1);
  CHECK_FALSE(std::isnan(p.samples[0].figures[load_measure::scheduling_delay]));
  CHECK(std::isnan(p.samples[0].figures[load_measure::end_to_end_delay]));
}

TEST_CASE("a commit that will not end is told while it lasts, but for a ledger that fails") {
  probed p;
  p.status.commit_ms = 12;
  p.second();
  p.status.commit_begun = p.now - 40s;
  p.second();
  p.status.ledger_failing = true;
  p.second();
  REQUIRE(p.samples.size() == 2);
  CHECK(p.samples[0].figures[load_measure::commit] == doctest::Approx(41'000));
  CHECK(p.samples[1].figures[load_measure::commit] == 12);
}

TEST_CASE("memory is what the process has of its own, not what it maps of files") {
  constexpr size_t size = 64 << 20;
  std::string name = "/tmp/millwright-mapped-XXXXXX";
  const int file = ::mkstemp(name.data());
  REQUIRE(file >= 0);
  REQUIRE(::ftruncate(file, size) == 0);
  auto* const mapped = static_cast<char*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
  REQUIRE(mapped != MAP_FAILED);
  const auto before = anonymous_bytes();
  std::memset(mapped, 1, size);
  CHECK(anonymous_bytes() < before + size / 2);
  ::munmap(mapped, size);
  ::close(file);
  ::unlink(name.c_str());
  auto* const own =
      static_cast<char*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  REQUIRE(own != MAP_FAILED);
  std::memset(own, 1, size);
  CHECK(anonymous_bytes() > before + size / 2);
  ::munmap(own, size);
}

} // namespace load_probe_test
