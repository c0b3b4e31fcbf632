#pragma once

#include "actors/sensor/rule_account.hpp"
#include "protocol/reading.hpp"
#include "protocol/sensor_questions.hpp"

namespace millwright {

/// A sensor for who asks why it paged, or why it did not.
struct explained_sensor {
  sensor_account account;
  sensor_context context;
  sensor_presence presence = sensor_presence::asleep;
};

} // namespace millwright
