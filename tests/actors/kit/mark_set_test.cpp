#include "actors/kit/mark_set.hpp"

#include "protocol/entity.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

namespace mark_set_test {

using namespace millwright;

namespace {

std::string bytes_of(const mark_set& marks) {
  std::string out;
  binary_writer writer{out};
  marks.encode(writer);
  return out;
}

} // namespace

TEST_CASE("a set of marks counts as a plain set does, merges in any order and comes back from its bytes") {
  std::mt19937_64 random{5};
  for (int round = 0; round < 200; ++round) {
    // Few bits: many are alike, and of one home.
    const int shift = static_cast<int>(random() % 60);
    mark_set one, other;
    std::set<uint64_t> plain;
    const auto n = random() % 3000;
    for (uint64_t i = 0; i < n; ++i) {
      const uint64_t mark = (random() >> shift) + 1;
      (random() % 2 ? one : other).add(mark);
      plain.insert(mark);
    }
    auto forth = one, back = other;
    forth.merge(other);
    back.merge(one);
    CHECK(forth.size() == plain.size());
    CHECK(forth == back);
    const auto bytes = bytes_of(forth);
    CHECK(bytes == bytes_of(back));
    mark_set read;
    binary_reader reader{bytes};
    REQUIRE(read.decode(reader));
    CHECK(read == forth);
  }
}

TEST_CASE("a mark of 0 is one like the others") {
  mark_set marks;
  CHECK(marks.empty());
  marks.add(0);
  marks.add(0);
  CHECK(marks.size() == 1);
}

TEST_CASE("stored marks that are cut off, twice there or out of order are damage") {
  mark_set marks;
  for (uint64_t each : {3u, 9u, 1000u})
    marks.add(each);
  const auto bytes = bytes_of(marks);
  for (size_t length = 0; length < bytes.size(); ++length) {
    mark_set read;
    binary_reader reader{std::string_view{bytes}.substr(0, length)};
    CHECK_FALSE(read.decode(reader));
  }
  auto twice = bytes;
  twice[9] = 3;
  mark_set read;
  binary_reader reader{twice};
  CHECK_FALSE(read.decode(reader));
}

TEST_CASE("a facility's and an id's letters are not mixed up, whatever their lengths") {
  std::set<uint64_t> marks;
  std::vector<std::string> parts;
  for (size_t length = 0; length < 20; ++length)
    parts.push_back(std::string(length, 'a'));
  for (const auto& facility : parts)
    for (const auto& id : parts)
      marks.insert(mark_of(facility, id));
  CHECK(marks.size() == parts.size() * parts.size());
  // Known for good: nodes of other machines and versions have the same.
  static_assert(mark_of("", "") != mark_of("a", ""));
  CHECK(mark_of("osaka", "TI-101") == 3199894412411915744u);
}

TEST_CASE("marks of numbered sensors are spread evenly over their first bits") {
  std::vector<int> cells(1024);
  for (int i = 0; i < 102'400; ++i)
    ++cells[mark_of("osaka", "TI-" + std::to_string(i)) >> 54];
  for (const int each : cells) {
    CHECK(each > 40);
    CHECK(each < 170);
  }
}

} // namespace mark_set_test
