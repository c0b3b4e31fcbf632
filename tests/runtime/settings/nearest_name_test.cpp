#include "runtime/settings/nearest_name.hpp"

#include <doctest/doctest.h>

namespace nearest_name_test {

using namespace millwright;

TEST_CASE("the nearest name is found across a slip, and none across a different word") {
  const std::vector<std::string> names{"ledger", "plant", "source", "windows"};
  CHECK(nearest_name("legder", names) == "ledger");
  CHECK(nearest_name("window", names) == "windows");
  CHECK(nearest_name("Plant", names) == "plant");
  CHECK(nearest_name("channels", names) == "");
  CHECK(nearest_name("", names) == "");
  CHECK(nearest_name(std::string(100'000, 'x'), names) == "");
  CHECK(did_you_mean("sauce", {"source"}).empty());
  CHECK(did_you_mean("surce", {"source"}) == " (did you mean source?)");
}

} // namespace nearest_name_test
