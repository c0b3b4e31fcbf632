#include "runtime/journal/paired_stores.hpp"

#include "protocol/failure.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/journal/store_pair.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"

#include <spdlog/spdlog.h>

#include <random>

namespace millwright {

namespace {

/// RFC 4122 version 4.
uuid random_uuid() {
  std::random_device source;
  uuid out;
  for (auto& byte : out.bytes)
    byte = static_cast<uint8_t>(source());
  out.bytes[6] = static_cast<uint8_t>((out.bytes[6] & 0x0f) | 0x40);
  out.bytes[8] = static_cast<uint8_t>((out.bytes[8] & 0x3f) | 0x80);
  return out;
}

} // namespace

void keep_paired(lmdb_ledger& ledger, const std::string& ledger_path, lmdb_journal& journal,
                 const std::string& journal_path) {
  const ledger_side of_ledger{ledger.pair_mark(), ledger.commits()};
  const journal_side of_journal{journal.pair_mark(), journal.holds_anything()};
  const auto verdict = judge_pair(of_ledger, of_journal, random_uuid());
  if (verdict.apart)
    throw failure{failure_code::journal_foreign, journal_path, why_apart(of_ledger, ledger_path)};
  try {
    if (verdict.for_ledger)
      ledger.set_pair_mark(*verdict.for_ledger);
    if (verdict.for_journal)
      journal.set_pair_mark(*verdict.for_journal);
  } catch (const failure& problem) {
    if (of_ledger.commits == 0)
      throw;
    spdlog::warn("ledger and alarm journal are not marked as belonging together yet: {}", problem.what());
  }
}

} // namespace millwright
