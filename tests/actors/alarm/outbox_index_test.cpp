#include "actors/alarm/outbox_index.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace millwright;
using namespace millwright::testing;

namespace {

outbox_entry entry(uint64_t sequence, int priority) {
  outbox_entry out;
  out.what = {{"slack"}, page_kind::alert, raise("t"), false};
  out.what.about.priority = priority;
  out.sequence = sequence;
  return out;
}

} // namespace

TEST_CASE("the highest priority goes first, then what was decided first") {
  outbox_index index{10};
  index.add(entry(1, 50));
  index.add(entry(2, 90));
  index.add(entry(3, 90));
  const auto out = index.take(3, start);
  CHECK(out[0].sequence == 2);
  CHECK(out[1].sequence == 3);
  CHECK(out[2].sequence == 1);
  CHECK(index.in_hand_count() == 3);
}

TEST_CASE("a page that must wait for its next try lets the others pass") {
  outbox_index index{10};
  index.add(entry(1, 90));
  index.add(entry(2, 50));
  auto first = index.take(1, start);
  first[0].next_try = start + milliseconds{100};
  index.put_back(first[0]);
  CHECK(index.take(5, start).front().sequence == 2);
  CHECK(index.take(5, start).empty());
  CHECK(index.earliest() == start + milliseconds{100});
  CHECK(index.take(5, start + milliseconds{100}).size() == 1);
}

TEST_CASE("memory is bounded, and every page comes once, in the best order, however they are added and taken") {
  std::mt19937_64 random{3};
  for (int run = 0; run < 200; ++run) {
    outbox_index index{8};
    index.expect_all_from_journal();
    std::map<outbox_place, outbox_entry> journal;
    std::vector<outbox_place> given;
    uint64_t sequence = 1;
    const auto refill = [&] {
      std::vector<outbox_entry> out;
      const auto* after = index.horizon();
      for (auto at = after ? journal.upper_bound(*after) : journal.begin(); at != journal.end() && out.size() < 8; ++at)
        out.push_back(at->second);
      index.refill(out, 8, ~0ull);
    };
    const auto take_one = [&] {
      if (index.dry())
        refill();
      const auto out = index.take(1, start);
      if (out.empty()) {
        CHECK(journal.empty());
        return false;
      }
      CHECK(out[0].place() == journal.begin()->first);
      given.push_back(out[0].place());
      index.finish(out[0].place());
      journal.erase(out[0].place());
      return true;
    };
    for (int step = 0; step < 200; ++step) {
      if (random() % 3 != 0) {
        auto next = entry(sequence++, static_cast<int>(random() % 4) * 10);
        journal.emplace(next.place(), next);
        index.add(next);
        CHECK(index.waiting() <= 8);
      } else {
        take_one();
      }
    }
    while (take_one()) {
    }
    CHECK(given.size() == sequence - 1);
  }
}

TEST_CASE("a clock that is set back makes no page wait longer") {
  outbox_index index{10};
  index.add(entry(1, 90));
  auto tried = index.take(1, start)[0];
  tried.next_try = start + milliseconds{500};
  index.put_back(tried);
  const auto later = start - std::chrono::hours{1} + milliseconds{100};
  CHECK(index.take(1, later).empty());
  index.clock_set_back(later, std::chrono::hours{1} - milliseconds{100});
  CHECK(index.take(1, later).empty());
  CHECK(index.take(1, later + milliseconds{500}).size() == 1);
}
