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
  for (const auto& fact : facts_of(x, words))
    CHECK_MESSAGE(!fact.second.empty(), fact.first);
}

TEST_CASE("what got worse says what it was") {
  page x{{"sms"}, page_kind::alert, transition("t1", 2, transition_kind::updated), false};
  x.about.level = severity::critical;
  x.about.was = severity::high;
  CHECK(words_of(x).what == "critical limit updated, was high");
  CHECK(describe(x.about).starts_with(words_of(x).what + ": "));
}

TEST_CASE("what the plant knows is words too, with the time until when, and stands in facts of its own") {
  page x{{"sms"}, page_kind::alert, raise("t1"), false};
  CHECK(guidance_of(x, words_of(x)).empty());
  x.guidance = std::make_shared<const alarm_guidance>(
      alarm_guidance{"Feed", "Valve sticks", "Runaway", "Close V-12", "https://wiki/r1", std::chrono::minutes{90}});
  const auto words = words_of(x);
  CHECK(words.action == "Close V-12");
  CHECK(words.respond_within == "1 h 30 min");
  CHECK(words.respond_by == "2027-01-15 10:30 CET");
  CHECK(words.message == describe_with_action(x));
  CHECK(words.look == "millwright plant main/reactor-1");
  const page_facts facts{{"Do", "Close V-12"},     {"Within", "1 h 30 min, until 2027-01-15 10:30 CET"},
                         {"Otherwise", "Runaway"}, {"Cause", "Valve sticks"},
                         {"About", "Feed"},        {"Runbook", "https://wiki/r1"}};
  CHECK(guidance_of(x, words) == facts);
}

TEST_CASE("that no route takes an alarm is said however its page is worded, and of its alert alone") {
  page x{{"sms"}, page_kind::alert, raise("t1"), false};
  x.guidance = std::make_shared<const alarm_guidance>(alarm_guidance{{}, {}, {}, "Close V-12", {}, {}});
  const std::string says = "; no route takes it";
  const auto is_said = [&](const std::string& text) { return text.find(says) != std::string::npos; };
  x.route = "night";
  CHECK_FALSE(is_said(describe_with_action(x)));
  x.route = default_route;
  CHECK(is_said(describe(x)));
  CHECK(is_said(words_of(x).message));
  CHECK(describe_with_action(x).ends_with(says + "; do: Close V-12"));
  CHECK(brief_of(x).ends_with(says));
  x.kind = page_kind::notice;
  CHECK_FALSE(is_said(describe_with_action(x)));
  CHECK_FALSE(is_said(brief_of(x)));
}

TEST_CASE("in its shortest form every word is short and plain, and long ones are gone") {
  page x{{"sms"}, page_kind::alert, raise("K\u00fchler <" + std::string(200, 'x')), false};
  x.about.reason = "because";
  x.guidance = std::make_shared<const alarm_guidance>(
      alarm_guidance{"Feed", "", "", std::string(300, 'a'), "https://wiki/r1", std::chrono::minutes{90}});
  x.shortest = true;
  const auto words = words_of(x);
  for (const auto& name : word_names()) {
    const auto& word = *word_named(words, name);
    CHECK_MESSAGE(word.size() <= 160, name);
    CHECK_MESSAGE(std::all_of(word.begin(), word.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '<'; }),
                  name);
  }
  CHECK(words.where.size() == 60);
  CHECK(words.reason.empty());
  CHECK(words.runbook.empty());
  CHECK(words.acknowledge == "millwright ack " + words.short_id);
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
  CHECK(facts_of(x, words).empty());
}

} // namespace page_words_test
