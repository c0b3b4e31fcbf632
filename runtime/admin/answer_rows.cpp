#include "runtime/admin/answer_rows.hpp"

#include "runtime/admin/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

bool is_iso_time(std::string_view x) {
  return x.size() >= 20 && x[4] == '-' && x[10] == 'T' && x[13] == ':' && x.back() == 'Z';
}

} // namespace

void each_answer_row(std::string_view lines, const std::function<void(const answer_row&)>& visit) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    rapidjson::Document row;
    row.Parse<rapidjson::kParseIterativeFlag>(lines.data(), end);
    if (!row.HasParseError() && row.IsObject())
      visit(row);
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

const answer_row& field_in(const answer_row& row, std::string_view key) {
  static const answer_row none;
  if (!row.IsObject())
    return none;
  const auto at =
      row.FindMember(rapidjson::Value{rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size()))});
  return at == row.MemberEnd() ? none : at->value;
}

std::string text_in(const answer_row& row, std::string_view key) {
  const auto& x = field_in(row, key);
  return x.IsString() ? std::string{x.GetString(), x.GetStringLength()} : std::string{};
}

double number_in(const answer_row& row, std::string_view key) {
  const auto& x = field_in(row, key);
  return x.IsNumber() ? x.GetDouble() : std::numeric_limits<double>::quiet_NaN();
}

uint64_t count_in(const answer_row& row, std::string_view key) {
  const auto& x = field_in(row, key);
  return x.IsUint64() ? x.GetUint64() : 0;
}

std::string figure_text(double x) {
  if (!std::isfinite(x))
    return "-";
  // No exponents where a person reads.
  if (x >= 0 && x < 1e15 && (x == std::floor(x) || x >= 1e5))
    return grouped(static_cast<unsigned long long>(std::llround(x)));
  return fmt::format("{:.6g}", x);
}

std::string clock_text(std::string_view iso) {
  if (iso.empty())
    return "-";
  std::string out{iso.substr(0, 19)};
  std::replace(out.begin(), out.end(), 'T', ' ');
  return out;
}

std::string value_text(const answer_row& x) {
  if (x.IsString()) {
    const std::string_view text{x.GetString(), x.GetStringLength()};
    return is_iso_time(text) ? clock_text(text) : std::string{text};
  }
  if (x.IsBool())
    return x.GetBool() ? "yes" : "no";
  if (x.IsNumber())
    return figure_text(x.GetDouble());
  std::string out;
  if (x.IsObject())
    for (const auto& each : x.GetObject())
      out.append(out.empty() ? "" : ", ")
          .append(each.name.GetString(), each.name.GetStringLength())
          .append(" ")
          .append(value_text(each.value));
  else if (x.IsArray())
    for (const auto& each : x.GetArray())
      out.append(out.empty() ? "" : "; ").append(value_text(each));
  return out.empty() ? "-" : out;
}

} // namespace millwright
