#include "runtime/replay/replay_recorder.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace millwright {

replay_recorder::replay_recorder(const std::filesystem::path& directory, const std::set<result_kind>& kinds,
                                 const std::vector<sensor_type>& types, std::vector<channel_name> channels)
    : types_{types}, channels_{std::move(channels)} {
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  for (const auto kind : kinds)
    files_[static_cast<size_t>(kind)] =
        std::make_unique<line_sorter>(directory / (std::string{name_of(kind)} + ".ndjson"));
}

template <class Rows, class Time, class Append>
void replay_recorder::add_rows(result_kind kind, const Rows& rows, Time time_of, Append append) {
  auto* to = file(kind);
  if (!to)
    return;
  for (const auto& each : rows) {
    line_.clear();
    append(line_, each.row);
    to->add(time_of(each.row), {}, line_);
  }
}

void replay_recorder::consume(const barrier_output& output) {
  const auto end_of = [](const auto& row) { return row.end; };
  const auto plain = [](std::string& out, const auto& row) { append_json(out, row); };
  add_rows(result_kind::statistics, output.statistics, end_of,
           [&](std::string& out, const statistics_row& row) { append_json(out, row, types_); });
  add_rows(result_kind::patterns, output.patterns, end_of, plain);
  add_rows(result_kind::averages, output.averages, end_of, plain);
  add_rows(
      result_kind::anomalies, output.anomalies, [](const anomaly_row& row) { return row.time; }, plain);
  add_rows(
      result_kind::scores, output.scores, [](const score_row& row) { return row.time; }, plain);
  for (const auto& each : output.transitions)
    transitions_.push_back(each.row);
  if (auto* to = file(result_kind::dead_letters)) {
    // In the order of the log, which the lines' own times do not tell.
    for (const auto& block : output.dead_letters.all())
      for (std::string_view rest = block.lines; !rest.empty();) {
        const size_t end = rest.find('\n');
        to->add(from_epoch_ms(static_cast<int64_t>(to->lines())), {}, rest.substr(0, end));
        rest.remove_prefix(end + 1);
      }
  }
  states_.take(output);
  output.visit_counters([&](const std::string& counter, const std::string& label, uint64_t n) {
    counters_[{counter, label}] += n;
  });
}

void replay_recorder::add_alarms() {
  std::sort(transitions_.begin(), transitions_.end(), [](const alarm_transition& a, const alarm_transition& b) {
    return std::tie(a.at, a.alarm, a.number) < std::tie(b.at, b.alarm, b.number);
  });
  alarm_book book{routes{channels_}, {.most = std::numeric_limits<size_t>::max()}};
  for (const auto& each : transitions_) {
    char number[16];
    std::snprintf(number, sizeof number, "%010u", each.number);
    if (auto* to = file(result_kind::alarms)) {
      line_.clear();
      append_json(line_, each);
      to->add(each.at, to_string(each.alarm) + number, line_);
    }
    const auto decided = book.take(each, each.at);
    const auto& condition = each.condition;
    if (each.kind == transition_kind::raised) {
      const auto sensor = condition.facility.text + "/" + condition.sensor.text;
      for (auto* tally : {&summary_.by_rule[std::string{name_of(condition.which)}],
                          &summary_.by_hour[to_iso(each.at).substr(0, 13)], &summary_.by_sensor[sensor]})
        ++tally->alarms;
    }
    const bool alerts = std::any_of(decided.pages.begin(), decided.pages.end(),
                                    [](const page& p) { return p.kind == page_kind::alert; });
    if (alerts) {
      ++summary_.by_rule[std::string{name_of(condition.which)}].pages;
      ++summary_.by_hour[to_iso(each.at).substr(0, 13)].pages;
      ++summary_.by_sensor[condition.facility.text + "/" + condition.sensor.text].pages;
    }
    if (auto* to = file(result_kind::notifications))
      for (const auto& p : decided.pages) {
        const auto told = notification_of(p, notification_outcome::planned);
        line_.clear();
        append_notification_json(line_, told);
        to->add(told.timestamp, to_string(each.alarm) + number, line_);
      }
  }
}

void replay_recorder::add_counts() {
  summary_.counters = counters_;
  auto* to = file(result_kind::counts);
  if (!to)
    return;
  for (const auto& [name, n] : counters_) {
    line_.clear();
    json_object{line_}
        .text("counter", name.first)
        .text_or_null("label", name.second)
        .integer("count", static_cast<int64_t>(n))
        .close();
    to->add(from_epoch_ms(0), name.first + '\0' + name.second, line_);
  }
}

replay_summary replay_recorder::finish() {
  add_alarms();
  add_counts();
  for (auto& each : files_)
    if (each) {
      each->finish();
      summary_.rows += each->lines();
    }
  return std::move(summary_);
}

} // namespace millwright
