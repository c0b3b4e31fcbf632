#include "runtime/settings/field.hpp"
#include "runtime/settings/gone_keys.hpp"
#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

namespace gone_keys_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

bool lives(std::string_view key) {
  const auto all = described_settings();
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.key == key; });
}

/// With a name in the place of each `*`.
std::string named(std::string_view key) {
  std::string out{key};
  for (auto at = out.find('*'); at != std::string::npos; at = out.find('*'))
    out.replace(at, 1, "pager");
  return out;
}

} // namespace

TEST_CASE("a gone key is found whole, with any name in the place of its star") {
  constexpr std::array rows{gone_key{"a.b", "0.2", "use a.c"}, gone_key{"channels.*.tries", "0.3", "there are none"}};
  REQUIRE(gone("a.b", rows));
  CHECK(text_of(*gone("a.b", rows)) == "gone since 0.2, and ignored: use a.c");
  REQUIRE(gone("channels.pager.tries", rows));
  CHECK(gone("channels.pager.tries", rows)->since == "0.3");
  for (const auto* other : {"", "a", "a.", "a.bc", "a.b.c", "x.a.b", "channels.tries", "channels.pager.tries.x"})
    CHECK(!gone(other, rows));
}

TEST_CASE("a gone key of a file or of --set is told with its line and what took its place, and stops nothing") {
  for (const auto& row : gone_keys()) {
    CAPTURE(row.key);
    CHECK_FALSE(lives(row.key));
    const auto key = named(row.key);
    // The nearest section, and in it the key in flow style.
    std::string text = "ledger: {interval: 7s}\n", closing = "\n";
    for (size_t from = 0, dot = 0; dot != std::string::npos; from = dot + 1) {
      dot = key.find('.', from);
      text += key.substr(from, dot - from) + ": " + (dot == std::string::npos ? "1" : "{");
      // A channel without its type is a mistake of its own.
      if (key.substr(0, dot) == "channels.pager")
        text += "type: log, ";
      if (dot != std::string::npos)
        closing = '}' + closing;
    }
    const configuration_file file{text + closing};
    std::vector<std::string> told;
    const auto settings = load_settings(file.path(), {key + "=1"}, &told);
    CHECK(settings.ledger.interval == std::chrono::seconds{7});
    REQUIRE(told.size() == 2);
    CHECK(told[0] == file.path().string() + ":2: " + key + ": " + text_of(row));
    CHECK(told[1] == "--set " + key + ": " + text_of(row));
  }
}

TEST_CASE("a key that never was is a mistake still") {
  CHECK(mistakes_of("rules:\n  hysterical_after: 1s\n").find("unknown key") != std::string::npos);
}

} // namespace gone_keys_test
