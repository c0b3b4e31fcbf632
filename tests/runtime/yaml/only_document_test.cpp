#include "runtime/yaml/only_document.hpp"

#include <doctest/doctest.h>

namespace only_document_test {

using namespace millwright;

namespace {

/// "LINE: what", or empty when it is taken.
std::string complaint(const std::string& text) {
  try {
    only_document(text);
  } catch (const YAML::ParserException& e) {
    return std::to_string(e.mark.line + 1) + ": " + e.msg;
  }
  return {};
}

} // namespace

TEST_CASE("one document is read, with or without its marks") {
  for (const auto* text : {"a: 1", "a: 1\n", "---\na: 1\n", "--- # first\na: 1\n...\n", "%YAML 1.2\n---\n{a: 1}"})
    CHECK(only_document(text)["a"].as<int>() == 1);
  CHECK(only_document("- 1\n- 2\n").size() == 2);
}

TEST_CASE("text without a document is null") {
  for (const auto* text : {"", "\n\n", "# nothing\n", "---\n", "..."})
    CHECK(only_document(text).IsNull());
}

TEST_CASE("a second document is told by its line") {
  CHECK(complaint("a: 1\n---\nb: 2\n") == "2: a second document begins here; expected one");
  CHECK(complaint("a: 1\n---\n") == "2: a second document begins here; expected one");
  CHECK(complaint("- a\nb") == "2: a second document begins here; expected one");
  CHECK(complaint("a: 1\n---\n,") == "2: a second document begins here; expected one");
}

TEST_CASE("a beginning that the parser never gets past is told, not read for ever") {
  CHECK(complaint(",a: 1") == "1: nothing can begin like this");
  CHECK(complaint("# my plant\n\n  , sensors:\n") == "3: nothing can begin like this");
}

TEST_CASE("what is no YAML is told by its line") {
  CHECK(complaint("a: 1\nb: [2\nc: 3\n") == "3: end of sequence flow not found");
  CHECK(complaint("a: 1\n}\n") == "2: illegal flow end");
  CHECK(complaint(std::string(100'000, '[')) != "");
}

} // namespace only_document_test
