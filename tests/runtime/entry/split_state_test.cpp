#include "runtime/entry/split_state.hpp"

#include "protocol/binary.hpp"

#include <doctest/doctest.h>

namespace split_state_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'790'000'000'000);

} // namespace

TEST_CASE("a split goes on as it was stored") {
  split_state split;
  split.clock.take_live(start, start, start);
  split.silent = split.all_read = true;
  split.awake_from = start + 5s;
  split.next = split.told_at = 17;
  split.told = 2;
  split.silence.listen(0);
  split.silence.heard(1000, true);
  for (int i = 1; i < 10; ++i)
    split.silence.heard(1000 + i * 90'000, true);
  split_state copy;
  REQUIRE(decode_split(encode_split(split), copy));
  CHECK(copy.clock.watermark() == start);
  CHECK(copy.silent);
  CHECK(copy.all_read);
  CHECK(copy.awake_from == start + 5s);
  CHECK(copy.silence.limit({}) == 270s);
  CHECK(copy.told == 2);
  CHECK(copy.told_at == 17);
  copy.next = 17;
  CHECK(encode_split(copy) == encode_split(split));
}

TEST_CASE("what people said at a place that has been passed is no concern of a recovery") {
  split_state split, copy;
  split.told_at = 17;
  split.told = 2;
  split.next = 18;
  REQUIRE(decode_split(encode_split(split), copy));
  CHECK(copy.told == 0);
}

TEST_CASE("a split that the first version stored is read, without bound and pauses") {
  split_clock clock;
  clock.take_live(start, start, start);
  std::string stored;
  binary_writer out{stored};
  out.u8(1);
  clock.encode(out);
  out.u8(1);
  split_state split;
  REQUIRE(decode_split(stored, split));
  CHECK(split.clock.watermark() == start);
  CHECK(split.silent);
  CHECK_FALSE(split.all_read);
  CHECK(split.awake_from == never);
  CHECK_FALSE(split.bound.in_use());
}

TEST_CASE("a split goes on in the modes in which it was stored; what had none yet is read") {
  const mode_key power{"main", {"PW-301", true, 5, 60s}};
  split_state split, copy, earlier;
  split.clock.take_live(start, start, start);
  auto stored = encode_split(split);
  // The fifth version ended before the modes, of which there are none.
  stored.pop_back();
  stored.front() = 5;
  REQUIRE(decode_split(stored, earlier));
  CHECK(earlier.clock.watermark() == start);
  CHECK(earlier.modes.all().empty());
  split.modes.take(power, 40, start, start, 0ms);
  split.modes.take(power, 40, start + 60s, start + 60s, 60s);
  REQUIRE(decode_split(encode_split(split), copy));
  CHECK(copy.modes == split.modes);
  CHECK(copy.modes.hold("main", {judged_by_sensors, {power.of}}));
}

TEST_CASE("a damaged stored split is refused at every length") {
  split_state split;
  const auto stored = encode_split(split);
  for (size_t length = 0; length < stored.size(); ++length) {
    split_state copy;
    CHECK_FALSE(decode_split(std::string_view{stored}.substr(0, length), copy));
  }
}

} // namespace split_state_test
