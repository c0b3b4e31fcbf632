#include "runtime/barrier/answer_book.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace answer_book_schedules_test {

// A node in small, move by move in any order that threads could take: a driver that sends readings and ticks, ends
// barriers, asks, and brings back who died; actors that answer as sensor actors do, and die.

using namespace millwright;

namespace {

constexpr uint32_t slots = 3;

struct message {
  enum { reading, tick, asked } what = reading;
  uint32_t barrier = 0;
  uint64_t id = 0;
};

/// One incarnation: its mailbox, and what it does with each message.
struct actor {
  uint32_t slot = 0, incarnation = 0, barrier = 0;
  /// Readings that its state has taken in.
  uint64_t taken = 0;
  bool changed = false, alive = true;
  std::deque<message> mailbox;
};

struct sent_reading {
  uint32_t barrier = 0;
  uint64_t id = 0;
};

class small_node {
public:
  explicit small_node(uint32_t seed) : random_{seed} {
    book_.start(first);
    for (uint32_t slot = 0; slot < slots; ++slot)
      spawn(slot, first, 0);
  }

  void run() {
    for (int moves = 40 + below(160); moves > 0; --moves)
      move(below(14));
    calm_ = true;
    cut();
    for (int i = 0; i < 10'000 && forgotten_ + 1 < book_.current(); ++i)
      move(6 + below(8));
    // Commits would have stopped for ever.
    CHECK(forgotten_ + 1 == book_.current());
  }

private:
  static constexpr uint32_t first = 3;

  int below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  void move(int which) {
    const auto slot = static_cast<uint32_t>(below(slots));
    switch (which) {
    case 0:
    case 1:
    case 2:
      send_reading(slot);
      break;
    case 3:
      send(slot, {message::tick, book_.current()});
      break;
    case 4:
      if (below(3) == 0)
        cut();
      break;
    case 5:
      straggle();
      break;
    case 6:
      ask();
      break;
    case 7:
      bring_back();
      break;
    case 8:
      if (book_.complete())
        commit();
      break;
    default:
      step(slot);
    }
  }

  void send(uint32_t slot, const message& x) {
    changed_.insert(slot);
    actors_[slot].mailbox.push_back(x);
  }
  void send_reading(uint32_t slot) {
    sent_[slot].push_back({book_.current(), ++ids_});
    send(slot, {message::reading, book_.current(), ids_});
  }
  void cut() {
    if (!book_.has_room())
      return;
    for (const auto slot : changed_)
      book_.sent(slot);
    asking_.emplace_back(book_.current(), changed_);
    changed_.clear();
    book_.cut();
  }
  void ask() {
    for (const auto& [barrier, who] : asking_)
      for (const auto slot : who)
        if (below(2) == 0 && book_.owes(slot, barrier))
          actors_[slot].mailbox.push_back({message::asked, barrier});
  }

  void step(uint32_t slot) {
    auto& a = actors_[slot];
    if (!a.alive || a.mailbox.empty())
      return;
    const auto x = a.mailbox.front();
    a.mailbox.pop_front();
    if (x.what == message::asked) {
      if (x.barrier < a.barrier)
        return;
      answer(a, a.changed ? a.barrier : x.barrier);
      a.barrier = x.barrier + 1;
      return;
    }
    if (x.barrier != a.barrier && a.changed)
      answer(a, a.barrier);
    a.barrier = x.barrier;
    a.changed = true;
    const bool killer = x.what == message::reading && (deadly_.contains(x.id) || (!calm_ && below(12) == 0));
    if (killer || (!calm_ && below(40) == 0)) {
      if (killer && below(2) == 0)
        deadly_.insert(x.id);
      a.alive = false;
      deaths_.push_back({slot, a.incarnation, killer ? x.id : 0});
      return;
    }
    a.taken += x.what == message::reading;
  }

  void answer(actor& a, uint32_t barrier) {
    a.changed = false;
    const auto verdict = book_.answered(a.slot, a.incarnation, barrier);
    // A living actor's answer holds counters: it must never come for nothing.
    CHECK(verdict == answer_book::verdict::take);
    CHECK(answers_[a.slot].emplace(barrier, a.taken).second);
    past_.push_back({a.slot, a.incarnation, barrier});
  }
  // What was on its way when its sender died, or comes twice.
  void straggle() {
    if (past_.empty())
      return;
    const auto& x = past_[random_() % past_.size()];
    CHECK(book_.answered(x.slot, x.incarnation, x.barrier) != answer_book::verdict::take);
  }

  void bring_back() {
    for (const auto& death : std::exchange(deaths_, {})) {
      auto& readings = sent_[death.slot];
      const auto floor = book_.newest_answer(death.slot);
      if (death.id != 0 && !died_of_.insert(death.id).second)
        std::erase_if(readings, [&](const auto& each) { return each.id == death.id; });
      std::vector<uint32_t> replayed;
      for (const auto& each : readings)
        if (each.barrier > floor && (replayed.empty() || replayed.back() != each.barrier))
          replayed.push_back(each.barrier);
      for (uint32_t barrier = forgotten_ + 1; barrier < book_.current(); ++barrier)
        if (book_.owes(death.slot, barrier))
          past_.push_back({death.slot, death.incarnation, barrier});
      book_.died(death.slot, death.incarnation, replayed);
      // As the driver does: what it has not told the book yet it takes back.
      if (replayed.empty() || replayed.back() != book_.current())
        changed_.erase(death.slot);
      const auto& answers = answers_[death.slot];
      spawn(death.slot, replayed.empty() ? book_.current() : replayed.front(),
            answers.empty() ? 0 : answers.rbegin()->second);
      for (const auto& each : readings)
        if (each.barrier > floor)
          actors_[death.slot].mailbox.push_back({message::reading, each.barrier, each.id});
    }
  }
  void spawn(uint32_t slot, uint32_t barrier, uint64_t taken) {
    actors_[slot] = {slot, ++incarnations_[slot], barrier, taken, false, true, {}};
  }

  void commit() {
    const uint32_t barrier = forgotten_ + 1;
    for (uint32_t slot = 0; slot < slots; ++slot) {
      uint64_t expected = 0;
      for (const auto& each : sent_[slot])
        expected += each.barrier <= barrier;
      // What is committed of a sensor is all that it was sent up to here, and nothing behind.
      const auto& answers = answers_[slot];
      const auto newest = answers.upper_bound(barrier);
      CHECK((newest == answers.begin() ? 0 : std::prev(newest)->second) == expected);
    }
    book_.forget_oldest();
    forgotten_ = barrier;
    std::erase_if(asking_, [&](const auto& each) { return each.first <= barrier; });
  }

  struct death {
    uint32_t slot = 0, incarnation = 0;
    /// 0: between readings.
    uint64_t id = 0;
  };
  struct past_answer {
    uint32_t slot, incarnation, barrier;
  };

  std::mt19937 random_;
  answer_book book_;
  actor actors_[slots];
  uint32_t incarnations_[slots] = {};
  std::vector<sent_reading> sent_[slots];
  /// By barrier, how many readings the state had taken in.
  std::map<uint32_t, uint64_t> answers_[slots];
  std::set<uint32_t> changed_;
  std::vector<std::pair<uint32_t, std::set<uint32_t>>> asking_;
  std::vector<death> deaths_;
  std::vector<past_answer> past_;
  std::set<uint64_t> deadly_, died_of_;
  uint64_t ids_ = 0;
  uint32_t forgotten_ = first - 1;
  bool calm_ = false;
};

} // namespace

TEST_CASE("whatever order sends, cuts, answers and deaths come in, every barrier is committed, whole") {
  for (uint32_t seed = 1; seed <= 20'000; ++seed) {
    CAPTURE(seed);
    small_node node{seed};
    node.run();
  }
}

} // namespace answer_book_schedules_test
