#include "runtime/ledger/checked_record.hpp"

#include "protocol/failure.hpp"

namespace millwright {

record_view checked_record(const lmdb_cursor& at, const std::string& path) {
  record_view record;
  switch (read_record(at.table(), at.key(), at.value(), record)) {
  case record_state::good:
    return record;
  case record_state::newer:
    throw failure{failure_code::ledger_version, path,
                  describe_record(at.table(), at.key()) + " was written by a newer millwright"};
  case record_state::damaged:
    break;
  }
  throw failure{failure_code::ledger_damaged, path, describe_record(at.table(), at.key()) + " is damaged"};
}

} // namespace millwright
