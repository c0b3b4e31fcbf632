#include "runtime/metadata/packed_rows.hpp"

#include "protocol/binary.hpp"
#include "protocol/entity.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr size_t first_cells = 64;

struct row_key {
  std::string_view facility, id;
};

row_key read_key(binary_reader& in) {
  const auto facility = in.text();
  return {facility, in.text()};
}

} // namespace

size_t packed_rows::cell_of(std::string_view facility, std::string_view id) const {
  const size_t mask = cells_.size() - 1;
  for (size_t at = mark_of(facility, id) & mask;; at = (at + 1) & mask) {
    if (cells_[at] == 0)
      return at;
    binary_reader in{std::string_view{bytes_}.substr(cells_[at] - 1)};
    if (const auto key = read_key(in); key.facility == facility && key.id == id)
      return at;
  }
}

void packed_rows::add(std::string_view facility, std::string_view id, std::string_view row) {
  if (used_ * 4 >= cells_.size() * 3)
    grow();
  auto& cell = cells_[cell_of(facility, id)];
  used_ += cell == 0;
  cell = bytes_.size() + 1;
  binary_writer out{bytes_};
  out.text(facility);
  out.text(id);
  bytes_ += row;
}

void packed_rows::close() {
  bytes_.shrink_to_fit();
}

std::optional<std::string_view> packed_rows::find(std::string_view facility, std::string_view id) const {
  const uint64_t begin = cells_.empty() ? 0 : cells_[cell_of(facility, id)];
  if (begin == 0)
    return std::nullopt;
  binary_reader in{std::string_view{bytes_}.substr(begin - 1)};
  read_key(in);
  return in.rest();
}

void packed_rows::for_each(const visitor& visit) const {
  for (const uint64_t begin : cells_)
    if (begin != 0) {
      binary_reader in{std::string_view{bytes_}.substr(begin - 1)};
      const auto key = read_key(in);
      visit(key.facility, key.id, in.rest());
    }
}

void packed_rows::grow() {
  const auto old = std::exchange(cells_, std::vector<uint64_t>(std::max(first_cells, cells_.size() * 2)));
  for (const uint64_t begin : old)
    if (begin != 0) {
      binary_reader in{std::string_view{bytes_}.substr(begin - 1)};
      const auto key = read_key(in);
      cells_[cell_of(key.facility, key.id)] = begin;
    }
}

} // namespace millwright
