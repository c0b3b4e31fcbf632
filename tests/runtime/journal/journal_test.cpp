#include "actors/alarm/journal_work.hpp"
#include "protocol/failure.hpp"
#include "runtime/journal/journal_format.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/journal/memory_journal.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <stdexcept>

namespace journal_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

struct directory {
  std::string path;
  directory() {
    auto name = (std::filesystem::temp_directory_path() / "journal-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~directory() { std::filesystem::remove_all(path); }
};

lmdb_journal_settings in(const directory& where) {
  lmdb_journal_settings settings;
  settings.directory = where.path;
  return settings;
}

journal_result write(journal& to, journal_batch batch) {
  std::promise<journal_result> answer;
  to.write(std::make_shared<journal_batch>(std::move(batch)),
           [&](journal_result x) { answer.set_value(std::move(x)); });
  return answer.get_future().get();
}

outbox_entry entry(uint64_t sequence, int priority, const std::string& channel = "slack") {
  outbox_entry out;
  out.what = {{channel}, page_kind::alert, raise(numbered("t", static_cast<int>(sequence))), false};
  out.what.about.priority = priority;
  out.sequence = sequence;
  return out;
}

outbox_change done(const outbox_entry& x, notification_outcome outcome = notification_outcome::sent) {
  return {x.place(), notification_of(x.what, outcome, "HTTP 200"), 1, never};
}

journal_batch pages(std::vector<outbox_entry> entries) {
  journal_batch batch;
  batch.pages = std::move(entries);
  return batch;
}

journal_batch changes(std::vector<outbox_change> all) {
  journal_batch batch;
  batch.changes = std::move(all);
  return batch;
}

} // namespace

TEST_CASE("a waiting page of the version before is read: it goes over no other channel") {
  auto x = entry(7, 50);
  x.due = start;
  auto payload = outbox_payload(x);
  payload.resize(payload.size() - 2);
  auto read = outbox_entry_of(outbox_key({"slack"}, x.place()), payload);
  REQUIRE(read);
  CHECK(read->due == start);
  CHECK(read->over.empty());
  CHECK(read->sequence == 7);
  x.over = {{"sms"}};
  read = outbox_entry_of(outbox_key({"slack"}, x.place()), outbox_payload(x));
  REQUIRE(read);
  CHECK(read->over == x.over);
}

TEST_CASE("whether a waiting page may have come is kept, and of a version that did not say so each try counts") {
  auto x = entry(7, 50);
  x.attempts = 1;
  const auto key = outbox_key({"slack"}, x.place());
  for (const bool perhaps : {false, true}) {
    x.perhaps_taken = perhaps;
    const auto read = outbox_entry_of(key, outbox_payload(x));
    REQUIRE(read);
    CHECK(read->perhaps_taken == perhaps);
  }
  x.perhaps_taken = false;
  for (const bool refused : {false, true}) {
    x.what.shortest = refused;
    auto payload = outbox_payload(x);
    payload.pop_back();
    const auto read = outbox_entry_of(key, payload);
    REQUIRE(read);
    CHECK(read->perhaps_taken == !refused);
  }
}

TEST_CASE_TEMPLATE("a journal keeps its promises", kind, lmdb_journal, memory_journal) {
  directory where;
  std::unique_ptr<journal> held;
  if constexpr (std::is_same_v<kind, lmdb_journal>)
    held = std::make_unique<lmdb_journal>(in(where));
  else
    held = std::make_unique<memory_journal>();
  auto& j = *held;
  const channel_name slack{"slack"};

  SUBCASE("waiting pages come by priority, then in order, and go on behind a place") {
    write(j, pages({entry(1, 50), entry(2, 90), entry(3, 90), entry(4, 100, "terminal")}));
    const auto all = j.waiting(slack, nullptr, 10);
    REQUIRE(all.size() == 3);
    CHECK(all[0].sequence == 2);
    CHECK(all[2].sequence == 1);
    const auto place = all[0].place();
    CHECK(j.waiting(slack, &place, 1)[0].sequence == 3);
    CHECK(j.waiting_count(slack) == 3);
    CHECK(j.load([](const alarm_record&) {}).next_sequence == 5);
  }
  SUBCASE("a page is taken once by its key, and one delivered before is reported") {
    write(j, pages({entry(1, 50)}));
    auto again = entry(1, 50);
    again.sequence = 9;
    CHECK(write(j, pages({again})).delivered_before.empty());
    CHECK(j.waiting_count(slack) == 1);
    write(j, changes({done(entry(1, 50))}));
    CHECK(write(j, pages({again})).delivered_before == std::vector{key_of(again.what)});
    CHECK(j.waiting_count(slack) == 0);
  }
  SUBCASE("an outcome is told once, however often it is written") {
    write(j, pages({entry(1, 50), entry(2, 50)}));
    write(j, changes({done(entry(1, 50)), done(entry(2, 50), notification_outcome::failed)}));
    write(j, changes({done(entry(1, 50))}));
    const auto told = j.notifications(0, 10);
    REQUIRE(told.size() == 2);
    CHECK(told[1].what.outcome == notification_outcome::failed);
    CHECK(j.notifications(told[0].cursor, 10).size() == 1);
    CHECK(j.notifications(j.cursor_before_newest(1), 10).size() == 1);
    CHECK(j.cursor_before_newest(5) == 0);
  }
  SUBCASE("a page that waits for another try keeps its attempts") {
    write(j, pages({entry(1, 50)}));
    outbox_change later{entry(1, 50).place(), notification_of(entry(1, 50).what, notification_outcome::planned), 3,
                        start};
    write(j, changes({later}));
    CHECK(j.waiting(slack, nullptr, 1)[0].attempts == 3);
    CHECK(j.waiting(slack, nullptr, 1)[0].next_try == start);
  }
  SUBCASE("a page that goes over others as well says so, also after another try") {
    write(j, pages({entry(1, 50)}));
    outbox_change also{entry(1, 50).place(), notification_of(entry(1, 50).what, notification_outcome::planned), 3,
                       start};
    also.instead = entry(1, 50);
    also.instead->over = {{"sms"}, {"mail"}};
    write(j, changes({also}));
    outbox_change later{entry(1, 50).place(), notification_of(entry(1, 50).what, notification_outcome::planned), 4,
                        start};
    write(j, changes({later}));
    CHECK(j.waiting(slack, nullptr, 1)[0].over == std::vector<channel_name>{{"sms"}, {"mail"}});
    write(j, changes({done(entry(1, 50), notification_outcome::fallback)}));
    CHECK(j.notifications(0, 10)[0].what.outcome == notification_outcome::fallback);
  }
  SUBCASE("a page that waits is rewritten in its place, or moves to that of its new priority") {
    write(j, pages({entry(1, 50), entry(2, 60)}));
    auto urgent = entry(1, 90);
    urgent.what.shortest = true;
    urgent.due = start;
    outbox_change change{entry(1, 50).place(), notification_of(entry(1, 50).what, notification_outcome::planned), 3,
                         start};
    change.instead = urgent;
    write(j, changes({change}));
    CHECK(j.waiting_count(slack) == 2);
    const auto first = j.waiting(slack, nullptr, 2)[0];
    CHECK(first.place() == urgent.place());
    CHECK(first.what.shortest);
    CHECK(first.due == start);
    CHECK(first.attempts == 3);
    write(j, changes({done(urgent)}));
    CHECK(j.waiting_count(slack) == 1);
  }
  SUBCASE(
      "a page that a commit has moved which failed only in appearance is found where it is by what is joined to it") {
    write(j, pages({entry(1, 50), entry(2, 60)}));
    journal_work work;
    const auto move = [&](const outbox_entry& from, int priority) {
      outbox_change change{from.place(), notification_of(from.what, notification_outcome::planned), 1, never};
      change.instead = entry(1, priority);
      work.add(change);
      return *change.instead;
    };
    const auto write_next = [&](const std::string& answer) {
      journal_batch batch;
      for (const auto& [sequence, each] : work.begin().changes)
        batch.changes.push_back(each);
      write(j, std::move(batch));
      if (answer.empty())
        work.written();
      else
        work.refused(answer);
    };
    const auto moved = move(entry(1, 50), 70);
    write_next("I/O error");
    SUBCASE("it was sent meanwhile") {
      work.add(done(moved));
      write_next("");
    }
    SUBCASE("it has moved on meanwhile, and is sent later") {
      const auto last = move(moved, 90);
      write_next("");
      REQUIRE(j.waiting_count(slack) == 2);
      CHECK(j.waiting(slack, nullptr, 1)[0].place() == last.place());
      write(j, changes({done(last)}));
    }
    CHECK(j.waiting_count(slack) == 1);
    CHECK(j.waiting(slack, nullptr, 1)[0].sequence == 2);
    CHECK(j.notifications(0, 10).size() == 1);
    CHECK(write(j, pages({entry(1, 50)})).delivered_before.size() == 1);
  }
  SUBCASE("what a channel was told of an alarm, and when it got its last digest, is kept until it is taken back") {
    const auto alarm = raise("t1").alarm;
    journal_batch batch;
    batch.told = {{slack, alarm, told_mark{told_mark::way::by_digest, 7}}};
    batch.digests = {{slack, start}};
    write(j, batch);
    auto content = j.load([](const alarm_record&) {});
    REQUIRE(content.told.size() == 1);
    CHECK(content.told[0].channel == slack);
    CHECK(content.told[0].alarm == alarm);
    CHECK(content.told[0].mark == told_mark{told_mark::way::by_digest, 7});
    REQUIRE(content.digests.size() == 1);
    CHECK(content.digests[0].at == start);
    batch.told[0].mark = told_mark{told_mark::way::as_acknowledged, 8};
    write(j, batch);
    content = j.load([](const alarm_record&) {});
    REQUIRE(content.told.size() == 1);
    CHECK(content.told[0].mark == told_mark{told_mark::way::as_acknowledged, 8});
    for (const bool open : {false, true}) {
      batch.told[0].mark = told_mark{told_mark::way::singly, 9, severity::high, open};
      write(j, batch);
      CHECK(j.load([](const alarm_record&) {}).told.at(0).mark == batch.told[0].mark);
    }
    for (const auto& pages :
         {page_mark{told_way::singly, 3, severity::critical}, page_mark{told_way::by_digest, 0, {}}}) {
      batch.told[0].mark = told_mark{told_mark::way::as_state, 9, {}, false, pages};
      write(j, batch);
      CHECK(j.load([](const alarm_record&) {}).told.at(0).mark == batch.told[0].mark);
    }
    batch.told[0].mark.reset();
    write(j, batch);
    CHECK(j.load([](const alarm_record&) {}).told.empty());
  }
  SUBCASE("what is shelved is kept, in the place of what was shelved of the same, until it is taken back") {
    auto shelf = shelf_of_unit({"main"}, {"reactor-1"});
    shelf.since = start;
    shelf.until = start + milliseconds{3'600'000};
    shelf.by = "anna";
    shelf.reason = "new bearing";
    const auto other = shelf_of_sensor({"main"}, {"reactor-1"});
    journal_batch batch;
    batch.shelves = {{shelf.what, shelf.of, shelf}, {other.what, other.of, other}};
    write(j, batch);
    CHECK(j.load([](const alarm_record&) {}).shelves.size() == 2);
    shelf.until += milliseconds{1};
    batch.shelves = {{shelf.what, shelf.of, shelf}, {other.what, other.of, std::nullopt}};
    write(j, batch);
    const auto content = j.load([](const alarm_record&) {});
    REQUIRE(content.shelves.size() == 1);
    CHECK(content.shelves[0] == shelf);
    batch.shelves = {{shelf.what, shelf.of, std::nullopt}};
    write(j, batch);
    CHECK(j.load([](const alarm_record&) {}).shelves.empty());
  }
  SUBCASE("decisions come in order, and pruning keeps the newest of each kind") {
    for (uint64_t position : {30, 10, 20})
      j.append_decision({"split", position, 0, "sensors", std::to_string(position)});
    j.append_decision({"split", 20, 1, "silence", "on"});
    j.append_decision({"split", 5, 0, "silence", "off"});
    j.append_decision({"other", 1, 0, "sensors", "x"});
    CHECK(j.decisions("split", 20).size() == 3);
    j.prune_decisions("split", 25);
    const auto left = j.decisions("split", 0);
    REQUIRE(left.size() == 3);
    CHECK(left[0].content == "20");
    CHECK(left[1].content == "on");
    CHECK(left[2].content == "30");
    CHECK(j.decisions("other", 0).size() == 1);
  }
  SUBCASE("a decision that is removed leaves the others of its position, and twice is as good as once") {
    for (uint32_t sequence : {0, 1, 2})
      j.append_decision({"split", 7, sequence, "silence", std::to_string(sequence)});
    for (int i = 0; i < 2; ++i)
      j.remove_decision({"split", 7, 1, {}, {}});
    const auto left = j.decisions("split", 0);
    REQUIRE(left.size() == 2);
    CHECK(left[0].content == "0");
    CHECK(left[1].content == "2");
  }
  SUBCASE("pages of channels that have left are found") {
    write(j, pages({entry(1, 50), entry(2, 50, "gone")}));
    const auto found = j.waiting_elsewhere({slack});
    REQUIRE(found.size() == 1);
    CHECK(found[0].what.channel.text == "gone");
    CHECK(found[0].sequence == 2);
    CHECK(j.waiting_elsewhere({slack, {"gone"}}).empty());
  }
}

TEST_CASE("everything is there again after closing and opening") {
  directory where;
  journal_batch batch = pages({entry(7, 50)});
  alarm_record record;
  record.raise = record.latest = raise("t1");
  batch.alarms.emplace_back(record.id(), std::string{});
  binary_writer out{batch.alarms.back().second};
  encode(out, record);
  {
    lmdb_journal j{in(where)};
    CHECK(write(j, batch).error.empty());
    j.append_decision({"split", 1, 0, "sensors", "x"});
  }
  lmdb_journal j{in(where)};
  std::vector<uuid> loaded;
  CHECK(j.load([&](const alarm_record& x) { loaded.push_back(x.id()); }).next_sequence == 8);
  CHECK(loaded == std::vector{record.id()});
  CHECK(j.waiting_count({"slack"}) == 1);
  CHECK(j.decisions("split", 0).size() == 1);
}

TEST_CASE("a journal larger than the memory that there is for it opens, and gives its alarms one by one") {
  directory where;
  constexpr int alarms = 1500;
  {
    lmdb_journal j{in(where)};
    journal_batch batch;
    for (int i = 0; i < alarms; ++i) {
      alarm_record record;
      record.raise = record.latest = raise(numbered("t", i));
      record.explanation.assign(40'000, 'x');
      batch.alarms.emplace_back(record.id(), std::string{});
      binary_writer out{batch.alarms.back().second};
      encode(out, record);
    }
    REQUIRE(write(j, std::move(batch)).error.empty());
  }
  REQUIRE(std::filesystem::file_size(where.path + "/data.mdb") > 60'000'000);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // What is mapped from a file is not counted here.
    std::ifstream own{"/proc/self/statm"};
    uint64_t field = 0, data = 0;
    for (int i = 0; i < 6 && own >> field; ++i)
      data = field;
    const rlimit little{data * 4096 + 24'000'000, RLIM_INFINITY};
    int count = -1;
    try {
      if (::setrlimit(RLIMIT_DATA, &little) == 0) {
        lmdb_journal j{in(where)};
        count = 0;
        j.load([&](const alarm_record&) { ++count; });
      }
    } catch (...) {
    }
    ::_exit(count == alarms ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a second journal on one directory is refused") {
  directory where;
  lmdb_journal first{in(where)};
  CHECK_THROWS_AS(lmdb_journal{in(where)}, failure);
}

TEST_CASE("old notifications are forgotten, and their keys with them") {
  directory where;
  auto settings = in(where);
  settings.retention = milliseconds{-1000};
  lmdb_journal j{settings};
  write(j, pages({entry(1, 50)}));
  write(j, changes({done(entry(1, 50))}));
  write(j, pages({entry(2, 50)}));
  CHECK(j.notifications(0, 10).empty());
  CHECK(write(j, pages({entry(1, 50)})).delivered_before.empty());
}

TEST_CASE("a disk that is full fails the batch as a whole, and the journal goes on once there is room") {
  directory where;
  lmdb_journal j{in(where)};
  CHECK(write(j, pages({entry(1, 50)})).error.empty());
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit tight = before;
  tight.rlim_cur = std::filesystem::file_size(where.path + "/data.mdb");
  setrlimit(RLIMIT_FSIZE, &tight);
  std::vector<outbox_entry> many;
  for (uint64_t i = 2; i < 2000; ++i)
    many.push_back(entry(i, 50));
  const auto refused = write(j, pages(many));
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK_FALSE(refused.error.empty());
  CHECK(j.waiting_count({"slack"}) == 1);
  CHECK(write(j, pages(many)).error.empty());
  CHECK(j.waiting({"slack"}, nullptr, 10'000).size() == 1999);
  CHECK(j.status().failures == 1);
}

TEST_CASE("a full map is an answer as well") {
  directory where;
  auto settings = in(where);
  settings.map_bytes = 1 << 20;
  lmdb_journal j{settings};
  std::vector<outbox_entry> many;
  for (uint64_t i = 1; i < 20'000; ++i)
    many.push_back(entry(i, 50));
  CHECK_FALSE(write(j, pages(many)).error.empty());
  CHECK(write(j, pages({entry(1, 50)})).error.empty());
  CHECK_THROWS_AS(j.append_decision({"split", 1, 0, "sensors", std::string(2 << 20, 'x')}), failure);
}

TEST_CASE("a changed byte in a record is found before anything is believed") {
  directory where;
  {
    lmdb_journal j{in(where)};
    j.append_decision({"split", 1, 0, "sensors", "the content to damage"});
  }
  const auto path = where.path + "/data.mdb";
  std::string bytes;
  {
    std::ifstream in{path, std::ios::binary};
    bytes.assign(std::istreambuf_iterator<char>{in}, {});
  }
  const auto at = bytes.rfind("the content to damage");
  REQUIRE(at != std::string::npos);
  bytes[at] ^= 1;
  std::ofstream{path, std::ios::binary} << bytes;
  try {
    lmdb_journal j{in(where)};
    CHECK_MESSAGE(false, "it was believed");
  } catch (const failure& problem) {
    CHECK(std::string{problem.what()}.find("decisions/position 1 of split ") != std::string::npos);
  }
}

TEST_CASE("a journal whose file is gone or empty is not taken for a new one") {
  directory where;
  lmdb_journal{in(where)}.append_decision({"split", 1, 0, "sensors", "content"});
  std::filesystem::remove(where.path + "/data.mdb");
  CHECK_THROWS_AS(lmdb_journal{in(where)}, failure);
  std::ofstream{where.path + "/data.mdb"};
  CHECK_THROWS_AS(lmdb_journal{in(where)}, failure);
  std::filesystem::remove(where.path + "/begun");
  CHECK(lmdb_journal{in(where)}.decisions("split", 0).empty());
}

TEST_CASE("requests from many threads are synced in groups") {
  directory where;
  lmdb_journal j{in(where)};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (uint32_t i = 0; i < 20; ++i)
        j.append_decision({numbered("split", t), i, 0, "sensors", "x"});
    });
  for (auto& each : threads)
    each.join();
  for (int t = 0; t < 8; ++t)
    CHECK(j.decisions(numbered("split", t), 0).size() == 20);
  CHECK(j.status().commits <= 160);
  MESSAGE("160 requests in ", j.status().commits, " commits; median ", j.status().median_us, " us, p99 ",
          j.status().p99_us, " us");
}

TEST_CASE("what an older version kept of what a channel was told opens, and what nobody can have kept does not") {
  const auto alarm = raise("t1").alarm;
  const auto key = told_key({"slack"}, alarm);
  std::string bytes;
  binary_writer out{bytes};
  out.text("slack");
  out.u8(1);
  out.varint(7);
  journal_content content;
  REQUIRE(add_told(key, bytes, content));
  CHECK(content.told.at(0).mark == told_mark{told_mark::way::by_digest, 7});
  CHECK(told_payload(content.told[0]) == bytes);
  CHECK_FALSE(add_told(key, bytes + '\x20', content));
  CHECK_FALSE(add_told(key, bytes + '\x40', content));
}

TEST_CASE("what nobody thought of on the journal's thread fails one request and is told, and the next is written") {
  const directory where;
  auto settings = in(where);
  std::promise<std::string> told;
  settings.broke = [&](const std::string& what) { told.set_value(what); };
  lmdb_journal journal{settings};
  journal.write(std::make_shared<journal_batch>(pages({entry(1, 50)})),
                [](journal_result) { throw std::runtime_error{"an answer that nobody takes"}; });
  auto what = told.get_future();
  REQUIRE(what.wait_for(std::chrono::seconds{10}) == std::future_status::ready);
  CHECK(what.get() == "an answer that nobody takes");
  CHECK(write(journal, pages({entry(2, 50)})).error.empty());
  CHECK(journal.waiting_count({"slack"}) == 2);
}

TEST_CASE("pruning does not wait for ever for a disk that does not answer, and leaves nothing waiting behind it") {
  directory where;
  auto settings = in(where);
  settings.patience = milliseconds{100};
  settings.queue = 2;
  lmdb_journal j{settings};
  for (uint64_t position : {10, 20, 30})
    j.append_decision({"split", position, 0, "sensors", std::to_string(position)});
  std::promise<void> at_work, goes_on;
  j.write(std::make_shared<journal_batch>(), [&](journal_result) {
    at_work.set_value();
    goes_on.get_future().wait();
  });
  at_work.get_future().wait();
  for (int i = 0; i < 5; ++i) {
    std::string why;
    try {
      j.prune_decisions("split", 25);
    } catch (const failure& problem) {
      CHECK(problem.code() == failure_code::journal_unwritable);
      why = problem.what();
    }
    CHECK(why.find("not answered for 100 ms") != std::string::npos);
  }
  // Who reads waits for nobody.
  CHECK(j.decisions("split", 0).size() == 3);
  goes_on.set_value();
  j.append_decision({"split", 40, 0, "sensors", "40"});
  CHECK(j.decisions("split", 0).size() == 4);
  j.prune_decisions("split", 25);
  CHECK(j.decisions("split", 0).size() == 3);
}

} // namespace journal_test
