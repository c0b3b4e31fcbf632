#pragma once

#include "runtime/ledger/ledger.hpp"
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

struct result_header {
  event_time committed, first, last;
  uint32_t rows = 0;
  uint32_t size = 0;
};

std::optional<result_header> read_result_header(std::string_view payload);

/// The lines of a block's payload into `out`; false when they do not unpack.
bool unpack_lines(std::string_view payload, const result_header& header, std::string& out);

} // namespace millwright
