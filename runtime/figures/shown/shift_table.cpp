#include "runtime/figures/shown/shift_table.hpp"

#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "runtime/admin/text_table.hpp"

#include <fmt/format.h>

namespace millwright {

namespace {

std::string minute_of(event_time at) {
  return at == never ? "-" : clock_text(to_iso(at)).substr(0, 16);
}

std::string handed_table(const std::vector<handed_alarm>& alarms, int width, bool colour) {
  text_table table{
      {"ID", "NEW", "PRIO", "SEVERITY", "SINCE (UTC)", "ACKNOWLEDGED BY", "SENSOR", "MESSAGE"}, width, colour};
  for (const auto& x : alarms)
    table.add(
        {{x.short_id},
         {x.is_new ? "new" : ""},
         {std::to_string(x.priority)},
         {x.severity, colour_of_severity(x.severity)},
         {minute_of(x.raised)},
         {x.acknowledged_by.empty() ? "nobody" : x.acknowledged_by + ", " + minute_of(x.acknowledged_at).substr(5)},
         {x.place},
         {x.message}});
  return table.text();
}

} // namespace

std::string render_handover(const shift_handover& x, int width, bool colour) {
  auto out = fmt::format("shift of {} to {} UTC\n", minute_of(x.since), minute_of(x.to));
  uint64_t fresh = 0, unacknowledged = 0;
  for (const auto& each : x.standing) {
    fresh += each.is_new;
    unacknowledged += each.acknowledged_by.empty();
  }
  out += fmt::format("\nstanding: {}, {} of them new, {} unacknowledged\n", grouped(x.standing.size()), grouped(fresh),
                     grouped(unacknowledged));
  if (!x.standing.empty())
    out += handed_table(x.standing, width, colour);
  out += fmt::format("\nover, and acknowledged by nobody: {}\n", grouped(x.unanswered.size()));
  if (!x.unanswered.empty())
    out += handed_table(x.unanswered, width, colour);
  out += fmt::format("\ncame, went and want nothing more: {}\n", grouped(x.dealt_with));
  return out;
}

} // namespace millwright
