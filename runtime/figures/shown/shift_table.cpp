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
  text_table table{{"ID", "NEW", "PRIO", "SEVERITY", "SINCE (UTC)", "ACKNOWLEDGED BY", "SHELVED", "SENSOR", "MESSAGE"},
                   width,
                   colour};
  for (const auto& x : alarms)
    table.add(
        {{x.short_id},
         {x.is_new ? "new" : ""},
         {std::to_string(x.priority)},
         {x.severity, colour_of_severity(x.severity)},
         {minute_of(x.raised)},
         {x.acknowledged_by.empty() ? "nobody" : x.acknowledged_by + ", " + minute_of(x.acknowledged_at).substr(5)},
         {x.shelved_until == never ? "" : "until " + minute_of(x.shelved_until).substr(5)},
         {x.place},
         {x.message}});
  return table.text();
}

std::string shelf_table(const std::vector<handed_shelf>& shelves, int width, bool colour) {
  text_table table{{"UNTIL (UTC)", "BY", "WHAT", "WHY"}, width, colour};
  for (const auto& x : shelves)
    table.add({{minute_of(x.until)}, {x.by.empty() ? "nobody" : x.by}, {x.what}, {x.reason}});
  return table.text();
}

void add_notes(text_table& to, const std::vector<handed_alarm>& alarms) {
  for (const auto& x : alarms)
    for (const auto& note : x.notes)
      to.add({{x.short_id}, {minute_of(note.at)}, {note.by.empty() ? "nobody" : note.by}, {x.place}, {note.text}});
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
  out += fmt::format("\nshelved, nobody is paged for it until then: {}\n", grouped(x.shelves.size()));
  if (!x.shelves.empty())
    out += shelf_table(x.shelves, width, colour);
  text_table notes{{"ID", "AT (UTC)", "BY", "SENSOR", "NOTE"}, width, colour};
  add_notes(notes, x.standing);
  add_notes(notes, x.unanswered);
  if (!notes.empty())
    out += "\nnotes\n" + notes.text();
  out += fmt::format("\ncame, went and want nothing more: {}\n", grouped(x.dealt_with));
  return out;
}

} // namespace millwright
