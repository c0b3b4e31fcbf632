#pragma once

#include "protocol/result_catalogue.hpp"
#include "tests/runtime/ledger/ledger_fixture.hpp"

namespace millwright {

inline constexpr row_column declared_fields[] = {{"meter_id"}, {"energy", row_column::value::number}};

inline void commit_rows(ledger& to, uint64_t number, result_kind kind, std::string_view lines) {
  ledger_commit batch;
  batch.number = number;
  batch.results = results_of({{kind, from_epoch_ms(1), from_epoch_ms(2), 1, lines}});
  to.commit(batch);
}

/// All that is stored of a kind.
inline std::string rows(ledger& from, result_kind kind) {
  std::string out;
  from.read_results(kind, {}, ~size_t{0}, [&](auto, const result_block& block) {
    CHECK(block.kind == kind);
    out += block.lines;
  });
  return out;
}

} // namespace millwright
