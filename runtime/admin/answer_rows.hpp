#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <limits>
#include <string>
#include <string_view>

namespace millwright {

/// A row of a node's answer, read by its commands. Whatever is missing, or of another type, is as good as null.
using answer_row = rapidjson::Value;

/// Calls `visit` for each line that is a JSON object.
void each_answer_row(std::string_view lines, const std::function<void(const answer_row&)>& visit);

/// Null where it is missing.
const answer_row& field_in(const answer_row& row, std::string_view key);
/// Empty where it is no text.
std::string text_in(const answer_row& row, std::string_view key);
/// NaN where it is no number.
double number_in(const answer_row& row, std::string_view key);
/// 0 where it is no whole number.
uint64_t count_in(const answer_row& row, std::string_view key);

/// A number as people read it, six digits at least: "24,800", "1.43925", "1,234,568"; "-" for NaN.
std::string figure_text(double x);
/// "2026-11-29 04:28:20" of an ISO time; "-" without one.
std::string clock_text(std::string_view iso);
/// Whatever it is on one line: a text as it is, "yes" or "no", "-" for null, an object's fields one behind the other.
std::string value_text(const answer_row& x);

} // namespace millwright
