#pragma once

#include <span>
#include <string>
#include <string_view>

namespace millwright {

/// A key that a former version knew: for one version it is told with what took its place, and ignored.
struct gone_key {
  /// Dotted; `*` stands for a name that the person chooses.
  std::string_view key;
  /// The version that knows it no more.
  std::string_view since;
  /// What takes its place, in words: "use ledger.map_size", "a page is tried for 24 h".
  std::string_view instead;
};

/// Every key that is gone. Rows leave with the version after `since`.
std::span<const gone_key> gone_keys();

/// The row for a whole key, none for one that never was.
const gone_key* gone(std::string_view key, std::span<const gone_key> rows = gone_keys());

/// Whether there was a section of that name with a key that is gone: a section that went as a whole is looked into.
bool holds_gone(std::string_view section, std::span<const gone_key> rows = gone_keys());

/// "gone since 0.2, and ignored: INSTEAD"
std::string text_of(const gone_key& row);

} // namespace millwright
