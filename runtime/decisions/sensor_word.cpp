#include "runtime/decisions/sensor_word.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <array>
#include <utility>

namespace millwright {

namespace {

constexpr std::array<std::pair<sensor_word::kind, std::string_view>, 3> words{
    {{sensor_word::kind::relearn, "relearn"},
     {sensor_word::kind::retire, "retire"},
     {sensor_word::kind::unretire, "unretire"}}};

} // namespace

std::optional<sensor_word::kind> sensor_word_named(std::string_view name) {
  for (const auto& [each, known] : words)
    if (known == name)
      return each;
  return std::nullopt;
}

std::string_view name_of(sensor_word::kind what) {
  for (const auto& [each, name] : words)
    if (each == what)
      return name;
  return {};
}

std::string sensor_word::content() const {
  std::string out;
  json_object{out}
      .text("facility_id", key.facility.text)
      .text("sensor_id", key.sensor.text)
      .text("what", name_of(what))
      .integer("at", epoch_ms(at))
      .text("by", by)
      .text("user", user)
      .close();
  return out;
}

std::optional<sensor_word> sensor_word::of(std::string_view content) {
  rapidjson::Document given;
  given.Parse<rapidjson::kParseIterativeFlag>(content.data(), content.size());
  if (given.HasParseError() || !given.IsObject())
    return std::nullopt;
  bool whole = true;
  const auto text = [&](const char* name) -> std::string {
    const auto at = given.FindMember(name);
    whole = whole && at != given.MemberEnd() && at->value.IsString();
    return whole ? std::string{at->value.GetString(), at->value.GetStringLength()} : std::string{};
  };
  sensor_word out;
  out.key = {{text("facility_id")}, {text("sensor_id")}};
  const auto what = sensor_word_named(text("what"));
  out.by = text("by");
  out.user = text("user");
  const auto at = given.FindMember("at");
  if (!whole || !what || at == given.MemberEnd() || !at->value.IsInt64())
    return std::nullopt;
  out.what = *what;
  out.at = from_epoch_ms(at->value.GetInt64());
  if (out.at <= never || out.at >= forever)
    return std::nullopt;
  return out;
}

} // namespace millwright
