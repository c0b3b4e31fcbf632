#include "runtime/flow/flow_frame.hpp"
#include "tests/runtime/flow/flow_fixture.hpp"

#include <doctest/doctest.h>

#include <random>

namespace flow_frame_test {

using namespace millwright;

namespace {

entity_key target_of(const flow_frame_view& view, size_t part) {
  for (const auto& each : view.names)
    if (each.number == view.parts[part].target)
      return {std::string{each.type}, {std::string{each.facility}}, std::string{each.id}};
  return {};
}

flow_frame settled(uint32_t piece, uint32_t pieces) {
  flow_frame out;
  out.what = flow_frame::kind::settled;
  out.source = 7;
  out.receiver = 300;
  out.epoch = uint64_t{5} << 32;
  out.number = 12;
  out.barrier = 400;
  out.after = 399;
  out.piece = piece;
  out.pieces = pieces;
  if (piece + 1 == pieces) {
    auto& time = out.time.emplace();
    time.at = {7, from_epoch_ms(1'767'225'600'000), milliseconds{9000}, {}};
    time.at.leaps.push_back({milliseconds{4000}, never, from_epoch_ms(1'767'225'500'000)});
    time.silent = true;
  }
  return out;
}

const std::vector<flow_part> parts{
    {{std::string{"facility"}, {std::string{"main"}}, {}}, 0, std::string{"\0x", 2}},
    {{std::string{"equipment"}, {std::string{"main"}}, std::string{"pump-1"}}, 1'000'000'000'000, {}}};

} // namespace

TEST_CASE("frames of every kind are read as they were written") {
  flow_frame open;
  open.what = flow_frame::kind::open;
  open.epoch = open.number = 1;
  open.barrier = 3;
  flow_frame question;
  question.epoch = question.number = 9;
  for (const auto& frame : {settled(0, 2), settled(1, 2), open}) {
    const auto bytes = frame_of(frame, parts);
    const auto read = decode_flow_frame(bytes);
    REQUIRE(read);
    CHECK(read->frame == frame);
    REQUIRE(read->parts.size() == 2);
    for (size_t i = 0; i < 2; ++i) {
      CHECK(target_of(*read, i) == parts[i].target);
      CHECK(read->parts[i].revision == parts[i].revision);
      CHECK(read->parts[i].bytes == parts[i].bytes);
    }
    CHECK(read->numbered);
  }
  const auto read = decode_flow_frame(frame_of(question));
  REQUIRE(read);
  CHECK(read->frame == question);
  CHECK(read->parts.empty());
}

TEST_CASE("a frame of a program that had no numbers for targets is read: each part names its own") {
  for (const auto& frame : {settled(0, 2), settled(1, 2)}) {
    const auto bytes = named_frame_of(frame, parts);
    const auto read = decode_flow_frame(bytes);
    REQUIRE(read);
    CHECK(read->frame == frame);
    CHECK_FALSE(read->numbered);
    REQUIRE(read->parts.size() == 2);
    for (size_t i = 0; i < 2; ++i) {
      CHECK(target_of(*read, i) == parts[i].target);
      CHECK(read->parts[i].revision == parts[i].revision);
      CHECK(read->parts[i].bytes == parts[i].bytes);
    }
    for (size_t n = 0; n < bytes.size(); ++n)
      CHECK_FALSE(decode_flow_frame(bytes.substr(0, n)));
    CHECK_FALSE(decode_flow_frame(bytes + "x"));
  }
}

TEST_CASE("a target that no stream has a number for is refused, and so is one without a kind") {
  auto frame = settled(0, 2);
  CHECK(decode_flow_frame(frame_of(frame, parts, most_flow_target - 1)));
  CHECK_FALSE(decode_flow_frame(frame_of(frame, parts, most_flow_target)));
}

TEST_CASE("an answer is read as it was written") {
  const flow_answer said{3, 4, 5, 6, 700, {1, 2, 300}};
  std::string bytes;
  encode(bytes, said);
  CHECK(decode_flow_answer(bytes) == said);
  for (size_t n = 0; n < bytes.size(); ++n)
    CHECK_FALSE(decode_flow_answer(bytes.substr(0, n)));
  CHECK_FALSE(decode_flow_answer(bytes + "x"));
}

TEST_CASE(
    "what no sender says is refused: a frame that is cut off, of another version, of no epoch, out of its chain") {
  const auto good = frame_of(settled(1, 2), parts);
  for (size_t n = 0; n < good.size(); ++n)
    CHECK_FALSE(decode_flow_frame(good.substr(0, n)));
  CHECK_FALSE(decode_flow_frame(good + "x"));
  auto newer = good;
  newer[0] = 3;
  CHECK_FALSE(decode_flow_frame(newer));
  auto unknown = good;
  unknown[1] = 4;
  CHECK_FALSE(decode_flow_frame(unknown));

  auto frame = settled(1, 2);
  frame.epoch = 0;
  CHECK_FALSE(decode_flow_frame(frame_of(frame)));
  frame = settled(1, 2);
  frame.after = frame.barrier;
  CHECK_FALSE(decode_flow_frame(frame_of(frame)));
  frame = settled(1, 2);
  frame.piece = 2;
  CHECK_FALSE(decode_flow_frame(frame_of(frame)));
  // The last piece alone says where the source stands, and always does.
  frame = settled(1, 2);
  frame.time.reset();
  CHECK_FALSE(decode_flow_frame(frame_of(frame)));
  frame = settled(0, 2);
  frame.time = settled(1, 2).time;
  CHECK_FALSE(decode_flow_frame(frame_of(frame)));
  CHECK_FALSE(decode_flow_frame(frame_of(settled(0, 2), {{{{}, {std::string{"main"}}, {}}, 1, {}}})));
}

TEST_CASE("changed bytes of a frame are refused, or say something that can be said again") {
  std::mt19937_64 random{1};
  const auto good = frame_of(settled(1, 2), parts);
  size_t read = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = good;
    for (uint64_t i = 0; i <= random() % 3; ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto view = decode_flow_frame(bytes);
    if (!view)
      continue;
    ++read;
    std::string once;
    encode(once, view->frame, view->names, view->parts.size());
    for (const auto& each : view->parts)
      encode(once, each);
    const auto twice = decode_flow_frame(once);
    REQUIRE(twice);
    CHECK(twice->frame == view->frame);
    CHECK(twice->names.size() == view->names.size());
    CHECK(twice->parts.size() == view->parts.size());
  }
  CHECK(read > 100);
}

} // namespace flow_frame_test
