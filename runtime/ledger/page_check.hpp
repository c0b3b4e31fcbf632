#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Sees each record of each named table. Returns what is wrong with it, or nothing.
using page_record_visitor =
    std::function<std::optional<std::string>(std::string_view table, std::string_view key, std::string_view value)>;

/// Sees each table before its records. Returns what is wrong, or nothing.
using page_table_visitor = std::function<std::optional<std::string>(std::string_view table)>;

/// Walks a whole LMDB data file (format 1, 64 bits) as its newest meta page shows it, and returns what is wrong with
/// it, or nothing. LMDB itself trusts every page: a wrong page number reads anywhere, or hands out pages in use.
/// Checked: both meta pages, every branch and leaf (kind, bounds, order, counts), the headers of overflow pages, the
/// free list, and that each page is used once or free once. Values are looked at by `visit_record` alone.
std::optional<std::string> check_pages(std::string_view file, const page_table_visitor& visit_table,
                                       const page_record_visitor& visit_record);

} // namespace millwright
