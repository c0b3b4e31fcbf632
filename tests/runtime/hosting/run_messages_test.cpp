#include "runtime/hosting/run_messages.hpp"

#include <caf/all.hpp>

#include <doctest/doctest.h>

#include <random>
#include <utility>
#include <vector>

namespace run_messages_test {

using namespace millwright;

namespace {

uint32_t count_in(const caf::mailbox_element_ptr& message) {
  return message->content().get_as<reading_run>(0).count;
}

} // namespace

TEST_CASE("what a backlog of messages took goes back when it is over") {
  run_messages all;
  std::vector<caf::mailbox_element_ptr> under_way;
  for (uint32_t i = 0; i < 40'000; ++i)
    under_way.push_back(all.make({nullptr, 0, i, 0}));
  const size_t most = all.room();
  CHECK(most >= 40'000);
  all.trim();
  CHECK(all.room() == most);
  under_way.clear();
  all.trim();
  CHECK(all.room() >= most / 2);
  for (int i = 0; i < 10; ++i)
    all.trim();
  CHECK(all.room() <= most / 8);
}

TEST_CASE("messages that are under way stay as they are, whatever goes back meanwhile") {
  std::mt19937 random{5};
  run_messages all;
  std::vector<std::pair<uint32_t, caf::mailbox_element_ptr>> under_way;
  size_t most = 0;
  for (uint32_t i = 0; i < 100'000; ++i) {
    // A backlog of twenty thousand, and then a few at a time.
    const size_t wanted = i < 20'000 ? 20'000 : 50;
    under_way.emplace_back(i, all.make({nullptr, 0, i, 0}));
    while (under_way.size() > wanted) {
      std::swap(under_way[random() % under_way.size()], under_way.back());
      REQUIRE(count_in(under_way.back().second) == under_way.back().first);
      under_way.pop_back();
    }
    most = std::max(most, all.room());
    if (i % 2000 == 1999)
      all.trim();
  }
  for (const auto& [number, message] : under_way)
    REQUIRE(count_in(message) == number);
  CHECK(most >= 20'000);
  CHECK(all.room() < 8'000);
}

} // namespace run_messages_test
