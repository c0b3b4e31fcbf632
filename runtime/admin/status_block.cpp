#include "runtime/admin/status_block.hpp"

#include "runtime/admin/load_table.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

constexpr size_t most_pages = 6;

/// Pieces of a line, each with its colour; cut where the width is over.
class line_writer {
public:
  line_writer(std::string& out, size_t width, bool colour) : out_{out}, left_{width}, colour_{colour} {}

  line_writer& put(std::string_view text, std::string_view paint = {}) {
    const auto shown = fit(text, left_);
    left_ -= std::min(left_, display_width(shown));
    out_ += coloured(shown, shown.empty() ? std::string_view{} : paint, colour_);
    return *this;
  }

  /// A figure that is worth a glance when it is not 0.
  line_writer& figure(uint64_t x, std::string_view what, std::string_view paint = {}) {
    return put(grouped(x), x > 0 ? paint : std::string_view{}).put(fmt::format(" {}   ", what));
  }

  void end() {
    while (!out_.empty() && out_.back() == ' ')
      out_.pop_back();
    out_ += '\n';
  }

private:
  std::string& out_;
  size_t left_;
  bool colour_;
};

std::string rate_text(double x) {
  return grouped(static_cast<unsigned long long>(std::llround(std::max(0.0, x)))) + "/s";
}

std::string time_text(event_time at) {
  auto out = to_iso(at).substr(0, 19);
  out[10] = ' ';
  return out + " UTC";
}

std::string bytes_text(uint64_t x) {
  if (x < 1024)
    return fmt::format("{} B", x);
  const auto in = [&](double unit) { return static_cast<double>(x) / unit; };
  return x < 1 << 20 ? fmt::format("{:.1f} KiB", in(1 << 10)) : fmt::format("{:.1f} MiB", in(1 << 20));
}

std::string commit_age(const status_view& x) {
  return x.last_commit == never ? "no commit yet" : span_text((x.now - x.last_commit).count()) + " ago";
}

std::string severities(const status_view& x) {
  std::string out;
  for (size_t i = x.by_severity.size(); i-- > 0;)
    if (x.by_severity[i] > 0)
      out +=
          fmt::format("{}{} {}", out.empty() ? "" : ", ", grouped(x.by_severity[i]), name_of(static_cast<severity>(i)));
  return out.empty() ? out : " (" + out + ")";
}

std::string_view worst_colour(const status_view& x) {
  for (size_t i = x.by_severity.size(); i-- > 0;)
    if (x.by_severity[i] > 0)
      return colour_of_severity(name_of(static_cast<severity>(i)));
  return ansi::yellow;
}

std::string_view colour_of(node_condition x) {
  return x == node_condition::ok ? ansi::green : x == node_condition::stopping ? ansi::yellow : ansi::bold_red;
}

void append_page(std::string& out, const status_view::paged& x, size_t width, bool colour) {
  const auto level = name_of(x.level);
  auto text = std::string_view{x.text};
  // Its column says the severity, and which it is by now.
  for (int i = 0; i <= static_cast<int>(severity::critical); ++i)
    if (const auto told = name_of(static_cast<severity>(i)); text.starts_with(std::string{told} + ' ')) {
      text.remove_prefix(told.size() + 1);
      break;
    }
  const auto state = !x.active ? "cleared  " : x.acknowledged ? "acked    " : "";
  line_writer line{out, width, colour};
  line.put("  " + (x.at == never ? std::string(8, '-') : to_iso(x.at).substr(11, 8)) + "  ")
      .put(pad(level, 8), x.active ? colour_of_severity(level) : ansi::dim)
      .put("  " + x.short_id + "  ", x.active && !x.acknowledged ? ansi::bold : ansi::dim)
      .put(state, ansi::green)
      .put(text)
      .end();
}

} // namespace

std::string render_status(const status_view& view, int columns, bool colour) {
  const auto width = static_cast<size_t>(std::max(columns, 1));
  std::string out;
  const auto line = [&](std::string_view title) {
    line_writer x{out, width, colour};
    x.put(pad(title, 12), ansi::dim);
    return x;
  };
  line_writer{out, width, colour}
      .put("millwright  ", ansi::bold)
      .put(name_of(view.condition), colour_of(view.condition))
      .put("   up " + span_text(view.uptime.count()))
      .put(view.plant_time == never ? "   no reading yet" : "   plant time " + time_text(view.plant_time))
      .end();
  if (!view.source.empty())
    line("source").put(view.source).end();
  line("readings")
      .put(rate_text(view.taken_rate) + " in   " + rate_text(view.judged_rate) + " judged   ")
      .figure(view.taken, "taken")
      .figure(view.rejected, "rejected", ansi::yellow)
      .figure(view.backlog, "waiting")
      .end();
  line("sensors")
      .figure(view.sensors, "living")
      .figure(view.quarantined, "quarantined", ansi::red)
      .figure(view.restarts, "restarts", ansi::yellow)
      .figure(view.anomalies, "anomalies")
      .end();
  if (view.plant.facilities > 0) {
    auto plant = line("plant");
    plant.figure(view.plant.facilities, view.plant.facilities == 1 ? "facility" : "facilities")
        .figure(view.plant.units, view.plant.units == 1 ? "unit" : "units");
    for (const auto& each : view.plant.units_by_health.worst_first())
      if (each.state != healthy_state)
        plant.figure(each.count, each.state, colour_of_state(each.state, each.rank));
    plant.end();
  }
  line("ledger")
      .put(commit_age(view), view.condition == node_condition::ledger_failing ? ansi::red : std::string_view{})
      .put(view.commits == 0 ? ""
                             : fmt::format("   commit {} took {} ms, {}", grouped(view.commits), view.commit_ms,
                                           bytes_text(view.commit_bytes)))
      .end();
  if (view.load)
    line("load").put(load_line(*view.load)).end();
  auto alarms = line("alarms");
  alarms.put(grouped(view.active) + " active" + severities(view), view.active > 0 ? worst_colour(view) : ansi::green)
      .put("   ")
      .figure(view.unacknowledged, "unacknowledged", ansi::yellow);
  if (view.shelved > 0)
    alarms.figure(view.shelved, "shelved", ansi::yellow);
  alarms.figure(view.observations, view.observations == 1 ? "observation" : "observations").end();
  if (view.flood_since != never)
    line("flood")
        .put(fmt::format("since {}: {} alarms in ten minutes", time_text(view.flood_since), grouped(view.lately)),
             ansi::red)
        .end();
  line("pages")
      .figure(view.sent, "sent")
      .figure(view.pending, "pending", ansi::yellow)
      .figure(view.failed, "failed", ansi::red)
      .end();
  for (size_t i = 0; i < std::min(view.pages.size(), most_pages); ++i)
    append_page(out, view.pages[i], width, colour);
  if (view.pages.empty())
    line_writer{out, width, colour}.put("  nobody has been paged yet", ansi::dim).end();
  line_writer{out, width, colour}
      .put("Ctrl-C stops; elsewhere: millwright plant, millwright alarms, millwright ack ID, millwright results KIND",
           ansi::dim)
      .end();
  return out;
}

std::string status_line(const status_view& x) {
  const auto plant = plant_text(x.plant);
  return fmt::format(
      "{}{}, up {}: {} in, {} judged, {} taken, {} rejected, {} waiting; {} sensors, {} quarantined, {} restarts; "
      "{}{}ledger {}; {} alarms active{}, {} unacknowledged, {}{}{} observations; pages {} sent, {} pending, {} failed",
      x.now == never ? "" : to_iso(x.now) + " ", name_of(x.condition), span_text(x.uptime.count()),
      rate_text(x.taken_rate), rate_text(x.judged_rate), x.taken, x.rejected, x.backlog, x.sensors, x.quarantined,
      x.restarts, plant, plant.empty() ? "" : "; ", commit_age(x), x.active, severities(x), x.unacknowledged,
      x.shelved > 0 ? grouped(x.shelved) + " shelved, " : std::string{},
      x.flood_since != never ? "flood since " + to_iso(x.flood_since) + ", " : std::string{}, x.observations, x.sent,
      x.pending, x.failed);
}

} // namespace millwright
