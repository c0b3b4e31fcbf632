#include "runtime/decisions/mode_entry.hpp"

#include <doctest/doctest.h>

namespace mode_entry_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("what was decided of modes is read as it was written") {
  const mode_entry entry{{{"main", {"PW-301", true, 0.1, 60s}, true, 1'790'000'000'000},
                          {"east \"1\"", {"TI", false, -3, 0ms}, false, 2}}};
  CHECK(mode_entry::of(entry.content()) == entry);
  CHECK(entry.content().find('\n') == std::string::npos);
}

TEST_CASE("a damaged entry is refused") {
  const std::string good = mode_entry{{{"main", {"PW", true, 5, 60s}, true, 3}}}.content();
  CHECK(mode_entry::of(good));
  for (size_t length = 0; length < good.size(); ++length)
    CHECK_FALSE(mode_entry::of(std::string_view{good}.substr(0, length)));
  CHECK_FALSE(
      mode_entry::of(R"({"modes":[{"facility_id":"m","sensor":"P","above":5,"for_ms":-1,"holds":true,"number":3}]})"));
  CHECK_FALSE(mode_entry::of(R"({"modes":[{"facility_id":"m","sensor":"P","for_ms":1,"holds":true,"number":3}]})"));
}

} // namespace mode_entry_test
