#pragma once

#include "protocol/page.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// What a page says, in pieces that messages are made of. Each is one line of valid UTF-8, empty where the page has no
/// such thing; nothing in it is escaped for any place yet.
struct page_words {
  /// What a receiver knows the page by, and the alarm.
  std::string key, alarm_id, short_id;
  /// alert, notice or digest; normal to critical; 0 to 100.
  std::string kind, severity, priority;
  /// "critical limit, was high", "high limit cleared"; of a digest how many alarms.
  std::string what, rule;
  /// "TI-101 on reactor-1 at Main Works (main)", and its parts.
  std::string where, facility, equipment, sensor;
  /// With units: "98.25 degC".
  std::string value, previous, limit;
  /// The raise and the event that is told, as the clock at the site has them.
  std::string since, at;
  std::string reason;
  /// All of it in one line, and how to answer an alert: "millwright ack 1f3a9c02".
  std::string message, acknowledge;
};

/// Pure: the same page gives the same words.
page_words words_of(const page& x);

/// The piece that `name` names ("short_id"); null where there is none of that name.
const std::string* word_named(const page_words& words, std::string_view name);

/// All names, in the order of the struct.
const std::vector<std::string>& word_names();

/// "Where: ...", "Value: ...": what people want to know at a glance, without what the page has not. Empty for a digest,
/// a test and a page in its shortest form.
std::vector<std::pair<std::string, std::string>> facts_of(const page& x);

/// The alarms that a digest names, the worst first, a line each: at most `most`, and how many critical ones are left.
std::vector<std::string> digest_lines(const alarm_digest& x, size_t most);

} // namespace millwright
