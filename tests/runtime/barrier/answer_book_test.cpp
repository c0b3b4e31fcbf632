#include "runtime/barrier/answer_book.hpp"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>

namespace answer_book_test {

using namespace millwright;
using verdict = answer_book::verdict;

namespace {

/// Slot 0 was sent something behind barriers 4 (answered), 5 and 6; all are cut.
answer_book with_two_owed() {
  answer_book book;
  book.start(4);
  for (int i = 0; i < 3; ++i) {
    book.sent(0);
    book.cut();
  }
  CHECK(book.answered(0, 1, 4) == verdict::take);
  return book;
}

} // namespace

TEST_CASE("a barrier is complete when every sensor that was sent something behind it has answered") {
  answer_book book;
  book.start(7);
  book.sent(0);
  book.sent(0);
  book.sent(3);
  CHECK_FALSE(book.complete());
  book.cut();
  CHECK(book.owes(3, 7));
  CHECK_FALSE(book.owes(1, 7));
  CHECK(book.answered(3, 1, 7) == verdict::take);
  CHECK_FALSE(book.complete());
  CHECK(book.answered(0, 1, 7) == verdict::take);
  CHECK(book.complete() == 7);
  CHECK(book.newest_answer(0) == 7);
}

TEST_CASE("a barrier behind which nobody was sent anything is complete when it is cut") {
  answer_book book;
  book.start(1);
  book.cut();
  CHECK(book.complete() == 1);
  book.forget_oldest();
  CHECK_FALSE(book.complete());
  CHECK(book.current() == 2);
}

TEST_CASE("barriers are complete in their order") {
  auto book = with_two_owed();
  CHECK(book.complete() == 4);
  CHECK(book.answered(0, 1, 6) == verdict::take);
  CHECK(book.complete() == 4);
  CHECK(book.answered(0, 1, 5) == verdict::take);
  CHECK(book.complete() == 6);
}

TEST_CASE("a second answer is late, and so is one that nobody owes") {
  auto book = with_two_owed();
  CHECK(book.answered(0, 1, 4) == verdict::late);
  CHECK(book.answered(0, 1, 7) == verdict::late);
  CHECK(book.answered(1, 1, 5) == verdict::late);
}

TEST_CASE("a successor owes what it is given again, and is excused from the tick behind it") {
  auto book = with_two_owed();
  book.died(0, 1, std::array<uint32_t, 1>{5});
  CHECK(book.owes(0, 5));
  CHECK_FALSE(book.owes(0, 6));
  CHECK(book.complete() == 4);
  CHECK(book.answered(0, 1, 5) == verdict::unknown);
  CHECK(book.answered(0, 2, 5) == verdict::take);
  CHECK(book.complete() == 6);
}

TEST_CASE("a sensor that has no successor owes nothing") {
  auto book = with_two_owed();
  book.died(0, 1, {});
  CHECK(book.complete() == 6);
}

TEST_CASE("who dies before the number ends owes it if it is given a reading of it again") {
  for (const bool replays : {true, false}) {
    CAPTURE(replays);
    answer_book book;
    book.start(1);
    book.sent(0);
    const std::array<uint32_t, 1> current{1};
    book.died(0, 1, std::span{current}.first(replays ? 1 : 0));
    book.cut();
    CHECK(book.owes(0, 1) == replays);
    CHECK(book.complete().has_value() != replays);
    CHECK(book.answered(0, 2, 1) == (replays ? verdict::take : verdict::late));
    CHECK(book.complete() == 1);
  }
}

TEST_CASE("a death before the slot was ever sent anything still makes that incarnation unknown") {
  answer_book book;
  book.start(1);
  book.died(9, 3, {});
  book.sent(9);
  book.cut();
  CHECK(book.answered(9, 3, 1) == verdict::unknown);
  CHECK(book.answered(9, 4, 1) == verdict::take);
}

TEST_CASE("more barriers than can be told apart are refused, and none is forgotten before it is complete") {
  answer_book book;
  book.start(1);
  book.sent(0);
  while (book.has_room())
    book.cut();
  CHECK_THROWS_AS(book.cut(), std::logic_error);
  CHECK_THROWS_AS(book.forget_oldest(), std::logic_error);
  CHECK(book.owes(0, 1));
  CHECK_FALSE(book.owes(0, 1 + answer_book::open_most));
}

} // namespace answer_book_test
