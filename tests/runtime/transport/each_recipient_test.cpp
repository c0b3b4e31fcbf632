#include "runtime/transport/each_recipient.hpp"

#include <doctest/doctest.h>

#include <map>

namespace each_recipient_test {

using namespace millwright;
using answer = delivery_result::answer;

namespace {

const std::vector<std::string> all{"anna", "ben", "cleo"};

/// Recipients by what is answered for them, "" where nothing is.
struct scripted {
  each_recipient model;
  std::map<std::string, delivery_result> answers;
  bool silent = false;
  std::vector<std::string> asked;

  delivery_result deliver(const std::string& key) {
    asked.clear();
    return model.deliver(
        key, all,
        [&](const std::string& who) {
          asked.push_back(who);
          const auto found = answers.find(who);
          return found == answers.end() ? delivery_result{answer::taken, "ok", {}, {}} : found->second;
        },
        [&] { return !silent; });
  }
};

} // namespace

TEST_CASE("a page is tried again for those alone who have it not") {
  scripted x;
  x.answers["ben"] = {answer::try_again, "busy", std::chrono::milliseconds{700}, {}};
  const auto first = x.deliver("k");
  CHECK(first.what == answer::try_again);
  CHECK(first.retry_after == std::chrono::milliseconds{700});
  CHECK(x.asked == all);
  CHECK(x.deliver("k").what == answer::try_again);
  CHECK(x.asked == std::vector<std::string>{"ben"});
  x.answers.clear();
  CHECK(x.deliver("k").what == answer::taken);
  CHECK(x.deliver("other").what == answer::taken);
  CHECK(x.asked == all);
}

TEST_CASE("what nobody takes is refused, what some take is taken with a warning") {
  scripted x;
  for (const auto& who : all)
    x.answers[who] = {answer::refused_page, "no such", {}, {}};
  auto result = x.deliver("k");
  CHECK(result.what == answer::refused_page);
  CHECK(result.detail == "anna: no such; ben: no such; cleo: no such");
  x.answers.erase("ben");
  result = x.deliver("k");
  CHECK(result.what == answer::taken);
  CHECK(result.warning == "not taken for anna: no such; cleo: no such");
}

TEST_CASE("who took a page before another was refused counts") {
  scripted x;
  x.answers["cleo"] = {answer::try_again, "busy", {}, {}};
  CHECK(x.deliver("k").what == answer::try_again);
  x.answers["cleo"] = {answer::refused_page, "no such", {}, {}};
  CHECK(x.deliver("k").what == answer::taken);
}

TEST_CASE("whom no answer came for ends a try, and the next begins behind him") {
  scripted x;
  x.answers["anna"] = {answer::try_again, "connection refused", {}, {}};
  x.silent = true;
  CHECK(x.deliver("k").what == answer::try_again);
  CHECK(x.asked == std::vector<std::string>{"anna"});
  CHECK(x.deliver("k").what == answer::try_again);
  CHECK(x.asked == std::vector<std::string>{"ben", "cleo", "anna"});
  CHECK(x.deliver("k").what == answer::try_again);
  CHECK(x.asked == std::vector<std::string>{"anna"});
}

TEST_CASE("a refusal of the channel for one keeps a page from nobody behind him") {
  scripted x;
  x.answers["anna"] = {answer::refused_channel, "404", {}, {}};
  CHECK(x.deliver("k").what == answer::refused_channel);
  CHECK(x.asked == all);
  CHECK(x.deliver("k").what == answer::refused_channel);
  CHECK(x.asked == std::vector<std::string>{"anna"});
  x.answers.clear();
  CHECK(x.deliver("k").what == answer::taken);
}

TEST_CASE("a channel that is refused for one says whether somebody may have the page all the same") {
  scripted x;
  for (const auto& who : all)
    x.answers[who] = {answer::refused_channel, "404", {}, {}};
  CHECK_FALSE(x.deliver("k").somebody_may_have_it);
  SUBCASE("another has taken it") {
    x.answers.erase("ben");
  }
  SUBCASE("another's answer says nothing") {
    x.answers["ben"] = {answer::try_again, "502", {}, {}};
  }
  const auto result = x.deliver("k");
  CHECK(result.what == answer::refused_channel);
  CHECK(result.somebody_may_have_it);
}

TEST_CASE("pages that wait between each other do not mix") {
  scripted x;
  x.answers["ben"] = {answer::try_again, "busy", {}, {}};
  CHECK(x.deliver("a").what == answer::try_again);
  CHECK(x.deliver("b").what == answer::try_again);
  CHECK(x.asked == all);
  CHECK(x.deliver("a").what == answer::try_again);
  CHECK(x.asked == std::vector<std::string>{"ben"});
}

} // namespace each_recipient_test
