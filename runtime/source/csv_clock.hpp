#pragma once

#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace millwright {

/// Turns a CSV cell's time into what a reading carries. Local times that occur twice count as the earlier, those that
/// do not exist as shifted forward by the gap.
class csv_clock {
public:
  /// Throws `failure` bad_mapping on an unknown zone.
  explicit csv_clock(const std::string& zone);

  /// Appends a JSON value: a local "YYYY-MM-DD hh:mm[:ss[.f]]" (or with T) as ISO UTC; a number as it is (epoch
  /// milliseconds); anything else, ISO with a zone among it, as the string that it is.
  void append_json(std::string& out, std::string_view cell);

private:
  event_time from_local(std::chrono::milliseconds since_epoch);

  const date::time_zone* zone_ = nullptr;
  /// Local times in [from_, until_) are offset_ ahead of UTC, without a change of clocks near.
  milliseconds from_{0}, until_{0}, offset_{0};
};

/// Whether the text is one number of JSON's grammar.
bool is_json_number(std::string_view text);

} // namespace millwright
