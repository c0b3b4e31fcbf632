#include "runtime/replay/replay_recorder.hpp"

#include "protocol/json.hpp"
#include "protocol/result_catalogue.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace millwright {

namespace {

// Among rows of one time.
std::string order_of(const uuid& alarm, uint32_t number) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "%010u", number);
  return to_string(alarm) + digits;
}

} // namespace

replay_recorder::replay_recorder(const std::filesystem::path& directory, const std::set<result_kind>& kinds,
                                 const std::vector<sensor_type>& types, routes ways, alarm_book_limits limits)
    : types_{types}, ways_{std::move(ways)}, limits_{limits} {
  declare_result_kind(health_schema());
  // Whatever was found is told.
  limits_.most = std::numeric_limits<size_t>::max();
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  for (const auto kind : kinds)
    files_.try_emplace(kind, directory / (std::string{name_of(kind)} + ".ndjson"));
}

line_sorter* replay_recorder::file(result_kind kind) {
  const auto found = files_.find(kind);
  return found == files_.end() ? nullptr : &found->second;
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
  for (const auto& each : output.transitions) {
    transitions_.push_back(each.row);
    note_time(each.row.at);
  }
  for (const auto& each : output.averages) {
    note_time(each.row.end);
    if (history_)
      history_->seen(each.row.latest);
  }
  if (auto* to = file(result_kind::dead_letters)) {
    // In the order of the log, which the lines' own times do not tell.
    for (const auto& block : output.dead_letters.all())
      for (std::string_view rest = block.lines; !rest.empty();) {
        const size_t end = rest.find('\n');
        to->add(from_epoch_ms(static_cast<int64_t>(to->lines())), {}, rest.substr(0, end));
        rest.remove_prefix(end + 1);
      }
  }
  output.hosted.visit([&](const row_schema& schema, event_time at, std::string_view json) {
    if (auto* to = file(kind_of(schema)))
      to->add(at, {}, json);
  });
  if (auto* to = file(kind_of(health_schema())))
    for (const auto& each : output.to_score.scores) {
      line_.clear();
      append_json(line_, each);
      to->add(each.of->time, {}, line_);
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
  alarm_book book{ways_, limits_};
  // What people would have seen by then: event time is the only clock of a replay.
  auto now = transitions_.empty() ? never : transitions_.front().at;
  const auto pass = [&](event_time until) {
    for (auto due = book.due(now); due <= until; due = book.due(now)) {
      now = std::max(now, due);
      for (const auto& each : book.pass(now))
        plan(each, now);
    }
    now = std::max(now, until);
  };
  for (const auto& each : transitions_) {
    pass(each.at);
    if (history_)
      history_->take(each);
    if (auto* to = file(result_kind::alarms)) {
      line_.clear();
      append_json(line_, each);
      to->add(each.at, order_of(each.alarm, each.number), line_);
    }
    if (each.kind == transition_kind::raised) {
      for (auto* tally : {&summary_.by_rule[std::string{name_of(each.condition.which)}],
                          &summary_.by_hour[hour_of(each.at)], &summary_.by_sensor[place_of(each.condition)]})
        ++tally->alarms;
    }
    plan(book.take(each, each.at), each.at);
  }
  // What is held, or has joined a group, is told with the end of the readings.
  pass(std::max(newest_, now) +
       std::max({limits_.groups.wait, limits_.groups.update_every, limits_.first_out.after, limits_.first_out.every}));
}

void replay_recorder::plan(const alarm_book::decision& decided, event_time now) {
  if (history_) {
    for (const auto& each : decided.pages)
      history_->tell(each);
    if (decided.grouped)
      history_->tell_by_group(*decided.grouped);
  }
  const auto alert = std::find_if(decided.pages.begin(), decided.pages.end(),
                                  [](const page& p) { return p.kind == page_kind::alert; });
  if (alert != decided.pages.end()) {
    const auto& about = alert->about;
    for (auto* tally : {&summary_.by_rule[std::string{name_of(about.condition.which)}],
                        &summary_.by_hour[hour_of(about.at)], &summary_.by_sensor[place_of(about.condition)]})
      ++tally->pages;
  }
  auto* to = file(result_kind::notifications);
  if (!to)
    return;
  const auto add = [&](const page& p, notification_outcome outcome) {
    const auto told = notification_of(p, outcome);
    line_.clear();
    append_notification_json(line_, told);
    to->add(told.timestamp, order_of(p.about.alarm, p.about.number), line_);
  };
  for (const auto& each : decided.pages)
    add(each, notification_outcome::planned);
  // A group's page stands for them.
  if (decided.grouped)
    for (const auto& channel : ways_.choose(*decided.grouped, now).channels())
      add(page{channel, page_kind::alert, *decided.grouped}, notification_outcome::grouped);
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
  for (auto& [kind, lines] : files_) {
    lines.finish();
    summary_.rows += lines.lines();
  }
  return std::move(summary_);
}

} // namespace millwright
