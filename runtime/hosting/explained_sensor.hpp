#pragma once

#include "actors/sensor/rule_account.hpp"
#include "protocol/reading.hpp"
#include "protocol/sensor_questions.hpp"

#include <optional>
#include <string>

namespace millwright {

/// A sensor for who asks why it paged, or why it did not.
struct explained_sensor {
  sensor_account account;
  sensor_context context;
  sensor_presence presence = sensor_presence::asleep;
  /// What a person had it do: since when, by which name and as which user.
  struct said {
    event_time at;
    std::string by, user;
  };
  /// It learns anew.
  std::optional<said> anew = std::nullopt;
  /// It is out of service: there is no account of it, and so many readings have come since the node's start all the
  /// same.
  std::optional<said> retired = std::nullopt;
  uint64_t unjudged = 0;
};

} // namespace millwright
