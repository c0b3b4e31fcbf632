#include "runtime/node/paging.hpp"

#include "protocol/binary.hpp"
#include "runtime/hosting/actor_world.hpp"
#include "runtime/journal/memory_journal.hpp"
#include "runtime/ledger/memory_ledger.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <stdexcept>
#include <thread>

namespace paging_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

/// A journal whose reading fails in a way that nobody thought of, or takes its time; and that holds a writer.
class broken_reading : public journal {
public:
  std::atomic<int> failures{0}, loads{0}, loading{0};
  std::atomic<bool> slow{false};
  /// Of the next write; and that it is held, until somebody says otherwise.
  std::atomic<bool> hold{false}, holding{false};
  std::atomic<bool> read_while_holding{false}, two_at_once{false};

  void write(std::shared_ptr<const journal_batch> batch, std::function<void(journal_result)> done) override {
    if (hold.exchange(false))
      for (holding = true; holding;)
        std::this_thread::sleep_for(1ms);
    in_.write(std::move(batch), std::move(done));
  }
  std::vector<outbox_entry> waiting(const channel_name& channel, const outbox_place* after, size_t limit) override {
    if (failures > 0 && failures-- > 0)
      throw std::runtime_error{"the journal cannot be read"};
    return in_.waiting(channel, after, limit);
  }
  uint64_t waiting_count(const channel_name& channel) override { return in_.waiting_count(channel); }
  journal_content load(const std::function<void(alarm_record)>& each) override {
    ++loads;
    if (++loading > 1)
      two_at_once = true;
    if (holding)
      read_while_holding = true;
    while (slow)
      std::this_thread::sleep_for(1ms);
    auto out = in_.load(each);
    --loading;
    return out;
  }
  void append_decision(const log_decision& entry) override { in_.append_decision(entry); }
  void remove_decision(const log_decision& entry) override { in_.remove_decision(entry); }
  std::vector<log_decision> decisions(std::string_view split, uint64_t from) override {
    return in_.decisions(split, from);
  }
  void prune_decisions(std::string_view split, uint64_t before) override { in_.prune_decisions(split, before); }
  std::vector<notification_entry> notifications(uint64_t cursor, size_t limit) override {
    return in_.notifications(cursor, limit);
  }
  uint64_t cursor_before_newest(size_t last) override { return in_.cursor_before_newest(last); }
  std::vector<outbox_entry> waiting_elsewhere(const std::vector<channel_name>& here) override {
    return in_.waiting_elsewhere(here);
  }
  journal_status status() override { return in_.status(); }

private:
  memory_journal in_;
};

/// A ledger with something that cannot be read, once.
class broken_ledger : public memory_ledger {
public:
  std::atomic<bool> broken{false};

  recovered_state load() override {
    auto out = memory_ledger::load();
    if (broken.exchange(false))
      out.transitions.emplace_back("no transition");
    return out;
  }
};

/// The n-th of many sensors has left its range for good.
alarm_transition critical(int n) {
  alarm_transition x;
  x.condition = {{"plant"}, {fmt::format("PI-{}", n)}, {}, rule::limit};
  static const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  x.at = x.raised_at = now;
  x.alarm = alarm_id_of(x.condition, x.raised_at, 1);
  x.number = 1;
  x.kind = transition_kind::raised;
  x.level = severity::critical;
  x.priority = 90;
  x.pages = true;
  x.position = static_cast<uint64_t>(n);
  x.reason = fmt::format("reason {}", n);
  return x;
}

struct bench {
  bench() {
    channels.resize(1);
    channels[0].name = "terminal";
    around.print = [this](const std::string& text) {
      std::lock_guard guard{mutex};
      pages.push_back(text);
      return true;
    };
  }
  ~bench() {
    root.stop();
    alarms.reset();
  }

  void begin() {
    paging::surroundings of{world.system(), settings, channels, around, kept_alarms, kept_transitions, root, journaled};
    of.end_patience = end_patience;
    alarms.emplace(std::move(of));
  }
  /// The owner dies while the router is busy.
  void die_beside_busy_router() {
    journaled = [this](const transitions_journaled&) {
      if (lives.exchange(true))
        return;
      soon([this] { return kept_alarms.holding.load(); });
      throw std::runtime_error{"nobody hears"};
    };
    begin();
    alarms->started({});
    alarms->tell(critical(0));
    CHECK(soon([&] { return paged() == 1; }));
    kept_alarms.hold = true;
    alarms->tell(critical(1));
    CHECK(soon([&] { return kept_alarms.holding.load(); }));
  }
  uint64_t deaths() { return root.parts().front().deaths; }
  size_t paged() {
    std::lock_guard guard{mutex};
    return pages.size();
  }
  template <class Condition>
  bool soon(Condition met) {
    for (const auto deadline = std::chrono::steady_clock::now() + 20s; !met();) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }

  std::mutex mutex;
  std::vector<std::string> pages;
  actor_world world;
  alarm_settings settings;
  std::vector<channel_settings> channels;
  channel_surroundings around;
  broken_reading kept_alarms;
  broken_ledger kept_transitions;
  std::function<void(const transitions_journaled&)> journaled = [](const transitions_journaled&) {};
  milliseconds end_patience{10'000};
  std::atomic<bool> lives{false};
  std::atomic<int> ended{0};
  root_supervisor root{{5, 60s, 10ms}, [this](const std::string&) { ++ended; }};
  std::optional<paging> alarms;
};

} // namespace

TEST_CASE("a router that dies of reading its journal is begun anew, and 100 of 100 critical transitions page") {
  bench b;
  b.begin();
  b.alarms->started({});
  for (int i = 0; i < 100; ++i) {
    // A commit in between: what it holds is told to a new router from the ledger, or was journaled.
    if (i == 50) {
      barrier_output output;
      ledger_commit batch;
      batch.number = 1;
      for (int told = 0; told < 50; ++told) {
        output.transitions.push_back({critical(told), 0, 1});
        binary_writer writer{batch.transitions.emplace_back()};
        encode(writer, critical(told));
      }
      b.kept_transitions.commit(batch);
      output.committed_places.push_back({0, 50});
      b.alarms->committed(output);
    }
    if (i == 30 || i == 60) {
      // As by a read that fails.
      if (i == 60) {
        CHECK(b.soon([&] { return b.root.restarts() == 1; }));
        // The next one dies, too.
        b.kept_alarms.failures = 1;
      }
      caf::anon_send_exit(b.alarms->router(), caf::exit_reason::unhandled_exception);
    }
    b.alarms->tell(critical(i));
  }
  CHECK(b.soon([&] {
    std::lock_guard guard{b.mutex};
    return std::set<std::string>(b.pages.begin(), b.pages.end()).size() == 100;
  }));
  CHECK(b.soon([&] { return b.root.restarts() >= 2; }));
  CHECK(b.root.whole());
  CHECK(b.ended == 0);
}

TEST_CASE("a router that is begun anew right after its split's log was takes back nothing that stands") {
  bench b;
  b.begin();
  b.alarms->started({});
  b.alarms->tell(critical(0));
  CHECK(b.soon([&] { return b.paged() == 1; }));
  b.alarms->begun_anew({0, 1});
  caf::anon_send_exit(b.alarms->router(), caf::exit_reason::unhandled_exception);
  CHECK(b.soon([&] { return b.root.restarts() == 1 && b.root.whole(); }));
  b.alarms->tell(critical(1));
  CHECK(b.soon([&] { return b.paged() >= 2; }));
  CHECK(b.paged() == 2);
  const auto known = b.alarms->board()->find([](const auto& each) { return each.id() == critical(0).alarm; });
  REQUIRE(known.size() == 1);
  CHECK(known[0]->latest.kind == transition_kind::raised);
  CHECK(known[0]->latest.number == 1);
}

TEST_CASE("what a sweep had a dead actor tell, and nobody comes to again, ends although its router dies meanwhile") {
  bench b;
  b.begin();
  b.alarms->started({});
  auto told = critical(0);
  told.swept = true;
  b.alarms->tell(told);
  CHECK(b.soon([&] { return b.paged() == 1; }));
  b.alarms->dropped(told, true);
  caf::anon_send_exit(b.alarms->router(), caf::exit_reason::unhandled_exception);
  CHECK(b.soon([&] { return b.root.restarts() == 1 && b.root.whole(); }));
  for (uint64_t commit = 1; commit <= 24; ++commit) {
    barrier_output output;
    output.committed_places.push_back({0, commit, 0, 0, milliseconds{2000} * commit});
    b.alarms->committed(output);
  }
  CHECK(b.soon([&] {
    return !b.alarms->board()->find([](const auto& each) { return each.state == alarm_state::cleared; }).empty();
  }));
}

TEST_CASE("a commit ends nothing that was told before it, however much the router has to do when both come") {
  bench b;
  b.begin();
  b.alarms->started({});
  for (int i = 0; i < 100; ++i)
    b.alarms->tell(critical(i));
  CHECK(b.soon([&] { return b.paged() == 100; }));
  CHECK(b.alarms->stop());
  b.alarms.reset();

  b.kept_alarms.slow = true;
  b.begin();
  b.alarms->started({});
  for (int i = 0; i < 100; ++i)
    b.alarms->tell(critical(i));
  barrier_output output;
  output.committed_places.push_back({0, 100});
  b.alarms->committed(output);
  b.kept_alarms.slow = false;
  b.alarms->tell(critical(100));
  CHECK(b.soon([&] { return b.paged() == 101; }));
  CHECK(b.alarms->stop());
  const auto ended = b.alarms->board()->find([](const auto& each) { return each.state != alarm_state::active; });
  CHECK(ended.empty());
}

TEST_CASE("a router that is to be replaced and is busy has ended before the next one reads the journal") {
  bench b;
  b.end_patience = 500ms;
  b.die_beside_busy_router();
  // It has been waited for once, in vain.
  CHECK(b.soon([&] { return b.deaths() >= 2 || b.kept_alarms.loads > 1; }));
  CHECK_FALSE(b.kept_alarms.read_while_holding);
  b.kept_alarms.holding = false;
  CHECK(b.soon([&] { return b.root.restarts() == 1 && b.root.whole(); }));
  CHECK(b.soon([&] { return b.kept_alarms.loads == 2; }));
  b.alarms->tell(critical(2));
  CHECK(b.soon([&] { return b.paged() >= 3; }));
  CHECK(b.paged() == 3);
  CHECK(b.ended == 0);
}

TEST_CASE("a router that was begun but not to the end has ended, too, before the next one reads the journal") {
  bench b;
  b.end_patience = 500ms;
  b.begin();
  b.alarms->started({});
  b.alarms->tell(critical(0));
  // And it is on disk that it was.
  CHECK(b.soon([&] { return b.kept_alarms.notifications(0, 10).size() == 1; }));
  b.kept_alarms.slow = true;
  b.kept_transitions.broken = true;
  caf::anon_send_exit(b.alarms->router(), caf::exit_reason::unhandled_exception);
  // The second has read and was ended; it has been waited for once, in vain.
  CHECK(b.soon([&] { return (b.deaths() >= 3 && b.kept_alarms.loads == 2) || b.kept_alarms.loads > 2; }));
  CHECK(b.kept_alarms.loads == 2);
  b.kept_alarms.slow = false;
  CHECK(b.soon([&] { return b.root.restarts() == 1 && b.root.whole(); }));
  b.alarms->tell(critical(1));
  CHECK(b.soon([&] { return b.paged() >= 2; }));
  CHECK_FALSE(b.kept_alarms.two_at_once);
  CHECK(b.kept_alarms.loads == 3);
  CHECK(b.paged() == 2);
  CHECK(b.ended == 0);
}

TEST_CASE("a router that does not end ends the node, and never are there two") {
  bench b;
  b.end_patience = 10ms;
  b.die_beside_busy_router();
  CHECK(b.soon([&] { return b.ended == 1 || b.kept_alarms.loads > 1; }));
  CHECK(b.ended == 1);
  CHECK(b.kept_alarms.loads == 1);
  caf::scoped_actor waiting{b.world.system()};
  waiting->monitor(b.alarms->router());
  b.kept_alarms.holding = false;
  waiting->receive([](const caf::down_msg&) {}, caf::after(20s) >> [] {});
}

TEST_CASE("a journal that cannot be read at all ends the node after some deaths, and it is not well meanwhile") {
  bench b;
  b.kept_alarms.failures = 1'000'000;
  b.begin();
  for (int i = 0; i < 2000 && b.ended == 0; ++i) {
    b.alarms->tell(critical(i));
    std::this_thread::sleep_for(5ms);
  }
  CHECK(b.soon([&] { return b.ended == 1; }));
  CHECK_FALSE(b.root.whole());
}

TEST_CASE("a router that gives its journal up again and again does so often enough to end the node") {
  const alarm_router_settings router;
  milliseconds life{0};
  for (int tries = 1; tries < router.load_tries; ++tries)
    life += router.work.backoff * tries;
  const root_supervisor::limits limits;
  // On a disk that takes a second to fail.
  life += router.load_tries * 1s;
  restart_intensity intensity{limits.deaths, static_cast<uint64_t>(limits.window.count())};
  bool ends = false;
  for (uint32_t death = 0; death <= limits.deaths; ++death)
    ends = intensity.died(static_cast<uint64_t>(life.count()) * death);
  CHECK(ends);
}

TEST_CASE("what is committed need not be told to a new router by us, and what nobody commits is forgotten in the end") {
  told_transitions told;
  for (int i = 0; i < 3; ++i)
    told.told(critical(i));
  told.forget(critical(1));
  told.commit_done();
  CHECK(told.all().size() == 2);
  for (int i = 0; i < 8; ++i)
    told.commit_done();
  CHECK(told.all().empty());
}

} // namespace paging_test
