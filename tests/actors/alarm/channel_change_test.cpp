#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace channel_change_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

alarm_transition at(alarm_transition x, event_time when) {
  x.at = when;
  x.fresh = true;
  return x;
}

void pass(outbox_world& w, milliseconds time) {
  w.now += time;
  w.settle();
}

} // namespace

TEST_CASE("an alarm that reopens when its channels have left the configuration is told to those that there are") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.take(at(clear("t1", 2), w.now));
  w.settle();
  w.configure({{"slack2"}});
  w.settle();
  w.take(at(transition("t1", 3, transition_kind::reopened), w.now + 1min));
  pass(w, 1min);
  CHECK(w.told({"slack2"}) == strings{"t1 reopened"});
  CHECK(w.book->find(raise("t1").alarm)->explanation.starts_with("paged slack2"));
  w.take(at(clear("t1", 4), w.now));
  pass(w, 10min);
  CHECK(w.told({"slack2"}) == strings{"t1 reopened", "t1 cleared"});
}

TEST_CASE("a channel that comes back hears of the alarms that it was never told of, and of no other again") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.take(at(raise("t0"), w.now));
  w.settle();
  w.take(at(raise("t1"), w.now));
  w.settle([](const channel_name& channel, const page&) {
    return channel.text == "sms" ? delivery_outcome::sent : delivery_outcome::retry;
  });
  w.configure({{"sms"}});
  pass(w, 1min);
  w.configure({{"slack"}});
  pass(w, 1min);
  CHECK(w.told() == strings{"t0 raised", "t1 raised"});
  w.configure({{"slack"}, {"sms"}});
  pass(w, 1min);
  w.load();
  pass(w, 1min);
  CHECK(w.told() == strings{"t0 raised", "t1 raised"});
  CHECK(w.told({"sms"}) == strings{"t0 raised", "t1 raised"});
}

TEST_CASE("a channel that was away hears the end of what it was told, whether that came meanwhile or comes later") {
  for (const bool meanwhile : {false, true}) {
    CAPTURE(meanwhile);
    outbox_world w{{{"slack"}, {"sms"}}};
    w.take(at(raise("t1"), w.now));
    w.settle();
    w.configure({{"sms"}});
    w.settle();
    if (meanwhile) {
      w.take(at(clear("t1", 2), w.now));
      pass(w, 10min);
    }
    w.configure({{"slack"}, {"sms"}});
    w.settle();
    if (!meanwhile)
      w.take(at(clear("t1", 2), w.now));
    pass(w, 10min);
    pass(w, 10min);
    CHECK(w.told({"sms"}) == strings{"t1 raised", "t1 cleared"});
    CHECK(w.told({"slack"}) == strings{"t1 raised", "t1 cleared"});
    CHECK(w.journal.marks.empty());
  }
}

TEST_CASE("what a channel that has left was told is forgotten with the alarm") {
  outbox_world w{{{"slack"}, {"sms"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.configure({{"sms"}});
  w.settle();
  CHECK(w.journal.marks.size() == 2);
  w.journal.alarms.clear();
  w.load();
  w.settle();
  CHECK(w.journal.marks.empty());
}

TEST_CASE("a page that the journal knows as gone is known to its channel after a crash, too") {
  outbox_world w{{{"slack"}}};
  w.take(at(raise("t1"), w.now));
  w.settle();
  const auto told = w.told();
  // The alarm is lost from the journal, and so is what its channel was told; not the page's key.
  w.journal.alarms.clear();
  w.journal.marks.clear();
  w.load();
  w.take(at(raise("t1"), w.now));
  w.settle();
  w.load();
  w.settle();
  CHECK(w.told() == told);
  w.take(at(clear("t1", 2), w.now));
  pass(w, 10min);
  CHECK(w.told() == strings{"t1 raised", "t1 cleared"});
}

} // namespace channel_change_test
