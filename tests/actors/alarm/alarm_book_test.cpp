#include "actors/alarm/alarm_book.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

namespace alarm_book_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

const routes two_ways{{{"slack"}, {"terminal"}}};

alarm_record stored(const alarm_record& record) {
  std::string bytes;
  binary_writer out{bytes};
  encode(out, record);
  binary_reader in{bytes};
  auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  return *back;
}

} // namespace

TEST_CASE("a raise that pages goes to every channel once, with a key of its own") {
  alarm_book book{two_ways};
  const auto first = book.take(raise("t1"), start);
  REQUIRE(first.pages.size() == 2);
  CHECK(first.pages[0].kind == page_kind::alert);
  CHECK(key_of(first.pages[0]) == to_string(raise("t1").alarm) + "-1-slack");
  CHECK(key_of(first.pages[1]) == to_string(raise("t1").alarm) + "-1-terminal");
  const auto again = book.take(raise("t1"), start);
  CHECK_FALSE(again.taken);
  CHECK(again.pages.empty());
  CHECK(book.counted().repeated == 1);
}

TEST_CASE("what follows goes where the raise went, as a notice") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  const auto gone = book.take(clear("t1", 2), start);
  REQUIRE(gone.pages.size() == 2);
  CHECK(gone.pages[0].kind == page_kind::notice);
  const auto back = book.take(transition("t1", 3, transition_kind::reopened), start);
  CHECK(back.pages.size() == 2);
  CHECK(book.find(raise("t1").alarm)->state == alarm_state::active);
}

TEST_CASE("an alarm that woke nobody is followed by no notice and needs no acknowledgement") {
  alarm_book book{two_ways};
  auto quiet = raise("t1");
  quiet.pages = false;
  CHECK(book.take(quiet, start).pages.empty());
  CHECK(book.find(quiet.alarm)->explanation == "not paged: rules.limit.pages is off");
  CHECK(book.take(clear("t1", 2), start).pages.empty());
  CHECK(book.find(quiet.alarm)->finished());
}

TEST_CASE("an update pages when it is the first to page or more severe than what was paged") {
  alarm_book book{two_ways};
  auto quiet = raise("t1");
  quiet.pages = false;
  book.take(quiet, start);
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.pages = true;
  worse.level = severity::critical;
  CHECK(book.take(worse, start).pages.size() == 2);
  worse.number = 3;
  CHECK(book.take(worse, start).pages.empty());
  CHECK(book.find(quiet.alarm)->explanation == "quiet: already paged as critical");
}

TEST_CASE("a gap is counted, the transition behind it is taken, and what was missing is taken if it comes after all") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  CHECK(book.take(clear("t1", 4), start).taken);
  CHECK(book.counted().gaps == 1);
  CHECK(book.find(raise("t1").alarm)->missing == std::vector<uint32_t>{2, 3});
  CHECK(book.take(transition("t1", 3, transition_kind::updated), start).taken);
  CHECK_FALSE(book.take(transition("t1", 3, transition_kind::updated), start).taken);
  CHECK(book.find(raise("t1").alarm)->state == alarm_state::cleared);
  CHECK(book.counted().late == 1);
}

TEST_CASE("a raise that comes after its clear is paged all the same, and then its end is told") {
  alarm_book book{two_ways};
  CHECK(book.take(clear("t1", 2), start).pages.empty());
  const auto late = book.take(raise("t1"), start);
  REQUIRE(late.pages.size() == 4);
  CHECK(late.pages[0].about.kind == transition_kind::raised);
  CHECK(late.pages[2].about.kind == transition_kind::cleared);
  CHECK(book.find(raise("t1").alarm)->raise.kind == transition_kind::raised);
  CHECK(book.find(raise("t1").alarm)->state == alarm_state::cleared);
  CHECK_FALSE(book.take(raise("t1"), start).taken);
}

TEST_CASE("a late step that was more severe than anything told pages") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  book.take(clear("t1", 3), start);
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.pages = true;
  CHECK(book.take(worse, start).pages.empty());
  alarm_book other{two_ways};
  other.take(raise("t1"), start);
  other.take(clear("t1", 3), start);
  worse.level = severity::critical;
  CHECK(other.take(worse, start).pages.size() == 4);
}

TEST_CASE("an alarm that gets worse pages again, ends the acknowledgement and says what it was") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  book.acknowledge(to_string(raise("t1").alarm), "ada", start);
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.pages = true;
  worse.level = severity::critical;
  const auto told = book.take(worse, start);
  REQUIRE(told.pages.size() == 2);
  CHECK(told.pages[0].kind == page_kind::alert);
  CHECK(describe(told.pages[0].about).starts_with("critical limit updated, was high: t1 on reactor-1"));
  const auto& record = *book.find(worse.alarm);
  CHECK_FALSE(record.acknowledged);
  CHECK(record.acknowledged_by.empty());
  CHECK(record.latest.level == severity::critical);
  CHECK(record.explanation == "paged slack, terminal: limit critical, was high, priority 85");
  CHECK(book.counts().unacknowledged == 1);
  CHECK(stored(record).latest.was == severity::high);
}

TEST_CASE("each rise of severity pages, also after a fall, but not while it is known to chatter") {
  alarm_book book{two_ways};
  const auto step = [&](uint32_t number, transition_kind kind, severity level, bool chattering = false) {
    auto x = transition("t1", number, kind);
    x.level = level;
    x.pages = kind != transition_kind::cleared;
    x.chattering = chattering;
    const auto pages = book.take(x, start).pages;
    return pages.empty() ? std::string{"none"} : std::string{name_of(pages[0].kind)};
  };
  using kind = transition_kind;
  CHECK(step(1, kind::raised, severity::high) == "alert");
  CHECK(step(2, kind::updated, severity::critical) == "alert");
  CHECK(step(3, kind::cleared, severity::critical) == "notice");
  CHECK(step(4, kind::reopened, severity::high) == "notice");
  CHECK(step(5, kind::updated, severity::critical) == "alert");
  CHECK(step(6, kind::cleared, severity::critical) == "notice");
  CHECK(step(7, kind::reopened, severity::high, true) == "notice");
  CHECK(step(8, kind::updated, severity::critical, true) == "none");
}

TEST_CASE("a severity that rises without paging anybody still says what it was") {
  alarm_book book{two_ways};
  auto seen = raise("t1");
  seen.condition.which = rule::z;
  seen.level = severity::medium;
  seen.pages = false;
  CHECK(book.take(seen, start).pages.empty());
  CHECK(book.find(seen.alarm)->explanation == "not paged: z is shown and pages nobody by its rule");
  CHECK(book.find(seen.alarm)->observation());
  seen.number = 2;
  seen.kind = transition_kind::updated;
  seen.level = severity::critical;
  CHECK(book.take(seen, start).pages.empty());
  CHECK(book.find(seen.alarm)->latest.was == severity::medium);
  CHECK(book.counts().observations == 1);
  CHECK(book.counts().active == 0);
}

TEST_CASE("what is shown first and pages later is an alarm from then on, and stays one") {
  alarm_book book{two_ways};
  auto x = raise("t1");
  x.condition.which = rule::stale;
  x.level = severity::medium;
  x.pages = false;
  book.take(x, start);
  CHECK(book.counts().observations == 1);
  x.number = 2;
  x.kind = transition_kind::updated;
  x.pages = true;
  book.take(x, start);
  const auto told = book.pass(start + std::chrono::seconds{10});
  REQUIRE(told.size() == 1);
  CHECK(told.front().pages.size() == 2);
  CHECK(book.counts().observations == 0);
  CHECK(book.counts().active == 1);
  x.number = 3;
  x.kind = transition_kind::cleared;
  x.pages = false;
  book.take(x, start);
  CHECK_FALSE(book.find(x.alarm)->observation());
  CHECK(book.counts().active == 0);
}

TEST_CASE("an alarm that pages by its rule but reaches no channel is no observation, and says why nobody heard") {
  alarm_book book{routes{{}}};
  book.take(raise("t1"), start);
  CHECK_FALSE(book.find(raise("t1").alarm)->observation());
  CHECK(book.find(raise("t1").alarm)->explanation == "not paged: no channel is configured");
}

TEST_CASE("a raise dated before the clear is an alarm of its own") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  book.take(clear("t1", 2), start);
  auto earlier = raise("t1");
  earlier.raised_at = earlier.at = start - milliseconds{60'000};
  earlier.alarm = alarm_id_of(earlier.condition, earlier.raised_at, 2);
  CHECK(book.take(earlier, start).pages.size() == 2);
  CHECK(book.size() == 2);
  CHECK(book.find(earlier.alarm)->latest.was == severity::normal);
}

TEST_CASE("what is known to chatter is told as over and as back like everything else") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  for (uint32_t number = 2; number < 8; ++number) {
    auto next = number % 2 == 0 ? clear("t1", number) : transition("t1", number, transition_kind::reopened);
    next.chattering = true;
    CHECK(book.take(next, start).pages.size() == 2);
  }
}

TEST_CASE("an alarm is acknowledged by any beginning of its id that no other has") {
  alarm_book book{two_ways};
  std::vector<std::string> ids;
  for (int i = 0; i < 300; ++i) {
    book.take(raise(numbered("s", i)), start);
    ids.push_back(to_string(raise(numbered("s", i)).alarm));
  }
  using answer = alarm_book::acknowledgement::answer;
  CHECK(book.acknowledge(ids[7].substr(0, 13), "ada", start).result == answer::acknowledged);
  CHECK(book.acknowledge(ids[7], "bob", start).result == answer::already_acknowledged);
  CHECK(book.find(raise("s7").alarm)->acknowledged_by == "ada");
  size_t ambiguous = 0;
  for (const char digit : std::string{"0123456789abcdef"})
    ambiguous += book.acknowledge(std::string{digit}, "", start).result == answer::ambiguous;
  CHECK(ambiguous == 16);
  CHECK(book.acknowledge("", "", start).result == answer::unknown);
  CHECK(book.acknowledge("zz", "", start).result == answer::unknown);
  CHECK(book.acknowledge(ids[7] + "0", "", start).result == answer::unknown);
}

TEST_CASE("an adapted alarm stays until it is acknowledged, a cleared one until the retention") {
  alarm_book book{two_ways, {milliseconds{1000}, 100}};
  book.take(raise("t1"), start);
  book.take(transition("t1", 2, transition_kind::adapted), start);
  book.take(raise("t2"), start);
  book.take(clear("t2", 2), start);
  book.split_committed({0, 100}, start);
  CHECK(book.tidy(start + milliseconds{5000}).empty());
  book.acknowledge(to_string(raise("t1").alarm), "", start + milliseconds{5000});
  book.acknowledge(to_string(raise("t2").alarm), "", start + milliseconds{5500});
  CHECK(book.tidy(start + milliseconds{5900}).empty());
  CHECK(book.tidy(start + milliseconds{6000}) == std::vector{raise("t1").alarm});
  CHECK(book.tidy(start + milliseconds{6500}) == std::vector{raise("t2").alarm});
}

TEST_CASE("above the limit alarms that are over leave early, but not while they may come back; active ones never") {
  alarm_book book{two_ways, {milliseconds{10'000'000}, 10}};
  for (int i = 0; i < 30; ++i) {
    book.take(raise(numbered("s", i)), start + milliseconds{i});
    if (i >= 20)
      book.take(clear(numbered("s", i), 2), start + milliseconds{i});
  }
  book.split_committed({0, 100}, start);
  // So long they may come back as the same alarm.
  CHECK(book.tidy(start + milliseconds{900'000}).empty());
  CHECK(book.tidy(start + milliseconds{900'050}, 3).size() == 3);
  CHECK(book.tidy(start + milliseconds{900'050}).size() == 7);
  CHECK(book.counts().active == 20);
}

TEST_CASE("what the journal had beyond the commit and the replay does not repeat is cleared and counted") {
  alarm_book before{two_ways};
  before.take(raise("repeated", 50), start);
  before.take(raise("lost", 60), start);
  before.take(raise("committed", 5), start);
  auto node = raise("node", 55);
  node.condition.which = rule::source_silent;
  before.take(node, start);

  alarm_book after{two_ways};
  for (const auto& [id, record] : before.all())
    after.restore(stored(*record));
  after.split_started(0, 20);
  CHECK_FALSE(after.take(raise("repeated", 50), start).taken);
  CHECK(after.split_committed({0, 60}, start).empty());
  const auto cleared = after.split_committed({0, 61}, start);
  REQUIRE(cleared.size() == 1);
  CHECK(cleared[0].alarm == raise("lost").alarm);
  CHECK(cleared[0].pages.size() == 2);
  CHECK(after.find(raise("lost").alarm)->latest.reason == "not repeated by the replay");
  CHECK(after.counted().not_repeated == 1);
  CHECK(after.counts().active == 3);
}

TEST_CASE(
    "what is lost of an alarm that its owner still has ends nothing, and its number comes again under another key") {
  const auto id = raise("t1").alarm;
  alarm_book before{two_ways};
  before.take(raise("t1", 10), start);
  auto worse = transition("t1", 2, transition_kind::updated, 50);
  worse.pages = true;
  worse.level = severity::critical;
  std::set<std::string> keys;
  for (const auto& each : before.take(worse, start).pages)
    keys.insert(key_of(each));
  CHECK(keys.size() == 2);

  auto after = std::make_unique<alarm_book>(two_ways);
  after->restore(stored(*before.find(id)));
  after->split_started(0, 20);
  const auto lost = after->split_committed({0, 60}, start);
  REQUIRE(lost.size() == 1);
  CHECK_FALSE(lost[0].taken);
  CHECK(lost[0].pages.empty());
  CHECK(after->find(id)->state == alarm_state::active);
  CHECK(after->last_number(id) == 1);

  // Also over another start.
  const auto record = stored(*after->find(id));
  after = std::make_unique<alarm_book>(two_ways);
  after->restore(record);
  const auto end = after->take(clear("t1", 2, 70), start);
  CHECK(end.taken);
  REQUIRE(end.pages.size() == 2);
  for (const auto& each : end.pages)
    CHECK(keys.insert(key_of(each)).second);
  CHECK(after->last_number(id) == 2);
  CHECK_FALSE(after->take(clear("t1", 2, 70), start).taken);
}

TEST_CASE("a standing alarm whose channels have left the configuration is told to those that there are") {
  const auto id = raise("t1").alarm;
  const auto start_with = [](const routes& ways, const alarm_record& known, std::vector<page>& told,
                             const std::set<std::string>& knowing) {
    auto book = std::make_unique<alarm_book>(ways);
    book->restore(stored(known));
    for (const auto& each :
         book->adopt(start, [&](const auto&channel, const auto&) { return knowing.contains(channel.text); }))
      told.insert(told.end(), each.pages.begin(), each.pages.end());
    return book;
  };
  const routes slack{{{"slack"}}}, renamed{{{"slack2"}}}, none{{}};
  alarm_book before{slack};
  std::vector<page> told = before.take(raise("t1"), start).pages;
  REQUIRE(told.size() == 1);

  auto book = start_with(slack, *before.find(id), told, {"slack"});
  CHECK(told.size() == 1);
  book = start_with(renamed, *book->find(id), told, {});
  REQUIRE(told.size() == 2);
  CHECK(told[1].channel.text == "slack2");
  CHECK(told[1].kind == page_kind::alert);
  CHECK(book->find(id)->explanation.starts_with("paged slack2"));
  book = start_with(renamed, *book->find(id), told, {"slack2"});
  CHECK(told.size() == 2);
  book = start_with(none, *book->find(id), told, {});
  book = start_with(none, *book->find(id), told, {});
  CHECK(told.size() == 2);
  book = start_with(slack, *book->find(id), told, {});
  REQUIRE(told.size() == 3);
  for (const auto& each : book->take(clear("t1", 2), start).pages)
    told.push_back(each);
  CHECK(told.size() == 4);
  std::set<std::string> keys;
  for (const auto& each : told)
    CHECK(keys.insert(key_of(each)).second);

  auto shown = raise("t2");
  shown.pages = false;
  alarm_book quiet{slack};
  quiet.take(shown, start);
  book = start_with(renamed, *quiet.find(shown.alarm), told, {});
  CHECK(told.size() == 4);
}

TEST_CASE("an alarm that was raised while no channel was configured is told once there is one") {
  alarm_book nobody{routes{{}}};
  nobody.take(raise("t1"), start);
  alarm_book book{two_ways};
  book.restore(stored(*nobody.find(raise("t1").alarm)));
  const auto told = book.adopt(start, [](const auto&, const auto&) { return false; });
  REQUIRE(told.size() == 1);
  CHECK(told[0].pages.size() == 2);
  CHECK(book.take(clear("t1", 2), start).pages.size() == 2);
}

TEST_CASE("an end that is lost is told as taken back, and a return that is lost as ended") {
  const auto id = raise("t1").alarm;
  alarm_book before{two_ways};
  before.take(raise("t1", 10), start);
  before.take(clear("t1", 2, 50), start);
  alarm_book ended{two_ways};
  ended.restore(stored(*before.find(id)));
  ended.split_started(0, 20);
  const auto back = ended.split_committed({0, 60}, start);
  REQUIRE(back.size() == 1);
  REQUIRE(back[0].pages.size() == 2);
  CHECK(back[0].pages[0].about.kind == transition_kind::reopened);
  CHECK(ended.find(id)->state == alarm_state::active);
  const auto again = ended.take(clear("t1", 2, 70), start);
  REQUIRE(again.pages.size() == 2);
  CHECK(again.pages[0].about.number == 4);

  before.take(transition("t1", 3, transition_kind::reopened, 80), start);
  alarm_book returned{two_ways};
  returned.restore(stored(*before.find(id)));
  returned.split_started(0, 60);
  CHECK(returned.split_committed({0, 90}, start).size() == 1);
  CHECK(returned.find(id)->state == alarm_state::cleared);
  CHECK(returned.last_number(id) == 2);
}

TEST_CASE("what a sweep decided beyond the commit may come at another position, and is given up when it never comes") {
  alarm_book before{two_ways};
  for (const auto* name : {"repeated", "lost", "committed"}) {
    auto x = raise(name, std::string{name} == "committed" ? 10 : 50);
    x.swept = true;
    before.take(x, start);
  }
  alarm_book after{two_ways, {milliseconds{1000}, 100, 3}};
  for (const auto& [id, record] : before.all())
    after.restore(stored(*record));
  after.split_started(0, 20);
  CHECK(after.split_committed({0, 60}, start).empty());
  auto again = raise("repeated", 70);
  again.swept = true;
  CHECK_FALSE(after.take(again, start).taken);
  CHECK(after.split_committed({0, 80, 0, 0, milliseconds{20'000}}, start).empty());
  const auto given_up = after.split_committed({0, 90, 0, 0, milliseconds{40'000}}, start);
  REQUIRE(given_up.size() == 1);
  CHECK(given_up[0].alarm == raise("lost").alarm);
  CHECK(after.split_committed({0, 100}, start).empty());
  CHECK(after.counts().active == 2);
}

TEST_CASE("an alarm that a sweep raised leaves once it is over, also one that was stored without a position") {
  alarm_book book{two_ways, {milliseconds{1000}, 100}};
  auto swept = raise("swept", 50);
  swept.swept = true;
  swept.pages = false;
  book.take(swept, start);
  book.take(clear("swept", 2, 60), start);
  auto old = raise("old");
  old.pages = false;
  book.take(old, start);
  book.take(clear("old", 2, 60), start);
  auto record = stored(*book.find(old.alarm));
  record.uncommitted = {{1, 0, ~uint64_t{0}}};
  alarm_book after{two_ways, {milliseconds{1000}, 100}};
  after.restore(record);
  after.restore(stored(*book.find(swept.alarm)));
  after.split_started(0, 100);
  CHECK(after.tidy(start + milliseconds{2000}).size() == 2);
  CHECK(after.size() == 0);
}

TEST_CASE("counts are those of the alarms that there are, whatever has happened to them") {
  std::mt19937_64 random{11};
  alarm_book book{two_ways, {milliseconds{1000}, 40}};
  std::map<int, uint32_t> numbers;
  for (int i = 0; i < 4000; ++i) {
    const int sensor = static_cast<int>(random() % 60);
    auto x = transition(numbered("s", sensor), ++numbers[sensor], static_cast<transition_kind>(random() % 5), 10);
    x.level = static_cast<severity>(1 + random() % 4);
    x.pages = random() % 4 == 0;
    book.take(x, start + milliseconds{i});
    if (random() % 7 == 0)
      book.acknowledge(to_string(raise(numbered("s", static_cast<int>(random() % 60))).alarm), "", start);
    if (random() % 50 == 0) {
      book.split_committed({0, 100}, start);
      for (const auto& id : book.tidy(start + milliseconds{i}))
        for (auto& [each, number] : numbers)
          if (raise(numbered("s", each)).alarm == id)
            number = 0;
    }
    alarm_counts counted;
    size_t paged = 0;
    for (const auto& [id, record] : book.all()) {
      counted.add(*record);
      paged += !record->paged_to.empty();
    }
    REQUIRE(counted.active == book.counts().active);
    REQUIRE(counted.by_severity == book.counts().by_severity);
    REQUIRE(counted.unacknowledged == book.counts().unacknowledged);
    REQUIRE(counted.observations == book.counts().observations);
    REQUIRE(book.newest_paged(1000).size() == paged);
  }
}

TEST_CASE("a record survives storing, and no cut or flipped byte is taken for something else than damage or data") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  book.acknowledge(to_string(raise("t1").alarm), "ada", start);
  const auto& record = *book.find(raise("t1").alarm);
  std::string bytes, again;
  binary_writer out{bytes};
  encode(out, record);
  binary_writer second{again};
  encode(second, stored(record));
  CHECK(bytes == again);
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader in{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_alarm_record(in));
  }
  std::mt19937_64 random{1};
  for (int i = 0; i < 2000; ++i) {
    auto flipped = bytes;
    flipped[random() % flipped.size()] ^= static_cast<char>(1 << random() % 8);
    binary_reader in{flipped};
    decode_alarm_record(in);
  }
}

TEST_CASE("whatever is repeated, each page is decided once and ends in the same state") {
  std::mt19937_64 random{7};
  for (int run = 0; run < 200; ++run) {
    std::vector<alarm_transition> log;
    for (int sensor = 0; sensor < 4; ++sensor) {
      const auto name = numbered("s", sensor);
      log.push_back(raise(name, log.size()));
      for (uint32_t number = 2; number < 2 + random() % 6; ++number)
        log.push_back(number % 2 == 0 ? clear(name, number, log.size())
                                      : transition(name, number, transition_kind::reopened, log.size()));
    }
    std::multiset<std::string> plain, disturbed;
    alarm_book book{two_ways};
    for (const auto& x : log)
      for (const auto& each : book.take(x, start).pages)
        plain.insert(key_of(each));

    auto broken = std::make_unique<alarm_book>(two_ways);
    size_t committed = 0;
    for (size_t i = 0; i < log.size();) {
      for (const auto& each : broken->take(log[i], start).pages)
        disturbed.insert(key_of(each));
      ++i;
      if (random() % 3 == 0)
        CHECK(broken->split_committed({0, committed = i}, start).empty());
      if (random() % 4 == 0) {
        auto next = std::make_unique<alarm_book>(two_ways);
        for (const auto& [id, record] : broken->all())
          next->restore(stored(*record));
        broken = std::move(next);
        broken->split_started(0, committed);
        i = committed;
      }
    }
    CHECK(broken->split_committed({0, log.size()}, start).empty());
    CHECK(plain == disturbed);
    CHECK(broken->counted().not_repeated == 0);
    CHECK(broken->counts().active == book.counts().active);
  }
}

TEST_CASE("what a dead owner told is taken back to where its owner stood, whatever came of it since") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  book.take(clear("t1", 2), start);
  book.take(transition("t1", 3, transition_kind::reopened), start);
  book.take(transition("t1", 4, transition_kind::updated), start);
  const auto id = raise("t1").alarm;
  // It was over when the owner was committed last.
  auto back = book.take_back(id, 3, false, "its sensor is quarantined", start);
  REQUIRE(back);
  CHECK(back->taken);
  CHECK(book.find(id)->state == alarm_state::cleared);
  CHECK(book.last_number(id) == 2);
  CHECK_FALSE(book.take_back(id, 4, true, "its sensor is quarantined", start));

  // It stood.
  book.take(raise("t2"), start);
  book.take(clear("t2", 2), start);
  const auto other = raise("t2").alarm;
  back = book.take_back(other, 2, true, "its sensor is quarantined", start);
  REQUIRE(back);
  CHECK(back->pages.size() == 2);
  CHECK(book.find(other)->state == alarm_state::active);
  CHECK(book.take(clear("t2", 2), start).taken);
  CHECK(book.find(other)->state == alarm_state::cleared);
}

TEST_CASE("the end of what is known to chatter is told, and so it is when that is taken back") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  for (uint32_t number = 2; number < 5; ++number) {
    auto next = number < 4 ? transition("t1", number, transition_kind::reopened) : clear("t1", number);
    next.chattering = true;
    book.take(next, start);
  }
  const auto back = book.take_back(raise("t1").alarm, 4, true, "its sensor is quarantined", start);
  REQUIRE(back);
  CHECK(back->pages.size() == 2);
  CHECK(book.find(raise("t1").alarm)->state == alarm_state::active);
}

TEST_CASE("an alarm that was told as over when it was taken back is told again when it is raised all the same") {
  alarm_book book{two_ways};
  CHECK(book.take(raise("t1"), start).pages.size() == 2);
  const auto back = book.take_back(raise("t1").alarm, 1, false, "its sensor is quarantined", start);
  REQUIRE(back);
  CHECK(back->pages.size() == 2);
  CHECK(book.take(raise("t1"), start).pages.size() == 2);
  CHECK(book.find(raise("t1").alarm)->state == alarm_state::active);
}

TEST_CASE("what a sweep had a dead actor tell is over when no successor comes to it again in some commits") {
  alarm_book book{two_ways};
  const auto swept = [](const std::string& sensor) {
    auto x = raise(sensor);
    x.swept = true;
    return x;
  };
  for (const char* sensor : {"lost", "repeated", "of one that lives"})
    book.take(swept(sensor), start);
  for (const char* sensor : {"lost", "repeated"})
    book.expect_again(raise(sensor).alarm, 1);
  book.take(swept("repeated"), start);
  const alarm_book_limits limits;
  std::vector<alarm_book::decision> ended;
  for (uint32_t commits = 0; commits < limits.sweep_patience; ++commits) {
    CHECK(ended.empty());
    ended = book.split_committed({0, 100 + commits, 0, 0, milliseconds{2000} * commits}, start);
  }
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].alarm == raise("lost").alarm);
  CHECK(book.counts().active == 2);
}

TEST_CASE(
    "what a sweep decided before a kill is awaited until sweeps have come by again, however often a node commits") {
  auto swept = raise("t1");
  swept.swept = true;
  alarm_book before{two_ways};
  before.take(swept, start);
  alarm_book book{two_ways};
  book.restore(stored(*before.find(swept.alarm)));
  book.split_started(0, 5);
  const milliseconds restarted{500'000};
  const auto commit = [&](milliseconds since) {
    return book.split_committed({0, 100 + static_cast<uint64_t>(since.count()), 0, 0, restarted + since}, start);
  };
  milliseconds since{0};
  for (; since < alarm_book_limits{}.sweep_patience_time; since += milliseconds{100})
    CHECK(commit(since).empty());
  SUBCASE("a sweep that comes then repeats it") {
    CHECK_FALSE(book.take(swept, start).taken);
    CHECK(commit(since).empty());
    CHECK(book.find(swept.alarm)->state == alarm_state::active);
  }
  SUBCASE("when none has, it is over") {
    CHECK(commit(since).size() == 1);
    CHECK(book.find(swept.alarm)->state == alarm_state::cleared);
  }
}

TEST_CASE("an alarm that is known from its reopening on is paged where its owner had it paged, and stays quiet else") {
  alarm_book book{two_ways};
  auto again = transition("t1", 3, transition_kind::reopened);
  CHECK(book.take(again, start).pages.empty());
  CHECK(book.find(again.alarm)->observation());
  again = transition("t2", 3, transition_kind::reopened);
  again.was = severity::high;
  const auto pages = book.take(again, start).pages;
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].kind == page_kind::alert);
  CHECK(book.find(again.alarm)->latest.was == severity::normal);
  CHECK_FALSE(book.find(again.alarm)->observation());
  // Its beginning comes after all.
  CHECK(book.take(raise("t2"), start).pages.empty());
}

TEST_CASE("a log that was made anew repeats nothing of the old one, and what was decided by that one is committed") {
  alarm_book before{two_ways};
  before.take(raise("lost", 70), start);
  alarm_book book{two_ways};
  book.restore(stored(*before.find(raise("lost").alarm)));
  book.take(raise("stands", 80), start);
  // As the journal has it: a commit changes no record there.
  const auto kept = stored(*book.find(raise("stands").alarm));
  const auto ended = book.split_begun_anew(0, start, 1);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].alarm == raise("lost").alarm);
  CHECK(book.find(raise("lost").alarm)->state == alarm_state::cleared);
  CHECK(book.split_committed({0, 6, 1}, start).empty());
  CHECK(book.find(raise("stands").alarm)->uncommitted.empty());

  // As long as the new one is short, a restart awaits nothing of the old.
  alarm_book next{two_ways};
  next.restore(kept);
  next.split_started(0, 6, 1);
  CHECK(next.split_committed({0, 100, 1}, start).empty());
  CHECK(next.counts().active == 1);
}

TEST_CASE(
    "a log that a crash makes begin anew twice repeats what it had, and a commit of the old one ends none of it") {
  alarm_book before{two_ways};
  before.split_begun_anew(0, start, 1);
  for (const char* sensor : {"repeated", "lost"})
    before.take(raise(sensor, 7), start);
  alarm_book book{two_ways};
  for (const char* sensor : {"repeated", "lost"})
    book.restore(stored(*before.find(raise(sensor).alarm)));
  book.split_started(0, 90, 0);
  CHECK(book.split_begun_anew(0, start, 1).empty());
  CHECK(book.split_committed({0, 95, 0}, start).empty());
  CHECK_FALSE(book.take(raise("repeated", 7), start).taken);
  const auto ended = book.split_committed({0, 8, 1}, start);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].alarm == raise("lost").alarm);
}

TEST_CASE("what a sweep decides between the cut of a barrier and its commit is of the next one") {
  const auto swept = [] {
    auto x = raise("t1", 9);
    x.swept = true;
    x.commit = 3;
    return x;
  }();
  alarm_book before{two_ways};
  before.split_started(0, 5, 0, 1);
  before.take(swept, start);
  CHECK(before.split_committed({0, 10, 0, 2}, start).empty());
  CHECK(before.find(swept.alarm)->uncommitted.size() == 1);
  const auto kept = stored(*before.find(swept.alarm));
  SUBCASE("it is committed with that") {
    CHECK(before.split_committed({0, 11, 0, 3}, start).empty());
    CHECK(before.find(swept.alarm)->uncommitted.empty());
  }
  SUBCASE("a kill behind that loses nothing of it") {
    alarm_book book{two_ways};
    book.restore(kept);
    book.split_started(0, 10, 0, 3);
    CHECK(book.find(swept.alarm)->uncommitted.empty());
  }
  SUBCASE("a kill before that loses it, and where nobody decides it again it does not stand for ever") {
    alarm_book book{two_ways};
    book.restore(kept);
    book.split_started(0, 10, 0, 2);
    size_t ended = 0;
    for (uint64_t commit = 3; commit <= 26; ++commit)
      ended += book.split_committed({0, 8 + commit, 0, commit, milliseconds{2000} * commit}, start).size();
    CHECK(ended == 1);
    CHECK(book.find(swept.alarm)->state == alarm_state::cleared);
  }
  SUBCASE("a kill before that loses it, and it is decided again") {
    alarm_book book{two_ways};
    book.restore(kept);
    book.split_started(0, 10, 0, 2);
    auto again = swept;
    again.position = 12;
    again.commit = 4;
    CHECK_FALSE(book.take(again, start).taken);
    for (uint64_t commit = 3; commit <= 30; ++commit)
      CHECK(book.split_committed({0, 8 + commit, 0, commit}, start).empty());
    CHECK(book.find(swept.alarm)->state == alarm_state::active);
    CHECK(book.find(swept.alarm)->uncommitted.empty());
  }
}

TEST_CASE("what the ledger kept is not awaited after a restart, whatever its position") {
  alarm_book before{two_ways};
  auto kept = raise("kept", 70);
  kept.committed = true;
  before.take(kept, start);
  alarm_book book{two_ways};
  book.restore(stored(*before.find(kept.alarm)));
  CHECK(book.split_committed({0, 100}, start).empty());
  CHECK(book.counts().active == 1);
}

} // namespace alarm_book_test
