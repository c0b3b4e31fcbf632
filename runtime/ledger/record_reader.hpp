#pragma once

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/ledger_tables.hpp"
#include "runtime/ledger/record_format.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// A checked record: views into what was read.
struct record_view {
  std::string_view key;
  std::string_view payload;
};

enum class record_state : uint8_t { good, damaged, newer };

/// Checks a record as LMDB keeps it; `out` is set when it is good.
record_state read_record(ledger_table table, std::string_view key, std::string_view value, record_view& out);

/// "sensors/FACILITY/SENSOR", "results/statistics/commit 7 block 0": how a person is told which record is meant.
std::string describe_record(ledger_table table, std::string_view key);

/// None when it is no result block's key.
std::optional<result_cursor> read_result_key(std::string_view key);

/// The payload of a record of `sensors` or `changes`: the number in front, and what is behind it.
struct numbered_state {
  uint64_t number = 0;
  std::string_view bytes;

  /// Of a whole state: whether `changes`, the sensor's other record, can stand beside it. They cannot be of a newer
  /// one.
  bool fits(const numbered_state& changes) const { return changes.number <= number; }
  /// Whether they are to be read behind it; else they are outdated.
  bool goes_on_in(const numbered_state& changes) const { return changes.number == number; }
};

/// None when it has no number.
std::optional<numbered_state> read_numbered_state(std::string_view payload);

struct result_header {
  event_time committed, first, last;
  uint32_t rows = 0;
  uint32_t size = 0;
};

std::optional<result_header> read_result_header(std::string_view payload);

/// The lines of a block's payload into `out`; false when they do not unpack.
bool unpack_lines(std::string_view payload, const result_header& header, std::string& out);

} // namespace millwright
