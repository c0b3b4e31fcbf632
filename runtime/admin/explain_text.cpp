#include "runtime/admin/explain_text.hpp"

#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/peer_user.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace millwright {

namespace {

constexpr size_t longest_line = 4096, title_width = 12, standing_width = 8, rule_width = 12;

// What a sensor calls itself, or a receiver answers, must not move a person's cursor.
std::string harmless(std::string_view text) {
  return fit(text, longest_line);
}

bool is_yes(const answer_row& row, std::string_view key) {
  const auto& x = field_in(row, key);
  return x.IsBool() && x.GetBool();
}

std::string when(const answer_row& row, std::string_view key) {
  const auto at = text_in(row, key);
  return at.empty() ? std::string{} : clock_text(at) + " UTC";
}

std::string so_many(uint64_t n, std::string_view one) {
  return grouped(n) + ' ' + std::string{one} + (n == 1 ? "" : "s");
}

/// `one` of each that a list holds, with commas.
template <class One>
std::string listed(const answer_row& list, One one) {
  std::string out;
  if (list.IsArray())
    for (const auto& each : list.GetArray())
      out += (out.empty() ? "" : ", ") + one(each);
  return out;
}

class explanation_text {
public:
  explicit explanation_text(bool colour) : colour_{colour} {}

  /// What channels say of themselves comes last, and is told where a page waits.
  void note(const answer_row& row) {
    if (text_in(row, "row") == "channel")
      channels_[text_in(row, "channel")] = trouble_of(field_in(row, "describes"));
  }

  void take(const answer_row& row) {
    const auto what = text_in(row, "row");
    if (what == "answer")
      out_ += coloured(harmless(text_in(row, "text")), ansi::bold, colour_) + '\n';
    else if (what == "alarm")
      alarm(row);
    else if (what == "shelf")
      line("shelf", text_in(row, "text") + "; nobody is paged until then");
    else if (what == "remark")
      line(text_in(row, "what"), remark(row));
    else if (what == "priority")
      priority(row);
    else if (what == "route")
      line("route", fmt::format("{} {}{}", text_in(row, "route"),
                                (is_yes(row, "takes") ? "takes it: " : "does not: ") + text_in(row, "why"),
                                is_yes(row, "goes_on") ? "; those behind it are asked as well" : ""));
    else if (what == "told")
      told(row);
    else if (what == "page")
      line(text_in(row, "channel"), page(row));
    else if (what == "waiting")
      waiting(row);
    else if (what == "sensor")
      sensor(row);
    else if (what == "rule")
      rule_line(row);
    else if (what == "unit")
      unit(row);
    else if (what == "channel")
      channel(text_in(row, "channel"));
  }

  std::string text() && { return std::move(out_); }

private:
  void head(std::string_view text) { out_ += '\n' + harmless(text) + '\n'; }
  void line(std::string_view title, std::string_view text) {
    out_ += "  " + pad(title, std::max(title_width, display_width(title))) + "  " + harmless(text) + '\n';
  }

  void alarm(const answer_row& row) {
    const auto& x = field_in(row, "record");
    head(fmt::format("{} {}  {}{}, {} {}, since {}", is_yes(row, "observation") ? "observation" : "alarm",
                     text_in(row, "alarm"), text_in(x, "state"), is_yes(x, "acknowledged") ? ", acknowledged" : "",
                     text_in(x, "severity"), text_in(x, "rule"), when(x, "raised_at")));
    line("what", text_in(x, "message"));
    line("why", text_in(x, "explanation"));
    if (const auto by = text_in(x, "acknowledged_by"); !by.empty())
      line("acknowledged", fmt::format("{}, by {}", when(x, "acknowledged_at"), by));
    if (const auto shelf = text_in(row, "shelved"); !shelf.empty())
      line("shelf", shelf + "; nobody is paged until then");
    if (const auto waits = when(row, "unacknowledged_since"); !waits.empty())
      line("waits", "for an acknowledgement, since " + waits);
    if (is_yes(x, "chattering"))
      line("chatters", "it came and went again and again, and is held");
    if (const auto until = when(row, "held_until"); !until.empty())
      line("held", "until " + until);
    if (const auto group = text_in(x, "group"); !group.empty())
      line("group", fmt::format("{} tells of it: millwright explain {}", group, group));
    if (const auto members = count_in(row, "members"); members > 0)
      line("members", so_many(members, "alarm"));
  }

  static std::string remark(const answer_row& row) {
    const auto by = text_in(row, "by"), text = text_in(row, "text");
    return when(row, "at") + (by.empty() ? "" : ", by " + by) + (text.empty() ? "" : ": " + text);
  }

  void priority(const answer_row& row) {
    const auto score = number_in(row, "score"), bonus = number_in(row, "bonus");
    const auto all = fmt::format("{}", number_in(row, "priority"));
    if (score != score)
      return line("priority", all + ' ' + text_in(row, "because"));
    line("priority", fmt::format("{}: {} by its rule, {}{} ({}){}", all, score, bonus < 0 ? "" : "+", bonus,
                                 text_in(row, "because"), score + bonus > 100 ? "; 100 at most" : ""));
  }

  void told(const answer_row& row) {
    auto who = listed(field_in(row, "channels"), [](const answer_row& each) {
      const auto routes = text_in(each, "routes");
      return text_in(each, "channel") + (routes.empty() ? "" : " (" + routes + ')');
    });
    if (who.empty())
      who = "nobody: there is no channel";
    if (text_in(row, "alarm").empty())
      return line("would tell", fmt::format("of its {} now {}", text_in(row, "rule"), who));
    line(is_yes(row, "then") ? "goes to" : "would tell", who);
  }

  static std::string page(const answer_row& row) {
    const auto outcome = text_in(row, "outcome"), detail = text_in(row, "detail");
    std::string words = outcome == "sent"       ? "sent"
                        : outcome == "grouped"  ? "taken in by a newer page"
                        : outcome == "digest"   ? "put into a digest"
                        : outcome == "failed"   ? "given up"
                        : outcome == "fallback" ? "told by another channel in its place"
                                                : outcome;
    words += " at " + when(row, "recorded") + ", of what was so at " + when(row, "timestamp");
    if (is_yes(row, "by_group"))
      words += ", by its group";
    return words + (detail.empty() ? "" : ": " + detail);
  }

  void waiting(const answer_row& row) {
    const auto channel = text_in(row, "channel");
    const auto tries = count_in(row, "attempts");
    std::string words = fmt::format("waits ({})", text_in(row, "transition"));
    if (const auto due = when(row, "due"); !due.empty())
      words += ", due at " + due;
    words += tries == 0 ? ", not tried yet" : ", tried " + so_many(tries, "time");
    if (const auto next = when(row, "next_try"); !next.empty() && tries > 0)
      words += ", again at " + next;
    if (const auto over = listed(field_in(row, "over"), [](const auto& each) { return value_text(each); });
        !over.empty())
      words += ", and others were asked to tell it: " + over;
    const auto trouble = trouble_with(channel);
    line(channel, words + (trouble.empty() ? "" : "; " + trouble));
  }

  /// Once a channel: at the first page that waits for it, or else behind everything.
  std::string trouble_with(const std::string& channel) {
    const auto found = channels_.find(channel);
    return found == channels_.end() ? std::string{} : std::exchange(found->second, {});
  }

  void channel(const std::string& name) {
    if (const auto trouble = trouble_with(name); !trouble.empty())
      head("channel " + name + ": " + trouble);
  }

  static std::string trouble_of(const answer_row& says) {
    if (!says.IsObject())
      return "it has not answered";
    const auto last = text_in(says, "last_failure");
    const auto failures = count_in(says, "failures_in_a_row");
    if (failures == 0)
      return {};
    return fmt::format("it failed {} in a row{}", so_many(failures, "time"),
                       last.empty() ? std::string{} : ", last: " + last);
  }

  void sensor(const answer_row& row) {
    const auto value = number_in(row, "value"), quality = number_in(row, "quality");
    const auto presence = text_in(row, "presence");
    std::string text = "sensor " + text_in(row, "sensor_id") + " of " + text_in(row, "facility_id");
    if (value == value)
      text += fmt::format(": {} {}", figure_text(value), text_in(row, "unit"));
    if (const auto at = when(row, "at"); !at.empty())
      text += ", as committed at " + at;
    if (quality == quality)
      text += fmt::format(", quality {:.3g}", quality);
    if (presence == "asleep")
      text += "; it has long been silent and sleeps on disk";
    else if (presence == "quarantined")
      text += "; it is quarantined, and judged no more until the next start";
    else if (presence == "retired")
      text += "; it is retired, and not judged";
    head(text);
    if (const auto since = when(row, "learns_anew_since"); !since.empty())
      line("relearned", "since " + since + ", by " +
                            said_and_seen(text_in(row, "learns_anew_by"), text_in(row, "learns_anew_user")) +
                            ": what it had learned before is gone");
  }

  void rule_line(const answer_row& row) {
    const auto standing = text_in(row, "standing"), level = text_in(row, "severity");
    std::string text = text_in(row, "text");
    if (!level.empty() && standing == "alarm")
      text = level + ": " + text;
    if (const auto since = when(row, "since"); !since.empty())
      text += "; since " + since;
    if (const auto due = when(row, "due"); !due.empty())
      text += (standing == "alarm" ? "; over at " : "; due at ") + due;
    if (!is_yes(row, "pages") && standing != "off" && text.find("pages nobody") == text.npos)
      text += "; shown only";
    const auto paint = standing == "alarm" ? ansi::red : standing == "outside" ? ansi::yellow : std::string_view{};
    out_ += "  " + coloured(pad(standing, standing_width), paint, colour_) + "  " +
            pad(text_in(row, "rule"), rule_width) + "  " + harmless(text) + '\n';
  }

  void unit(const answer_row& row) {
    std::string text = "unit " + text_in(row, "equipment_id") + " of " + text_in(row, "facility_id");
    const auto health = text_in(row, "health");
    text += health.empty() ? ": it has not answered" : ": " + health;
    if (const auto since = when(row, "since"); !since.empty())
      text += " since " + since;
    if (const auto reason = text_in(row, "reason"); !reason.empty())
      text += ": " + reason;
    head(text);
    if (const auto since = when(row, "maintenance_since"); !since.empty()) {
      const auto by = text_in(row, "maintenance_by"), note = text_in(row, "maintenance_note");
      line("maintenance", "since " + since + (by.empty() ? "" : ", by " + by) + (note.empty() ? "" : ": " + note) +
                              "; alarms page all the same, unless they are shelved");
    } else if (const auto last = when(row, "last_maintenance"); !last.empty()) {
      line("maintenance", "last at " + last);
    }
  }

  const bool colour_;
  std::string out_;
  /// What is wrong with each; empty: nothing.
  std::map<std::string, std::string> channels_;
};

} // namespace

std::string render_explanation(std::string_view rows, bool colour) {
  explanation_text out{colour};
  each_answer_row(rows, [&](const answer_row& row) { out.note(row); });
  each_answer_row(rows, [&](const answer_row& row) { out.take(row); });
  return std::move(out).text();
}

} // namespace millwright
