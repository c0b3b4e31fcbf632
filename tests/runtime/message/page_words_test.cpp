#include "runtime/message/page_words.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace page_words_test {

using namespace millwright;
using namespace millwright::testing;

TEST_CASE("an alert's words are what people ask first") {
  const auto words = words_of({{"sms"}, page_kind::alert, raise("t1"), false});
  CHECK(words.short_id == short_form(raise("t1").alarm));
  CHECK(words.what == "high limit");
  CHECK(words.where == "t1 on reactor-1 at Main Works (main)");
  CHECK(words.value == "98.25 degC");
  CHECK(words.previous == "90.5 degC");
  CHECK(words.limit == "95 degC");
  CHECK(words.since == "2027-01-15 09:00 CET");
  CHECK(words.at == "2027-01-15 09:00:01 CET");
  CHECK(words.priority == "85");
  CHECK(words.acknowledge == "millwright ack " + words.short_id);
  CHECK(words.message.starts_with("high limit: t1 on reactor-1"));
}

TEST_CASE("what a page has not is empty") {
  page x{{"sms"}, page_kind::notice, clear("t1", 2), false};
  x.about.value = x.about.evidence.limit = absent;
  x.about.raised_at = never;
  const auto words = words_of(x);
  CHECK(words.what == "high limit cleared");
  CHECK(words.value.empty());
  CHECK(words.limit.empty());
  CHECK(words.since.empty());
  CHECK(words.acknowledge.empty());
  for (const auto& fact : facts_of(x))
    CHECK_MESSAGE(!fact.second.empty(), fact.first);
}

TEST_CASE("what got worse says what it was") {
  page x{{"sms"}, page_kind::alert, transition("t1", 2, transition_kind::updated), false};
  x.about.level = severity::critical;
  x.about.was = severity::high;
  CHECK(words_of(x).what == "critical limit, was high");
}

TEST_CASE("every word has its name, and nothing else has") {
  const auto words = words_of({{"sms"}, page_kind::alert, raise("t1"), false});
  for (const auto& name : word_names())
    CHECK_MESSAGE(word_named(words, name) != nullptr, name);
  CHECK(*word_named(words, "value") == "98.25 degC");
  CHECK(word_named(words, "valeu") == nullptr);
  CHECK(word_names().size() == sizeof(page_words) / sizeof(std::string));
}

TEST_CASE("a test says that it is one, and names no alarm") {
  const auto x = test_page({"sms"}, raise("t1").alarm, start, "anna");
  const auto words = words_of(x);
  CHECK(words.message ==
        "TEST of the channel sms by anna at 2027-01-15 08:00:00 UTC: no alarm, nothing has to be done");
  CHECK(words.short_id.empty());
  CHECK(words.acknowledge.empty());
  CHECK(facts_of(x).empty());
}

} // namespace page_words_test
