#include "protocol/failure.hpp"
#include "tools/arguments.hpp"

#include <doctest/doctest.h>

namespace arguments_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr option options[] = {{"--config", "-c", "FILE", "a configuration"},
                              {"--set", "", "KEY=VALUE", "an override"},
                              {"--follow", "-f", "", "wait for more"},
                              {"--count", "", "N", "how many"}};
constexpr arguments::usage usage{"test [OPTION]... FILE...", "For a test.", options, 0, 3};

arguments read(const std::vector<std::string>& line) {
  return {usage, line};
}

} // namespace

TEST_CASE("options take their value as next word or behind =") {
  const auto given = read({"-c", "a.yaml", "--set=x=1", "in", "--set", "y=2", "--follow", "-"});
  CHECK(given.text("--config") == "a.yaml");
  CHECK(given.all("--set") == std::vector<std::string>{"x=1", "y=2"});
  CHECK(given.text("--set") == "y=2");
  CHECK(given.has("--follow"));
  CHECK_FALSE(given.has("--count"));
  CHECK(given.positionals() == std::vector<std::string>{"in", "-"});
}

TEST_CASE("options are repeated as a shell takes them for the same") {
  const auto given =
      read({"--config=my plant.yaml", "in", "--set", "a={b: c}", "-f", "--set", "d=it's", "--count", "1"});
  CHECK(given.repeated({"--config", "--set"}) == R"( -c 'my plant.yaml' --set 'a={b: c}' --set 'd=it'\''s')");
  CHECK(given.repeated({"--follow"}) == " -f");
  CHECK(read({"in"}).repeated({"--config", "--set"}).empty());
  CHECK(shell_word("ledger.path=/data/x-1") == "ledger.path=/data/x-1");
  CHECK(shell_word("").size() == 2);
  CHECK(shell_word("~/x") == "'~/x'");
  CHECK(shell_word("$(x)\n") == "'$(x)\n'");
}

TEST_CASE("what stands behind -- is no option") {
  CHECK(read({"--", "--follow", "-c"}).positionals() == std::vector<std::string>{"--follow", "-c"});
  CHECK_FALSE(read({"--", "--help"}).help_printed());
}

TEST_CASE("a value may begin with a dash") {
  CHECK(read({"--count", "-5"}).integer("--count", 0) == -5);
}

TEST_CASE("values are read by kind, with a default") {
  const auto given = read({"--count", "12", "--set", "1.5", "-c", "15min"});
  CHECK(given.integer("--count", 1, 1, 20) == 12);
  CHECK(given.number("--set", 0) == 1.5);
  CHECK(given.duration("--config", 0ms) == 15min);
  CHECK(read({}).integer("--count", 7) == 7);
  CHECK(read({}).text("--config", "none") == "none");
  CHECK(to_iso(read({"-c", "2026-11-21T10:00:00Z"}).time("--config", never)) == "2026-11-21T10:00:00.000Z");
  constexpr std::string_view colours[] = {"red", "blue"};
  CHECK(read({"-c", "blue"}).choice("--config", "red", colours) == "blue");
  CHECK(read({}).choice("--config", "red", colours) == "red");
}

TEST_CASE("a text that must not be empty is refused where it is, and may be left out") {
  CHECK(read({"-c", "a"}).filled("--config", "a name") == "a");
  CHECK(read({}).filled("--config", "a name", "none") == "none");
  CHECK(read({}).filled("--config", "a name").empty());
  CHECK(read({"-c", "", "-c", "a"}).filled("--config", "a name") == "a");
  CHECK_THROWS_WITH(read({"--config="}).filled("--config", "a name", "none"),
                    "--config: expected a name, got nothing (see millwright --help)");
}

TEST_CASE("mistakes name the option, what was expected and what was got") {
  constexpr std::string_view colours[] = {"red", "blue", "green"};
  CHECK_THROWS_WITH(read({"--folow"}), "--folow: unknown option (did you mean --follow?) (see millwright --help)");
  CHECK_THROWS_WITH(read({"-x"}), "-x: unknown option (see millwright --help)");
  CHECK_THROWS_WITH(read({"--follow=yes"}), "--follow: takes no value (see millwright --help)");
  CHECK_THROWS_WITH(read({"--count"}), "--count: needs a value: N (see millwright --help)");
  CHECK_THROWS_WITH(read({"a", "b", "c", "d"}),
                    "\"d\" is one argument too many: millwright test [OPTION]... FILE... (see millwright --help)");
  CHECK_THROWS_WITH(read({"--count", "0"}).integer("--count", 1, 1, 9),
                    "--count: expected a whole number from 1 to 9, got \"0\" (see millwright --help)");
  CHECK_THROWS_WITH(read({"--count", "x"}).number("--count", 1, 0),
                    "--count: expected a number of at least 0, got \"x\" (see millwright --help)");
  CHECK_THROWS_AS(read({"--count", "5"}).duration("--count", 0ms), failure);
  CHECK_THROWS_WITH(read({"-c", "pink"}).choice("--config", "red", colours),
                    "--config: expected red, blue or green, got \"pink\" (see millwright --help)");
}

TEST_CASE("the help lists every option") {
  CHECK(help_text(usage) == "usage: millwright test [OPTION]... FILE...\n\nFor a test.\n\noptions:\n"
                            "  -c, --config FILE    a configuration\n"
                            "      --set KEY=VALUE  an override\n"
                            "  -f, --follow         wait for more\n"
                            "      --count N        how many\n"
                            "  -h, --help           show this\n");
}

} // namespace arguments_test
