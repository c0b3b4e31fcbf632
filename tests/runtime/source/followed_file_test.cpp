#include "protocol/failure.hpp"
#include "tests/runtime/source/source_folder.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace followed_file_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A source over one followed log, as a node has it: what was taken, and the place that would be committed.
struct follower {
  explicit follower(const std::string& path, bool tolerate = false, std::optional<csv_mapping> csv = {})
      : name{path}, source{{{path}, std::move(csv), true, tolerate}, leading_number, "file"} {}

  /// Goes on where another one stood.
  void start_behind(const follower& other) {
    REQUIRE(other.stood);
    source.recall({{name, other.stood->mark}});
    source.start({{name, other.stood->position}});
    stood = source.place(0);
  }

  void poll(milliseconds patience = 5ms, size_t most = 10) {
    source.poll(batch, most, patience);
    for (const auto& each : batch.records) {
      got.emplace_back(each.data, each.size);
      if (positions.empty() || each.position > positions.back())
        positions.push_back(each.position);
      // The driver unescapes in place.
      std::fill(each.data, each.data + each.size, '~');
    }
    for (const auto& each : batch.events)
      events.push_back(each);
    stood = source.place(0);
    CHECK_FALSE(source.finished());
  }

  bool until(size_t count, std::chrono::seconds most = 20s) {
    const auto deadline = std::chrono::steady_clock::now() + most;
    while (got.size() < count && std::chrono::steady_clock::now() < deadline)
      poll();
    return got.size() == count;
  }

  size_t count(source_event::kind what) const {
    return static_cast<size_t>(
        std::count_if(events.begin(), events.end(), [&](const auto& each) { return each.what == what; }));
  }

  std::string name;
  file_source source;
  record_batch batch;
  texts got;
  std::vector<uint64_t> positions;
  std::vector<source_event> events;
  std::optional<split_place> stood;
};

std::string refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const failure& error) {
    CHECK(error.code() == failure_code::source_data_lost);
    return error.what();
  }
  return "";
}

texts numbers(int from, int to) {
  texts out;
  for (int i = from; i < to; ++i)
    out.push_back(std::to_string(i) + " reading");
  return out;
}

std::string lines(int from, int to) {
  std::string out;
  for (const auto& each : numbers(from, to))
    out += each + "\n";
  return out;
}

} // namespace

TEST_CASE("a log that is renamed and made anew is read to its end, and then the new one, with positions that go on") {
  const folder in;
  const auto path = in.file("log", lines(0, 5));
  follower node{path};
  node.source.start({});
  REQUIRE(node.until(5));
  fs::rename(path, path + ".1");
  in.append("log.1", lines(5, 8));
  REQUIRE(node.until(8));
  in.file("log", "");
  // Whoever writes has not moved on yet.
  in.append("log.1", lines(8, 9) + "9 rea");
  REQUIRE(node.until(9));
  in.append("log.1", "ding");
  in.append("log", lines(10, 13));
  REQUIRE(node.until(13));
  CHECK(node.got == numbers(0, 13));
  CHECK(node.positions.back() == 12);
  CHECK(node.positions.size() == 13);
  CHECK(node.count(source_event::kind::lost) == 0);
}

TEST_CASE(
    "a log that is copied and truncated goes on at its new beginning, what was not read yet comes from the copy") {
  const folder in;
  const auto path = in.file("log", lines(0, 5));
  follower node{path};
  node.source.start({});
  REQUIRE(node.until(5));
  in.append("log", lines(5, 8) + "8 rea");
  fs::copy_file(path, path + ".1");
  in.append("log.1", "ding\n");
  fs::resize_file(path, 0);
  in.append("log", lines(9, 12));
  REQUIRE(node.until(12));
  CHECK(node.got == numbers(0, 12));
  CHECK(node.count(source_event::kind::lost) == 0);
}

TEST_CASE("a log that was truncated and has grown beyond the old place between two looks is not read in its middle") {
  const folder in;
  const auto path = in.file("log", lines(0, 5));
  follower node{path};
  node.source.start({});
  REQUIRE(node.until(5));
  fs::resize_file(path, 0);
  in.append("log", lines(100, 200));
  REQUIRE(node.until(105));
  CHECK(node.got.back() == "199 reading");
  CHECK(node.got[5] == "100 reading");
}

TEST_CASE("a log that is cut short before it was read, and not copied, is told as a loss") {
  const folder in;
  const auto path = in.file("log", lines(0, 100));
  follower node{path};
  node.source.start({});
  node.poll(5ms, 10);
  CHECK(node.got.size() == 10);
  in.file("other", std::string(3 << 20, 'x'));
  std::string large = lines(0, 100);
  for (int i = 100; large.size() < (3u << 20); ++i)
    large += std::to_string(i) + " reading\n";
  in.file("log", large);
  for (int i = 0; i < 20; ++i)
    node.poll(5ms, 1000);
  fs::resize_file(path, 0);
  in.append("log", "7 new\n");
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while ((node.got.empty() || node.got.back() != "7 new") && std::chrono::steady_clock::now() < deadline)
    node.poll(5ms, 100'000);
  CHECK(node.got.back() == "7 new");
  CHECK(node.count(source_event::kind::lost) == 1);
}

TEST_CASE("a restart finds its place after rotations of every kind, however many, and takes each line once") {
  std::mt19937 random{17};
  for (int round = 0; round < 30; ++round) {
    const folder in;
    const auto path = in.file("log", lines(0, 1));
    auto node = std::make_unique<follower>(path);
    node->source.start({});
    REQUIRE(node->until(1));
    int written = 1, number = 0;
    texts got;
    const auto write = [&] {
      const int more = 1 + static_cast<int>(random() % 6);
      in.append("log", lines(written, written + more));
      written += more;
    };
    const auto restart = [&] {
      got.insert(got.end(), node->got.begin(), node->got.end());
      auto next = std::make_unique<follower>(path);
      next->start_behind(*node);
      node = std::move(next);
    };
    for (int step = 0; step < 12; ++step) {
      write();
      switch (random() % 5) {
      case 0:
        for (uint32_t looks = random() % 3; looks > 0; --looks)
          node->poll(1ms, 1 + random() % 3);
        break;
      case 1:
        node->until(static_cast<size_t>(written) - got.size());
        break;
      case 2:
        restart();
        node->poll(1ms, 1 + random() % 4);
        break;
      case 3: {
        // As logrotate does it: what was put away moves on by one.
        for (int i = number; i > 0; --i)
          fs::rename(path + "." + std::to_string(i), path + "." + std::to_string(i + 1));
        fs::rename(path, path + ".1");
        ++number;
        std::this_thread::sleep_for(10ms);
        in.file("log", "");
        break;
      }
      case 4:
        // Read so far: what a copy leaves in between cannot be told from what follows.
        node->until(static_cast<size_t>(written) - got.size());
        fs::copy_file(path, path + "-2026112" + std::to_string(step % 10) + std::to_string(step),
                      fs::copy_options::overwrite_existing);
        fs::resize_file(path, 0);
        break;
      }
      std::this_thread::sleep_for(10ms);
    }
    write();
    restart();
    CHECK(node->until(static_cast<size_t>(written) - got.size()));
    got.insert(got.end(), node->got.begin(), node->got.end());
    REQUIRE(got == numbers(0, written));
    CHECK(node->stood->position == static_cast<uint64_t>(written));
  }
}

TEST_CASE("another log in the place of the one that was followed is refused with what to do, or told as a loss") {
  const folder in;
  const auto path = in.file("log", lines(0, 5));
  follower before{path};
  before.source.start({});
  REQUIRE(before.until(5));
  // Longer than the old one: its middle would be taken up.
  in.file("log", lines(100, 200));
  const auto text = refusal_of([&] { follower{path}.start_behind(before); });
  CHECK(text.find("another log") != text.npos);
  CHECK(text.find("source.file.tolerate_data_loss") != text.npos);
  CHECK(text.find("kafka") == text.npos);

  follower tolerant{path, true};
  tolerant.start_behind(before);
  REQUIRE(tolerant.until(100));
  CHECK(tolerant.got.front() == "100 reading");
  CHECK(tolerant.positions.front() == 5);
  REQUIRE(tolerant.count(source_event::kind::lost) == 1);
}

TEST_CASE("an input that is replayed is known again by the record that was taken last") {
  const folder in;
  // The first 4 KiB, which tell one file from another, are the same.
  const std::string head(5000, 'h');
  const auto path = in.file("a", head + "\n" + lines(0, 5));
  const auto open = [&] { return file_source{{{path}, std::nullopt, false}, leading_number}; };
  auto first = open();
  first.start({});
  record_batch batch;
  first.poll(batch, 4, 10ms);
  REQUIRE(batch.records.size() == 4);
  const auto stood = first.place(0);
  REQUIRE(stood);
  CHECK(stood->position == 4);
  auto same = open();
  same.recall({{path, stood->mark}});
  same.start({{path, stood->position}});
  same.poll(batch, 1, 10ms);
  CHECK(std::string(batch.records.at(0).data, batch.records.at(0).size) == "3 reading");
  in.file("a", head + "\n" + lines(50, 70));
  const auto text = refusal_of([&] {
    auto other = open();
    other.recall({{path, stood->mark}});
    other.start({{path, stood->position}});
  });
  CHECK(text.find("another log") != text.npos);
}

TEST_CASE("a log that is written anew with what was there before goes on where it was") {
  const folder in;
  const auto path = in.file("log", lines(0, 5));
  follower node{path};
  node.source.start({});
  REQUIRE(node.until(5));
  in.file("new", lines(0, 9));
  fs::rename(in.path / "new", path);
  REQUIRE(node.until(9));
  CHECK(node.got == numbers(0, 9));
}

TEST_CASE("rotated CSV files have a header each or none, and a restart is exact within a row") {
  const folder in;
  csv_mapping mapping;
  mapping.timestamp = "t";
  mapping.constants = {{"facility_id", "f"}};
  mapping.sensors = {{"a", "A", "generic", "", ""}, {"b", "B", "generic", "", ""}};
  const auto path = in.file("x.csv", "t,a,b\n1,2,3\n4,5,6\n");
  follower whole{path, false, mapping};
  whole.source.start({});
  REQUIRE(whole.until(4));
  fs::rename(path, in.path / "x-20261128.csv");
  in.file("x.csv", "t,b,a\n7,9,8\n");
  REQUIRE(whole.until(6));
  fs::rename(path, in.path / "x-20261129.csv");
  in.file("x.csv", "10,12,11\n");
  REQUIRE(whole.until(8));
  CHECK(whole.got[4].find(R"("value":8)") != std::string::npos);
  CHECK(whole.got[6].find(R"("value":11)") != std::string::npos);

  const folder again;
  const auto other = again.file("x.csv", "t,a,b\n1,2,3\n4,5,6\n");
  auto node = std::make_unique<follower>(other, false, mapping);
  node->source.start({});
  texts got;
  for (size_t i = 0; i < 4; ++i) {
    node->poll(5ms, 1);
    REQUIRE(node->got.size() == 1);
    got.push_back(node->got[0]);
    auto next = std::make_unique<follower>(other, false, mapping);
    next->start_behind(*node);
    node = std::move(next);
  }
  CHECK(got == texts(whole.got.begin(), whole.got.begin() + 4));
}

TEST_CASE("a followed log that is away is waited for where it was read before, and is a mistake where it was not") {
  const folder in;
  const std::string path = in.path / "log";
  CHECK_THROWS_AS((file_source{{{path}, std::nullopt, true}, leading_number}), failure);
  follower node{path};
  node.source.start({});
  node.poll();
  REQUIRE(node.count(source_event::kind::unreachable) == 1);
  CHECK(node.events[0].detail.find("No such file") != std::string::npos);
  in.file("log", lines(0, 2));
  REQUIRE(node.until(2));
  CHECK(node.count(source_event::kind::reachable) == 1);
}

TEST_CASE("the identity of a log that is followed does not change with its rotation, nor that of an older ledger") {
  const folder in;
  const auto path = in.file("log", lines(0, 2));
  const auto identity = [&](std::optional<std::string> known) {
    return file_source{{{path}, std::nullopt, true}, leading_number, std::move(known)}.identity();
  };
  const auto now = identity({});
  CHECK(now == "file:" + path + ":followed");
  fs::rename(path, path + ".1");
  in.file("log", lines(2, 3));
  CHECK(identity(now) == now);
  const std::string older = "file:" + path + ":2049.12345";
  CHECK(identity(older) == older);
  CHECK(identity("file:/elsewhere:2049.12345") == now);
}

} // namespace followed_file_test
