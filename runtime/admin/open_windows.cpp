#include "runtime/admin/open_windows.hpp"

#include "actors/kit/actor_declaration.hpp"
#include "protocol/json.hpp"
#include "protocol/result_catalogue.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

bool makes(const actor_declaration& actors, result_kind kind) {
  return std::any_of(actors.rows.begin(), actors.rows.end(),
                     [&](const row_schema* rows) { return kind_of(*rows) == kind; });
}

/// The kind of actors that has such windows; null: none has.
const actor_declaration* makers_of(result_kind kind) {
  for (const auto* each : declared_actors())
    if (each->updates && makes(*each, kind))
      return each;
  return nullptr;
}

/// A record as the actor wrote it: fields that are texts, numbers, flags or null.
std::string line_of(const rapidjson::Value& row) {
  std::string out;
  json_object line{out};
  for (const auto& each : row.GetObject()) {
    const std::string_view key{each.name.GetString(), each.name.GetStringLength()};
    const auto& x = each.value;
    if (x.IsString())
      line.text(key, {x.GetString(), x.GetStringLength()});
    else if (x.IsInt64())
      line.integer(key, x.GetInt64());
    else if (x.IsNumber())
      line.number(key, x.GetDouble());
    else if (x.IsBool())
      line.boolean(key, x.GetBool());
    else
      line.null(key);
  }
  line.close();
  return out += '\n';
}

template <class Visit>
void visit_rows(const std::string& page, std::string_view kind, Visit visit) {
  rapidjson::Document all;
  if (all.Parse<rapidjson::kParseFullPrecisionFlag>(page.data(), page.size()).HasParseError() || !all.IsObject())
    return;
  const auto windows = all.FindMember("open_windows");
  if (windows == all.MemberEnd() || !windows->value.IsObject())
    return;
  const auto rows = windows->value.FindMember(std::string{kind}.c_str());
  if (rows == windows->value.MemberEnd() || !rows->value.IsArray())
    return;
  for (const auto& each : rows->value.GetArray())
    if (each.IsObject())
      visit(line_of(each));
}

} // namespace

open_windows::open_windows(const results_request& request, const plant_source& from)
    : kind_{request.kind}, facility_{request.facility}, filter_{request.sensor, request.facility}, from_{from} {}

void open_windows::next(std::string& out) {
  const auto* makers = makers_of(kind_);
  if (!makers)
    return;
  page_questions pages{from_};
  for (const auto& each : from_.lines()) {
    if (pages.given_up())
      break;
    if (each.key.type != makers->name || (!facility_.empty() && each.key.facility.text != facility_))
      continue;
    const auto page = pages.page(each.key);
    if (!page)
      continue;
    auto& told = told_[each.key];
    std::set<std::string> now;
    visit_rows(*page, name_of(kind_), [&](std::string line) {
      if (filter_.takes(line) && !told.contains(line))
        out += line;
      now.insert(std::move(line));
    });
    told = std::move(now);
  }
}

std::string cannot_update(const results_request& request) {
  if (!request.updates || makers_of(request.kind))
    return {};
  std::string known;
  for (const auto kind : result_kinds())
    if (makers_of(kind))
      known += (known.empty() ? "" : ", ") + std::string{name_of(kind)};
  return "windows of " + std::string{name_of(request.kind)} + " are not seen while they are open; those of " + known +
         " are";
}

} // namespace millwright
