#include "runtime/decisions/maintenance_entry.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <array>
#include <utility>

namespace millwright {

namespace {

using kind = maintenance_report::kind;

constexpr std::array<std::pair<kind, std::string_view>, 3> names{
    {{kind::begins, "begin"}, {kind::ends, "end"}, {kind::done, "done"}}};

} // namespace

std::string_view name_of(maintenance_report::kind what) {
  for (const auto& [each, name] : names)
    if (each == what)
      return name;
  return {};
}

std::optional<maintenance_report::kind> maintenance_named(std::string_view name) {
  for (const auto& [each, known] : names)
    if (known == name)
      return each;
  return std::nullopt;
}

std::string maintenance_entry::content() const {
  std::string out;
  json_object{out}
      .text("facility_id", facility.text)
      .text("equipment_id", unit)
      .text("what", name_of(report.what))
      .integer("at", epoch_ms(report.at))
      .text("by", report.by)
      .text("user", report.user)
      .text("note", report.note)
      .close();
  return out;
}

std::optional<maintenance_entry> maintenance_entry::of(std::string_view content) {
  rapidjson::Document given;
  given.Parse<rapidjson::kParseIterativeFlag>(content.data(), content.size());
  if (given.HasParseError() || !given.IsObject())
    return std::nullopt;
  bool whole = true;
  const auto text = [&](const char* key) -> std::string {
    const auto at = given.FindMember(key);
    whole = whole && at != given.MemberEnd() && at->value.IsString();
    return whole ? std::string{at->value.GetString(), at->value.GetStringLength()} : std::string{};
  };
  maintenance_entry out;
  out.facility.text = text("facility_id");
  out.unit = text("equipment_id");
  const auto what = maintenance_named(text("what"));
  out.report.by = text("by");
  out.report.user = text("user");
  out.report.note = text("note");
  const auto at = given.FindMember("at");
  if (!whole || !what || at == given.MemberEnd() || !at->value.IsInt64())
    return std::nullopt;
  out.report.what = *what;
  out.report.at = from_epoch_ms(at->value.GetInt64());
  if (out.report.at <= never || out.report.at >= forever)
    return std::nullopt;
  return out;
}

} // namespace millwright
