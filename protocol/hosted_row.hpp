#pragma once

#include "protocol/row_schema.hpp"
#include "protocol/time.hpp"

#include <string>

namespace millwright {

/// A record of an actor other than a sensor: of the kind that it declares, ready to be written.
struct hosted_row {
  const row_schema* schema = nullptr;
  /// Event time: what the record is kept and sorted by.
  event_time at = never;
  /// One object, its fields in the schema's order, without a line feed.
  std::string json;

  friend bool operator==(const hosted_row&, const hosted_row&) = default;
};

} // namespace millwright
