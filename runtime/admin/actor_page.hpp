#pragma once

#include "runtime/admin/answer_rows.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace millwright {

/// A unit's row with its page: how it is and why, presence, runtime, figures by type, its sensors, the worst first.
std::string render_unit(const answer_row& unit, int width, bool colour);

/// The row of any other actor with its page: its fields, whatever they are.
std::string render_actor(const answer_row& actor, int width, bool colour);

/// "in alarm since 2026-11-29 04:28:20: 1 sensor in alarm", of a row with a headline.
std::string render_headline(const answer_row& row, int width, bool colour);

/// Columns that the titles of a page take.
inline constexpr size_t title_columns = 13;

/// What a page holds, whatever it is: a line a field, and a table of what is a list of objects. Not its open windows.
std::string render_fields(const answer_row& page, int width, bool colour, size_t titles = title_columns);

/// A line "title  text" of a page, with its line feed.
std::string page_line(std::string_view title, std::string_view text, int width, bool colour,
                      size_t titles = title_columns);

} // namespace millwright
