#include "runtime/hosting/driver_questions.hpp"

#include "protocol/failure.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace driver_questions_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

/// Does nothing but answer.
struct answering {
  explicit answering(driver_questions& of)
      : thread{[&of](std::stop_token ended) {
          while (!ended.stop_requested())
            of.work();
        }} {}
  std::jthread thread;
};

} // namespace

TEST_CASE("a question is answered on the thread that works, and its asker gets what it threw") {
  driver_questions questions;
  const answering driver{questions};
  std::thread::id answered;
  questions.ask([&] { answered = std::this_thread::get_id(); });
  CHECK(answered == driver.thread.get_id());
  CHECK_THROWS_WITH_AS(questions.ask([] { throw std::invalid_argument{"no such sensor"}; }), "no such sensor",
                       std::invalid_argument);
}

TEST_CASE("many ask at once, and each is answered once") {
  driver_questions questions;
  const answering driver{questions};
  std::atomic<int> answers{0};
  std::vector<std::jthread> people;
  for (int i = 0; i < 4; ++i)
    people.emplace_back([&] {
      for (int n = 0; n < 250; ++n) {
        int own = 0;
        questions.ask([&] {
          ++own;
          ++answers;
        });
        CHECK(own == 1);
      }
    });
  people.clear();
  CHECK(answers == 1000);
}

TEST_CASE("what is not answered in time is never run") {
  driver_questions questions;
  bool ran = false;
  CHECK_THROWS_WITH_AS(questions.ask([&] { ran = true; }, 20ms), doctest::Contains("has not answered"), failure);
  questions.work();
  CHECK(!ran);
}

TEST_CASE("who gives up waits for an answer that has begun") {
  driver_questions questions;
  std::atomic<bool> begun{false};
  std::jthread driver{[&](std::stop_token ended) {
    while (!ended.stop_requested())
      questions.work();
  }};
  int result = 0;
  const auto answer = [&] {
    begun = true;
    std::this_thread::sleep_for(100ms);
    result = 17;
  };
  // A busy machine may not come to it in time: then it has not begun.
  while (!begun) {
    try {
      questions.ask(answer, 50ms);
    } catch (const failure&) {
      REQUIRE(!begun);
    }
  }
  CHECK(result == 17);
}

TEST_CASE("who waits when the driver ends is told at once, and so is who asks later") {
  driver_questions questions;
  std::atomic<bool> ran{false};
  std::string said;
  std::jthread person{[&] {
    try {
      questions.ask([&] { ran = true; }, 60s);
    } catch (const failure& problem) {
      said = problem.what();
    }
  }};
  while (!questions.waits())
    std::this_thread::yield();
  questions.end();
  person.join();
  CHECK(said.find("the node is ending") != std::string::npos);
  CHECK_THROWS_WITH_AS(questions.ask([&] { ran = true; }, 60s), doctest::Contains("the node is ending"), failure);
  questions.work();
  CHECK(!ran);
}

} // namespace driver_questions_test
