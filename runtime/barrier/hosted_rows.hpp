#pragma once

#include "protocol/hosted_row.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Records of the actors above the sensors, until their barrier is committed: packed, since at a minute mark a plant
/// with tens of thousands of units has a hundred thousand of them at once, of some 400 bytes each.
class hosted_rows {
public:
  hosted_rows() = default;
  hosted_rows(const std::vector<hosted_row>& rows) {
    for (const auto& each : rows)
      add(each);
  }

  void add(const hosted_row& row);
  size_t size() const;
  /// Bytes held.
  size_t bytes() const;

  /// `json` is valid during the call.
  using visitor = std::function<void(const row_schema& schema, event_time at, std::string_view json)>;
  /// Each kind's together, by the kinds' numbers; within one in the order in which they came. Throws std::runtime_error
  /// when memory is damaged.
  void visit(const visitor& visit) const;

private:
  struct packed_block {
    std::string bytes;
    size_t unpacked = 0;
  };
  struct kind_rows {
    const row_schema* schema;
    std::vector<packed_block> packed;
    /// Not packed yet.
    std::string open;
    size_t count = 0;
  };

  static constexpr size_t block_bytes = 240 << 10;

  kind_rows& of(const row_schema& schema);
  static void pack(kind_rows& rows);

  std::vector<kind_rows> kinds_;
};

} // namespace millwright
