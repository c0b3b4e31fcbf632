#include "runtime/flow/part_sender.hpp"
#include "tests/runtime/flow/flow_fixture.hpp"

#include <doctest/doctest.h>

namespace part_sender_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct sending {
  explicit sending(flow_limits limits = {}, uint64_t epoch = 1) : end{1, 2, epoch, joined_texts, limits} {}

  void commit(uint64_t barrier, std::vector<flow_part> parts) {
    end.cut(barrier, std::move(parts), at(static_cast<int64_t>(barrier)));
    end.committed(barrier);
  }
  /// All that are due.
  std::vector<flow_frame> frames(milliseconds now) {
    std::vector<flow_frame> out;
    std::string bytes;
    while (end.next(now, bytes)) {
      const auto view = decode_flow_frame(bytes);
      REQUIRE(view);
      out.push_back(view->frame);
      texts.clear();
      for (const auto& each : view->parts)
        texts.emplace_back(each.bytes);
      names.clear();
      for (const auto& each : view->names)
        names.emplace_back(each.id);
    }
    return out;
  }
  void say(std::vector<uint64_t> received, uint64_t committed, milliseconds now, uint64_t receiver_epoch = 1,
           uint64_t source_epoch = 1) {
    end.take({1, 2, source_epoch, receiver_epoch, committed, std::move(received)}, now);
  }

  part_sender end;
  /// Of the newest frame.
  std::vector<std::string> texts, names;
};

} // namespace

TEST_CASE("a bundle goes out in pieces once it is committed, the last of them with the time, and is kept until that is "
          "acknowledged") {
  sending s{{.frame_bytes = 1}};
  s.end.cut(1, {part("a", 1), part("b", 2)}, at(1));
  CHECK(s.frames(0ms).empty());
  s.end.committed(1);
  const auto sent = s.frames(0ms);
  REQUIRE(sent.size() == 2);
  CHECK_FALSE(sent[0].time);
  CHECK(sent[1].time == at(1));
  s.say({1, 2}, 0, 10ms);
  CHECK(s.frames(20ms).empty());
  CHECK(s.end.kept().frozen().size() == 1);
  CHECK_FALSE(s.end.quiet());
  s.say({}, 1, 30ms);
  CHECK(s.end.quiet());
}

TEST_CASE("what is not answered is sent again, ever more seldom, and under another number") {
  sending s;
  s.commit(1, {part("a", 1)});
  milliseconds now = 0ms;
  std::vector<milliseconds> when;
  uint64_t last = 0;
  for (; now < 100s; now += 100ms)
    for (const auto& each : s.frames(now)) {
      when.push_back(now);
      CHECK(each.number > last);
      last = each.number;
    }
  REQUIRE(when.size() > 5);
  CHECK(when[1] - when[0] == 1s);
  CHECK(when[2] - when[1] == 2s);
  CHECK(when.back() - when[when.size() - 2] == 16s);
}

TEST_CASE("no more frames are under way than credit says, however much there is") {
  sending s{{.bundles = 8, .frames = 3, .frame_bytes = 1}};
  for (uint64_t barrier = 1; barrier < 6; ++barrier)
    s.commit(barrier, {part("a", barrier), part("b", barrier)});
  CHECK(s.frames(0ms).size() == 3);
  CHECK(s.frames(10ms).empty());
  s.say({2}, 0, 20ms);
  const auto more = s.frames(20ms);
  REQUIRE(more.size() == 1);
  CHECK(more[0].barrier == 2);
  CHECK(s.end.under_way() == 3);
}

TEST_CASE("another owner of the receiving shard gets everything that its commit does not hold") {
  sending s;
  s.commit(1, {part("a", 1)});
  s.commit(2, {part("a", 2)});
  CHECK(s.frames(0ms).size() == 2);
  s.say({1, 2}, 1, 10ms);
  CHECK(s.frames(10ms).empty());
  s.say({}, 1, 20ms, 2);
  const auto again = s.frames(20ms);
  REQUIRE(again.size() == 1);
  CHECK(again[0].barrier == 2);
  // What the former one says is over.
  s.say({again[0].number}, 2, 30ms, 1);
  CHECK(s.end.kept().frozen().size() == 1);
}

TEST_CASE("numbers that another owner of the sending shard was answered mean nothing here") {
  sending s{{}, 2};
  s.commit(1, {part("a", 1)});
  REQUIRE(s.frames(0ms).size() == 1);
  s.say({1}, 0, 10ms, 1, 1);
  CHECK(s.frames(1s).size() == 1);
}

TEST_CASE("a target is named until a frame that names it has come, and again to another owner of the receiving shard") {
  sending s;
  s.commit(1, {part("a", 1), part("b", 1)});
  CHECK(s.frames(0ms).size() == 1);
  CHECK(s.names == std::vector<std::string>{"a", "b"});
  s.commit(2, {part("b", 2), part("c", 2)});
  CHECK(s.frames(10ms).size() == 1);
  CHECK(s.names == std::vector<std::string>{"b", "c"});
  s.say({2}, 0, 20ms);
  s.commit(3, {part("a", 3), part("b", 3), part("c", 3)});
  CHECK(s.frames(20ms).size() == 1);
  CHECK(s.names == std::vector<std::string>{"a"});
  s.say({1}, 0, 30ms);
  s.end.show(part("b", 4));
  CHECK(s.frames(600ms).size() == 1);
  CHECK(s.names.empty());
  s.say({}, 2, 700ms, 2);
  const auto again = s.frames(700ms);
  REQUIRE(again.size() == 2);
  CHECK(s.names == std::vector<std::string>{"b"});
}

TEST_CASE("where all has come and nothing is acknowledged, the receiver is asked where it stands") {
  sending s;
  s.commit(1, {part("a", 1)});
  s.frames(0ms);
  s.say({1}, 0, 10ms);
  CHECK(s.frames(500ms).empty());
  const auto asked = s.frames(1010ms);
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].what == flow_frame::kind::question);
  s.say({asked[0].number}, 0, 1020ms);
  CHECK(s.frames(1500ms).empty());
}

TEST_CASE("open parts are shown at once, then twice a second, the newest alone, and until they have come") {
  sending s;
  s.end.show(part("a", 0, "0"));
  CHECK(s.frames(0ms).size() == 1);
  CHECK(s.texts == std::vector<std::string>{"0"});
  for (uint64_t i = 1; i < 5; ++i)
    s.end.show(part("a", i, std::to_string(i)));
  CHECK(s.frames(499ms).empty());
  CHECK(s.frames(500ms).size() == 1);
  CHECK(s.texts == std::vector<std::string>{"4"});
  s.say({2}, 0, 510ms);
  CHECK(s.frames(5s).empty());
  CHECK(s.end.quiet());
  s.end.show(part("a", 9, "9"));
  CHECK(s.frames(6s).size() == 1);
  // The first frame was never answered: patience has doubled.
  CHECK(s.frames(7900ms).empty());
  CHECK(s.frames(8s).size() == 1);
  CHECK(s.texts == std::vector<std::string>{"9"});
}

TEST_CASE("what was shown is shown to the end of its barrier, until the bundle says it") {
  sending s;
  s.end.show(part("a", 1, "1"));
  CHECK(s.frames(0ms).size() == 1);
  s.end.cut(1, {part("a", 2, "12"), part("b", 2, "not shown")}, at(1));
  s.end.show(part("a", 3, "3"));
  auto sent = s.frames(600ms);
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].barrier == 0);
  CHECK(sent[1].barrier == 1);
  s.end.committed(1);
  CHECK(s.end.shown() == 1);
  sent = s.frames(700ms);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].what == flow_frame::kind::settled);
}

TEST_CASE("what was shown for long ago is not kept while the receiver is gone") {
  sending s;
  for (uint64_t barrier = 1; barrier < 200; ++barrier) {
    s.end.show(part("a", barrier));
    s.end.cut(barrier, {part("a", barrier)}, at(static_cast<int64_t>(barrier)));
    s.end.committed(barrier);
    CHECK(s.end.shown() <= 5);
    CHECK(s.end.kept().frozen().size() <= 4);
  }
}

} // namespace part_sender_test
