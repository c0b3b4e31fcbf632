#pragma once

#include "protocol/entity.hpp"
#include "runtime/admin/explain_answer.hpp"

namespace millwright {

/// What somebody wants explained: one of these.
struct explain_subject {
  explain_source::record_pointer alarm;
  std::optional<sensor_key> sensor;
  std::optional<entity_key> unit;
};

/// Sensors go before units, and units before alarms of such an id. Throws failure(not_found) as `explain` does.
explain_subject subject_called(const std::string& name, const explain_source& from);

} // namespace millwright
