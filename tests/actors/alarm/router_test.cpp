#include "actors/alarm/router_actor.hpp"
#include "protocol/failure.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>

namespace router_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

// Answers when it is told to.
class slow_journal final : public alarm_journal {
public:
  void write(std::shared_ptr<const journal_batch> batch, std::function<void(journal_result)> done) override {
    asked.emplace_back(std::move(batch), std::move(done));
  }
  std::vector<outbox_entry> waiting(const channel_name&, const outbox_place* after, size_t limit) override {
    check_reading();
    std::vector<outbox_entry> out;
    for (auto at = after ? outbox.upper_bound(*after) : outbox.begin(); at != outbox.end() && out.size() < limit; ++at)
      out.push_back(at->second);
    return out;
  }
  std::vector<outbox_entry> waiting_elsewhere(const std::vector<channel_name>&) override { return {}; }
  uint64_t waiting_count(const channel_name&) override { return outbox.size(); }
  journal_content load(const std::function<void(alarm_record)>& each) override {
    check_reading();
    journal_content out{1, {}, {{{"slack"}, never}}, {}};
    for (const auto& record : stored) {
      each(record);
      out.told.push_back({{"slack"}, record.id(), told_mark{told_mark::way::singly, record.latest.number}});
    }
    return out;
  }
  void check_reading() {
    if (unreadable > 0) {
      --unreadable;
      throw failure{failure_code::journal_unwritable, "data/alarms", "input/output error"};
    }
  }

  void answer(const std::string& error = {}) {
    REQUIRE(!asked.empty());
    auto [batch, done] = std::move(asked.front());
    asked.erase(asked.begin());
    if (error.empty()) {
      for (const auto& each : batch->pages)
        outbox.emplace(each.place(), each);
      for (const auto& each : batch->changes)
        if (!each.waits()) {
          outbox.erase(each.place);
          told.push_back(each.told);
        }
      for (const auto& [id, bytes] : batch->alarms)
        alarms[id] = bytes;
    }
    done({error, {}});
  }

  std::vector<std::pair<std::shared_ptr<const journal_batch>, std::function<void(journal_result)>>> asked;
  std::map<outbox_place, outbox_entry> outbox;
  std::map<uuid, std::string> alarms;
  std::vector<notification> told;
  std::vector<alarm_record> stored;
  /// So many reads fail.
  int unreadable = 0;
};

struct test_config : caf::actor_system_config {
  test_config() {
    add_message_types<caf::id_block::millwright>();
    set("scheduler.policy", caf::atom("testing"));
  }
};

struct plant {
  slow_journal journal;
  std::vector<transition_journaled> journaled;
  std::vector<alarm_transition> decided;
  std::vector<page_order> pages;
  std::vector<std::string> journal_fails;
  std::shared_ptr<alarm_board> board = std::make_shared<alarm_board>();
  event_time now = start;
  test_config config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& clockwork = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  alarm_owner_actor owner;
  alarm_router_actor router;
  channel_actor channel;

  explicit plant(std::vector<alarm_record> before = {}, std::vector<alarm_transition> kept = {},
                 int reads_that_fail = 0, const stateful_receivers& stateful = {}) {
    journal.stored = std::move(before);
    journal.unreadable = reads_that_fail;
    owner = system.spawn(
        [](plant& all) -> alarm_owner_actor::behavior_type {
          return {[&all](const transitions_journaled& x) {
                    all.journaled.insert(all.journaled.end(), x.all.begin(), x.all.end());
                  },
                  [](const describe_wanted&) { return actor_description{}; }};
        },
        std::ref(*this));
    alarm_router_settings settings;
    settings.ways = routes{{{"slack"}}};
    settings.journal = &journal;
    settings.owner = owner;
    settings.wall_clock = [this] { return now; };
    settings.steady_clock = [this] { return now - start; };
    settings.decided = [this](const alarm_transition& x) { decided.push_back(x); };
    settings.board = board;
    settings.kept = std::move(kept);
    settings.journal_fails = [this](const std::string& why) { journal_fails.push_back(why); };
    settings.load_tries = 5;
    settings.stateful = stateful;
    router = system.spawn(route_alarms, settings);
    channel = system.spawn(
        [](channel_actor::pointer self, plant* all) -> channel_actor::behavior_type {
          self->send(all->router, channel_pull{{"slack"}, 1});
          return {[all](const page_orders& x) { all->pages.insert(all->pages.end(), x.all.begin(), x.all.end()); },
                  [=](const deliver_next&) {
                    self->send(all->router, channel_pull{{"slack"}, 1});
                  },
                  [=](const stop_channel&) { self->quit(); },
                  [](const describe_wanted&) { return actor_description{}; }};
        },
        this);
    clockwork.run();
  }

  ~plant() {
    caf::anon_send(channel, stop_channel{});
    for (const auto& each : {caf::actor_cast<caf::actor>(router), caf::actor_cast<caf::actor>(owner)})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    clockwork.run();
  }

  template <class T>
  void send(T x) {
    caf::anon_send(router, std::move(x));
    clockwork.run();
  }

  void answer(const std::string& error = {}) {
    journal.answer(error);
    clockwork.run();
  }

  template <class Answer, class T>
  Answer ask(T x, bool journal_answers = false) {
    caf::scoped_actor self{system};
    auto pending = self->request(router, caf::infinite, std::move(x));
    clockwork.run();
    if (journal_answers)
      answer();
    Answer out;
    pending.receive([&](Answer& got) { out = std::move(got); },
                    [](const caf::error&) { FAIL("the router did not answer"); });
    return out;
  }

  void report(const page_order& order, delivery_outcome outcome, milliseconds wait = 0ms) {
    send(delivery_report{{"slack"}, order.what.about.priority, order.sequence, outcome, wait, "HTTP 200"});
    ask_for_more();
  }

  void ask_for_more() {
    caf::anon_send(channel, deliver_next{});
    clockwork.run();
  }
};

} // namespace

TEST_CASE("neither page nor answer leaves before the journal has answered") {
  plant p;
  p.send(raise("t1"));
  CHECK(p.pages.empty());
  CHECK(p.journaled.empty());
  p.answer();
  REQUIRE(p.pages.size() == 1);
  CHECK_FALSE(p.pages[0].what.may_repeat);
  REQUIRE(p.journaled.size() == 1);
  CHECK(p.journaled[0].alarm == raise("t1").alarm);
}

TEST_CASE("what comes while the journal syncs goes into one next batch") {
  plant p;
  p.send(raise("t0"));
  for (int i = 1; i <= 50; ++i)
    p.send(raise(numbered("t", i)));
  CHECK(p.journal.asked.size() == 1);
  p.answer();
  REQUIRE(p.journal.asked.size() == 1);
  CHECK(p.journal.asked[0].first->pages.size() == 50);
  p.answer();
  CHECK(p.journaled.size() == 51);
}

TEST_CASE("a repeated transition is answered again and pages nobody") {
  plant p;
  p.send(raise("t1"));
  p.answer();
  p.send(alarm_transitions{{raise("t1"), raise("t1")}});
  CHECK(p.journaled.size() == 3);
  CHECK(p.pages.size() == 1);
  CHECK(p.journal.asked.empty());
}

TEST_CASE("what is told twice under one number is answered twice, each time as what it is") {
  plant p;
  auto x = raise("t1");
  x.telling = 7;
  p.send(x);
  p.answer();
  x.telling = 9;
  p.send(x);
  REQUIRE(p.journaled.size() == 2);
  CHECK(p.journaled[0].telling == 7);
  CHECK(p.journaled[1].telling == 9);
}

TEST_CASE("a channel gets one page at a time, and the most urgent first") {
  plant p;
  alarm_transitions all;
  for (int i = 0; i < 10; ++i) {
    all.all.push_back(raise(numbered("t", i)));
    all.all.back().priority = i;
  }
  p.send(all);
  p.answer();
  REQUIRE(p.pages.size() == 1);
  CHECK(p.pages[0].what.about.priority == 9);
  p.report(p.pages[0], delivery_outcome::sent);
  REQUIRE(p.pages.size() == 2);
  CHECK(p.pages[1].what.about.priority == 8);
  p.answer();
  CHECK(p.journal.told.size() == 1);
  CHECK(p.journal.told[0].outcome == notification_outcome::sent);
}

TEST_CASE("a page whose delivery failed comes again after its pause, with its attempts") {
  plant p;
  p.send(raise("t1"));
  p.answer();
  p.report(p.pages[0], delivery_outcome::retry, 500ms);
  p.answer();
  CHECK(p.pages.size() == 1);
  p.now += 500ms;
  p.clockwork.advance_time(500ms);
  p.clockwork.run();
  REQUIRE(p.pages.size() == 2);
  CHECK(p.pages[1].attempts == 1);
  CHECK(key_of(p.pages[1].what) == key_of(p.pages[0].what));
}

TEST_CASE("when the journal fails pages go out as ones that may repeat, and everything is journaled once it can be") {
  plant p;
  p.send(raise("t1"));
  p.answer("no space left on device");
  REQUIRE(p.pages.size() == 1);
  CHECK(p.pages[0].what.may_repeat);
  CHECK(p.journaled.empty());
  CHECK(p.board->status().journal_failing);
  p.send(raise("t2"));
  CHECK(p.pages.size() == 1);
  p.report(p.pages[0], delivery_outcome::sent);
  CHECK(p.pages.size() == 2);
  CHECK(p.pages[1].what.may_repeat);
  CHECK(p.journal.asked.empty());

  p.clockwork.advance_time(100ms);
  p.clockwork.run();
  p.answer();
  CHECK(p.journaled.size() == 2);
  CHECK_FALSE(p.board->status().journal_failing);
  CHECK(p.journal.told.size() == 1);
  CHECK(p.journal.outbox.size() == 1);
  p.ask_for_more();
  CHECK(p.pages.size() == 2);
}

TEST_CASE("an acknowledgement is answered once it is on disk, and the router says so to who listens") {
  plant p;
  p.send(raise("t1"));
  p.answer();
  const auto done = p.ask<acknowledge_answer>(acknowledge_alarm{short_form(raise("t1").alarm), "ada"}, true);
  CHECK(done.result == acknowledge_result::acknowledged);
  REQUIRE(p.decided.size() == 1);
  CHECK(p.decided[0].kind == transition_kind::acknowledged);
  CHECK(p.decided[0].reason == "by ada");
  CHECK(p.ask<acknowledge_answer>(acknowledge_alarm{"0", ""}).result != acknowledge_result::acknowledged);
  binary_reader in{p.journal.alarms.at(raise("t1").alarm)};
  CHECK(decode_alarm_record(in)->acknowledged);
}

TEST_CASE("a shelf is answered once it is on disk with its alarms, and ends by itself on the router's clock") {
  plant p;
  handle_alarms wanted;
  wanted.what = handle_alarms::kind::shelve;
  wanted.name = "t1";
  wanted.place = shelf_of_sensor({"main"}, {"t1"});
  wanted.lasts = 4h;
  wanted.by = "ada";
  wanted.text = "new bearing";
  CHECK(p.ask<handle_answer>(wanted, true).text == "sensor t1 of main is shelved until 2027-01-15T12:00:00Z");
  p.send(raise("t1"));
  p.answer();
  CHECK(p.pages.empty());
  REQUIRE(p.board->status().shelves);
  CHECK(p.board->status().shelves->size() == 1);
  CHECK(p.board->status().shelved == 1);
  binary_reader in{p.journal.alarms.at(raise("t1").alarm)};
  CHECK(decode_alarm_record(in)->shelved->by == "ada");
  p.now += 4h;
  p.send(router_alarm_clock::groups_due);
  REQUIRE(p.journal.asked.size() == 1);
  // In one batch: a crash finds both, or neither.
  const auto batch = p.journal.asked.front().first;
  REQUIRE(batch->shelves.size() == 1);
  CHECK_FALSE(batch->shelves[0].shelf);
  CHECK(batch->pages.size() == 1);
  p.answer();
  REQUIRE(p.pages.size() == 1);
  CHECK(p.board->status().shelves->empty());
}

TEST_CASE("what cannot be shelved, unshelved or noted is answered with why, and changes nothing") {
  plant p;
  p.send(raise("t1"));
  p.answer();
  const auto id = short_form(raise("t1").alarm);
  handle_alarms wanted;
  wanted.name = "ffff";
  wanted.may_be_alarm = true;
  wanted.lasts = 1h;
  const auto refused = [&] {
    const auto answer = p.ask<handle_answer>(wanted);
    CHECK_FALSE(answer.done);
    return answer.text;
  };
  CHECK(refused() == "there is no alarm, sensor or unit called ffff");
  wanted.name = id;
  wanted.lasts = 8 * 24h;
  CHECK(refused() == "a shelf lasts from one second to 168 hours (alarms.shelve_most)");
  wanted.lasts = 1h;
  wanted.place = shelf_of_unit({"main"}, {id});
  CHECK(refused() ==
        "an alarm's id begins with " + id + ", and there is a unit " + id + " of main: say which (--kind)");
  wanted.place.reset();
  wanted.what = handle_alarms::kind::unshelve;
  CHECK(refused() == "nothing that is shelved is called " + id + "; millwright shelve lists what is");
  wanted.what = handle_alarms::kind::note;
  wanted.name = "ffff";
  CHECK(refused() == "no alarm's id begins with ffff");
  CHECK_FALSE(p.board->status().shelves->size());
}

TEST_CASE("an alarm is shelved by its id and unshelved by it, with a note in between, and pages once more then") {
  plant p;
  p.send(raise("t1"));
  p.answer();
  REQUIRE(p.pages.size() == 1);
  p.report(p.pages[0], delivery_outcome::sent);
  p.answer();
  const auto id = short_form(raise("t1").alarm);
  handle_alarms wanted;
  wanted.name = id;
  wanted.may_be_alarm = true;
  wanted.lasts = 1h;
  wanted.by = "ada";
  wanted.text = "gauge";
  CHECK(p.ask<handle_answer>(wanted, true).text == "alarm " + id + " is shelved until 2027-01-15T09:00:00Z");
  wanted.what = handle_alarms::kind::note;
  wanted.text = "it sticks";
  CHECK(p.ask<handle_answer>(wanted, true).text.starts_with("noted with high limit: t1"));
  wanted.what = handle_alarms::kind::unshelve;
  CHECK(p.ask<handle_answer>(wanted, true).text == "alarm " + id + " is shelved no more; it stands and pages now");
  REQUIRE(p.pages.size() == 2);
  CHECK(p.pages[1].what.about.number == 2);
  binary_reader in{p.journal.alarms.at(raise("t1").alarm)};
  const auto record = decode_alarm_record(in);
  REQUIRE(record->remarks.size() == 3);
  CHECK(record->remarks[1] == alarm_remark{alarm_remark::kind::note, p.now, "ada", "it sticks"});
  CHECK(record->remarks[2].by == "ada");
}

TEST_CASE("a receiver of states is told when the record is on disk: a raise, its acknowledgement, its end") {
  plant p{{}, {}, 0, {{{"slack"}, {1, 0ms, true}}}};
  const auto told = [&] {
    std::vector<alarm_now::what> out;
    for (const auto& each : p.pages)
      out.push_back(each.what.states->front().is);
    return out;
  };
  p.send(raise("t1"));
  CHECK(p.pages.empty());
  REQUIRE(p.journal.asked.size() == 1);
  CHECK(p.journal.asked[0].first->told.size() == 1);
  p.answer();
  CHECK(told() == std::vector{alarm_now::what::stands});
  p.report(p.pages.back(), delivery_outcome::sent);
  p.answer();
  p.ask<acknowledge_answer>(acknowledge_alarm{short_form(raise("t1").alarm), "ada"}, true);
  CHECK(told() == std::vector{alarm_now::what::stands, alarm_now::what::acknowledged});
  p.report(p.pages.back(), delivery_outcome::sent);
  p.answer();
  p.send(clear("t1", 2));
  CHECK(p.pages.size() == 2);
  p.answer();
  CHECK(told().back() == alarm_now::what::over);
  p.report(p.pages.back(), delivery_outcome::sent);
  p.answer();
  CHECK(p.journal.told.size() == 2);
  CHECK(p.journal.outbox.empty());
  CHECK(p.board->status().pending == 0);
}

TEST_CASE("what stands is told again each minute by the router itself, and also while the journal fails") {
  plant p{{}, {}, 0, {{{"slack"}, {10, 60'000ms, false}}}};
  p.send(alarm_transitions{{raise("t1"), raise("t2")}});
  p.answer("no space left on device");
  REQUIRE(p.pages.size() == 1);
  CHECK(p.pages[0].what.states->size() == 2);
  p.report(p.pages[0], delivery_outcome::sent);
  for (size_t minute = 1; minute <= 3; ++minute) {
    p.now += 61s;
    p.clockwork.advance_time(61s);
    p.clockwork.run();
    REQUIRE(p.pages.size() == minute + 1);
    CHECK(p.pages.back().what.states->size() == 2);
    CHECK(p.pages.back().what.stands_until == p.now + 4min);
    p.report(p.pages.back(), delivery_outcome::sent);
  }
}

TEST_CASE("alarms are listed with their state") {
  plant p;
  p.send(alarm_transitions{{raise("t1"), clear("t1", 2), raise("t2")}});
  p.answer();
  const auto all = p.board->list({10, false});
  REQUIRE(all.alarms.size() == 2);
  CHECK(all.alarms[0].raise.condition.sensor.text == "t2");
  CHECK(p.board->list({10, true}).alarms.size() == 1);
}

TEST_CASE("a restart ends no condition of the node; what a replay does not repeat is cleared") {
  alarm_book book{routes{{{"slack"}}}};
  auto silent = raise("", 1);
  silent.condition = {{}, {}, {"split-0"}, rule::source_silent};
  silent.alarm = alarm_id_of(silent.condition, start, 1);
  book.take(silent, start);
  book.take(raise("lost", 30), start);
  plant p{{*book.find(silent.alarm), *book.find(raise("lost").alarm)}};
  CHECK(p.journal.asked.empty());
  CHECK(p.decided.empty());
  CHECK(p.board->list({10, true}).alarms.size() == 2);
  p.send(split_started{0, 20});
  p.send(split_committed{0, 40});
  p.answer();
  REQUIRE(p.decided.size() == 1);
  CHECK(p.decided[0].reason == "not repeated by the replay");
  CHECK(p.board->status().not_repeated == 1);
  CHECK(p.board->status().active == 1);
}

TEST_CASE("what was kept at a restart pages although newer transitions come before it could") {
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.level = severity::critical;
  worse.pages = true;
  plant p{{}, {raise("t1")}};
  p.send(worse);
  p.answer();
  p.answer();
  CHECK(p.journaled.size() == 2);
  CHECK_FALSE(p.pages.empty());
  CHECK(p.board->status().alerts == 2);
  CHECK(p.board->status().repeated == 0);
  CHECK(p.board->status().gaps == 0);
}

TEST_CASE("what was kept without what came before it is taken at once: nobody has that any more") {
  auto worse = transition("t1", 17, transition_kind::updated);
  worse.level = severity::critical;
  worse.pages = true;
  for (const bool at_start : {true, false}) {
    CAPTURE(at_start);
    plant p{{}, at_start ? std::vector{worse} : std::vector<alarm_transition>{}};
    if (!at_start)
      p.send(alarm_transitions{{worse}});
    p.answer();
    CHECK(p.board->status().active == 1);
    CHECK(p.pages.size() == 1);
  }
}

TEST_CASE("a transition that overtook its predecessor is not answered before it is taken") {
  plant p;
  p.send(clear("t1", 2));
  CHECK(p.journal.asked.empty());
  CHECK(p.journaled.empty());
  p.send(raise("t1"));
  p.answer();
  CHECK(p.journaled.size() == 2);
  p.send(clear("t2", 2));
  p.now += 2000ms;
  p.clockwork.advance_time(2000ms);
  p.clockwork.run();
  p.answer();
  CHECK(p.journaled.size() == 3);
  CHECK(p.board->status().gaps == 1);
}

TEST_CASE("a journal that cannot be read at the start is tried again, and nothing that came meanwhile is lost") {
  alarm_book book{routes{{{"slack"}}}};
  book.take(raise("old"), start);
  plant p{{*book.find(raise("old").alarm)}, {}, 3};
  p.send(raise("t1"));
  p.send(clear("old", 2));
  CHECK(p.journal.asked.empty());
  REQUIRE(p.journal_fails.size() == 1);
  CHECK(p.journal_fails[0].find("input/output error") != std::string::npos);
  for (int i = 0; i < 3; ++i) {
    p.now += 500ms;
    p.clockwork.advance_time(500ms);
    p.clockwork.run();
  }
  CHECK(p.journal_fails.back().empty());
  p.answer();
  CHECK(p.journaled.size() == 2);
  REQUIRE(p.pages.size() == 1);
  CHECK(p.pages[0].what.about.condition.sensor.text == "t1");
  CHECK(p.board->status().active == 1);
  CHECK(p.board->status().notices == 1);
}

TEST_CASE("a journal whose alarms cannot be read for long ends the router, and who monitors it hears why") {
  plant p{{}, {}, 1000};
  caf::scoped_actor watcher{p.system};
  watcher->monitor(p.router);
  for (int i = 0; i < 6; ++i) {
    p.clockwork.advance_time(500ms);
    p.clockwork.run();
  }
  bool told = false;
  watcher->receive(
      [&](const caf::down_msg& down) {
        told = p.system.render(down.reason).find("input/output error") != std::string::npos;
      },
      caf::after(0ms) >> [] {});
  CHECK(told);
}

TEST_CASE("a router that is stopped writes what is left, then ends") {
  plant p;
  p.send(raise("t1"));
  p.send(raise("t2"));
  caf::scoped_actor self{p.system};
  auto pending = self->request(p.router, caf::infinite, stop_router{});
  p.clockwork.run();
  p.answer();
  p.answer();
  bool written = false;
  pending.receive([&](bool x) { written = x; }, [](const caf::error&) { FAIL("no answer"); });
  CHECK(written);
  CHECK(p.journal.alarms.size() == 2);
}

TEST_CASE("a journal that cannot be written is told of by itself, and so is that it can be again") {
  plant p;
  CHECK(p.journal_fails == std::vector<std::string>{""});
  p.send(raise("t1"));
  p.answer("no space left on device");
  REQUIRE(p.journal_fails.size() == 2);
  CHECK(p.journal_fails[1].find("no space left on device") != std::string::npos);
  p.now += 1min;
  p.clockwork.advance_time(1min);
  p.clockwork.run();
  p.answer("no space left on device");
  CHECK(p.journal_fails.size() == 2);
  p.now += 1min;
  p.clockwork.advance_time(1min);
  p.clockwork.run();
  p.answer();
  REQUIRE(p.journal_fails.size() == 3);
  CHECK(p.journal_fails[2].empty());
}

TEST_CASE("a journal that hangs holds no page for longer than it is waited for, and is told of") {
  plant p;
  p.send(raise("t1"));
  p.send(raise("t2"));
  const auto pass = [&](milliseconds time) {
    for (auto passed = 0ms; passed < time; passed += 500ms) {
      p.now += 500ms;
      p.clockwork.advance_time(500ms);
      p.clockwork.run();
    }
  };
  // As the router itself describes it.
  const auto trouble_is = [&](const std::string& expected) {
    const auto described = p.ask<actor_description>(describe_wanted{}).json;
    CAPTURE(described);
    CHECK(described.find("\"journal_trouble\":" + expected + ',') != std::string::npos);
  };
  pass(9s);
  CHECK(p.pages.empty());
  trouble_is("null");
  pass(2s);
  REQUIRE(p.pages.size() == 1);
  CHECK(p.pages[0].what.may_repeat);
  REQUIRE(p.journal_fails.size() == 2);
  CHECK(p.board->status().journal_failing);
  trouble_is('"' + p.journal_fails[1] + '"');
  // What is decided meanwhile does not wait either.
  p.report(p.pages[0], delivery_outcome::sent);
  CHECK(p.pages.size() == 2);
  p.send(raise("t3"));
  p.report(p.pages[1], delivery_outcome::sent);
  CHECK(p.pages.size() == 3);
  p.report(p.pages[2], delivery_outcome::sent);
  while (!p.journal.asked.empty())
    p.answer();
  REQUIRE(p.journal_fails.size() == 3);
  CHECK(p.journal_fails[2].empty());
  trouble_is("null");
  CHECK(p.pages.size() == 3);
  CHECK(p.journal.outbox.empty());
  CHECK(p.journaled.size() == 3);
  // The next one has its own time.
  p.send(raise("t4"));
  pass(9s);
  CHECK(p.pages.size() == 3);
}

TEST_CASE("who acknowledges while the journal hangs is answered, and told that it is not on disk") {
  plant p;
  p.send(raise("t1"));
  p.send(raise("t2"));
  p.answer();
  p.answer();
  const auto ask = [&](const std::string& alarm) {
    auto out = std::make_shared<std::optional<acknowledge_answer>>();
    p.system.spawn([out, router = p.router, id = short_form(raise(alarm).alarm)](caf::event_based_actor* self) {
      self->request(router, caf::infinite, acknowledge_alarm{id, "ada"}).then([out](acknowledge_answer& answer) {
        *out = std::move(answer);
      });
    });
    p.clockwork.run();
    return out;
  };
  const auto first = ask("t1");
  for (auto passed = 0ms; passed < 11s; passed += 500ms) {
    if (passed <= 9s)
      CHECK_FALSE(first->has_value());
    p.now += 500ms;
    p.clockwork.advance_time(500ms);
    p.clockwork.run();
  }
  const auto second = ask("t2");
  for (const auto& each : {first, second}) {
    REQUIRE(each->has_value());
    CHECK((*each)->result == acknowledge_result::acknowledged);
    CHECK((*each)->text.find("not on disk yet") != std::string::npos);
  }
  CHECK(p.board->status().journal_error.find("does not answer") != std::string::npos);
  // And a stop does not wait.
  caf::scoped_actor asking{p.system};
  auto pending = asking->request(p.router, caf::infinite, stop_router{});
  p.clockwork.run();
  pending.receive([](bool written) { CHECK_FALSE(written); }, [](const caf::error&) { FAIL("no answer"); });
}

TEST_CASE("a journal does not hang because the process stood still while it was at work") {
  plant p;
  p.send(raise("t1"));
  for (const auto stood : {20s, 2s, 60s}) {
    p.now += stood;
    p.clockwork.advance_time(stood);
    p.clockwork.run();
  }
  CHECK(p.pages.empty());
  while (!p.journal.asked.empty())
    p.answer();
  CHECK(p.pages.size() == 1);
  CHECK(p.journal_fails == std::vector<std::string>{""});
}

TEST_CASE("what a quarantined sensor had decided behind the commit stands no longer, and its numbers are free again") {
  plant p;
  p.send(raise("stood", 10));
  p.answer();
  p.send(transition("stood", 2, transition_kind::updated, 50));
  p.send(raise("new", 51));
  while (!p.journal.asked.empty())
    p.answer();
  // This one waits for its predecessor, which will not come.
  p.send(transition("stood", 4, transition_kind::cleared, 52));
  p.send(transition_dropped{raise("stood").alarm, 2, true, false});
  p.send(transition_dropped{raise("new").alarm, 1, false, false});
  p.send(transition_dropped{raise("unknown").alarm, 1, false, false});
  p.now += 1min;
  p.clockwork.advance_time(1min);
  p.clockwork.run();
  while (!p.journal.asked.empty())
    p.answer();
  REQUIRE(p.decided.size() == 1);
  CHECK(p.decided[0].alarm == raise("new").alarm);
  CHECK(p.decided[0].kind == transition_kind::cleared);
  CHECK(p.decided[0].reason == "its sensor is quarantined");

  std::vector<alarm_record> stored;
  for (const auto& [id, bytes] : p.journal.alarms) {
    binary_reader in{bytes};
    stored.push_back(decode_alarm_record(in).value());
  }
  REQUIRE(stored.size() == 2);
  for (const auto& each : stored)
    CHECK((each.state == alarm_state::active) == (each.id() == raise("stood").alarm));
  plant next{std::move(stored)};
  next.send(split_started{0, 100});
  next.send(clear("stood", 2, 120));
  while (!next.journal.asked.empty())
    next.answer();
  binary_reader in{next.journal.alarms.at(raise("stood").alarm)};
  CHECK(decode_alarm_record(in).value().state == alarm_state::cleared);
}

TEST_CASE(
    "what was dropped while it waited for its predecessor is not taken afterwards, and what comes in its place is") {
  plant p;
  const auto wait = [&] {
    p.now += 1min;
    p.clockwork.advance_time(1min);
    p.clockwork.run();
    while (!p.journal.asked.empty())
      p.answer();
  };
  const auto known = [&] { return p.board->find([](const auto&) { return true; }).size(); };
  auto told = transition("t1", 2, transition_kind::reopened, 50);
  told.swept = true;
  told.telling = 1;
  p.send(told);
  p.send(transition_dropped{told.alarm, 2, false, true});
  wait();
  CHECK(known() == 0);
  CHECK(p.journaled.empty());
  told.telling = 2;
  p.send(told);
  wait();
  CHECK(known() == 1);
  REQUIRE(p.journaled.size() == 1);
  CHECK(p.journaled[0].telling == 2);
}

} // namespace router_test
