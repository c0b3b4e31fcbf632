#pragma once

#include "actors/kit/exact_moments.hpp"
#include "actors/kit/hosted_actor.hpp"

#include <array>
#include <map>
#include <stdexcept>

namespace millwright {

/// A kind of actor that only tests know: one a unit, sums what its sensors measured by the minute.
struct meter_row {
  entity_key key;
  event_time start;
  double sum = 0;
  uint32_t count = 0;

  static constexpr std::array<row_column, 5> columns{{{"unit", row_column::value::text},
                                                      {"facility_id", row_column::value::text},
                                                      {"start", row_column::value::time},
                                                      {"sum", row_column::value::number},
                                                      {"count", row_column::value::integer}}};
  static constexpr row_schema schema{"meters", 1, columns};
};

inline event_time time_of(const meter_row& row) {
  return row.start;
}

inline void append_json(std::string& out, const meter_row& row) {
  json_object{out}
      .text("unit", row.key.id)
      .text("facility_id", row.key.facility.text)
      .time("start", row.start)
      .number("sum", row.sum)
      .integer("count", row.count)
      .close();
}

class meter_part {
public:
  void take(const contribution& reading) {
    if (reading.on_time(milliseconds{30'000}))
      minutes[align_down(reading.of.time, milliseconds{60'000})].add(reading.of.value);
  }
  void merge(const meter_part& other) {
    for (const auto& [start, sum] : other.minutes)
      minutes[start].merge(sum);
  }
  void encode(std::string& out) const {
    binary_writer writer{out};
    writer.u8(1);
    writer.varint(minutes.size());
    for (const auto& [start, sum] : minutes) {
      writer.time(start);
      sum.encode(writer);
    }
  }
  bool decode(std::string_view in) {
    binary_reader reader{in};
    minutes.clear();
    if (reader.u8() != 1)
      return false;
    for (auto n = reader.count(9); n > 0; --n) {
      const auto start = reader.time();
      if (!minutes[start].decode(reader))
        return false;
    }
    return reader.ok() && reader.at_end();
  }

  std::map<event_time, exact_mean> minutes;
};

/// Dies of a reading of 666 (always), and of one of 13 while `accidents` lasts.
class meter_model {
public:
  using part = meter_part;
  static inline std::atomic<int> accidents{0};

  explicit meter_model(const hosted_birth& birth) : key_{birth.key}, least_{birth.settings->number("least")} {}

  void take(part&& gathered, hosted_output&) {
    for (const auto& [start, sum] : gathered.minutes) {
      if (sum.avg() == 666 || (sum.avg() == 13 && accidents.fetch_sub(1) > 0))
        throw std::runtime_error{"a number that it cannot bear"};
      newest_ = std::max(newest_, start);
    }
    open_.merge(gathered);
  }
  void heard(std::span<const alarm_transition> transitions, hosted_output&) { heard_ += transitions.size(); }
  void scored(std::span<const sensor_score> scores) {
    for (const auto& each : scores)
      worst_ = std::min(worst_, each.score);
  }
  void noticed(const hosted_notice& notice, hosted_output&) { left_ += notice.text; }
  void pass(const time_passed& time, hosted_output& out) { close(time.closing, out); }
  void end(hosted_output& out) { close(forever, out); }
  bool idle() const { return open_.minutes.empty(); }
  event_time newest() const { return newest_; }
  void encode(std::string& out) const {
    binary_writer writer{out};
    writer.u8(1);
    writer.time(newest_);
    writer.varint(heard_);
    writer.text(left_);
    writer.f64(worst_);
    open_.encode(out);
  }
  bool decode(std::string_view in) {
    binary_reader reader{in};
    if (reader.u8() != 1)
      return false;
    newest_ = reader.time();
    heard_ = reader.varint();
    left_ = reader.text();
    worst_ = reader.f64();
    return reader.ok() && open_.decode(reader.rest());
  }
  headline line() const {
    return {0, left_.empty() ? "counting" : "without " + left_, std::to_string(heard_), newest_};
  }
  void show(json_object& view, const part& gathered) const {
    part all = open_;
    all.merge(gathered);
    uint32_t count = 0;
    for (const auto& [start, sum] : all.minutes)
      count += sum.count;
    view.integer("open", count).integer("heard", static_cast<int64_t>(heard_));
    if (worst_ < 1)
      view.number("worst", worst_);
  }

private:
  void close(event_time closing, hosted_output& out) {
    using namespace std::chrono_literals;
    auto& minutes = open_.minutes;
    while (!minutes.empty() && (closing == forever || minutes.begin()->first + 90s <= closing)) {
      const auto& [start, sum] = *minutes.begin();
      if (sum.count >= least_)
        out.row(meter_row{key_, start, sum.avg() * sum.count, sum.count});
      minutes.erase(minutes.begin());
    }
  }

  entity_key key_;
  double least_;
  part open_;
  event_time newest_ = never;
  uint64_t heard_ = 0;
  std::string left_;
  double worst_ = 1;
};

/// Registered once by whoever asks.
inline const actor_type& meter_type() {
  static constexpr std::array<actor_setting, 1> settings{
      {{"least", actor_setting::kind::number, "1", "readings that a minute must have", 0, 1e6}}};
  static constexpr std::array<const row_schema*, 1> rows{&meter_row::schema};
  static const actor_type type = [] {
    actor_type declared;
    declared.name = "meter";
    declared.meaning = "sums what a unit's sensors measured";
    declared.settings = settings;
    declared.rows = rows;
    declared.targets = [](const sensor_context& sensor, const actor_settings&, std::vector<entity_key>& out) {
      if (!sensor.equipment.empty())
        out.push_back({"meter", sensor.key.facility, sensor.equipment.text});
    };
    declared.seen_at_once = true;
    return actor_type_of<meter_model>(declared);
  }();
  static const bool once = [] {
    register_actor_type(type);
    return true;
  }();
  static_cast<void>(once);
  return type;
}

} // namespace millwright
