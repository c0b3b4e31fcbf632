#include "runtime/admin/sensor_lines.hpp"

#include "protocol/json.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <vector>

namespace millwright {

namespace {

constexpr size_t most_named = 20;

std::string_view name_of(sensor_presence x) {
  constexpr std::array<std::string_view, 4> names{"living", "asleep", "quarantined", "retired"};
  return names[static_cast<size_t>(x)];
}

// What a sensor is called is somebody else's text: nothing of it may move the cursor.
std::string plain(const rapidjson::Value& row, const char* key) {
  const auto at = row.FindMember(key);
  if (at == row.MemberEnd() || !at->value.IsString())
    return "-";
  std::string out{at->value.GetString(), at->value.GetStringLength()};
  for (char& c : out)
    c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

// Who sends though it is retired is not to be overlooked.
std::string state_words(const rapidjson::Value& row) {
  auto out = plain(row, "state");
  if (!row.HasMember("retired_by"))
    return out;
  out += " by " + plain(row, "retired_by");
  if (const auto n = row.FindMember("not_judged");
      n != row.MemberEnd() && n->value.IsUint64() && n->value.GetUint64() > 0)
    out += ", and sends: " + std::to_string(n->value.GetUint64()) + " not judged";
  return out;
}

template <class Visit>
void each_line(std::string_view lines, Visit visit) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    rapidjson::Document row;
    row.Parse(lines.data(), end);
    if (!row.HasParseError() && row.IsObject())
      visit(row);
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

} // namespace

void append_json(std::string& out, const listed_sensor& row) {
  json_object line{out};
  line.text("facility_id", row.key.facility.text)
      .text("sensor_id", row.key.sensor.text)
      .text("state", name_of(row.presence))
      .text_or_null("split", row.split);
  row.seen == never ? line.null("last_seen") : line.time("last_seen", row.seen);
  if (row.presence == sensor_presence::retired)
    line.time("retired_at", row.retired_at)
        .text("retired_by", row.retired_by)
        .integer("not_judged", static_cast<int64_t>(row.unjudged));
  line.close();
}

void append_json(std::string& out, const sensors_forgotten& what) {
  for (const auto& key : what.speaking) {
    json_object{out}
        .text("facility_id", key.facility.text)
        .text("sensor_id", key.sensor.text)
        .text("state", "speaks")
        .close();
    out += '\n';
  }
  json_object{out}
      .integer("forgotten", static_cast<int64_t>(what.forgotten))
      .integer("speaking", static_cast<int64_t>(what.speaking.size()))
      .text_or_null("problem", what.problem)
      .close();
  out += '\n';
}

std::string render_sensor_table(std::string_view lines, uint64_t total) {
  std::vector<std::array<std::string, 5>> rows{{"FACILITY", "SENSOR", "STATE", "LAST SEEN (UTC)", "SPLIT"}};
  each_line(lines, [&](const rapidjson::Document& row) {
    rows.push_back({plain(row, "facility_id"), plain(row, "sensor_id"), state_words(row), plain(row, "last_seen"),
                    plain(row, "split")});
  });
  std::array<size_t, 5> widths{};
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i)
      out += fmt::format("{:<{}}  ", row[i], widths[i]);
    out += row.back() + '\n';
  }
  if (const uint64_t shown = rows.size() - 1; total > shown)
    out += fmt::format("and {} more: --limit, or a narrower pattern\n", total - shown);
  return out;
}

std::string render_forgotten(std::string_view lines) {
  std::string out;
  size_t named = 0;
  each_line(lines, [&](const rapidjson::Document& row) {
    if (row.HasMember("state")) {
      if (++named <= most_named)
        out += fmt::format("{} of {} speaks: it would be known again at once, and stays\n", plain(row, "sensor_id"),
                           plain(row, "facility_id"));
      return;
    }
    if (named > most_named)
      out += fmt::format("and {} more that speak\n", named - most_named);
    if (const auto n = row.FindMember("forgotten"); n != row.MemberEnd() && n->value.IsUint64())
      out += fmt::format("{} {} forgotten\n", n->value.GetUint64(), n->value.GetUint64() == 1 ? "sensor" : "sensors");
    if (const auto problem = plain(row, "problem"); problem != "-")
      out += problem + '\n';
  });
  return out;
}

} // namespace millwright
