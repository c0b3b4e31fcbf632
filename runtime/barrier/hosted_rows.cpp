#include "runtime/barrier/hosted_rows.hpp"

#include "protocol/binary.hpp"
#include "protocol/result_catalogue.hpp"

#include <zstd.h>

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>

namespace millwright {

namespace {

// The fastest: a second compression, for the ledger, follows soon.
constexpr int level = 1;

ZSTD_CCtx& packing_context() {
  thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> own{ZSTD_createCCtx(), &ZSTD_freeCCtx};
  if (!own)
    throw std::bad_alloc{};
  return *own;
}

void visit_text(std::string_view text, const row_schema& schema, const hosted_rows::visitor& visit) {
  binary_reader in{text};
  while (!in.at_end()) {
    const auto at = in.time();
    const auto json = in.text();
    if (!in.ok())
      throw std::runtime_error{"records that wait for their commit cannot be read"};
    visit(schema, at, json);
  }
}

} // namespace

hosted_rows::kind_rows& hosted_rows::of(const row_schema& schema) {
  const auto found =
      std::find_if(kinds_.begin(), kinds_.end(), [&](const auto& each) { return each.schema == &schema; });
  return found != kinds_.end() ? *found : kinds_.emplace_back(kind_rows{&schema, {}, {}, 0});
}

void hosted_rows::add(const hosted_row& row) {
  auto& rows = of(*row.schema);
  if (rows.open.size() + row.json.size() > block_bytes)
    pack(rows);
  binary_writer out{rows.open};
  out.time(row.at);
  out.text(row.json);
  ++rows.count;
}

void hosted_rows::pack(kind_rows& rows) {
  if (rows.open.empty())
    return;
  std::string room(ZSTD_compressBound(rows.open.size()), '\0');
  const size_t size =
      ZSTD_compressCCtx(&packing_context(), room.data(), room.size(), rows.open.data(), rows.open.size(), level);
  // With room for the bound it fails for want of memory only.
  if (ZSTD_isError(size))
    throw std::bad_alloc{};
  rows.packed.push_back({room.substr(0, size), rows.open.size()});
  rows.open.clear();
}

size_t hosted_rows::size() const {
  size_t sum = 0;
  for (const auto& each : kinds_)
    sum += each.count;
  return sum;
}

size_t hosted_rows::bytes() const {
  size_t sum = 0;
  for (const auto& each : kinds_) {
    sum += each.open.capacity();
    for (const auto& block : each.packed)
      sum += block.bytes.capacity();
  }
  return sum;
}

void hosted_rows::visit(const visitor& visit) const {
  std::vector<const kind_rows*> sorted;
  for (const auto& each : kinds_)
    sorted.push_back(&each);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return kind_of(*a->schema) < kind_of(*b->schema); });
  std::string text;
  for (const auto* each : sorted) {
    for (const auto& block : each->packed) {
      text.resize(block.unpacked);
      if (ZSTD_decompress(text.data(), text.size(), block.bytes.data(), block.bytes.size()) != block.unpacked)
        throw std::runtime_error{"records that wait for their commit cannot be unpacked"};
      visit_text(text, *each->schema, visit);
    }
    visit_text(each->open, *each->schema, visit);
  }
}

} // namespace millwright
