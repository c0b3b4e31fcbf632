#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Rows of a file by facility and id, as bytes one behind the other: there are as many as sensors, and one is looked at
/// now and then. A map of strings would take three times as much.
class packed_rows {
public:
  /// Of equals the last one counts. `row` is read from its beginning and says itself where it ends.
  void add(std::string_view facility, std::string_view id, std::string_view row);
  /// Gives spare memory back: no more are added.
  void close();
  /// From the row's first byte on; what is behind its end is another's.
  std::optional<std::string_view> find(std::string_view facility, std::string_view id) const;
  bool has(std::string_view facility, std::string_view id) const { return find(facility, id).has_value(); }

  using visitor = std::function<void(std::string_view facility, std::string_view id, std::string_view row)>;
  /// Each row that counts, in no order that means anything.
  void for_each(const visitor& visit) const;

private:
  /// Of the cell that such a row is in, or would be.
  size_t cell_of(std::string_view facility, std::string_view id) const;
  void grow();

  std::string bytes_;
  /// Open addressing: where a row begins in `bytes_`, plus one; 0 for none.
  std::vector<uint64_t> cells_;
  size_t used_ = 0;
};

} // namespace millwright
