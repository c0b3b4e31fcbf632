#pragma once

#include "protocol/binary.hpp"
#include "protocol/json.hpp"
#include "protocol/time.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millwright {

/// What the plant's people have written down for the alarms of a sensor or a unit: what it is, what makes it alarm,
/// what happens if nobody acts, what to do, and until when (ISA-18.2 wants such a response of every alarm). Every part
/// may be empty.
struct alarm_guidance {
  std::string description, cause, consequence, action;
  /// A URL, or where else the procedure is found.
  std::string runbook;
  /// From the raise on; 0: nothing is said.
  milliseconds respond_within{0};

  bool empty() const {
    return description.empty() && cause.empty() && consequence.empty() && action.empty() && runbook.empty() &&
           respond_within.count() == 0;
  }

  friend bool operator==(const alarm_guidance&, const alarm_guidance&) = default;
};

/// What a page carries; null: the plant knows nothing of it.
using guidance_pointer = std::shared_ptr<const alarm_guidance>;

/// Characters of one part, so that a page stays one.
inline constexpr size_t longest_guidance = 500;
inline constexpr milliseconds longest_response{30ll * 24 * 3'600'000};

/// Its parts that are texts, by name.
struct guidance_part {
  std::string_view name;
  std::string alarm_guidance::*text;
};
std::span<const guidance_part> guidance_parts();

/// What `first` does not say, `second` says.
alarm_guidance joined(alarm_guidance first, const alarm_guidance& second);

/// "15 min", "1 h 30 min", "20 s"; empty for 0. Less than a second counts as one.
std::string response_time(milliseconds x);

/// The stored form, within that of whoever keeps it.
void encode(binary_writer& out, const alarm_guidance& x);
/// None when `in` is damaged.
std::optional<alarm_guidance> decode_alarm_guidance(binary_reader& in);

/// A field a part, null where it is empty; `respond_within` in seconds.
void append_fields(json_object& out, const alarm_guidance& x);

} // namespace millwright
