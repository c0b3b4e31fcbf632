#include "runtime/watch/channel_watch.hpp"

#include <doctest/doctest.h>

namespace channel_watch_test {

using namespace millwright;

namespace {

channel_settings of(const std::string& name, channel_kind kind) {
  channel_settings out;
  out.name = name;
  out.kind = kind;
  return out;
}

channel_news news(const std::string& name, channel_news::kind what) {
  return {{name}, what, "HTTP 403"};
}

} // namespace

TEST_CASE("nobody can be paged when every channel that leaves the machine is down") {
  channel_watch watch{
      {of("screen", channel_kind::terminal), of("slack", channel_kind::slack), of("cmms", channel_kind::webhook)}};
  CHECK_FALSE(watch.all_down());
  watch.heard(news("slack", channel_news::kind::down));
  CHECK_FALSE(watch.all_down());
  watch.heard(news("cmms", channel_news::kind::down));
  CHECK(watch.all_down());
  watch.heard(news("cmms", channel_news::kind::given_up));
  CHECK(watch.all_down());
  watch.heard(news("slack", channel_news::kind::up));
  CHECK_FALSE(watch.all_down());
}

TEST_CASE("a node whose only channel is its terminal is never without one") {
  channel_watch watch{{of("screen", channel_kind::terminal)}};
  watch.heard(news("screen", channel_news::kind::down));
  CHECK_FALSE(watch.all_down());
}

TEST_CASE("what was heard before somebody listens is told then, and a channel that has left is over") {
  channel_watch watch{{of("slack", channel_kind::slack)}};
  watch.heard(news("slack", channel_news::kind::down));
  watch.stands("slack");
  watch.stands("pager");
  std::vector<std::pair<std::string, bool>> told;
  watch.attach([&](const std::string& channel, bool down, const std::string&) { told.emplace_back(channel, down); });
  CHECK(told == std::vector<std::pair<std::string, bool>>{{"slack", true}, {"pager", false}});
  watch.heard(news("slack", channel_news::kind::up));
  CHECK(told.back() == std::pair<std::string, bool>{"slack", false});
}

} // namespace channel_watch_test
