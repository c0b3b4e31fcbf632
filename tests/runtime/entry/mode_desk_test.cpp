#include "runtime/decisions/mode_entry.hpp"
#include "runtime/entry/driver.hpp"
#include "runtime/journal/memory_journal.hpp"
#include "tests/runtime/hosting/node_bench.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mode_desk_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);
// Flow counts while the pump's power is above 5 for ten seconds.
constexpr const char* rows = R"({"sensor_id":"FI-1","facility_id":"plant","alert_thresholds":{"low_low":10,"low":20},)"
                             R"("when":{"sensor":"PW-1","above":5,"for":"10s"}})"
                             "\n"
                             R"({"sensor_id":"PW-1","facility_id":"plant"})"
                             "\n";

/// A line of one of two splits.
struct line {
  size_t split = 0;
  std::string text;
};

/// Two splits, in the order of one list.
class two_logs : public source {
public:
  explicit two_logs(std::vector<line> lines) : lines_{std::move(lines)} {}

  /// Asked before each line, on the driver's thread: false holds it back.
  std::function<bool(size_t next)> may_go_on = [](size_t) { return true; };

  std::string identity() override { return "two logs"; }
  const std::vector<std::string>& splits() const override { return names_; }
  void start(const std::map<std::string, uint64_t>&) override {}
  void poll(record_batch& batch, size_t, milliseconds) override {
    batch.clear();
    if (next_ == lines_.size() || !may_go_on(next_))
      return std::this_thread::sleep_for(1ms);
    const auto& [split, text] = lines_[next_++];
    buffer_ = text + std::string(64, '\0');
    raw_record record;
    record.split = static_cast<uint16_t>(split);
    record.position = positions_[split]++;
    record.size = static_cast<uint32_t>(text.size());
    record.data = buffer_.data();
    batch.records.push_back(record);
  }
  bool finished() const override { return next_ == lines_.size(); }

private:
  std::vector<line> lines_;
  std::vector<std::string> names_{"log/0", "log/1"};
  std::map<size_t, uint64_t> positions_;
  std::string buffer_;
  size_t next_ = 0;
};

/// A driver with all that it leads; the test's thread is its own.
class driven {
public:
  driven(const node_directory& place, decision_log& log, std::vector<line> lines)
      : log_{log}, readings{std::move(lines)} {
    settings.plant.sensors = place.path + "/sensors.jsonl";
    std::ofstream{settings.plant.sensors} << rows;
    settings.ledger.interval = 20ms;
    plant_.emplace("", settings.plant.sensors, &log);
    keeper_.start(1);
  }
  ~driven() { keeper_.stop(); }

  void run() {
    driver leader{{settings,
                   readings,
                   parser_,
                   keeper_,
                   outputs_,
                   *plant_,
                   &log_,
                   status,
                   [](const alarm_transition&) {},
                   {},
                   {},
                   {},
                   nullptr,
                   {},
                   nullptr,
                   nullptr,
                   nullptr},
                  conditions_,
                  true};
    committer consuming{outputs_, committed_, {[](const barrier_output&, milliseconds) {}, [](const std::string&) {}}};
    leader.run();
    consuming.stop();
  }

  /// Of the flow's limit, in order: "raised", "cleared".
  std::vector<std::string> told() {
    const std::lock_guard guard{mutex_};
    return told_;
  }
  std::vector<mode_entry::one> modes(const std::string& split) const {
    std::vector<mode_entry::one> out;
    for (const auto& each : log_.since(split, 0))
      if (each.what == decision::kind::mode) {
        const auto entry = mode_entry::of(each.content).value();
        out.insert(out.end(), entry.all.begin(), entry.all.end());
      }
    return out;
  }

private:
  decision_log& log_;
  std::mutex mutex_;
  std::vector<std::string> told_;

public:
  node_settings settings;
  two_logs readings;
  node_status status;

private:
  sensor_type_table types_ = load_sensor_types("config/sensor-types.yaml");
  rule_book book_{&settings.detection, &types_.types()};
  actor_world world_;
  collector outputs_{[this](const alarm_transition& x) {
    const std::lock_guard guard{mutex_};
    if (x.condition.which == rule::limit && x.condition.sensor.text == "FI-1")
      told_.emplace_back(name_of(x.kind));
  }};
  recording_consumer committed_{book_};
  node_conditions conditions_{settings.detection};
  reading_parser parser_{types_, std::chrono::minutes{5}, settings.source.quality};
  std::optional<plant_join> plant_;
  sensor_keeper keeper_{
      world_.system(), book_, outputs_, [](const sensor_key&) { return sensor_keeper::committed_state{}; }, {},
      {1, 50, 1}};
};

line power(size_t split, int second, double value) {
  return {split, reading_line("PW-1", start + second * 1s, value)};
}
line flow(size_t split, int second, double value) {
  return {split, reading_line("FI-1", start + second * 1s, value)};
}

} // namespace

TEST_CASE("the flow of a pump that is off is no alarm; that of one that has run for long enough is") {
  const node_directory place;
  memory_journal journal;
  journal_decisions log{journal};
  std::vector<line> lines{power(0, 0, 0)};
  for (int i = 1; i < 20; ++i)
    lines.push_back(flow(0, i, 5));
  lines.push_back(power(0, 20, 30));
  for (int i = 21; i < 30; ++i)
    lines.push_back(flow(0, i, 5));
  SUBCASE("off") {
    driven d{place, log, lines};
    d.run();
    CHECK(d.told().empty());
  }
  SUBCASE("on") {
    lines.push_back(power(0, 30, 30));
    lines.push_back(flow(0, 31, 5));
    driven d{place, log, lines};
    d.run();
    CHECK(d.told() == std::vector<std::string>{"raised"});
  }
  SUBCASE("on, and off again") {
    lines.push_back(power(0, 30, 30));
    lines.push_back(flow(0, 31, 5));
    lines.push_back(power(0, 32, 1));
    lines.push_back(flow(0, 33, 5));
    driven d{place, log, lines};
    d.run();
    CHECK(d.told() == std::vector<std::string>{"raised", "cleared"});
  }
  const auto decided = journal.decisions("log/0", 0);
  CHECK(std::none_of(decided.begin(), decided.end(), [](const auto& each) { return each.kind == "mode"; }));
}

TEST_CASE("what decides from another split is an entry of the log, there once however often it is read again") {
  const node_directory place;
  memory_journal journal;
  journal_decisions log{journal};
  const std::vector<line> lines{flow(1, 0, 50), power(0, 0, 30), power(0, 5, 30),  power(0, 10, 30), power(0, 11, 1),
                                flow(1, 12, 5), flow(1, 13, 5),  power(0, 14, 30), power(0, 24, 30), flow(1, 25, 5)};
  std::vector<mode_entry::one> first;
  {
    driven d{place, log, lines};
    // The flow's next reading comes when its log knows.
    d.readings.may_go_on = [&](size_t next) {
      const auto known = d.modes("log/1");
      return next == 3   ? !known.empty() && !known.back().holds
             : next == 4 ? known.back().holds
             : next == 5 ? !known.back().holds
             : next == 9 ? known.back().holds
                         : true;
    };
    d.run();
    CHECK(d.told() == std::vector<std::string>{"raised"});
    first = d.modes("log/1");
    CHECK(first.size() == 4);
    CHECK(d.modes("log/0").empty());
  }
  driven again{place, log, lines};
  again.run();
  CHECK(again.told() == std::vector<std::string>{"raised"});
  CHECK(again.modes("log/1") == first);
}

TEST_CASE("a node that is stopped here and there finds what one finds that goes through") {
  std::mt19937 random{7};
  std::vector<std::string> lines;
  double load = 0;
  for (int i = 0; i < 900; ++i) {
    if (random() % 60 == 0)
      load = load > 0 ? 0 : 30;
    lines.push_back(reading_line("PW-1", start + i * 1s, load + static_cast<double>(random() % 4)));
    lines.push_back(reading_line("FI-1", start + i * 1s + 300ms,
                                 random() % 80 < 2 ? 5 : (load > 0 ? 50 : 15) + static_cast<double>(random() % 5)));
  }
  const auto found = [&](const node_directory& place, const std::vector<size_t>& stops) {
    auto settings = place.settings();
    settings.plant.sensors = place.path + "/sensors.jsonl";
    std::ofstream{settings.plant.sensors} << rows;
    for (const auto stop : stops) {
      auto source = std::make_unique<lines_source>(lines);
      source->at_once = 40;
      source->may_go_on = [stop](size_t next) { return next < stop; };
      bool over = false;
      source->may_end = [&over] { return over; };
      node x{settings, channel_surroundings{}, std::move(source)};
      std::thread running{[&] { x.run(); }};
      await([&] { return x.judged() > 0; });
      x.stop();
      running.join();
    }
    node last{settings, channel_surroundings{}, std::make_unique<lines_source>(lines)};
    last.run();
  };
  const node_directory whole, broken;
  found(whole, {});
  found(broken, {100, 333, 700, 701, 1200});
  const auto rows_of = [](const node_directory& place, result_kind kind) {
    auto out = place.rows(kind);
    std::sort(out.begin(), out.end());
    return out;
  };
  CHECK(rows_of(broken, result_kind::alarms) == rows_of(whole, result_kind::alarms));
  CHECK(rows_of(broken, result_kind::anomalies) == rows_of(whole, result_kind::anomalies));
  CHECK_FALSE(rows_of(whole, result_kind::alarms).empty());
}

} // namespace mode_desk_test
