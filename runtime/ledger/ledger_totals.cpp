#include "runtime/ledger/ledger_totals.hpp"

#include "protocol/binary.hpp"

namespace millwright {

std::string encode(const ledger_totals& totals) {
  std::string out;
  binary_writer writer{out};
  writer.u64(totals.number);
  writer.u64(totals.next_transition);
  for (const auto bytes : totals.result_bytes)
    writer.u64(bytes);
  return out;
}

std::optional<ledger_totals> decode_ledger_totals(std::string_view payload) {
  binary_reader reader{payload};
  ledger_totals totals;
  totals.number = reader.u64();
  totals.next_transition = reader.u64();
  for (auto& bytes : totals.result_bytes)
    bytes = reader.u64();
  if (!reader.ok() || !reader.at_end())
    return std::nullopt;
  return totals;
}

uint64_t space_of_block(uint64_t stored_size) {
  constexpr uint64_t page = 4096, header = 16, in_leaf = page / 2;
  return stored_size < in_leaf ? stored_size + header : (stored_size + header + page - 1) / page * page;
}

} // namespace millwright
