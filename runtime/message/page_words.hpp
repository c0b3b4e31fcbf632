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
  /// "critical limit updated, was high", "high limit cleared"; of a digest how many alarms.
  std::string what, rule;
  /// "TI-101 on reactor-1 at Main Works (main)", and its parts.
  std::string where, facility, equipment, sensor;
  /// With units: "98.25 degC"; before the alarm "90.5 degC", or "90.4 degC on average" (see `value_before_of`).
  std::string value, previous, limit;
  /// The raise and the event that is told, as the clock at the site has them.
  std::string since, at;
  std::string reason;
  /// What the plant knows of such an alarm; until when somebody should act: "15 min" from the raise, and the clock at
  /// the site then.
  std::string description, cause, consequence, action, respond_within, respond_by, runbook;
  /// All of it in one line, what to do in it too, and how to answer an alert: "millwright ack 1f3a9c02".
  std::string message, acknowledge;
  /// Where a person looks further: "millwright plant main/reactor-1".
  std::string look;
};

/// Pure: the same page gives the same words. Of a page in its shortest form they are few, short and plain ASCII.
page_words words_of(const page& x);

/// The piece that `name` names ("short_id"); null where there is none of that name.
const std::string* word_named(const page_words& words, std::string_view name);

/// All names, in the order of the struct.
const std::vector<std::string>& word_names();

using page_facts = std::vector<std::pair<std::string, std::string>>;

/// What a message of many lines begins with, on one: the alarm without what is to be done; of a digest how many.
/// `words` here and below: the page's own.
std::string headline_of(const page& x, const page_words& words);

/// "Where: ...", "Value: ...": what people want to know at a glance, without what the page has not. Empty for a digest,
/// a test and a page in its shortest form.
page_facts facts_of(const page& x, const page_words& words);

/// "Do: ...", "Cause: ...": what the plant knows of it. Empty likewise.
page_facts guidance_of(const page& x, const page_words& words);

/// The alarms that a digest names, the worst first, a line each: at most `most`, and how many critical ones are left.
std::vector<std::string> digest_lines(const alarm_digest& x, size_t most);

} // namespace millwright
