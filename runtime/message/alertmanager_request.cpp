#include "runtime/message/alertmanager_request.hpp"

#include "protocol/json.hpp"
#include "runtime/message/page_words.hpp"
#include "runtime/message/state_words.hpp"
#include "runtime/message/text_places.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace millwright {

namespace {

constexpr size_t longest_annotation = 1'000;
// A page that tries the channel out is over after this.
constexpr milliseconds test_stands{5 * 60'000};

// Alertmanager takes a label without a value to be none.
void add_label(json_object& labels, std::string_view name, std::string_view value) {
  if (!value.empty())
    labels.text(name, one_line(value));
}

std::string labels_of(const std::map<std::string, std::string>& more, const page& x) {
  const auto& condition = x.about.condition;
  std::string out;
  json_object labels{out};
  labels.text("alertname", x.test ? "test" : name_of(condition.which)).text("alarm", to_string(x.about.alarm));
  add_label(labels, "facility", condition.facility.text);
  add_label(labels, "equipment", condition.unit.text);
  add_label(labels, "sensor", condition.sensor.text);
  if (!more.contains("job"))
    labels.text("job", "millwright");
  for (const auto& [name, value] : more)
    add_label(labels, name, value);
  labels.close();
  return out;
}

std::string annotations_of(const page& x, const alarm_now& state) {
  const auto words = words_of(x);
  std::string out;
  json_object annotations{out};
  annotations.text("summary", cut_line(headline_of(x, words), longest_annotation))
      .text("severity", words.severity)
      .text("priority", words.priority);
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty())
      annotations.text(name, cut_line(text, longest_annotation));
  };
  add("what", words.what);
  add("where", words.where);
  add("value", words.value);
  add("limit", words.limit);
  add("reason", words.reason);
  add("description", words.description);
  add("cause", words.cause);
  add("consequence", words.consequence);
  add("action", words.action);
  add("respond_within", words.respond_within);
  add("respond_by", words.respond_by);
  // Under this name receivers make a link of it.
  add(link_place(words.runbook).empty() ? "runbook" : "runbook_url", words.runbook);
  add("acknowledge", state.acknowledged ? std::string{} : words.acknowledge);
  if (state.acknowledged)
    annotations.text("acknowledged",
                     state.acknowledged_by.empty() ? "yes" : cut_line("by " + state.acknowledged_by, 100));
  annotations.close();
  return out;
}

void add_alert(std::string& alerts, const alertmanager_server& where, const page& x, const alarm_now& state) {
  const bool over = state.is == alarm_now::what::over;
  // A clock of the plant may be ahead: what is over has ended by now, and what stands has begun.
  const auto ends = over ? std::min(x.about.at, x.told_at) : x.stands_until;
  const auto starts = std::min({x.about.raised_at, ends, x.told_at > never ? x.told_at : ends});
  alerts += alerts.empty() ? "" : ",";
  json_object alert{alerts};
  alert.raw("labels", labels_of(where.labels, x)).raw("annotations", annotations_of(x, state));
  if (starts > never)
    alert.time("startsAt", starts);
  if (ends > never && ends < forever)
    alert.time("endsAt", ends);
  alert.close();
}

} // namespace

bool is_label_name(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return !text.empty() && digits.find(text.front()) == std::string_view::npos &&
         text.find_first_not_of(letters) == std::string_view::npos;
}

bool names_alarm(std::string_view label) {
  constexpr std::string_view names[] = {"alertname", "alarm", "facility", "equipment", "sensor"};
  return std::find(std::begin(names), std::end(names), label) != std::end(names);
}

http_request alertmanager_request(const alertmanager_server& where, const page& x) {
  http_request out;
  out.url = where.url + "/api/v2/alerts";
  out.headers = {header_line("Content-Type", "application/json")};
  if (!where.user.empty())
    out.headers.push_back(basic_login(where.user, where.password));
  else if (!where.password.empty())
    out.headers.push_back(header_line("Authorization", "Bearer " + where.password));
  std::string alerts;
  if (x.states) {
    for (const auto& each : *x.states)
      // Of one that nobody knows any more the labels are not known: it ends by itself.
      if (each.newest.number > 0)
        add_alert(alerts, where, page_of(x, each), each);
  } else {
    auto told = x;
    told.stands_until = x.about.at + test_stands;
    add_alert(alerts, where, told, {alarm_now::what::stands, x.about});
  }
  out.body = '[' + alerts + ']';
  return out;
}

} // namespace millwright
