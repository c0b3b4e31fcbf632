#include "actors/monitor/load_history.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace load_history_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

load_sample sample_at(milliseconds moment, double input) {
  load_sample x;
  x.moment = moment;
  x.at = from_epoch_ms(1'795'000'000'000) + moment;
  x.figures[load_measure::input] = input;
  return x;
}

} // namespace

TEST_CASE("the p95 is the smallest value that at least 95 of 100 are not above") {
  CHECK(std::isnan(percentile_95({})));
  CHECK(percentile_95({7}) == 7);
  CHECK(percentile_95({2, 1}) == 2);
  std::vector<double> values;
  for (int i = 1; i <= 100; ++i)
    values.push_back(101 - i);
  CHECK(percentile_95(values) == 95);
  values.resize(20);
  // 81 .. 100
  CHECK(percentile_95(values) == 99);
  values.push_back(0);
  CHECK(percentile_95(values) == 99);
  values.erase(values.begin() + 19);
  CHECK(percentile_95(values) == 99);

  std::mt19937_64 random{11};
  for (int round = 0; round < 500; ++round) {
    std::vector<double> some(1 + random() % 200);
    for (auto& each : some)
      each = static_cast<double>(random() % 50);
    const double p95 = percentile_95(some);
    const auto up_to = [&](double x) {
      return static_cast<size_t>(std::count_if(some.begin(), some.end(), [&](double each) { return each <= x; }));
    };
    REQUIRE(std::find(some.begin(), some.end(), p95) != some.end());
    REQUIRE(up_to(p95) * 100 >= some.size() * 95);
    REQUIRE(up_to(std::nextafter(p95, -1)) * 100 < some.size() * 95);
  }
}

TEST_CASE("a summary is of the samples of its span, and says which time they are of") {
  load_history history{1000};
  for (int i = 0; i < 600; ++i)
    history.add(sample_at(i * 1s, i));
  const auto minute = history.summary(60s, 599s);
  CHECK(minute.samples == 60);
  CHECK(minute.mean[load_measure::input] == doctest::Approx(569.5));
  CHECK(minute.p95[load_measure::input] == 596);
  CHECK(minute.max[load_measure::input] == 599);
  CHECK(minute.from == from_epoch_ms(1'795'000'540'000));
  CHECK(minute.to == from_epoch_ms(1'795'000'599'000));
  CHECK(std::isnan(minute.mean[load_measure::cpu]));
  CHECK(std::isnan(minute.p95[load_measure::cpu]));
  CHECK(std::isnan(minute.max[load_measure::cpu]));
  // Half a minute after the last one, there is half a minute of them.
  CHECK(history.summary(60s, 629s).samples == 30);
  CHECK(history.summary(60s, 700s).samples == 0);
  CHECK(history.summary(60s, 700s).from == never);
  CHECK(history.summary(3600s, 599s).samples == 600);
}

TEST_CASE("the newest thousand are kept, and what is not known of a sample is left out of its figures") {
  load_history history{1000};
  for (int i = 0; i < 2500; ++i) {
    auto x = sample_at(i * 1s, 1);
    if (i % 2 == 0)
      x.figures[load_measure::end_to_end_delay] = i;
    history.add(x);
  }
  CHECK(history.summary(24h, 2500s).samples == 1000);
  CHECK(history.summary(24h, 2500s).max[load_measure::end_to_end_delay] == 2498);
  CHECK(history.summary(24h, 2500s).mean[load_measure::end_to_end_delay] == doctest::Approx(1999));
  CHECK(history.newest(5000).size() == 1000);
  const auto newest = history.newest(3);
  REQUIRE(newest.size() == 3);
  CHECK(newest[0].moment == 2497s);
  CHECK(newest[2].moment == 2499s);
  CHECK(history.newest(0).empty());
}

TEST_CASE("a summary and a sample are JSON, unknown figures null") {
  load_report report;
  auto x = sample_at(5s, 303.5);
  x.figures[load_measure::commit] = 4;
  report.newest = x;
  report.standing = {"cpu", "memory"};
  std::string out;
  append_json(out, report);
  CHECK(out ==
        R"({"from":null,"to":null,"samples":0,"newest":{"timestamp":"2026-11-18T11:06:45.000Z","input_rate":303.5,)"
        R"("processing_rate":null,"commit_ms":4,"scheduling_delay_ms":null,"end_to_end_delay_ms":null,)"
        R"("backlog":null,"memory_bytes":null,"cpu_share":null},)"
        R"("mean":{"input_rate":null,"processing_rate":null,"commit_ms":null,"scheduling_delay_ms":null,)"
        R"("end_to_end_delay_ms":null,"backlog":null,"memory_bytes":null,"cpu_share":null},)"
        R"("p95":{"input_rate":null,"processing_rate":null,"commit_ms":null,"scheduling_delay_ms":null,)"
        R"("end_to_end_delay_ms":null,"backlog":null,"memory_bytes":null,"cpu_share":null},)"
        R"("max":{"input_rate":null,"processing_rate":null,"commit_ms":null,"scheduling_delay_ms":null,)"
        R"("end_to_end_delay_ms":null,"backlog":null,"memory_bytes":null,"cpu_share":null},)"
        R"("standing":["cpu","memory"],"advice":null})");
}

} // namespace load_history_test
