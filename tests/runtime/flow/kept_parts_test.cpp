#include "runtime/flow/kept_parts.hpp"
#include "tests/runtime/flow/flow_fixture.hpp"

#include <doctest/doctest.h>

#include <random>

namespace kept_parts_test {

using namespace millwright;

namespace {

kept_parts kept_of(size_t most) {
  return {joined_texts, most};
}

std::string stored(const kept_parts& kept) {
  std::string out;
  kept.encode(out);
  return out;
}

void cut(kept_parts& kept, uint64_t barrier, const std::vector<flow_part>& parts, const source_time& time) {
  flow_parts all;
  for (const auto& each : parts)
    all.add({kept.targets().number_of(each.target), each.revision, each.bytes});
  kept.cut(barrier, std::move(all), time);
}

bool read(kept_parts& kept, std::string_view bytes) {
  binary_reader reader{bytes};
  return kept.decode(reader) && reader.at_end();
}

} // namespace

TEST_CASE("a bundle may be sent once the commit that holds it is durable, and is kept until the receiver's is") {
  auto kept = kept_of(2);
  cut(kept, 5, {part("a", 1, "x")}, at(10));
  CHECK(kept.sendable() == 0);
  kept.acknowledged(5);
  CHECK(kept.frozen().size() == 1);
  kept.committed(5);
  CHECK(kept.sendable() == 1);
  CHECK(kept.frozen()[0].barrier == 5);
  CHECK(kept.frozen()[0].after == 0);
  kept.acknowledged(4);
  CHECK(kept.frozen().size() == 1);
  kept.acknowledged(5);
  CHECK(kept.frozen().empty());
  cut(kept, 6, {part("a", 2, "y")}, at(11));
  CHECK(kept.frozen()[0].after == 5);
}

TEST_CASE("where the receiver does not keep up, what is gathered adds up in one bundle that nobody has seen") {
  auto kept = kept_of(1);
  cut(kept, 1, {part("a", 1, "1")}, at(1));
  kept.committed(1);
  for (uint64_t barrier = 2; barrier < 100; ++barrier) {
    cut(kept, barrier, {part("a", barrier, "+"), part("b", barrier, "-")}, at(static_cast<int64_t>(barrier)));
    kept.committed(barrier);
    CHECK(kept.frozen().size() == 1);
    CHECK(kept.gathers());
  }
  // An answer alone makes nothing of it sendable: only what a commit says is fixed may be sent.
  kept.acknowledged(1);
  CHECK(kept.frozen().empty());
  cut(kept, 100, {}, at(100));
  REQUIRE(kept.frozen().size() == 1);
  CHECK(kept.sendable() == 0);
  kept.committed(100);
  CHECK(kept.sendable() == 1);
  const auto& bundle = kept.frozen()[0];
  CHECK(bundle.barrier == 100);
  CHECK(bundle.after == 1);
  CHECK(bundle.time == at(100));
  REQUIRE(bundle.parts.size() == 2);
  CHECK(bundle.parts[0].bytes == std::string(98, '+'));
  CHECK(bundle.parts[1].bytes == std::string(98, '-'));
  CHECK(bundle.parts[0].revision == 99);
}

TEST_CASE("that nothing has happened is not told; that a source falls silent is") {
  auto kept = kept_of(4);
  cut(kept, 1, {}, at(1));
  cut(kept, 2, {}, at(1));
  CHECK(kept.frozen().size() == 1);
  auto silent = at(1);
  silent.silent = true;
  cut(kept, 3, {}, silent);
  REQUIRE(kept.frozen().size() == 2);
  CHECK(kept.frozen()[1].time.silent);
}

TEST_CASE("an heir keeps what the commit holds, may send what could have been sent, and gathers on where nothing was") {
  auto kept = kept_of(1);
  cut(kept, 1, {part("a", 1, "1")}, at(1));
  cut(kept, 2, {part("a", 2, "2")}, at(2));
  auto heir = kept_of(1);
  REQUIRE(read(heir, stored(kept)));
  CHECK(stored(heir) == stored(kept));
  CHECK(heir.sendable() == 1);
  CHECK(heir.gathers());
  cut(heir, 3, {part("a", 3, "3")}, at(3));
  heir.committed(3);
  CHECK(heir.frozen()[0].parts[0].bytes == "1");
  heir.acknowledged(1);
  cut(heir, 4, {}, at(3));
  CHECK(heir.frozen()[0].parts[0].bytes == "23");
}

TEST_CASE("what was stored before targets had numbers is gone on with") {
  std::string bytes;
  binary_writer out{bytes};
  out.u8(1);
  out.varint(3);
  out.varint(2);
  at(3).encode(out);
  out.varint(1);
  out.varint(2);
  out.varint(1);
  at(2).encode(out);
  out.varint(2);
  encode_named(out, part("a", 5, "one"));
  encode_named(out, part("b", 6, "two"));
  out.u8(1);
  at(3).encode(out);
  out.varint(1);
  encode_named(out, part("b", 7, "three"));
  auto heir = kept_of(2);
  REQUIRE(read(heir, bytes));
  REQUIRE(heir.frozen().size() == 1);
  const auto& bundle = heir.frozen()[0];
  REQUIRE(bundle.parts.size() == 2);
  CHECK(bundle.barrier == 2);
  CHECK(bundle.after == 1);
  CHECK(heir.targets()[bundle.parts[1].target] == part("b", 0).target);
  CHECK(bundle.parts[1].revision == 6);
  CHECK(bundle.parts[1].bytes == "two");
  cut(heir, 4, {part("b", 9, "four")}, at(4));
  CHECK(heir.frozen()[1].parts[0].bytes == "threefour");
  for (size_t n = 0; n < bytes.size(); ++n) {
    auto other = kept_of(2);
    CHECK_FALSE(read(other, bytes.substr(0, n)));
  }
}

TEST_CASE("a state that is cut off, changed or of another version is refused, or can be gone on with") {
  auto kept = kept_of(2);
  for (uint64_t barrier = 1; barrier < 5; ++barrier)
    cut(kept, barrier, {part("a", barrier, "x"), part("b", barrier, "y")}, at(static_cast<int64_t>(barrier)));
  const auto good = stored(kept);
  for (size_t n = 0; n < good.size(); ++n) {
    auto other = kept_of(2);
    CHECK_FALSE(read(other, good.substr(0, n)));
  }
  auto newer = good;
  newer[0] = 3;
  auto other = kept_of(2);
  CHECK_FALSE(read(other, newer));
  std::mt19937_64 random{1};
  for (int round = 0; round < 5000; ++round) {
    auto bytes = good;
    for (uint64_t i = 0; i <= random() % 3; ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    auto changed = kept_of(2);
    if (!read(changed, bytes))
      continue;
    if (changed.newest_cut() < ~uint64_t{0})
      cut(changed, changed.newest_cut() + 1, {part("c", 9, "z")}, at(9));
    auto again = kept_of(2);
    CHECK(read(again, stored(changed)));
  }
}

} // namespace kept_parts_test
