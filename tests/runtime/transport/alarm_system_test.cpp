#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/journal/memory_journal.hpp"
#include "runtime/transport/start_channels.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/runtime/transport/receiver.hpp"

#include <doctest/doctest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace alarm_system_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct test_config : caf::actor_system_config {
  test_config() {
    add_message_types<caf::id_block::millwright>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{1});
  }
};

// However many there are.
alarm_settings one_by_one() {
  alarm_settings out;
  out.together_over = 0;
  out.first_out_within = milliseconds{0};
  return out;
}

channel_settings webhook(const std::string& name, const std::string& url) {
  channel_settings out;
  out.name = name;
  out.kind = channel_kind::webhook;
  out.url = url;
  out.backoff = 10ms;
  out.backoff_most = 50ms;
  return out;
}

struct node {
  test_config config;
  caf::actor_system system{config};
  std::atomic<size_t> journaled{0};
  alarm_owner_actor owner = system.spawn(
      [](node& all) -> alarm_owner_actor::behavior_type {
        return {[&all](const transitions_journaled& x) { all.journaled += x.all.size(); },
                [](const describe_wanted&) { return actor_description{}; }};
      },
      std::ref(*this));
  alarm_system alarms;

  node(journal& j, const std::vector<channel_settings>& channels, const channel_surroundings& around = {})
      : alarms{start_alarms(system, one_by_one(), channels, around, j, {owner, {}, {}, {}, {}, {}})} {}
  ~node() {
    alarms.stop();
    caf::anon_send_exit(owner, caf::exit_reason::kill);
  }
  void send(const alarm_transition& x) { caf::anon_send<caf::message_priority::high>(alarms.router(), x); }
};

class printing_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit printing_sink(terminal_transport::print_function print) : print_{std::move(print)} {}

protected:
  void sink_it_(const spdlog::details::log_msg&) override { print_({}); }
  void flush_() override {}

private:
  terminal_transport::print_function print_;
};

lmdb_journal_settings in(const receiver& r) {
  lmdb_journal_settings out;
  out.directory = r.directory() + "/journal";
  return out;
}

std::map<std::string, std::set<std::string>> bodies_by_key(const receiver& r) {
  std::map<std::string, std::set<std::string>> out;
  for (const auto& each : r.requests())
    out[each.key].insert(each.body);
  return out;
}

} // namespace

TEST_CASE("a raise is delivered within milliseconds, and its outcome is on disk") {
  receiver r;
  lmdb_journal j{in(r)};
  node n{j, {webhook("hook", r.url("/ok"))}};
  std::vector<int64_t> raised;
  constexpr int pages = 200;
  for (int i = 0; i < pages; ++i) {
    raised.push_back(std::chrono::steady_clock::now().time_since_epoch().count());
    n.send(raise(numbered("t", i)));
    REQUIRE(eventually([&] { return j.notifications(0, 1000).size() == static_cast<size_t>(i) + 1; }));
  }
  const auto got = r.requests();
  REQUIRE(got.size() == pages);
  std::vector<int64_t> taken;
  for (int i = 0; i < pages; ++i)
    taken.push_back((got[static_cast<size_t>(i)].at_ns - raised[static_cast<size_t>(i)]) / 1000);
  std::sort(taken.begin(), taken.end());
  CHECK(n.journaled == pages);
  MESSAGE("raise to receiver: median ", taken[pages / 2], " us, p99 ", taken[pages * 99 / 100],
          " us; request to synced: median ", j.status().median_us, " us, p99 ", j.status().p99_us, " us");
}

TEST_CASE("a dead receiver holds up no other channel, and its pages wait in the outbox for the next start") {
  receiver r;
  const auto live = r.url("/ok");
  constexpr size_t pages = 3000;
  {
    lmdb_journal j{in(r)};
    auto dead = webhook("dead", "http://127.0.0.1:1/");
    node n{j, {webhook("live", live), dead}};
    for (size_t i = 0; i < pages; ++i)
      n.send(raise(numbered("t", static_cast<int>(i))));
    CHECK(eventually([&] { return bodies_by_key(r).size() == pages; }, 60s));
    CHECK(eventually([&] { return n.journaled == pages; }));
    CHECK(j.waiting_count({"dead"}) == pages);
    const auto from = std::chrono::steady_clock::now();
    CHECK(n.alarms.stop());
    CHECK(std::chrono::steady_clock::now() - from < 1s);
  }
  lmdb_journal j{in(r)};
  node n{j, {webhook("live", live), webhook("dead", r.url("/fail/3"))}};
  CHECK(eventually([&] { return j.waiting_count({"dead"}) == 0; }, 60s));
  const auto got = bodies_by_key(r);
  CHECK(got.size() == 2 * pages);
  for (const auto& [key, bodies] : got)
    CHECK(bodies.size() == 1);
}

TEST_CASE("a receiver that hangs does not hold up a stop, and the same bytes come again under the same key") {
  receiver r;
  memory_journal j;
  std::string body;
  {
    node n{j, {webhook("hook", r.url("/slow"))}};
    n.send(raise("t1"));
    REQUIRE(eventually([&] { return r.requests().size() == 1; }));
    const auto from = std::chrono::steady_clock::now();
    CHECK(n.alarms.stop());
    CHECK(std::chrono::steady_clock::now() - from < 1s);
  }
  node n{j, {webhook("hook", r.url("/ok"))}};
  CHECK(eventually([&] { return j.notifications(0, 10).size() == 1; }));
  const auto got = r.requests();
  REQUIRE(got.size() == 2);
  CHECK(got[0].key == got[1].key);
  CHECK(got[0].body == got[1].body);
}

TEST_CASE("a terminal or log on a disk that hangs holds up no other channel, and no stop") {
  receiver r;
  memory_journal j;
  const auto hangs = std::make_shared<std::atomic<bool>>(true);
  const auto writers = std::make_shared<std::atomic<int>>(0);
  channel_surroundings around;
  around.print = [hangs, writers](const std::string&) {
    for (++*writers; *hangs;)
      std::this_thread::sleep_for(1ms);
    --*writers;
    return true;
  };
  around.log = std::make_shared<spdlog::logger>("log", std::make_shared<printing_sink>(around.print));
  std::vector<channel_settings> channels{webhook("hook", r.url("/ok"))};
  for (const auto kind : {channel_kind::terminal, channel_kind::log}) {
    channels.emplace_back().kind = kind;
    channels.back().name = kind == channel_kind::log ? "log" : "terminal";
  }
  // Where nothing ends, the test does.
  std::thread patience{[hangs] {
    for (const auto until = std::chrono::steady_clock::now() + 30s; *hangs && std::chrono::steady_clock::now() < until;)
      std::this_thread::sleep_for(10ms);
    *hangs = false;
  }};
  std::chrono::steady_clock::time_point from;
  {
    node n{j, channels, around};
    n.send(raise("t1"));
    CHECK(eventually([&] { return r.requests().size() == 1 && *writers == 2; }));
    n.send(raise("t2"));
    CHECK(eventually([&] { return r.requests().size() == 2; }));
    from = std::chrono::steady_clock::now();
  }
  CHECK(std::chrono::steady_clock::now() - from < 10s);
  CHECK(*hangs);
  CHECK(j.waiting_count({"terminal"}) == 2);
  CHECK(j.waiting_count({"log"}) == 2);
  *hangs = false;
  patience.join();
  CHECK(eventually([&] { return *writers == 0; }));
}

TEST_CASE("while the journal fails pages go out all the same, and are told once it can be written") {
  receiver r;
  memory_journal j;
  node n{j, {webhook("hook", r.url("/ok"))}};
  j.fail_with("no space left on device");
  n.send(raise("t1"));
  CHECK(eventually([&] { return r.requests().size() == 1; }));
  CHECK(r.requests()[0].may_repeat == "true");
  CHECK(n.journaled == 0);
  j.fail_with({});
  CHECK(eventually([&] { return n.journaled == 1; }));
  CHECK(eventually([&] { return j.notifications(0, 10).size() == 1; }));
  n.send(raise("t2"));
  CHECK(eventually([&] { return r.requests().size() == 2; }));
  CHECK(r.requests()[1].may_repeat.empty());
}

TEST_CASE("a page that is refused is sent once more in its shortest form, then over the other channels") {
  receiver r;
  memory_journal j;
  node n{j, {webhook("hook", r.url("/status/413")), webhook("other", r.url("/ok"))}};
  n.send(raise("t1"));
  REQUIRE(eventually([&] { return j.notifications(0, 10).size() == 2; }));
  for (const auto& each : j.notifications(0, 10))
    if (each.what.channel.text == "hook") {
      CHECK(each.what.outcome == notification_outcome::failed);
      CHECK(each.what.detail == "HTTP 413: it is so: 413");
    } else {
      CHECK(each.what.outcome == notification_outcome::sent);
    }
  const auto got = r.requests();
  CHECK(got.size() == 3);
  std::set<std::string> keys;
  for (const auto& each : got)
    keys.insert(each.key);
  CHECK(keys.size() == 3);
}

TEST_CASE(
    "without a word every other channel that leaves the machine stands in for one, and only messages go together") {
  const channel_settings hook = webhook("hook", "http://h/"), other = webhook("other", "http://h/");
  channel_settings screen, named = webhook("named", "http://h/");
  screen.name = "screen";
  named.fallback = {"screen"};
  named.fallback_after = 1s;
  named.rate_pages = 3;
  const std::vector<channel_settings> all{hook, screen, other, named};
  CHECK(terms_of(hook, {}, all).fallback == std::vector<channel_name>{{"other"}, {"named"}});
  CHECK(terms_of(hook, {}, all).fallback_after == 5min);
  CHECK(terms_of(hook, {}, all).together_over == 10);
  CHECK(terms_of(screen, {}, all).together_over == 0);
  CHECK(terms_of(named, {}, all).fallback == std::vector<channel_name>{{"screen"}});
  CHECK(terms_of(named, {}, all).rate.pages == 3);
}

TEST_CASE("a channel that is refused keeps its pages and is asked again until it takes them; it says so") {
  receiver r;
  memory_journal j;
  std::mutex mutex;
  std::vector<channel_news> heard;
  test_config config;
  caf::actor_system system{config};
  auto alarms = start_alarms(system, alarm_settings{}, {webhook("hook", r.url("/refuse/5"))}, {}, j,
                             {{}, {}, {}, {}, [&](const channel_news& news) {
                                std::lock_guard guard{mutex};
                                heard.push_back(news);
                              }});
  caf::anon_send(alarms.router(), raise("t1"));
  CHECK(eventually([&] { return j.notifications(0, 10).size() == 1; }));
  CHECK(j.notifications(0, 10)[0].what.outcome == notification_outcome::sent);
  CHECK(r.requests().size() == 6);
  std::lock_guard guard{mutex};
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].what == channel_news::kind::down);
  CHECK(heard[0].reason == "it is refused: HTTP 404: it is so: 404");
  CHECK(heard[1].what == channel_news::kind::up);
  alarms.stop();
}

TEST_CASE("a stop takes the router from nobody who tells it something meanwhile") {
  receiver r;
  memory_journal j;
  node n{j, {webhook("hook", r.url("/ok"))}};
  const alarm_router_actor before = n.alarms.router();
  std::atomic<bool> done{false};
  std::atomic<int> gone{0};
  std::thread teller{[&] {
    while (!done) {
      if (!n.alarms.router())
        ++gone;
      else
        n.send(raise("t1"));
      std::this_thread::sleep_for(100us);
    }
  }};
  CHECK(n.alarms.stop());
  CHECK(n.alarms.stop());
  std::this_thread::sleep_for(5ms);
  done = true;
  teller.join();
  CHECK(gone == 0);
  CHECK(n.alarms.router() == before);
}

} // namespace alarm_system_test
