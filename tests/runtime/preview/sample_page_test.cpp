#include "protocol/failure.hpp"
#include "runtime/preview/sample_page.hpp"

#include <doctest/doctest.h>

namespace sample_page_test {

using namespace millwright;

namespace {

constexpr event_time now = from_epoch_ms(1'800'000'000'000);

plant_metadata plant() {
  return plant_metadata::parse(R"({"facility_id":"main","facility_name":"Main Works","timezone":"Europe/Berlin"})",
                               R"({"sensor_id":"A","facility_id":"main","alert_thresholds":{"low":5}}
{"sensor_id":"B","facility_id":"main","equipment_id":"r1","unit":"°C","action":"Close V-12","alert_thresholds":{"high":180,"high_high":200}}
{"sensor_id":"B","facility_id":"north"}
{"sensor_id":"C"}
)");
}

page sample(const sample_wanted& wanted) {
  return sample_page(plant(), detection_settings{}, wanted, now);
}

} // namespace

TEST_CASE("a sample is of the first sensor of which is known what to do, and of its limits") {
  const auto x = sample({});
  CHECK(x.kind == page_kind::alert);
  CHECK(subject_of(x.about) == "B on r1 at Main Works (main)");
  CHECK(x.about.evidence.limit == 180);
  CHECK(x.about.value > 180);
  CHECK(x.about.evidence.previous < 180);
  CHECK(x.about.evidence.unit == "°C");
  CHECK(x.guidance->action == "Close V-12");
  CHECK(sample({"", rule::limit, severity::critical, false}).about.evidence.limit == 200);
}

TEST_CASE("a sample is of the sensor, the rule and the severity that were asked for") {
  const auto low = sample({"main/A", rule::limit, {}, false});
  CHECK(low.about.value < 5);
  CHECK(low.about.evidence.previous > 5);
  CHECK(low.guidance == nullptr);
  CHECK(sample({"A", rule::z, severity::critical, false}).about.level == severity::critical);
  CHECK(sample({"south/C", rule::limit, {}, false}).about.condition.facility.text == "south");
  const auto over = sample({"A", rule::limit, {}, true});
  CHECK(ends_alarm(over));
  CHECK(over.about.raised_at < over.about.at);
}

TEST_CASE("a sample has the severity and the priority with which its rule pages") {
  CHECK(sample({"north/B", rule::limit, {}, false}).about.priority == 60);
  CHECK(sample({"north/B", rule::limit, severity::critical, false}).about.priority == 90);
  const auto z = sample({"north/B", rule::z, {}, false}).about;
  CHECK(z.level == severity::critical);
  CHECK(z.priority == 50);
}

TEST_CASE("a sensor that nobody knows is told with the nearest, and one of several with all") {
  CHECK_THROWS_WITH_AS(sample({"main/D", rule::limit, {}, false}), doctest::Contains("did you mean main/"), failure);
  CHECK_THROWS_WITH_AS(sample({"osaka/D", rule::limit, {}, false}), doctest::Contains("did you mean osaka/C?"),
                       failure);
  CHECK_THROWS_WITH_AS(sample({"B", rule::limit, {}, false}), doctest::Contains("say which: main/B, or north/B"),
                       failure);
}

TEST_CASE("without metadata a sensor is made up") {
  const auto x = sample_page(plant_metadata{}, detection_settings{}, {}, now);
  CHECK(subject_of(x.about) == "TI-101 on reactor-1 at main-works");
  CHECK(sample_page(plant_metadata{}, detection_settings{}, {"f/S-1", rule::limit, {}, false}, now)
            .about.condition.sensor.text == "S-1");
}

} // namespace sample_page_test
