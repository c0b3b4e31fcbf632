#include "runtime/ledger/ledger_totals.hpp"

#include "protocol/binary.hpp"

#include <stdexcept>

namespace millwright {

std::string encode(const ledger_totals& totals) {
  std::string out;
  binary_writer writer{out};
  writer.u64(totals.number);
  writer.u64(totals.next_transition);
  for (size_t i = 0; i < built_in_result_kinds; ++i)
    writer.u64(totals.result_bytes[i]);
  for (size_t i = built_in_result_kinds; i < known_result_kinds(); ++i)
    if (totals.result_bytes[i] != 0) {
      writer.text(name_of(result_kind_at(i)));
      writer.u64(totals.result_bytes[i]);
    }
  return out;
}

std::optional<ledger_totals> decode_ledger_totals(std::string_view payload) {
  binary_reader reader{payload};
  ledger_totals totals;
  totals.number = reader.u64();
  totals.next_transition = reader.u64();
  for (size_t i = 0; i < built_in_result_kinds; ++i)
    totals.result_bytes[i] = reader.u64();
  // Of the kinds beyond the built-in ones, by name; a ledger of an older format ends here.
  while (reader.ok() && !reader.at_end()) {
    const auto name = reader.text();
    const auto bytes = reader.u64();
    if (!reader.ok())
      break;
    try {
      totals.result_bytes[place_of(stored_result_kind(name))] = bytes;
    } catch (const std::invalid_argument&) {
      return std::nullopt;
    }
  }
  if (!reader.ok())
    return std::nullopt;
  return totals;
}

uint64_t space_of_block(uint64_t stored_size) {
  constexpr uint64_t page = 4096, header = 16, in_leaf = page / 2;
  return stored_size < in_leaf ? stored_size + header : (stored_size + header + page - 1) / page * page;
}

} // namespace millwright
