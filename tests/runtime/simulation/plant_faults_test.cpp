#include "tests/runtime/simulation/plant_for_tests.hpp"

#include "protocol/failure.hpp"

#include <algorithm>
#include <set>

namespace plant_faults_test {

using namespace millwright;

namespace {

constexpr int64_t fault_at = 1000, fault_lasts = 600;

struct stretch {
  std::vector<seen_reading> before, during, after;
  uint32_t sensor;
  alert_thresholds limits;
};

stretch played(const std::string& kind, std::string_view type, int64_t lasts = fault_lasts, double strength = 1) {
  auto settings = small_plant(300);
  const plant_layout layout{settings, shipped_types()};
  stretch out;
  out.sensor = sensor_with(layout, type);
  settings.faults.push_back(fault_of(kind, fault_at, lasts, full_name(layout, out.sensor), strength));
  const simulated_plant plant{settings, shipped_types(), plant_start};
  out.limits = layout.thresholds_of(out.sensor, plant.schedule().interval_of(out.sensor) / 1'000'000);
  const auto faults = plant.faults().between(0, 1'000'000'000'000'000);
  REQUIRE(faults.size() == 1);
  const double end = static_cast<double>(faults[0].end) * 1e-9;
  for (auto& each : readings_of(plant, out.sensor, fault_at + lasts + 2000))
    (each.arrived < fault_at ? out.before : each.arrived < end ? out.during : out.after).push_back(each);
  return out;
}

double spread_of(const std::vector<seen_reading>& readings, size_t from, size_t to) {
  double sum = 0, squares = 0;
  for (size_t i = from; i < to; ++i)
    sum += readings[i].value;
  const double mean = sum / static_cast<double>(to - from);
  for (size_t i = from; i < to; ++i)
    squares += (readings[i].value - mean) * (readings[i].value - mean);
  return std::sqrt(squares / static_cast<double>(to - from));
}

bool inside(const std::vector<seen_reading>& readings, const alert_thresholds& limits) {
  return std::all_of(readings.begin(), readings.end(),
                     [&](const auto& r) { return r.parsed && r.value > limits.low && r.value < limits.high; });
}

} // namespace

TEST_CASE("a spike crosses the highest limit for as long as it lasts") {
  for (const auto type : {"temperature", "vibration", "pressure", "power"}) {
    CAPTURE(type);
    const auto seen = played("spike", type, 60);
    CHECK(inside(seen.before, seen.limits));
    CHECK(inside(seen.after, seen.limits));
    REQUIRE_FALSE(seen.during.empty());
    for (const auto& each : seen.during)
      CHECK(each.value >= seen.limits.high_high);
  }
}

TEST_CASE("a spike meets a sensor that reports seldom") {
  auto settings = small_plant(300);
  const plant_layout layout{settings, shipped_types()};
  const simulated_plant healthy{settings, shipped_types(), plant_start};
  uint32_t slow = 0;
  for (uint32_t i = 0; i < 300; ++i)
    if (layout.analog(i) && healthy.schedule().interval_of(i) == 900'000'000'000)
      slow = i;
  settings.faults.push_back(fault_of("spike", 4000, 5, full_name(layout, slow)));
  const simulated_plant plant{settings, shipped_types(), plant_start};
  const auto limits = layout.thresholds_of(slow, 900'000);
  const auto seen = readings_of(plant, slow, 20'000);
  CHECK(std::count_if(seen.begin(), seen.end(), [&](const auto& r) { return r.value >= limits.high_high; }) == 1);
}

TEST_CASE("a drift grows from nothing to beyond the highest limit") {
  const auto seen = played("drift", "pressure");
  CHECK(seen.during.front().value < seen.limits.high);
  CHECK(seen.during.back().value >= seen.limits.high_high);
  CHECK(inside(seen.before, seen.limits));
  CHECK(inside(seen.after, seen.limits));
}

TEST_CASE("a stuck sensor repeats its value and nothing else") {
  const auto seen = played("stuck", "vibration");
  std::set<double> values, times;
  for (const auto& each : seen.during) {
    values.insert(each.value);
    times.insert(each.shown);
  }
  CHECK(values.size() == 1);
  CHECK(times.size() == seen.during.size());
  CHECK(seen.during.size() > 500);
  CHECK(spread_of(seen.after, 0, seen.after.size()) > 0);
}

TEST_CASE("growing noise grows around the same level") {
  const auto seen = played("noise", "pressure");
  const size_t third = seen.during.size() / 3, all = seen.during.size();
  const double healthy = spread_of(seen.before, 0, seen.before.size());
  CHECK(spread_of(seen.during, 0, third) > 1.5 * healthy);
  CHECK(spread_of(seen.during, all - third, all) > 5 * healthy);
  CHECK(spread_of(seen.after, 0, seen.after.size()) < 1.5 * healthy);
}

TEST_CASE("bearing wear shows on vibration and temperature of its unit and nowhere else") {
  auto settings = small_plant(300);
  settings.faults.push_back(fault_of("bearing_wear", 1000, 7200));
  const simulated_plant plant{settings, shipped_types(), plant_start};
  const simulated_plant healthy{small_plant(300), shipped_types(), plant_start};
  const auto& layout = plant.layout();
  const auto fault = plant.faults().between(0, 1'000'000'000'000'000).at(0);
  const uint32_t unit = plant_layout::unit_of(fault.sensor);
  int vibrations = 0, temperatures = 0;
  for (uint32_t i = 0; i < 300; ++i) {
    const auto& profile = layout.profile_of_type(layout.sensor(i).type);
    const auto seen = readings_of(plant, i, 9000), as_always = readings_of(healthy, i, 9000);
    const bool concerned = plant_layout::unit_of(i) == unit && (profile.vibration || profile.temperature);
    CAPTURE(layout.type_of(i).name);
    REQUIRE(seen.size() == as_always.size());
    if (!concerned || !layout.analog(i)) {
      for (size_t k = 0; k < seen.size(); ++k)
        REQUIRE(seen[k].line == as_always[k].line);
      continue;
    }
    const auto limits = layout.thresholds_of(i, 1000);
    vibrations += profile.vibration;
    temperatures += profile.temperature;
    double highest = -1e300;
    for (const auto& each : seen)
      highest = std::max(highest, each.value);
    CHECK(highest >= limits.high);
    if (profile.vibration)
      CHECK(highest >= limits.high_high);
  }
  CHECK(vibrations >= 1);
  CHECK(temperatures >= 1);
}

TEST_CASE("falling quality falls below a half and leaves the value alone") {
  const auto seen = played("falling_quality", "vibration");
  CHECK(seen.during.front().quality > 0.9);
  CHECK(seen.during.back().quality < 0.3);
  CHECK(inside(seen.during, seen.limits));
  CHECK(seen.after.front().quality > 0.9);
}

TEST_CASE("a dropout says nothing") {
  const auto seen = played("dropout", "vibration");
  CHECK(seen.during.empty());
  CHECK(seen.before.size() >= 999);
  CHECK(seen.after.size() >= 1999);
}

TEST_CASE("a skewed clock shows another time, all the same one") {
  const auto seen = played("skewed_clock", "vibration");
  for (const auto& each : seen.during)
    CHECK(std::abs(std::abs(each.shown - each.arrived) - 97.337) < 0.002);
  for (const auto& each : seen.after)
    CHECK(std::abs(each.shown - each.arrived) < 0.002);
}

TEST_CASE("late readings are themselves, two minutes after their time, and none comes twice") {
  const auto seen = played("late", "vibration");
  std::set<double> times;
  int late = 0;
  for (const auto& each : seen.during) {
    CHECK(times.insert(each.shown).second);
    late += each.arrived - each.shown > 119;
    CHECK((each.arrived - each.shown > 119) == (each.arrived - each.shown > 0.002));
  }
  CHECK(late > static_cast<int>(seen.during.size()) / 5);
  for (size_t i = 1; i < seen.during.size(); ++i)
    CHECK(seen.during[i].arrived - seen.during[i - 1].arrived < 2.1);

  const simulated_plant healthy{small_plant(300), shipped_types(), plant_start};
  std::set<std::string> as_measured;
  for (const auto& each : readings_of(healthy, seen.sensor, 4000))
    as_measured.insert(each.line);
  for (const auto& each : seen.during)
    CHECK(as_measured.contains(each.line));
}

TEST_CASE("a duplicated reading is its predecessor, byte by byte") {
  const auto seen = played("duplicated", "vibration");
  int repeated = 0;
  for (size_t i = 1; i < seen.during.size(); ++i)
    repeated += seen.during[i].line == seen.during[i - 1].line;
  CHECK(std::abs(repeated - static_cast<int>(seen.during.size()) / 2) <= 1);
}

TEST_CASE("every other reading is malformed, in several ways, each on one line") {
  const auto seen = played("malformed", "vibration");
  size_t broken = 0;
  std::set<std::string> ends;
  for (const auto& each : seen.during) {
    broken += !each.parsed;
    CHECK(each.line.find('\n') == std::string::npos);
    if (!each.parsed)
      ends.insert(each.line.substr(each.line.size() - 5));
  }
  CHECK(broken >= seen.during.size() / 2);
  CHECK(broken <= seen.during.size() / 2 + 1);
  CHECK(ends.size() > 3);
  CHECK(std::all_of(seen.before.begin(), seen.before.end(), [](const auto& r) { return r.parsed; }));
}

TEST_CASE("faults at random come as often as asked, and what is told is what is played") {
  auto settings = small_plant(600);
  settings.faults_per_day = {{"dropout", 0.5}, {"spike", 2.5}};
  const simulated_plant plant{settings, shipped_types(), plant_start};
  constexpr int64_t day = 86'400'000'000'000;
  const auto told = plant.faults().between(0, 10 * day);
  size_t dropouts = 0, spikes = 0, analog = 0;
  for (const auto& each : told)
    ++(each.kind == fault_kind::dropout ? dropouts : spikes);
  for (uint32_t i = 0; i < 600; ++i)
    analog += plant.layout().analog(i);
  CHECK(static_cast<double>(dropouts) == doctest::Approx(600 * 10 * 0.5).epsilon(0.1));
  CHECK(static_cast<double>(spikes) == doctest::Approx(static_cast<double>(analog) * 10 * 2.5).epsilon(0.1));

  size_t checked = 0;
  for (size_t i = 0; i < told.size(); i += 17) {
    active_faults active;
    for (const int64_t at : {told[i].start, (told[i].start + told[i].end) / 2, told[i].end - 1}) {
      plant.faults().collect(told[i].sensor, at, active);
      CHECK(active.find(told[i].kind));
    }
    plant.faults().collect(told[i].sensor, told[i].end, active);
    if (const auto* other = active.find(told[i].kind))
      CHECK(other->start >= told[i].end);
    ++checked;
  }
  CHECK(checked > 100);

  auto pieces = plant.faults().between(0, 3 * day + 12345);
  const auto rest = plant.faults().between(3 * day + 12345, 10 * day);
  pieces.insert(pieces.end(), rest.begin(), rest.end());
  REQUIRE(pieces.size() == told.size());
  for (size_t i = 0; i < told.size(); ++i)
    CHECK(pieces[i].start == told[i].start);
}

TEST_CASE("faults of every kind at once leave the plant computable") {
  auto settings = small_plant(50);
  for (int i = 0; i < fault_kind_count; ++i) {
    settings.faults_per_day[std::string{name_of(static_cast<fault_kind>(i))}] = 24;
    settings.faults.push_back(fault_of(std::string{name_of(static_cast<fault_kind>(i))}, 100 * i, 4000));
  }
  const simulated_plant one{settings, shipped_types(), plant_start}, two{settings, shipped_types(), plant_start};
  const auto lines = lines_of(one, 0, 50'000);
  CHECK(lines == lines_of(two, 0, 50'000));
  CHECK(std::count(lines.begin(), lines.end(), '\n') > 10'000);
}

TEST_CASE("wrong faults are refused by name") {
  const auto refused = [](simulation_settings::fault fault) {
    auto settings = small_plant();
    settings.faults.push_back(std::move(fault));
    try {
      const simulated_plant plant{settings, shipped_types(), plant_start};
    } catch (const failure& e) {
      return std::string{e.what()};
    }
    return std::string{};
  };
  CHECK(refused(fault_of("spikes", 0, 10)).find("spikes") != std::string::npos);
  CHECK(refused(fault_of("spike", 0, 10, "TI-7")).find("TI-7") != std::string::npos);
  CHECK_FALSE(refused(fault_of("spike", -5, 10)).empty());
  CHECK_FALSE(refused(fault_of("spike", 0, 10, "", 0)).empty());
  CHECK(refused(fault_of("spike", 0, 10)).empty());
}

} // namespace plant_faults_test
