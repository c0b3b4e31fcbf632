#pragma once

#include "protocol/binary.hpp"
#include "protocol/ids.hpp"
#include "protocol/results.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// One message over one channel for alarms that are old news, that come at once, or that all end for one reason: how
/// many they are, and those that matter most. As it was when it was written; a repeat is the same bytes.
struct alarm_digest {
  /// A transition that this message stands for.
  struct member {
    uuid alarm;
    uint32_t number = 0;
  };

  /// One alarm in words.
  struct line {
    uuid alarm;
    severity level{};
    event_time raised_at;
    bool stands = false;
    std::string text;
  };

  event_time oldest, newest;
  /// Of the members, how many alarms still stood.
  uint32_t standing = 0;
  /// Every critical one that still stood, and the worst of the others.
  std::vector<line> critical, others;
  std::vector<member> members;
  /// Why all of them have ended; empty: they are told late. Their times are those of the raises then.
  std::string ended_since;
  /// No old news: so many were due at once. The one to look at first stands first.
  bool at_once = false;
};

/// The stored form, behind a version byte.
void encode(binary_writer& out, const alarm_digest& x);
std::optional<alarm_digest> decode_digest(binary_reader& in);

/// "34 alarms told late, from 2026-11-21 01:10 UTC to 2026-11-21 02:15 UTC, 3 of them still stand"; or "1000 alarms
/// ended: the rule state learns anew; raised from 2026-11-01 01:10 UTC to 2026-11-21 02:15 UTC".
std::string headline_of(const alarm_digest& x);

/// The headline and what it names, on one line of text; `most` lines of alarms at most.
std::string describe(const alarm_digest& x, size_t most = 25);

} // namespace millwright
