#include "runtime/bench/bench_report.hpp"

#include "protocol/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Four digits are more than a benchmark repeats.
std::string figure(const std::optional<double>& value) {
  if (!value)
    return "-";
  const double x = *value, size = std::fabs(x);
  if (size >= 10e6)
    return fmt::format("{:.1f} M", x / 1e6);
  if (size >= 1e6)
    return fmt::format("{:.2f} M", x / 1e6);
  if (size >= 1e4)
    return fmt::format("{:.0f},{:03.0f}", std::floor(std::round(x) / 1000), std::fmod(std::round(x), 1000));
  if (size >= 100)
    return fmt::format("{:.0f}", x);
  return fmt::format("{:.{}f}", x, size >= 10 ? 1 : 2);
}

void put(json_object& into, std::string_view key, const std::optional<double>& value) {
  value ? into.number(key, *value) : into.null(key);
}

} // namespace

std::vector<bench_line> summarise(const bench_row& row, const std::vector<row_outcome>& runs) {
  std::vector<bench_line> out;
  std::string problem;
  for (const auto& run : runs) {
    if (!run.problem.empty())
      problem = run.problem;
    for (const auto& measure : run.measures) {
      const auto known = std::any_of(out.begin(), out.end(), [&](const auto& x) { return x.name == measure.name; });
      if (known)
        continue;
      bench_line line;
      line.name = measure.name;
      line.unit = measure.unit;
      line.note = measure.note;
      line.target = measure.target;
      line.goal = measure.goal;
      line.less_is_better = measure.less_is_better;
      std::vector<double> values;
      for (const auto& each : runs)
        for (const auto& other : each.measures)
          if (other.name == measure.name) {
            values.push_back(other.value);
            line.low = std::min(line.low.value_or(other.value), other.low.value_or(other.value));
            line.high = std::max(line.high.value_or(other.value), other.high.value_or(other.value));
          }
      line.value = median_of(std::move(values));
      out.push_back(std::move(line));
    }
  }
  if (problem.empty())
    return out;
  // A run that failed is never hidden behind the others.
  for (auto& line : out)
    line.note = "a run failed: " + problem;
  if (out.empty()) {
    out.emplace_back().name = row.name;
    out.back().note = problem;
  }
  return out;
}

std::string to_json(const bench_report& report) {
  std::string machine;
  json_object hardware{machine};
  hardware.text("cpu", report.machine.cpu).integer("cores", report.machine.cores);
  hardware.integer("memory_bytes", static_cast<int64_t>(report.machine.memory_bytes));
  hardware.text("kernel", report.machine.kernel).number("load_average", report.machine.load_average);
  hardware.close();
  std::string rows = "[";
  for (const auto& line : report.lines) {
    if (rows.size() > 1)
      rows += ',';
    rows += "\n  ";
    json_object row{rows};
    row.text("name", line.name);
    put(row, "value", line.value);
    row.text_or_null("unit", line.unit);
    if (line.low && line.high) {
      row.key("spread");
      rows += '[';
      append_json_number(rows, *line.low);
      rows += ',';
      append_json_number(rows, *line.high);
      rows += ']';
    } else {
      row.null("spread");
    }
    put(row, "target", line.target);
    put(row, "goal", line.goal);
    if (line.value && line.target)
      row.boolean("met", line.reaches(line.target));
    else
      row.null("met");
    if (!line.note.empty())
      row.text("note", line.note);
    row.close();
  }
  rows += "\n]";
  std::string out;
  json_object object{out};
  object.raw("machine", machine).text("build", report.build).text("commit", report.commit).raw("rows", rows);
  object.close();
  out += '\n';
  return out;
}

std::string heading(const bench_report& report) {
  const auto& machine = report.machine;
  return fmt::format("{}, {} cores, {:.0f} GB, {}, load {:.2f}\n{}, commit {}\n", machine.cpu, machine.cores,
                     static_cast<double>(machine.memory_bytes) / 1e9, machine.kernel, machine.load_average,
                     report.build, report.commit);
}

std::string table_head() {
  return fmt::format("{:<24}{:>11} {:<11}{:>22}{:>11}{:>11}  {}\n", "row", "value", "unit", "spread", "target", "goal",
                     "met");
}

std::string table_line(const bench_line& line) {
  const auto spread =
      line.low && line.high && *line.low != *line.high ? figure(line.low) + " .. " + figure(line.high) : std::string{};
  const char* met = "";
  if (line.target)
    met = line.reaches(line.goal) ? "goal" : line.reaches(line.target) ? "target" : "no";
  auto out = fmt::format("{:<24}{:>11} {:<11}{:>22}{:>11}{:>11}  {}", line.name, figure(line.value), line.unit, spread,
                         line.target ? figure(line.target) : "", line.goal ? figure(line.goal) : "", met);
  if (!line.note.empty())
    out += "  " + line.note;
  out.erase(out.find_last_not_of(' ') + 1);
  return out + '\n';
}

} // namespace millwright
