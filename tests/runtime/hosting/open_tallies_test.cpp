#include "runtime/hosting/open_tallies.hpp"

#include <doctest/doctest.h>

namespace open_tallies_test {

using namespace millwright;

TEST_CASE("of the room that a barrier's tallies took hardly any is kept for the next one") {
  tally_stock stock;
  tally_stock::blocks used;
  for (size_t i = 0; i < 10 * tally_stock::kept_most; ++i)
    used.push_back(stock.take());
  CHECK(stock.kept() == 0);
  stock.give_back(std::move(used));
  CHECK(stock.kept() == tally_stock::kept_most);
  const auto again = stock.take();
  CHECK(again != nullptr);
  CHECK(stock.kept() == tally_stock::kept_most - 1);
}

} // namespace open_tallies_test
