#include "protocol/failure.hpp"

#include <array>

namespace millwright {

namespace {

struct row {
  failure_code code;
  std::string_view text;
  std::string_view advice;
};

constexpr std::array table{
    row{failure_code::bad_usage, "the command line is wrong", "see millwright --help"},
    row{failure_code::bad_configuration, "the configuration is wrong", ""},
    row{failure_code::bad_metadata, "the metadata is wrong", "correct the line; until then the old metadata stays"},
    row{failure_code::bad_sensor_types, "the sensor types are wrong", ""},
    row{failure_code::bad_mapping, "the CSV mapping is wrong", ""},
    row{failure_code::source_unreachable, "the source cannot be reached", "check its address; the node keeps trying"},
    row{failure_code::source_property, "the source does not take this property", "correct it in the configuration"},
    row{failure_code::source_data_lost, "the source no longer has the readings behind the committed position", ""},
    row{failure_code::input_unreadable, "the input cannot be read", "check the path and its permissions"},
    row{failure_code::ledger_unwritable, "the ledger cannot be written",
        "check the disk and the directory's permissions"},
    row{failure_code::ledger_locked, "the ledger is held by another process",
        "stop it, or give this node its own ledger.path, and alarms.path where that is set"},
    row{failure_code::ledger_foreign_source, "the ledger belongs to another source",
        "give this source its own ledger.path, and alarms.path where that is set, or move the ledger and its alarm "
        "journal away, both of them"},
    row{failure_code::ledger_damaged, "the ledger is damaged",
        "millwright ledger check says what, salvage saves the rest; or millwright restore a backup"},
    row{failure_code::ledger_version, "the ledger was written by a newer millwright",
        "run that version, or use another ledger.path, and alarms.path where that is set"},
    row{failure_code::journal_unwritable, "the alarm journal cannot be written",
        "check the disk and the directory's permissions"},
    row{failure_code::journal_damaged, "the alarm journal is damaged",
        "restore a copy, or remove it: what is in alarm is then paged again"},
    row{failure_code::journal_foreign, "the alarm journal belongs to another ledger",
        "put the ledger that belongs to this journal in the place of this one; or, to begin anew, move both "
        "directories away: alarms that stand are then raised anew by their sensors"},
    row{failure_code::socket_unreachable, "no running node answers on this socket", "start one with millwright run"},
    row{failure_code::not_found, "there is no such thing", ""},
    row{failure_code::output_unwritable, "the output cannot be written",
        "check the disk and the directory's permissions"},
    row{failure_code::page_not_taken, "the page was not taken", ""},
};

const row& row_of(failure_code code) {
  for (const auto& each : table)
    if (each.code == code)
      return each;
  return table[0];
}

} // namespace

std::string_view text_of(failure_code code) {
  return row_of(code).text;
}

std::string_view advice_for(failure_code code) {
  return row_of(code).advice;
}

std::string failure::format(failure_code code, const std::string& where, const std::string& what) {
  std::string out;
  if (!where.empty())
    out += where + ": ";
  out += what.empty() ? std::string{text_of(code)} : what;
  if (!advice_for(code).empty())
    out += " (" + std::string{advice_for(code)} + ")";
  return out;
}

} // namespace millwright
