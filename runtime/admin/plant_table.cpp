#include "runtime/admin/plant_table.hpp"

#include "runtime/admin/actor_page.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "runtime/admin/text_table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace millwright {

namespace {

int rank_in(const answer_row& row) {
  const auto& x = field_in(row, "rank");
  return x.IsInt() ? x.GetInt() : 0;
}

text_table::cell state_cell(const answer_row& row) {
  const auto state = text_in(row, "state");
  return {state, colour_of_state(state, rank_in(row))};
}

/// "1 unstable, 2 offline, 297 healthy", the worst first.
std::string health_text(const answer_row& counts) {
  std::string out;
  const auto& states = field_in(counts, "units_by_health");
  if (states.IsObject())
    for (const auto& each : states.GetObject())
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", value_text(each.value), each.name.GetString());
  return out;
}

std::string counted(uint64_t n, std::string_view one, std::string_view many) {
  return grouped(n) + ' ' + std::string{n == 1 ? one : many};
}

std::string rate_text(double x) {
  return std::isfinite(x) ? figure_text(x < 10 ? std::round(x * 10) / 10 : std::round(x)) : "-";
}

std::string figure_in(const answer_row& page, std::string_view key) {
  const auto& x = field_in(page, key);
  return x.IsUint64() ? grouped(x.GetUint64()) : "-";
}

/// What an answer holds, row by row, and in the end as text.
class plant_writer {
public:
  plant_writer(uint64_t total, int width, bool colour)
      : total_{total}, width_{width}, colour_{colour}, facilities_{{"FACILITY", "STATE", "SINCE (UTC)", "SENSORS",
                                                                    "READINGS/S", "UNITS", "UNITS BY HEALTH", "WHY"},
                                                                   width,
                                                                   colour},
        units_{{"UNIT", "STATE", "SINCE (UTC)", "WHY"}, width, colour},
        actors_{{"FACILITY", "ID", "STATE", "SINCE (UTC)", "LAST READING (UTC)", "WHY"}, width, colour} {}

  void take(const answer_row& row) {
    const auto what = text_in(row, "row");
    const bool page = row.HasMember("page");
    if (what == "plant")
      take_plant(row);
    else if (what == "facility" && whole_plant_)
      take_facility(row);
    else if (what == "facility")
      take_one_facility(row);
    else if (what == "line")
      take_line(row);
    else if (what == "unit" && page)
      out_ += render_unit(row, width_, colour_);
    else if (what == "unit")
      take_unit(row);
    else if (what == "actor" && page)
      out_ += render_actor(row, width_, colour_);
    else if (what == "actor")
      take_actor(row);
  }

  std::string text() && {
    if (!facilities_.empty())
      out_ += '\n' + facilities_.text();
    if (facility_count_ > shown_facilities_ && whole_plant_)
      say(fmt::format("... and {} more (--limit N)", grouped(facility_count_ - shown_facilities_)));
    if (!units_.empty())
      out_ += '\n' + units_.text();
    if (!actors_.empty())
      out_ += actors_.text();
    if (const uint64_t shown = shown_units_ + shown_actors_; shown > 0 && total_ > shown)
      say(fmt::format("... and {} more (--limit N)", grouped(total_ - shown)));
    return std::move(out_);
  }

private:
  void say(std::string_view text) { out_ += fit(text, columns_of(width_)) + '\n'; }
  void line(std::string_view title, std::string_view text) { out_ += page_line(title, text, width_, colour_); }

  void take_plant(const answer_row& row) {
    whole_plant_ = true;
    const auto& counts = field_in(row, "counts");
    facility_count_ = count_in(counts, "facilities");
    if (facility_count_ == 0)
      return say("no facility is known yet: one is once readings of it are judged and committed");
    const auto units = count_in(counts, "units"), lines = count_in(counts, "lines");
    say(counted(facility_count_, "facility", "facilities") + ", " +
        counted(lines, "production line", "production lines") + ", " + counted(units, "unit", "units") +
        (units > 0 ? ": " + health_text(counts) : std::string{}));
  }

  void take_facility(const answer_row& row) {
    const auto& counts = field_in(row, "counts");
    const auto& page = field_in(row, "page");
    ++shown_facilities_;
    facilities_.add({{text_in(row, "facility_id")},
                     state_cell(row),
                     {clock_text(text_in(row, "since"))},
                     {figure_in(page, "distinct_sensors")},
                     {rate_text(number_in(page, "readings_per_second"))},
                     {figure_in(counts, "units")},
                     {health_text(counts)},
                     {text_in(row, "reason")}});
  }

  void take_one_facility(const answer_row& row) {
    const auto& counts = field_in(row, "counts");
    const auto& page = field_in(row, "page");
    const auto name = text_in(page, "facility_name");
    out_ += coloured(fit("facility " + text_in(row, "facility_id") + (name.empty() ? "" : " (" + name + ")"),
                         columns_of(width_)),
                     ansi::bold, colour_) +
            '\n' + render_headline(row, width_, colour_);
    if (page.IsObject()) {
      line("last minute", figure_in(page, "distinct_sensors") + " sensors on " + figure_in(page, "active_equipment") +
                              " units spoke, " + rate_text(number_in(page, "readings_per_second")) + " readings/s, " +
                              figure_in(page, "quality_alerts") + " of them of low quality; up to " +
                              clock_text(text_in(page, "to")) + " UTC");
      const auto& states = field_in(page, "sensors_by_state");
      line("sensors", figure_in(states, "in_alarm") + " in alarm, " + figure_in(states, "stale") + " silent, " +
                          figure_in(states, "bad") + " not to be believed, " + figure_in(states, "abnormal") +
                          " outside their normal range");
    } else {
      say("  it has not answered; ask again in some seconds");
    }
    const auto units = count_in(counts, "units");
    line("units", grouped(units) + (units > 0 ? ": " + health_text(counts) : std::string{}));
  }

  void take_line(const answer_row& row) {
    const auto& page = field_in(row, "page");
    if (!page.IsObject())
      return line("line " + text_in(row, "id"), "has not answered");
    std::string figures;
    const auto add = [&](std::string_view what, const char* key, std::string_view unit) {
      if (const auto x = number_in(page, key); std::isfinite(x))
        figures +=
            fmt::format("{} {} {}, ", what, figure_text(x >= 1000 ? std::round(x) : std::round(x * 1000) / 1000), unit);
    };
    add("power", "avg_power_consumption", "W");
    add("vibration", "avg_vibration", "g");
    add("temperature", "avg_temperature", "°C");
    line("line " + text_in(row, "id"), figures + "of " + figure_in(page, "readings") + " readings of " +
                                           figure_in(page, "active_equipment") + " units since " +
                                           clock_text(text_in(page, "from")) + " UTC");
  }

  void take_unit(const answer_row& row) {
    ++shown_units_;
    const auto id = text_in(row, "id");
    units_.add({{whole_plant_ ? text_in(row, "facility_id") + '/' + id : id},
                state_cell(row),
                {clock_text(text_in(row, "since"))},
                {text_in(row, "reason")}});
  }

  void take_actor(const answer_row& row) {
    ++shown_actors_;
    actors_.add({{text_in(row, "facility_id")},
                 {text_in(row, "id")},
                 state_cell(row),
                 {clock_text(text_in(row, "since"))},
                 {clock_text(text_in(row, "newest"))},
                 {text_in(row, "reason")}});
  }

  uint64_t total_;
  int width_;
  bool colour_;
  std::string out_;
  bool whole_plant_ = false;
  uint64_t facility_count_ = 0, shown_facilities_ = 0, shown_units_ = 0, shown_actors_ = 0;
  text_table facilities_, units_, actors_;
};

} // namespace

std::string render_plant(std::string_view rows, uint64_t total, int width, bool colour) {
  plant_writer out{total, width, colour};
  each_answer_row(rows, [&](const answer_row& row) { out.take(row); });
  return std::move(out).text();
}

} // namespace millwright
