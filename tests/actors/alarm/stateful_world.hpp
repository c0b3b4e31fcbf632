#pragma once

#include "tests/actors/alarm/outbox_world.hpp"

namespace millwright::testing {

inline stateful_receivers two_receivers() {
  return {{{"pd"}, {1, milliseconds{0}, true}}, {{"am"}, {3, milliseconds{60'000}, false}}};
}

/// A receiver that keeps a state of each alarm, as far as what it was told goes.
struct told_receiver {
  struct known {
    severity level{};
    uint32_t number = 0;
    bool acknowledged = false;
    event_time until = never;
  };

  void hear(const page& x) {
    REQUIRE(x.states);
    for (const auto& each : *x.states) {
      const auto& alarm = each.newest.alarm;
      switch (each.is) {
      case alarm_now::what::over:
        standing.erase(alarm);
        break;
      case alarm_now::what::acknowledged:
        if (const auto at = standing.find(alarm); at != standing.end())
          at->second.acknowledged = true;
        break;
      case alarm_now::what::stands:
        auto& mine = standing[alarm];
        mine.level = each.newest.level;
        mine.number = each.newest.number;
        mine.until = x.stands_until;
        mine.acknowledged = x.stands_until == never ? mine.acknowledged : each.acknowledged;
      }
    }
  }

  std::map<uuid, known> standing;
};

/// "t1 stands", "t2 over": what came over a channel, a text a message.
inline std::vector<std::string> states_told(const outbox_world& world, const channel_name& channel) {
  std::vector<std::string> out;
  for (const auto& [to, x] : world.came) {
    if (to != channel)
      continue;
    REQUIRE(x.states);
    CHECK(!x.digest);
    CHECK(!x.members);
    std::string text;
    for (const auto& each : *x.states) {
      const char* is = each.is == alarm_now::what::over     ? "over"
                       : each.is == alarm_now::what::stands ? "stands"
                                                            : "acknowledged";
      text += (text.empty() ? "" : ", ") + each.newest.condition.sensor.text + ' ' + is;
      if (each.is == alarm_now::what::stands)
        text += ' ' + std::string{name_of(each.newest.level)};
    }
    out.push_back(text);
  }
  return out;
}

} // namespace millwright::testing
