#include "runtime/decisions/mode_entry.hpp"

#include "protocol/json_list.hpp"

#include <rapidjson/document.h>

#include <cmath>
#include <utility>

namespace millwright {

namespace {

constexpr const char *modes_field = "modes", *facility_field = "facility_id", *sensor_field = "sensor",
                     *above_field = "above", *below_field = "below", *held_field = "for_ms", *holds_field = "holds",
                     *number_field = "number";

std::optional<mode_entry::one> mode_of(const rapidjson::Value& given) {
  if (!given.IsObject())
    return std::nullopt;
  const auto at = [&](const char* key) { return given.FindMember(key); };
  const auto none = given.MemberEnd();
  const auto facility = at(facility_field), sensor = at(sensor_field), above = at(above_field), below = at(below_field),
             held = at(held_field), holds = at(holds_field), number = at(number_field);
  const auto bound = above != none ? above : below;
  if (facility == none || !facility->value.IsString() || sensor == none || !sensor->value.IsString() || bound == none ||
      !bound->value.IsNumber() || held == none || !held->value.IsInt64() || holds == none || !holds->value.IsBool() ||
      number == none || !number->value.IsUint64())
    return std::nullopt;
  mode_entry::one out;
  out.facility.assign(facility->value.GetString(), facility->value.GetStringLength());
  out.of.sensor.assign(sensor->value.GetString(), sensor->value.GetStringLength());
  out.of.above = above != none;
  out.of.bound = bound->value.GetDouble();
  out.of.held = milliseconds{held->value.GetInt64()};
  out.holds = holds->value.GetBool();
  out.number = number->value.GetUint64();
  if (!std::isfinite(out.of.bound) || out.of.held < milliseconds{0} || out.of.held > longest_mode_hold)
    return std::nullopt;
  return out;
}

} // namespace

std::string mode_entry::content() const {
  std::string out;
  json_object{out}
      .raw(modes_field, json_list(all,
                                  [](std::string& to, const one& each) {
                                    json_object{to}
                                        .text(facility_field, each.facility)
                                        .text(sensor_field, each.of.sensor)
                                        .number(each.of.above ? above_field : below_field, each.of.bound)
                                        .integer(held_field, each.of.held.count())
                                        .boolean(holds_field, each.holds)
                                        .integer(number_field, static_cast<int64_t>(each.number))
                                        .close();
                                  }))
      .close();
  return out;
}

std::optional<mode_entry> mode_entry::of(std::string_view content) {
  rapidjson::Document given;
  given.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag>(content.data(), content.size());
  if (given.HasParseError() || !given.IsObject())
    return std::nullopt;
  const auto list = given.FindMember(modes_field);
  if (list == given.MemberEnd() || !list->value.IsArray())
    return std::nullopt;
  mode_entry out;
  for (const auto& each : list->value.GetArray()) {
    auto one = mode_of(each);
    if (!one)
      return std::nullopt;
    out.all.push_back(std::move(*one));
  }
  return out;
}

} // namespace millwright
