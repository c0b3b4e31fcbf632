#include "runtime/message/pagerduty_incidents.hpp"

#include "protocol/quantities.hpp"
#include "runtime/message/text_places.hpp"

#include <rapidjson/document.h>

namespace millwright {

namespace {

// Of a person's name.
constexpr size_t longest_name = 100;

std::string_view text_of(const rapidjson::Value& of, const char* name) {
  const auto at = of.FindMember(name);
  return at != of.MemberEnd() && at->value.IsString()
             ? std::string_view{at->value.GetString(), at->value.GetStringLength()}
             : std::string_view{};
}

} // namespace

http_request pagerduty_question(const pagerduty_api& where, const uuid& alarm) {
  http_request out;
  out.method = "GET";
  out.url = where.url + "/incidents?statuses%5B%5D=acknowledged&date_range=all&limit=5&incident_key=" +
            form_place(to_string(alarm));
  out.headers = {header_line("Accept", "application/json"), header_line("Authorization", "Token token=" + where.token)};
  return out;
}

pagerduty_acknowledgement acknowledgement_in(std::string_view answer, event_time since) {
  rapidjson::Document read;
  read.Parse<rapidjson::kParseIterativeFlag>(answer.data(), answer.size());
  pagerduty_acknowledgement out;
  if (read.HasParseError() || !read.IsObject())
    return out;
  const auto incidents = read.FindMember("incidents");
  if (incidents == read.MemberEnd() || !incidents->value.IsArray())
    return out;
  out.readable = true;
  auto newest = std::chrono::floor<std::chrono::seconds>(since);
  for (const auto& incident : incidents->value.GetArray()) {
    if (!incident.IsObject() || text_of(incident, "status") != "acknowledged")
      continue;
    const auto all = incident.FindMember("acknowledgements");
    if (all == incident.MemberEnd() || !all->value.IsArray())
      continue;
    for (const auto& each : all->value.GetArray()) {
      if (!each.IsObject())
        continue;
      const auto at = parse_time(text_of(each, "at"));
      const auto who = each.FindMember("acknowledger");
      if (!at || *at < newest || who == each.MemberEnd() || !who->value.IsObject() ||
          !text_of(who->value, "type").starts_with("user"))
        continue;
      newest = std::chrono::floor<std::chrono::seconds>(*at);
      const auto name = cut_line(text_of(who->value, "summary"), longest_name);
      out.by = "pagerduty";
      if (!name.empty())
        out.by.append(": ").append(name);
    }
  }
  return out;
}

} // namespace millwright
