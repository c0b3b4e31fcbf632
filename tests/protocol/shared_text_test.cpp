#include "protocol/shared_text.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace shared_text_test {

using namespace millwright;

TEST_CASE("a text is there once, for all who have it, and goes with the last of them") {
  const size_t before = shared_text::in_use();
  {
    shared_text a{"quarterly"}, b{std::string{"quarterly"}}, other{"weekly"};
    CHECK(shared_text::in_use() == before + 2);
    CHECK(a.view().data() == b.view().data());
    CHECK(a == b);
    CHECK(a != other);
    CHECK(a == "quarterly");
    CHECK(std::string{"quarterly"} == a);
    CHECK(std::string_view{"weekly"} != a);
    const shared_text moved{std::move(a)};
    CHECK(moved == "quarterly");
    b = other;
    CHECK(b == "weekly");
    const auto& itself = b;
    b = itself;
    CHECK(b == "weekly");
    other = {};
    CHECK(other.empty());
    CHECK(other == "");
    CHECK(shared_text::in_use() == before + 2);
  }
  CHECK(shared_text::in_use() == before);
  CHECK(shared_text{}.view().empty());
  CHECK(shared_text{""} == shared_text{});
  CHECK(sizeof(shared_text) == 8);
}

TEST_CASE("several threads share texts, and none is given up while somebody has it") {
  const size_t before = shared_text::in_use();
  std::atomic<int> others{0};
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed)
    threads.emplace_back([seed, &others] {
      std::mt19937 random{seed};
      std::vector<shared_text> held(8);
      for (int i = 0; i < 20'000; ++i) {
        const auto number = random() % 5;
        auto& one = held[random() % held.size()];
        if (random() % 4 == 0)
          one = held[random() % held.size()];
        else
          one = std::to_string(number);
        if (!one.empty() && one.view().size() != 1)
          ++others;
      }
    });
  for (auto& each : threads)
    each.join();
  CHECK(others == 0);
  CHECK(shared_text::in_use() == before);
}

} // namespace shared_text_test
