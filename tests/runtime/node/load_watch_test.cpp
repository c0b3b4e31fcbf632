#include "runtime/node/load_watch.hpp"

#include <doctest/doctest.h>

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct node {
  load_watch watch{load_limits{}};
  load_watch::time_point now{1000s};
  load_sample sample{1000, 1000, 50ms, 1 << 29, 0.3, 0};

  /// What was told during that time.
  std::vector<load_watch::verdict> pass(std::chrono::seconds time) {
    std::vector<load_watch::verdict> told;
    for (auto end = now + time; now < end; now += 1s)
      for (auto& each : watch.look(now, sample))
        told.push_back(std::move(each));
    return told;
  }
};

} // namespace

TEST_CASE("what is over its limit is told once, after five minutes, with its figure, and when it is over") {
  node n;
  CHECK(n.pass(600s).empty());
  std::string subject, figure;
  SUBCASE("input") {
    n.sample.input = 1201, subject = "input", figure = "1201";
  }
  SUBCASE("commit") {
    n.sample.commit = 31s, subject = "commit", figure = "31.0 s";
  }
  SUBCASE("memory") {
    n.sample.memory = (81ull << 30) / 10, subject = "memory", figure = "8.1 GiB";
  }
  SUBCASE("cpu") {
    n.sample.cpu = 0.91, subject = "cpu", figure = "91 %";
  }
  CHECK(n.pass(300s).empty());
  const auto told = n.pass(600s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].bad);
  CHECK(told[0].subject == subject);
  CHECK(told[0].text.find(figure) != std::string::npos);
  n.sample = {1000, 1000, 50ms, 1 << 29, 0.3, 0};
  CHECK(n.pass(60s).empty());
  const auto over = n.pass(10s);
  REQUIRE(over.size() == 1);
  CHECK_FALSE(over[0].bad);
  CHECK(over[0].subject == subject);
}

TEST_CASE("a peak of four minutes is told to nobody, however often it comes") {
  node n;
  for (int i = 0; i < 20; ++i) {
    n.sample.cpu = 1;
    CHECK(n.pass(240s).empty());
    n.sample.cpu = 0.5;
    CHECK(n.pass(5s).empty());
  }
}

TEST_CASE("a node that catches up with a backlog is busy, not overloaded") {
  node n;
  n.sample.cpu = 1;
  n.sample.backlog = 100'000'000;
  for (int i = 0; i < 1200; ++i) {
    CHECK(n.pass(1s).empty());
    n.sample.backlog -= 1000;
  }
  CHECK(n.pass(290s).empty());
  CHECK(n.pass(40s).size() == 1);
}
