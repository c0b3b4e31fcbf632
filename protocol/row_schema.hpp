#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace millwright {

/// A field of a kind of result records.
struct row_column {
  /// `json`: an object or a list.
  enum class value : uint8_t { text, number, integer, boolean, time, json };

  std::string_view name;
  value of = value::text;
};

/// A kind of result records as a value (semantics 12): whoever emits rows declares theirs, and the ledger, a replay and
/// `millwright results` know no other list. One object a kind, for the whole run.
struct row_schema {
  /// "facility": the name of a replay's file, the argument of `millwright results`.
  std::string_view name;
  uint16_t version = 1;
  /// In the order in which they are written.
  std::span<const row_column> columns;
};

} // namespace millwright
