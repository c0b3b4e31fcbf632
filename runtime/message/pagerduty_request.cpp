#include "runtime/message/pagerduty_request.hpp"

#include "protocol/json.hpp"
#include "runtime/message/page_words.hpp"
#include "runtime/message/state_words.hpp"
#include "runtime/message/text_places.hpp"

#include <string_view>

namespace millwright {

namespace {

// PagerDuty cuts a summary at 1,024 characters, and takes 512 KB at most.
constexpr size_t longest_summary = 1'000, longest_detail = 300;

std::string_view pagerduty_severity(severity level) {
  switch (level) {
  case severity::critical:
    return "critical";
  case severity::high:
    return "error";
  case severity::medium:
    return "warning";
  default:
    return "info";
  }
}

std::string_view action_of(alarm_now::what what) {
  switch (what) {
  case alarm_now::what::acknowledged:
    return "acknowledge";
  case alarm_now::what::over:
    return "resolve";
  default:
    return "trigger";
  }
}

std::string details_of(const page& x, const page_words& words) {
  std::string out;
  json_object details{out};
  // What to do is read first.
  for (const auto& [name, text] : guidance_of(x, words))
    details.text(name, cut_line(text, longest_guidance));
  for (const auto& [name, text] : facts_of(x, words))
    details.text(name, cut_line(text, longest_detail));
  if (!words.acknowledge.empty())
    details.text("Acknowledge", words.acknowledge);
  details.text("Alarm", words.alarm_id).close();
  return out;
}

std::string links_of(std::string_view link) {
  std::string out = "[";
  json_object{out}.text("href", link).text("text", "Runbook").close();
  return out + ']';
}

std::string payload_of(const page& x, const page_words& words) {
  const auto& about = x.about;
  std::string out;
  json_object payload{out};
  payload.text("summary", cut_line(headline_of(x, words), longest_summary))
      .text("source", cut_line(words.where.empty() ? "millwright" : words.where, longest_detail))
      .text("severity", pagerduty_severity(about.level));
  if (about.at > never && about.at < forever)
    payload.time("timestamp", about.at);
  if (!words.equipment.empty() || !words.sensor.empty())
    payload.text("component", cut_line(words.equipment.empty() ? words.sensor : words.equipment, longest_detail));
  if (!words.facility.empty())
    payload.text("group", cut_line(words.facility, longest_detail));
  if (!words.rule.empty())
    payload.text("class", words.rule);
  payload.raw("custom_details", details_of(x, words)).close();
  return out;
}

} // namespace

http_request pagerduty_request(const pagerduty_service& where, const page& x) {
  const auto of = x.states && !x.states->empty() ? x.states->front().is : alarm_now::what::stands;
  const auto told = x.states && !x.states->empty() ? page_of(x, x.states->front()) : x;
  http_request out;
  out.url = where.url;
  out.headers = {header_line("Content-Type", "application/json")};
  json_object body{out.body};
  body.text("routing_key", where.routing_key)
      .text("event_action", action_of(of))
      .text("dedup_key", to_string(told.about.alarm));
  if (of == alarm_now::what::stands) {
    const auto words = words_of(told);
    body.text("client", "millwright").raw("payload", payload_of(told, words));
    if (const auto link = link_place(words.runbook); !link.empty())
      body.raw("links", links_of(link));
  }
  body.close();
  return out;
}

} // namespace millwright
