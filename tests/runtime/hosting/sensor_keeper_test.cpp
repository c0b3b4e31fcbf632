#include "tests/runtime/hosting/node_bench.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>

#include <atomic>
#include <condition_variable>
#include <random>
#include <stdexcept>

namespace sensor_keeper_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'000'000);

struct fed {
  int sensor;
  event_time time;
  double value;
};

std::vector<fed> readings(uint32_t seed, int count) {
  std::mt19937 random{seed};
  std::normal_distribution<double> noise{20, 1};
  std::vector<fed> result;
  for (int i = 0; i < count; ++i)
    result.push_back({static_cast<int>(random() % 20), start + i * 50ms, noise(random)});
  return result;
}

void run(node_bench& bench, const std::vector<fed>& all, const std::set<uint64_t>& left_out, uint32_t seed) {
  std::mt19937 random{seed};
  for (size_t i = 0; i < all.size(); ++i) {
    if (!left_out.contains(i))
      bench.feed(all[i].sensor, all[i].time, all[i].value, i);
    if (random() % 500 == 0)
      bench.barrier();
    if (random() % 700 == 0)
      bench.tick_all();
  }
}

/// Fails after 20 s.
template <class Condition>
void await(Condition condition) {
  for (const auto deadline = std::chrono::steady_clock::now() + 20s; !condition();) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(1ms);
  }
}

} // namespace

TEST_CASE("what comes out does not depend on barriers, ticks and threads") {
  const auto all = readings(1, 20'000);
  node_bench calm{{}, 1}, busy{{}, 3};
  for (size_t i = 0; i < all.size(); ++i)
    calm.feed(all[i].sensor, all[i].time, all[i].value, i);
  run(busy, all, {}, 2);
  REQUIRE(calm.settle());
  REQUIRE(busy.settle());
  CHECK(calm.committed().rows() == busy.committed().rows());
  CHECK(busy.committed().counters().accepted == all.size());
}

TEST_CASE("sensors that get their first reading many barriers after they were taken on answer for nothing before it") {
  node_bench bench;
  for (int i = 0; i < 200; ++i) {
    bench.feed(i % 3 + (i / 50) * 4, start + i * 50ms, i, static_cast<uint64_t>(i));
    bench.barrier();
    bench.tick_all();
  }
  REQUIRE(bench.settle());
  CHECK(bench.committed().counters().accepted == 200);
}

TEST_CASE("a sensor that was put to sleep comes back with what it knew") {
  const auto all = readings(12, 4'000);
  node_bench calm, sleepy;
  run(calm, all, {}, 13);
  bool slept = false;
  for (size_t i = 0; i < all.size(); ++i) {
    sleepy.feed(all[i].sensor, all[i].time, all[i].value, i);
    if (i != all.size() / 2)
      continue;
    sleepy.barrier();
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!slept && std::chrono::steady_clock::now() < deadline) {
      sleepy.look_after();
      slept = sleepy.keeper().put_to_sleep(sleepy.slot(5));
    }
    CHECK(sleepy.keeper().sensors().living() == 19);
  }
  REQUIRE(slept);
  REQUIRE(calm.settle());
  REQUIRE(sleepy.settle());
  CHECK(sleepy.keeper().sensors().living() == 20);
  CHECK(sleepy.committed().rows() == calm.committed().rows());
  CHECK(sleepy.committed().states() == calm.committed().states());
}

TEST_CASE("an actor that throws once is restarted and nothing is lost or doubled") {
  const auto all = readings(3, 20'000);
  std::mutex mutex;
  std::set<uint64_t> thrown;
  node_bench calm, shaken{[&](const reading&r) {
    if (r.position % 100 != 7)
      return;
    std::lock_guard guard{mutex};
    if (thrown.insert(r.position).second)
      throw std::runtime_error{"once"};
  }};
  run(calm, all, {}, 4);
  run(shaken, all, {}, 5);
  REQUIRE(calm.settle());
  REQUIRE(shaken.settle());
  CHECK(shaken.keeper().restarts() == 200);
  CHECK(shaken.refused().empty());
  CHECK(shaken.committed().rows() == calm.committed().rows());
  CHECK(shaken.committed().states() == calm.committed().states());
  CHECK(shaken.committed().counters() == calm.committed().counters());
}

TEST_CASE("who is to learn anew does so at that place between its readings, whatever its actors die of") {
  const auto all = readings(21, 20'000);
  const auto live = [&](node_bench& bench, uint32_t seed) {
    std::mt19937 random{seed};
    for (size_t i = 0; i < all.size(); ++i) {
      bench.feed(all[i].sensor, all[i].time, all[i].value, i);
      if (i % 1000 == 999)
        for (const int sensor : {3, 4, static_cast<int>(i / 1000)})
          bench.learn_anew(sensor % 20);
      if (random() % 500 == 0)
        bench.barrier();
      if (random() % 700 == 0)
        bench.tick_all();
    }
    REQUIRE(bench.settle());
  };
  std::mutex mutex;
  std::set<uint64_t> thrown;
  node_bench calm, told_nothing, shaken{[&](const reading&r) {
    if (r.position % 50 != 7)
      return;
    std::lock_guard guard{mutex};
    if (thrown.insert(r.position).second)
      throw std::runtime_error{"once"};
  }};
  live(calm, 22);
  live(shaken, 23);
  run(told_nothing, all, {}, 22);
  REQUIRE(told_nothing.settle());
  CHECK(shaken.keeper().restarts() == 400);
  CHECK(shaken.committed().states() == calm.committed().states());
  CHECK(shaken.committed().rows() == calm.committed().rows());
  CHECK(calm.committed().states() != told_nothing.committed().states());
}

TEST_CASE("who is quarantined is not told to learn anew") {
  node_bench bench{[](const reading&) { throw std::runtime_error{"always"}; }, 2, 2};
  for (uint64_t i = 0; i < 20; ++i)
    bench.feed(0, start + static_cast<int64_t>(i) * 1s, 1, i);
  bench.keeper().flush(1);
  await([&] {
    bench.look_after();
    return bench.keeper().sensors()[bench.slot(0)].quarantined;
  });
  CHECK_FALSE(bench.keeper().have_learn_anew(bench.slot(0), {}));
  CHECK(bench.keeper().have_learn_anew(bench.slot(1), {}));
  CHECK(bench.settle());
}

TEST_CASE("readings that always kill go to the dead letters and the rest is as if they had not been") {
  const auto all = readings(6, 20'000);
  std::set<uint64_t> poison;
  for (uint64_t i = 7; i < all.size(); i += 100)
    poison.insert(i);
  node_bench calm, shaken{[&](const reading&r) {
    if (poison.contains(r.position))
      throw std::runtime_error{"always"};
  }};
  run(calm, all, poison, 7);
  run(shaken, all, {}, 8);
  REQUIRE(calm.settle());
  REQUIRE(shaken.settle());
  CHECK(shaken.quarantined().empty());
  CHECK(shaken.refused() == poison);
  CHECK(shaken.committed().counters() == calm.committed().counters());
}

TEST_CASE("a sensor whose actor never stops dying is quarantined, and the others go on") {
  const auto all = readings(9, 20'000);
  std::set<uint64_t> of_sensor_3;
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].sensor == 3)
      of_sensor_3.insert(i);
  node_bench calm, shaken{[&](const reading&r) {
    if (r.context->key.sensor.text == "S-3")
      throw std::runtime_error{"always"};
  }};
  run(calm, all, of_sensor_3, 10);
  run(shaken, all, {}, 11);
  REQUIRE(calm.settle());
  REQUIRE(shaken.settle());
  CHECK(shaken.quarantined() == std::set<uint32_t>{shaken.slot(3)});
  CHECK(shaken.refused() == of_sensor_3);
  auto states = shaken.committed().states(), calm_states = calm.committed().states();
  states.erase({{"plant"}, {"S-3"}});
  calm_states.erase({{"plant"}, {"S-3"}});
  CHECK(states.size() == 19);
  CHECK(calm_states.size() == 19);
}

namespace {

/// Holds the actor of one sensor at its reading 7 until it is let go, and then kills it; holds its successor there,
/// too.
struct held_actor {
  std::mutex mutex;
  std::condition_variable wake;
  int arrived = 0, let_go_on = 0;
  node_bench bench{[this](const reading& r) { before(r); }, 1};

  void before(const reading& r) {
    std::unique_lock guard{mutex};
    if (r.position != 7)
      return;
    const int visit = ++arrived;
    wake.notify_all();
    wake.wait_for(guard, 20s, [&] { return let_go_on >= visit; });
    if (visit == 1)
      throw std::runtime_error{"once"};
  }
  void reach() {
    bench.feed(3, start, 20, 7);
    bench.keeper().flush(1);
    std::unique_lock guard{mutex};
    REQUIRE(wake.wait_for(guard, 20s, [&] { return arrived == 1; }));
  }
  void let_go() {
    std::lock_guard guard{mutex};
    ++let_go_on;
    wake.notify_all();
  }
  template <class Condition>
  void look_after_until(Condition met) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!met() && std::chrono::steady_clock::now() < deadline)
      bench.look_after();
    CHECK(met());
  }
};

} // namespace

TEST_CASE("an actor that dies while two barriers are open keeps neither from being committed") {
  held_actor held;
  held.reach();
  held.bench.barrier();
  // Behind the second there is a tick alone: the successor, which is given the reading again, owes the first.
  held.bench.tick_all();
  held.bench.barrier();
  held.let_go();
  held.let_go();
  held.look_after_until([&] { return held.bench.open_barriers() == 0; });
  CHECK(held.bench.keeper().restarts() == 1);
  CHECK(held.bench.committed().counters().accepted == 1);
}

TEST_CASE("a tick that went with its actor is not waited for, whatever comes next") {
  held_actor held;
  held.reach();
  held.bench.barrier();
  held.bench.tick_all();
  held.let_go();
  held.look_after_until([&] { return held.bench.keeper().restarts() == 1; });
  held.bench.barrier();
  // Its next reading comes before it is asked for the barrier of the tick.
  held.bench.feed(3, start + 50ms, 20, 8);
  held.let_go();
  held.look_after_until([&] { return held.bench.open_barriers() == 0; });
  CHECK(held.bench.committed().counters().accepted == 1);
}

TEST_CASE("what a sweep had an actor tell before it died is expected again, and what a quarantined one told is not") {
  node_bench bench{[](const reading& r) {
                     if (r.position >= 7)
                       throw std::runtime_error{"always"};
                   },
                   1, 2};
  const auto tell = [&](int sensor, uint32_t number, bool swept) {
    sensor_output out;
    out.transitions.emplace_back().number = number;
    out.transitions.back().swept = swept;
    bench.outputs().emit(bench.slot(sensor), 1, bench.keeper().barrier(), 0, out);
  };
  tell(3, 1, false);
  tell(3, 2, true);
  tell(4, 3, true);
  bench.feed(3, start, 20, 7);
  bench.keeper().flush(1);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (bench.keeper().restarts() == 0 && std::chrono::steady_clock::now() < deadline)
    bench.look_after();
  CHECK(bench.dropped() == std::vector{std::pair{2u, true}});
  for (uint64_t position = 8; position < 12; ++position)
    bench.feed(3, start + 1s, 20, position);
  bench.keeper().flush(1);
  while (bench.quarantined().empty() && std::chrono::steady_clock::now() < deadline)
    bench.look_after();
  CHECK(bench.keeper().restarts() > 1);
  std::vector<std::pair<uint32_t, bool>> dropped{{2, true}};
  // The readings 7 and 8 are passed over, one after the other; 9 is one too many.
  for (const bool expected : {true, true, false})
    for (const uint32_t number : {1, 2})
      dropped.emplace_back(number, expected);
  CHECK(bench.dropped() == dropped);
}

TEST_CASE("what a reading had an actor tell that died of a later one is dropped when that reading is passed over") {
  int deaths_at_8 = 0, visits_to_7 = 0;
  node_bench bench{[&](const reading& r) {
                     if (r.position == 8 && deaths_at_8++ == 0)
                       throw std::runtime_error{"once"};
                     if (r.position == 7 && visits_to_7++ > 0)
                       throw std::runtime_error{"but for the first time"};
                   },
                   1};
  const auto restarted = [&](uint64_t times) {
    await([&] {
      bench.look_after();
      return bench.keeper().restarts() == times;
    });
  };
  sensor_output out;
  out.transitions.emplace_back().number = 1;
  bench.outputs().emit(bench.slot(3), 1, bench.keeper().barrier(), 0, out);
  bench.feed(3, start, 20, 7);
  bench.feed(3, start + 50ms, 20, 8);
  bench.keeper().flush(1);
  restarted(2);
  CHECK(bench.dropped().empty());
  restarted(3);
  CHECK(bench.dropped() == std::vector{std::pair{1u, true}});
  CHECK(bench.refused() == std::set<uint64_t>{7});
  REQUIRE(bench.settle());
  CHECK(bench.committed().counters().accepted == 1);
}

TEST_CASE("a shard that dies is told to whoever supervises it, and one that ends with the node is not") {
  node_bench bench;
  bench.feed(3, start, 20, 0);
  REQUIRE(bench.settle());
  CHECK(bench.broken().empty());
  caf::anon_send_exit(bench.keeper().shards()[1], caf::exit_reason::kill);
  await([&] { return !bench.broken().empty(); });
  bench.keeper().stop();
  bench.system().await_all_actors_done();
  REQUIRE(bench.broken().size() == 1);
  CHECK(bench.broken()[0].starts_with("shard 1: "));
  CHECK(bench.broken()[0].find("kill") != std::string::npos);
}

TEST_CASE("a thread of the sensors that something ends which nobody thought of is told to whoever supervises it") {
  std::atomic<int> deaths{0};
  node_bench bench{[&](const reading&) {
    if (deaths++ == 0)
      throw std::runtime_error{"of a reading"};
  }};
  auto actor = caf::actor_cast<caf::actor>(bench.keeper().sensors()[bench.slot(3)].actor);
  // Behind the actor's end nobody is there to catch.
  actor->attach_functor([](const caf::error&) { throw std::runtime_error{"of nothing that is known"}; });
  bench.feed(3, start, 20, 0);
  await([&] { return !bench.broken().empty(); });
  CHECK(bench.broken() == std::vector<std::string>{"a thread of the sensors: of nothing that is known"});
  // The turn that nobody gave back.
  caf::intrusive_ptr_release(caf::actor_cast<caf::abstract_actor*>(actor)->ctrl());
}

} // namespace sensor_keeper_test
