#pragma once

#include "protocol/binary.hpp"
#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a person says of a unit's maintenance.
struct maintenance_report {
  /// Stored: append only.
  enum class kind : uint8_t { begins, ends, done };

  kind what = kind::done;
  event_time at = never;
  /// Who says so; the user of this machine who said it; what it was about. Each may be empty.
  std::string by, user, note;

  void encode(std::string& out) const;
  /// None when `in` is damaged or of a newer version.
  static std::optional<maintenance_report> decode(std::string_view in);

  friend bool operator==(const maintenance_report&, const maintenance_report&) = default;
};

/// When a unit was maintained, and whether it is right now. What ends was done, too, and was about what was noted at
/// its begin and its end; what has begun already, or ends though it has not begun, is no mistake.
class unit_maintenance {
public:
  void take(const maintenance_report& report);

  /// Null: the unit is not in maintenance.
  const maintenance_report* under_way() const;
  event_time since() const { return under_way() ? under_way()->at : never; }
  /// The last that was done by then; null: none.
  const maintenance_report* last(event_time at = forever) const;
  event_time last_time(event_time at = forever) const { return last(at) ? last(at)->at : never; }

  /// Nobody asks for what was the last at a time before.
  void pass(event_time closing);

  size_t heap_bytes() const;
  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

private:
  /// One that has begun at most, and those that were done; of one time the last one counts.
  std::vector<maintenance_report> kept_;
};

} // namespace millwright
