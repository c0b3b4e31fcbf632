#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace millwright {

/// Everything that can go wrong beside a bad reading. The table in failure.cpp has a text and what to do for each.
enum class failure_code {
  bad_usage,
  bad_configuration,
  bad_metadata,
  bad_sensor_types,
  bad_mapping,
  source_unreachable,
  source_property,
  source_data_lost,
  input_unreadable,
  ledger_unwritable,
  ledger_locked,
  ledger_foreign_source,
  ledger_damaged,
  ledger_version,
  journal_unwritable,
  journal_damaged,
  journal_foreign,
  socket_unreachable,
  not_found,
  output_unwritable,
  page_not_taken,
};

/// "the ledger is held by another process" and so on.
std::string_view text_of(failure_code code);
/// What the person can do about it; may be empty.
std::string_view advice_for(failure_code code);

/// Thrown where a person's or the surroundings' mistake ends what was asked for; caught once, in the program's main,
/// which prints "where: what (advice)" and exits 2. Never thrown on the way of a reading.
class failure : public std::runtime_error {
public:
  /// @param where file:line, key, path or address; may be empty.
  failure(failure_code code, std::string where, std::string what)
      : std::runtime_error{format(code, where, what)}, code_{code} {}

  failure_code code() const { return code_; }

private:
  static std::string format(failure_code code, const std::string& where, const std::string& what);

  failure_code code_;
};

} // namespace millwright
