#include "runtime/flow/part_receiver.hpp"
#include "tests/runtime/flow/flow_fixture.hpp"

#include <doctest/doctest.h>

#include <array>

namespace part_receiver_test {

using namespace millwright;

namespace {

constexpr std::array<uint16_t, 2> sources{1, 5};

struct receiving {
  explicit receiving(uint64_t epoch = 1) : end{2, epoch, sources} {}

  flow_frame settled(uint16_t source, uint64_t barrier, uint64_t after, uint32_t piece = 0, uint32_t pieces = 1) {
    flow_frame out;
    out.what = flow_frame::kind::settled;
    out.source = source;
    out.receiver = 2;
    out.epoch = epoch;
    out.number = ++number;
    out.barrier = barrier;
    out.after = after;
    out.piece = piece;
    out.pieces = pieces;
    if (piece + 1 == pieces)
      out.time.emplace().at = {source, from_epoch_ms(static_cast<int64_t>(1000 * barrier)), {}, {}};
    return out;
  }
  flow_frame open(uint16_t source, uint64_t barrier) {
    flow_frame out;
    out.what = flow_frame::kind::open;
    out.source = source;
    out.receiver = 2;
    out.epoch = epoch;
    out.number = ++number;
    out.barrier = barrier;
    return out;
  }
  bool take(const flow_frame& frame, const std::string& text, uint64_t revision = 1) {
    return end.take(frame_of(frame, {part("u", revision, text)}));
  }
  std::string cut(uint64_t barrier) {
    std::string out;
    time = end.cut(barrier, [&](uint16_t source, const flow_part_view& part) {
      out += std::to_string(source) + std::string{part.bytes} + ' ';
    });
    return out;
  }
  std::string seen() {
    std::string out;
    end.visit_open([&](uint16_t, const flow_part_view& part) { out += std::string{part.bytes} + ' '; });
    return out;
  }
  std::vector<flow_answer> answers() {
    std::vector<flow_answer> out;
    std::string bytes;
    while (end.next(bytes))
      out.push_back(decode_flow_answer(bytes).value());
    return out;
  }

  part_receiver end;
  time_passed time;
  uint64_t epoch = 1, number = 0;
};

} // namespace

TEST_CASE("a bundle is taken once, whole, behind the one before it, and its time with it") {
  receiving r;
  CHECK(r.take(r.settled(1, 8, 4), "later"));
  CHECK(r.take(r.settled(1, 4, 0, 1, 2), "half"));
  CHECK(r.cut(1) == "");
  CHECK(r.end.stream(1)->time().at.time == never);
  CHECK(r.take(r.settled(1, 4, 0, 0, 2), "first"));
  CHECK(r.take(r.settled(1, 4, 0, 0, 2), "first"));
  CHECK(r.cut(2) == "1first 1half 1later ");
  CHECK(r.end.stream(1)->time().at.time == from_epoch_ms(8000));
  CHECK(r.take(r.settled(1, 8, 4), "later"));
  CHECK(r.cut(3) == "");
}

TEST_CASE("parts of several shards come in the order of their numbers, whoever was first") {
  receiving r;
  r.take(r.settled(5, 1, 0), "a");
  r.take(r.settled(1, 1, 0), "b");
  r.take(r.settled(1, 2, 1), "c");
  CHECK(r.cut(1) == "1b 1c 5a ");
}

TEST_CASE("a source that has said nothing holds back the windows; one that is silent does not") {
  receiving r;
  r.take(r.settled(5, 3, 0), "a");
  r.cut(1);
  CHECK(r.time.closing == never);
  CHECK(r.time.newest == from_epoch_ms(3000));
  r.take(r.settled(1, 1, 0), "b");
  r.cut(2);
  CHECK(r.time.closing == from_epoch_ms(1000));
  auto silent = r.settled(1, 2, 1);
  silent.time->silent = true;
  r.take(silent, "c");
  r.cut(3);
  CHECK(r.time.closing == from_epoch_ms(3000));
  CHECK(r.time.splits.size() == 2);
  // All of them are: what they have come to is all that there is.
  silent = r.settled(5, 4, 3);
  silent.time->silent = true;
  r.take(silent, "d");
  r.cut(4);
  CHECK(r.time.closing == from_epoch_ms(2000));
}

TEST_CASE("what was received is told at once, what may be forgotten behind the commit alone") {
  receiving r;
  CHECK(r.answers().size() == 2);
  r.take(r.settled(1, 4, 0), "a");
  auto said = r.answers();
  REQUIRE(said.size() == 1);
  CHECK(said[0].received == std::vector<uint64_t>{1});
  CHECK(said[0].committed == 0);
  r.cut(1);
  r.take(r.settled(1, 5, 4), "b");
  r.cut(2);
  CHECK(r.answers()[0].committed == 0);
  r.end.committed(1);
  said = r.answers();
  REQUIRE(said.size() == 1);
  CHECK(said[0].committed == 4);
  r.end.committed(2);
  CHECK(r.answers()[0].committed == 5);
  CHECK(r.answers().empty());
}

TEST_CASE("an heir begins with what was committed, says so to all, and takes the rest again") {
  receiving r;
  r.take(r.settled(1, 4, 0), "a");
  r.cut(1);
  r.take(r.settled(1, 5, 4), "b");
  std::string stored;
  r.end.encode(stored);
  receiving heir{2};
  REQUIRE(heir.end.decode(stored));
  const auto said = heir.answers();
  REQUIRE(said.size() == 2);
  CHECK(said[0].committed == 4);
  CHECK(said[0].receiver_epoch == 2);
  CHECK(heir.take(heir.settled(1, 4, 0), "a"));
  CHECK(heir.take(heir.settled(1, 5, 4), "b"));
  CHECK(heir.cut(2) == "1b ");
  for (size_t n = 0; n < stored.size(); ++n) {
    receiving other;
    CHECK_FALSE(other.end.decode(stored.substr(0, n)));
  }
}

TEST_CASE("people see the newest open part of each barrier, and none that a bundle holds") {
  receiving r;
  r.take(r.open(1, 0), "old", 3);
  r.take(r.open(1, 0), "newest", 7);
  r.take(r.open(1, 0), "late", 5);
  r.take(r.open(1, 4), "next", 9);
  CHECK(r.seen() == "newest next ");
  r.take(r.settled(1, 4, 0), "all");
  CHECK(r.seen() == "all next ");
  r.take(r.open(1, 0), "late", 8);
  CHECK(r.seen() == "all next ");
  r.cut(1);
  CHECK(r.seen() == "next ");
}

TEST_CASE("with a new owner of the source's shard what the former one showed is gone, however far it had come") {
  receiving r;
  r.take(r.open(1, 0), "never happened", 100);
  r.take(r.settled(1, 4, 0, 0, 2), "half");
  const auto late = r.open(1, 0);
  r.epoch = 2;
  r.take(r.open(1, 0), "again", 3);
  CHECK(r.seen() == "again ");
  CHECK_FALSE(r.take(late, "never happened", 200));
  CHECK(r.seen() == "again ");
  // Nor are pieces of both put together.
  r.take(r.settled(1, 4, 0, 1, 2), "half");
  CHECK(r.cut(1) == "");
}

TEST_CASE("a target is named once in a source's epoch, in whichever frame, and parts of one that nobody named wait") {
  receiving r;
  const std::vector<flow_part> both{part("u", 1, "1"), part("v", 1, "2")};
  const auto unnamed = [](const flow_frame& frame, uint32_t target) {
    std::string out;
    encode(out, frame, {}, 1);
    encode(out, {target, 1, "3"});
    return out;
  };
  const auto second = r.settled(1, 5, 4);
  CHECK_FALSE(r.end.take(unnamed(second, 1)));
  CHECK(r.end.take(frame_of(r.settled(1, 4, 0), both)));
  CHECK(r.end.take(unnamed(second, 1)));
  std::vector<std::string> units;
  r.end.cut(1, [&](uint16_t, const flow_part_view& x) { units.push_back(r.end.target(x.target).id); });
  CHECK(units == std::vector<std::string>{"u", "v", "v"});
  // Of another source the same number is another thing, and the same thing has one number here.
  CHECK_FALSE(r.end.take(unnamed(r.settled(5, 1, 0), 1)));
  CHECK(r.end.take(frame_of(r.settled(5, 1, 0), {part("v", 1, "4")}, 7)));
  uint32_t number = 0;
  r.end.cut(2, [&](uint16_t, const flow_part_view& x) { number = x.target; });
  CHECK(number == 1);
  // No sender gives a number away twice; its heir begins anew.
  CHECK_FALSE(r.end.take(frame_of(r.settled(1, 6, 5), {part("w", 1, "5")}, 1)));
  r.epoch = 2;
  CHECK_FALSE(r.end.take(unnamed(r.settled(1, 6, 5), 1)));
  CHECK(r.end.take(frame_of(r.settled(1, 6, 5), {part("w", 1, "5")}, 1)));
  CHECK(r.cut(3) == "15 ");
}

TEST_CASE(
    "who sends parts of targets that nobody named hears who has the shard, though that one's first answer is lost") {
  receiving heir{2};
  heir.answers();
  std::string frame;
  encode(frame, heir.settled(1, 4, 0), {}, 1);
  encode(frame, {0, 1, "x"});
  CHECK_FALSE(heir.end.take(frame));
  const auto said = heir.answers();
  REQUIRE(said.size() == 1);
  CHECK(said[0].source == 1);
  CHECK(said[0].receiver_epoch == 2);
  CHECK(said[0].received.empty());
}

TEST_CASE("frames of a program that had no numbers for targets are taken") {
  receiving r;
  CHECK(r.end.take(named_frame_of(r.settled(1, 4, 0), {part("u", 1, "a"), part("v", 1, "b")})));
  CHECK(r.end.take(named_frame_of(r.settled(1, 5, 4), {part("v", 2, "c")})));
  std::string all;
  r.end.cut(1,
            [&](uint16_t, const flow_part_view& x) { all += r.end.target(x.target).id + std::string{x.bytes} + ' '; });
  CHECK(all == "ua vb vc ");
}

TEST_CASE("what a former owner's frames were answered with is not said of those of the new one, though its first one "
          "cannot be taken") {
  receiving r;
  r.answers();
  CHECK(r.take(r.settled(1, 4, 0), "a"));
  r.epoch = 2;
  CHECK_FALSE(r.take(r.settled(1, 5, 3), "b"));
  const auto said = r.answers();
  REQUIRE(said.size() == 1);
  CHECK(said[0].source_epoch == 2);
  CHECK(said[0].received.empty());
}

TEST_CASE("frames for others, of strangers, or nonsense are refused") {
  receiving r;
  auto frame = r.settled(1, 4, 0);
  frame.receiver = 3;
  CHECK_FALSE(r.take(frame, "a"));
  CHECK_FALSE(r.take(r.settled(2, 4, 0), "a"));
  CHECK_FALSE(r.end.take("nonsense"));
  CHECK(r.take(r.settled(1, 4, 0), "a"));
  CHECK_FALSE(r.take(r.settled(1, 5, 3), "b"));
}

TEST_CASE("more bundles than a sender may have under way are not held, but for the one that they all wait for") {
  receiving r;
  for (uint64_t barrier = 2; barrier < 40; ++barrier)
    r.take(r.settled(1, barrier, barrier - 1), "x");
  CHECK(r.end.stream(1)->held() == flow_limits{}.bundles);
  CHECK(r.take(r.settled(1, 1, 0), "x"));
  CHECK(r.cut(1) == "1x 1x 1x 1x 1x ");
}

} // namespace part_receiver_test
