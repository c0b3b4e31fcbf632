#include "runtime/admin/load_table.hpp"

#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <array>
#include <cmath>
#include <utility>

namespace millwright {

namespace {

using rapidjson::Value;

std::string whole(double x) {
  return grouped(static_cast<unsigned long long>(std::llround(std::max(0.0, x))));
}

std::string time_text(double ms) {
  if (ms < 1)
    return fmt::format("{:.2f} ms", ms);
  if (ms < 10)
    return fmt::format("{:.1f} ms", ms);
  return ms < 1000 ? fmt::format("{:.0f} ms", ms) : span_text(std::llround(ms));
}

std::string bytes_text(double x) {
  constexpr double mib = 1 << 20, gib = 1 << 30;
  return x < gib ? fmt::format("{:.1f} MiB", x / mib) : fmt::format("{:.1f} GiB", x / gib);
}

constexpr std::array<std::pair<load_measure, std::string_view>, load_measure_count> titles{{
    {load_measure::input, "come in"},
    {load_measure::processing, "judged"},
    {load_measure::backlog, "waiting"},
    {load_measure::scheduling_delay, "taken to judged"},
    {load_measure::end_to_end_delay, "its time to judged"},
    {load_measure::commit, "commit"},
    {load_measure::memory, "memory"},
    {load_measure::cpu, "of all cores"},
}};

void append_advice(std::string& out, const Value& advice) {
  const auto number = [&](const char* key) { return number_in(advice, key); };
  const double lag = number("lag"), nodes = number("nodes"), now = number("nodes_now");
  const auto span = [&](const char* key) { return span_text(std::llround(number(key))); };
  out += fmt::format("advice\n  commits     every {} is enough for {} readings/s (ledger.interval is {})\n",
                     span("commit_interval_ms"), whole(number("input_rate")), span("commit_interval_now_ms"));
  out +=
      fmt::format("  nodes       {}{}: {} times as much comes as is judged, with {:.0f} % of monitor.alarms.memory\n",
                  whole(nodes), nodes == now ? ", as there are" : fmt::format(", there are {}", whole(now)),
                  std::isnan(lag) ? std::string{"many"} : fmt::format("{:.2f}", lag), 100 * number("memory_share"));
  const double partitions = number("partitions"), facilities = number("facilities");
  out += fmt::format("  partitions  by {}{}: {} {}\n", text_in(advice, "partition_by"),
                     std::isnan(partitions) ? std::string{} : fmt::format(", {}", whole(partitions)), whole(facilities),
                     facilities == 1 ? "facility" : "facilities");
}

} // namespace

std::string load_text(load_measure which, double value) {
  if (std::isnan(value))
    return "-";
  switch (which) {
  case load_measure::input:
  case load_measure::processing:
    return whole(value) + "/s";
  case load_measure::commit:
  case load_measure::scheduling_delay:
  case load_measure::end_to_end_delay:
    return time_text(value);
  case load_measure::backlog:
    return whole(value);
  case load_measure::memory:
    return bytes_text(value);
  case load_measure::cpu:
    return fmt::format("{:.0f} %", 100 * value);
  }
  return {};
}

std::string render_load(std::string_view report) {
  rapidjson::Document given;
  given.Parse(report.data(), report.size());
  if (given.HasParseError() || !given.IsObject())
    return {};
  const double samples = number_in(given, "samples");
  if (!(samples > 0))
    return "no sample yet\n";
  const auto clock = [&](const char* key) {
    const auto text = text_in(given, key);
    return text.size() < 19 ? text : text.substr(11, 8);
  };
  std::string out = fmt::format("{} samples, {} to {} UTC\n{:<20}{:>12}{:>12}{:>12}{:>12}\n", whole(samples),
                                clock("from"), clock("to"), "", "mean", "p95", "most", "now");
  const Value &mean = field_in(given, "mean"), &p95 = field_in(given, "p95"), &most = field_in(given, "max"),
              &newest = field_in(given, "newest");
  for (const auto& [which, title] : titles) {
    const auto key = name_of(which);
    out += fmt::format("{:<20}", title);
    for (const auto* part : {&mean, &p95, &most, &newest})
      out += fmt::format("{:>12}", load_text(which, number_in(*part, key)));
    out += '\n';
  }
  std::string standing;
  if (const auto& list = field_in(given, "standing"); list.IsArray())
    for (const auto& each : list.GetArray())
      if (each.IsString())
        standing += (standing.empty() ? "" : ", ") + std::string{each.GetString()};
  out += "in alarm            " + (standing.empty() ? std::string{"nothing"} : standing) + '\n';
  if (const auto& advice = field_in(given, "advice"); advice.IsObject())
    append_advice(out, advice);
  return out;
}

std::string load_line(const load_sample& x) {
  const auto text = [&](load_measure which) { return load_text(which, x.figures[which]); };
  const auto known = [&](load_measure which) { return !std::isnan(x.figures[which]); };
  std::string out = fmt::format("CPU {}   {}", text(load_measure::cpu), text(load_measure::memory));
  if (known(load_measure::scheduling_delay))
    out += fmt::format("   judged after {}", text(load_measure::scheduling_delay));
  if (known(load_measure::end_to_end_delay))
    out += fmt::format("   {} after its time", text(load_measure::end_to_end_delay));
  return out;
}

} // namespace millwright
