#include "protocol/failure.hpp"
#include "runtime/simulation/counter_noise.hpp"
#include "runtime/simulation/plant_noise.hpp"
#include "tests/runtime/simulation/plant_for_tests.hpp"

#include <random>
#include <set>

namespace plant_noise_test {

using namespace millwright;

namespace {

const noise_profile& profile_named(std::string_view name) {
  return noise_profiles()[noise_named(std::string{name}).at(0)];
}

/// Of a series that was seen in its order: mean 0 is not assumed.
struct series_figures {
  double mean = 0, deviation = 0, correlation = 0, most = 0;
};

template <class F>
series_figures figures_of(int n, F&& at) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i)
    x.push_back(at(i));
  series_figures out;
  for (const double each : x)
    out.mean += each / n;
  double squares = 0, products = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    squares += (x[i] - out.mean) * (x[i] - out.mean);
    products += i > 0 ? (x[i] - out.mean) * (x[i - 1] - out.mean) : 0;
    out.most = std::max(out.most, std::fabs(x[i]));
  }
  out.deviation = std::sqrt(squares / n);
  out.correlation = products / squares;
  return out;
}

/// A sensor's offsets every minute for so many days, from the epoch's 20,000th day on.
template <class F>
void each_minute(const plant_noise& noise, uint64_t own, int days, F&& f) {
  for (int i = 0; i < days * 1440; ++i) {
    const int64_t ms = (20'000ll * 1440 + i) * 60'000;
    f(ms, noise.at(own, own, ms, static_cast<uint64_t>(i), 1));
  }
}

} // namespace

TEST_CASE("correlated noise has variance 1 and its correlation, wherever it is looked at") {
  for (const double correlation : {0.5, 0.9, 0.97, 0.99}) {
    const correlated_noise noise{correlation};
    series_figures mean;
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const auto one =
          figures_of(20'000, [&](int i) { return noise.at(seed, (1ull << 40) + static_cast<uint64_t>(i)); });
      mean.mean += one.mean / 20;
      mean.deviation += one.deviation * one.deviation / 20;
      mean.correlation += one.correlation / 20;
    }
    CAPTURE(correlation);
    CHECK(std::fabs(mean.mean) < 0.06);
    CHECK(mean.deviation == doctest::Approx(1).epsilon(0.05));
    CHECK(mean.correlation == doctest::Approx(correlation).epsilon(0.01));
  }
}

TEST_CASE("correlation is forgotten at the pace of a first-order process") {
  const correlated_noise noise{0.99};
  for (const uint64_t apart : {10u, 70u, 400u}) {
    double products = 0;
    const int n = 200'000;
    for (uint64_t i = 0; i < n; ++i)
      products += noise.at(i / 1000, i % 1000 * 7) * noise.at(i / 1000, i % 1000 * 7 + apart);
    CAPTURE(apart);
    CHECK(std::fabs(products / n - std::pow(0.99, apart)) < 0.06);
  }
}

TEST_CASE("the shapes of the fast noise differ in their tails, not in their middle") {
  const auto beyond = [](std::string_view name, double sigmas) {
    const plant_noise noise{profile_named(name)};
    int count = 0;
    for (uint64_t i = 0; i < 200'000; ++i)
      count += std::fabs(noise.at(1, 1, 0, i, 1)) > sigmas;
    return count / 200'000.0;
  };
  for (const auto* name : {"gaussian", "laplace", "heavy_tails", "glitches"}) {
    CAPTURE(name);
    CHECK(beyond(name, 0.6745) > 0.35);
    CHECK(beyond(name, 0.6745) < 0.60);
  }
  CHECK(beyond("gaussian", 5) < 1e-5);
  CHECK(beyond("laplace", 5) == doctest::Approx(std::exp(-5 * std::sqrt(2.0))).epsilon(0.3));
  CHECK(beyond("heavy_tails", 5) == doctest::Approx(0.0154).epsilon(0.15));
  CHECK(beyond("glitches", 8) == doctest::Approx(0.002 * 0.317).epsilon(0.4));
}

TEST_CASE("no healthy reading goes beyond its profile's reach, and each profile is its own") {
  std::set<std::string_view> names;
  for (const auto& profile : noise_profiles()) {
    CAPTURE(profile.name);
    CHECK(names.insert(profile.name).second);
    const plant_noise noise{profile};
    double least = 0, most = 0;
    for (const uint64_t own : {11u, 12u, 13u})
      each_minute(noise, mix64(own), 15, [&](int64_t, double x) {
        least = std::min(least, x);
        most = std::max(most, x);
      });
    CHECK(most <= profile.reach());
    CHECK(least >= -profile.reach());
    // And it really goes where it may.
    if (profile.process != noise_profile::course::drifting)
      CHECK(std::max(most, -least) > 0.6 * profile.size + 1.5 * profile.fast * profile.quiet);
  }
  CHECK(names.size() >= 19);
}

TEST_CASE("loads and switches change many times a day, set-points a few times") {
  const auto changes = [](std::string_view name, int days) {
    auto profile = profile_named(name);
    profile.fast = 0;
    profile.ramp = 0;
    profile.correlation = 0;
    const plant_noise noise{profile};
    int count = 0;
    double last = absent;
    each_minute(noise, 99, days, [&](int64_t, double x) {
      count += !(std::fabs(x - last) < 1e-9) && last == last;
      last = x;
    });
    return static_cast<double>(count) / days;
  };
  CHECK(changes("loads", 20) == doctest::Approx(48).epsilon(0.1));
  CHECK(changes("on_off", 20) == doctest::Approx(1440.0 / 25).epsilon(0.1));
  CHECK(changes("set_points", 60) == doctest::Approx(3).epsilon(0.1));
}

TEST_CASE("shifts stand still at night, weekends from Saturday to Monday morning") {
  const plant_noise shifts{profile_named("shifts")}, weekends{profile_named("weekends")};
  each_minute(shifts, 7, 14, [&](int64_t ms, double x) {
    const double hour = static_cast<double>(ms % 86'400'000) / 3'600'000;
    CAPTURE(hour);
    if (hour < 5.8 || hour > 22.8)
      REQUIRE(x < -10);
    if (hour > 6.8 && hour < 21.8)
      REQUIRE(x > 4);
  });
  each_minute(weekends, 7, 28, [&](int64_t ms, double x) {
    // The epoch's first day was a Thursday: 0 is Monday here.
    const double day =
        static_cast<double>((ms / 86'400'000 + 3) % 7) + static_cast<double>(ms % 86'400'000) / 86'400'000;
    CAPTURE(day);
    if (day > 5.29 && day < 7)
      REQUIRE(x < -10);
    if (day > 0.29 && day < 5.2)
      REQUIRE(x > 4);
  });
}

TEST_CASE("a mixed plant has every noise, and any tick alone is the same as in the sequence") {
  auto settings = small_plant(600);
  settings.noise = "mixed";
  settings.interval = milliseconds{60'000};
  const simulated_plant plant{settings, shipped_types(), plant_start};
  std::set<std::string_view> names;
  for (uint32_t i = 0; i < 600; ++i) {
    CHECK(plant.schedule().interval_of(i) == 60'000'000'000);
    CHECK(plant.layout().analog(i) == (plant.layout().noise_name_of(i) != "plain"));
    names.insert(plant.layout().noise_name_of(i));
  }
  CHECK(names.size() == noise_profiles().size() + 1);
  plant_cursor cursor{plant.schedule(), 5'000'000'000};
  std::mt19937_64 random{5};
  for (uint64_t tick = 5'000'000'000; tick < 5'000'020'000; ++tick, cursor.advance()) {
    if (random() % 7)
      continue;
    std::string walked, alone;
    REQUIRE(plant.append_reading_json(cursor.slot(), walked));
    REQUIRE(plant.append_reading_json(tick, alone));
    REQUIRE(walked == alone);
  }
  const simulated_plant again{settings, shipped_types(), plant_start};
  CHECK(lines_of(plant, 0, 3000) == lines_of(again, 0, 3000));
}

TEST_CASE("a healthy mixed plant is in the physical range and inside its limits") {
  auto settings = small_plant(600);
  settings.noise = "mixed";
  const simulated_plant plant{settings, shipped_types(), plant_start};
  const auto& layout = plant.layout();
  for (uint32_t sensor = 0; sensor < layout.sensors(); ++sensor) {
    const auto& type = layout.type_of(sensor);
    const auto limits = layout.thresholds_of(sensor, plant.schedule().interval_of(sensor) / 1'000'000);
    CAPTURE(type.name);
    CAPTURE(layout.noise_name_of(sensor));
    if (layout.analog(sensor)) {
      REQUIRE(limits.low_low < limits.low);
      REQUIRE(limits.low < limits.high);
      REQUIRE(limits.high < limits.high_high);
      REQUIRE(limits.high_high <= type.range_max);
      REQUIRE(limits.low_low >= type.range_min);
    }
    for (const auto& each : readings_of(
             plant, sensor, std::min<int64_t>(86'400, plant.schedule().interval_of(sensor) / 1'000'000'000 * 500))) {
      CAPTURE(each.line);
      REQUIRE(each.value >= type.range_min);
      REQUIRE(each.value <= type.range_max);
      REQUIRE_FALSE(each.value >= limits.high);
      REQUIRE_FALSE(each.value <= limits.low);
    }
  }
}

TEST_CASE("kinds of noise are chosen by name, and a wrong one is told with those that there are") {
  CHECK(noise_named("plain").empty());
  CHECK(noise_named("mixed").size() == noise_profiles().size());
  CHECK(noise_named("gaussian,inert").size() == 2);
  CHECK_THROWS_WITH_AS(noise_named("gausian"),
                       doctest::Contains("no noise is called \"gausian\"; there are plain, mixed, gaussian"), failure);
  auto settings = small_plant();
  settings.interval = milliseconds{60'000};
  settings.rate = 10;
  CHECK_THROWS_WITH_AS(simulated_plant(settings, shipped_types(), plant_start), doctest::Contains("no rate beside it"),
                       failure);
}

TEST_CASE("faults in sigmas are as far as they say, and a step stays until its end") {
  auto settings = small_plant(600);
  settings.noise = "gaussian";
  settings.interval = milliseconds{60'000};
  const plant_layout layout{settings, shipped_types()};
  const auto name = full_name(layout, sensor_with(layout, "temperature"));
  const auto mean_of = [&](const char* kind, double sigmas, int64_t from_s, int64_t to_s) {
    auto wanted = settings;
    wanted.faults = {fault_of(kind, 36'000, 36'000, name)};
    wanted.faults[0].sigmas = sigmas;
    const simulated_plant plant{wanted, shipped_types(), plant_start}, healthy{settings, shipped_types(), plant_start};
    const auto sensor = *plant.layout().find(name);
    const auto broken = readings_of(plant, sensor, 80'000), sound = readings_of(healthy, sensor, 80'000);
    double sum = 0, squares = 0;
    int n = 0;
    for (size_t i = 0; i < broken.size(); ++i)
      if (broken[i].arrived >= static_cast<double>(from_s) && broken[i].arrived < static_cast<double>(to_s)) {
        const double sigma = layout.sensor(sensor).sigma;
        sum += (broken[i].value - sound[i].value) / sigma;
        squares += std::pow((broken[i].value - layout.sensor(sensor).level) / sigma, 2);
        ++n;
      }
    return std::pair{sum / n, std::sqrt(squares / n)};
  };
  CHECK(mean_of("step", 5, 36'000, 72'000).first == doctest::Approx(5).epsilon(0.01));
  CHECK(mean_of("spike", 8, 36'000, 72'000).first == doctest::Approx(8).epsilon(0.01));
  CHECK(mean_of("drift", 6, 36'000, 72'000).first == doctest::Approx(3).epsilon(0.02));
  CHECK(mean_of("noise", 3, 36'000, 72'000).second == doctest::Approx(3).epsilon(0.1));
  CHECK(mean_of("step", 5, 0, 36'000).first == 0);
  CHECK(mean_of("step", 5, 72'000, 80'000).first == 0);
}

} // namespace plant_noise_test
