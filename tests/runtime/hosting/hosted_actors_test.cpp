#include "tests/runtime/hosting/hosted_plant.hpp"

#include <doctest/doctest.h>

#include <array>
#include <mutex>
#include <random>
#include <thread>

namespace hosted_actors_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const event_time start = from_epoch_ms(1'767'225'600'000);

std::string row(const std::string& unit, const std::string& minute, double sum, int count) {
  std::string out;
  json_object{out}
      .text("unit", unit)
      .text("facility_id", "BR")
      .text("start", "2026-01-01T00:" + minute + ":00.000Z")
      .number("sum", sum)
      .integer("count", count)
      .close();
  return out;
}

alarm_transition transition_of(const std::string& unit) {
  alarm_transition out;
  out.condition.facility.text = "BR";
  out.condition.unit.text = unit;
  out.at = start;
  return out;
}

} // namespace

TEST_CASE("an actor begins with the first reading of its unit, and its records come when their time is over") {
  hosted_plant plant;
  plant.take("P-1", start, 3);
  plant.take("P-1", start + 20s, 4);
  CHECK(plant.rows().empty());
  CHECK(plant.actors().living() == 1);
  plant.take("P-2", start + 89s, 1);
  CHECK(plant.rows().empty());
  plant.take("P-2", start + 90s, 1);
  CHECK(plant.rows() == std::vector{row("P-1", "00", 7, 2)});
}

TEST_CASE("at the end of a replay what is open closes") {
  hosted_plant plant;
  plant.take("P-1", start, 3);
  CHECK(plant.rows(true) == std::vector{row("P-1", "00", 3, 1)});
}

TEST_CASE("an actor that dies by accident is begun anew and has lost nothing") {
  hosted_plant plant;
  plant.take("P-1", start, 3);
  plant.rows();
  meter_model::accidents = 1;
  plant.take("P-1", start + 60s, 13);
  plant.rows();
  CHECK(plant.troubles.empty());
  CHECK(plant.rows(true) == std::vector{row("P-1", "00", 3, 1), row("P-1", "01", 13, 1)});
}

TEST_CASE("what kills an actor twice is passed over and told, and it goes on without it") {
  hosted_plant plant;
  plant.take("P-1", start, 3);
  plant.rows();
  plant.take("P-1", start + 60s, 666);
  plant.rows();
  CHECK(plant.troubles == std::vector<std::string>{"P-1 passed over"});
  plant.take("P-1", start + 120s, 5);
  CHECK(plant.rows() == std::vector{row("P-1", "00", 3, 1)});
  CHECK(plant.rows(true) == std::vector{row("P-1", "02", 5, 1)});
}

TEST_CASE("a barrier is settled once: what was gathered for it is gone, and nothing is committed without it") {
  hosted_plant plant;
  plant.take("P-1", start, 3);
  plant.settle();
  CHECK_THROWS_AS(plant.settle_again(), std::runtime_error);
  CHECK_THROWS_AS(plant.settle_again(), std::runtime_error);
}

TEST_CASE("transitions of its members reach it, and people can ask it between barriers") {
  hosted_plant plant;
  plant.take("P-1", start, 3);
  plant.settle(false, {transition_of("P-1"), transition_of("P-1")});
  plant.take("P-1", start + 1s, 3);
  const entity_key key{"meter", {"BR"}, "P-1"};
  CHECK(plant.actors().page(key) == R"({"open":1,"heard":2})");
  // Asked for by the look before; handed out when the thread that gathers pauses.
  plant.actors().refresh();
  plant.gathered().pause();
  plant.actors().refresh();
  CHECK(plant.actors().page(key) == R"({"open":2,"heard":2})");
  plant.settle();
  CHECK(plant.actors().page(key) == R"({"open":2,"heard":2})");
  CHECK_FALSE(plant.actors().page({"meter", {"BR"}, "P-9"}));
  REQUIRE(plant.actors().lines().size() == 1);
  CHECK(plant.actors().lines()[0].line.reason == "2");
  plant.actors().visit_headlines([](std::string_view kind, const headline& line) {
    CHECK(kind == "meter");
    CHECK(line.reason == "2");
  });
}

TEST_CASE("what models say of its sensors reaches an actor that wants to hear it, and it knows it behind a restart") {
  std::map<std::string, std::string> ledger;
  const entity_key one{"meter", {"BR"}, "P-1"}, other{"meter", {"BR"}, "P-2"};
  {
    hosted_plant plant{&ledger};
    plant.take("P-1", start, 3);
    plant.take("P-2", start, 3);
    plant.settle(false, {}, {{"P-1", 0.25}});
    plant.take("P-1", start + 1s, 3);
    plant.settle(false, {}, {{"P-1", 0.75}});
    CHECK(plant.actors().page(one) == R"({"open":2,"heard":0,"worst":0.25})");
    CHECK(plant.actors().page(other) == R"({"open":1,"heard":0})");
  }
  hosted_plant plant{&ledger};
  plant.take("P-1", start + 2s, 3);
  plant.take("P-2", start + 2s, 3);
  plant.settle();
  CHECK(plant.actors().page(one) == R"({"open":3,"heard":0,"worst":0.25})");
  CHECK(plant.actors().page(other) == R"({"open":2,"heard":0})");
}

TEST_CASE("behind a restart people see actors as they are committed, before anything has come for them") {
  std::map<std::string, std::string> ledger;
  const entity_key one{"meter", {"BR"}, "P-1"};
  std::vector<entity_line> before;
  {
    hosted_plant plant{&ledger};
    for (int i = 0; i < 8; ++i) {
      plant.take("P-1", start + i * 1s, 3);
      plant.settle(false, {transition_of("P-1")});
    }
    plant.take("P-2", start + 1min, 3);
    plant.settle();
    before = plant.actors().lines();
  }
  hosted_plant plant{&ledger};
  REQUIRE(plant.actors().lines().size() == 2);
  CHECK(plant.actors().lines()[0].line.state.empty());
  CHECK(plant.actors().page(one) == R"({"open":8,"heard":8})");
  plant.actors().recall([] { return false; });
  CHECK(plant.actors().lines() == before);
  CHECK(plant.actors().living() == 0);
  // What comes then goes on from there.
  plant.take("P-1", start + 9s, 3);
  plant.settle();
  CHECK(plant.actors().page(one) == R"({"open":9,"heard":8})");
}

TEST_CASE(
    "what is looked at again and again between barriers is gathered once, before its actor is there as behind it") {
  const auto rows_of = [](bool looked_at) {
    hosted_plant plant;
    std::vector<std::string> rows;
    for (int minute = 0; minute < 8; ++minute) {
      plant.take("P-1", start + 60s * minute, 0.1 * minute);
      if (looked_at) {
        plant.actors().refresh();
        plant.gathered().pause();
        plant.actors().refresh();
        // Behind the barrier at minute 3 the readings of minutes 2 and 3 are open, and what has come since.
        if (minute > 3)
          CHECK(plant.actors().page({"meter", {"BR"}, "P-1"}) ==
                R"({"open":)" + std::to_string(minute - 1) + R"(,"heard":0})");
      }
      if (minute == 3)
        rows = plant.rows();
    }
    for (auto& each : plant.rows(true))
      rows.push_back(std::move(each));
    return rows;
  };
  const auto rows = rows_of(true);
  CHECK(rows.size() == 8);
  CHECK(rows == rows_of(false));
}

TEST_CASE("an actor hears which sensor the metadata have given to another, and knows it behind a restart") {
  std::map<std::string, std::string> ledger;
  {
    hosted_plant plant{&ledger};
    plant.take("P-1", start, 3);
    plant.take("P-2", start, 3);
    plant.settle();
    plant.move("P-1", "P-2");
    plant.settle();
    REQUIRE(plant.actors().lines().size() == 2);
    CHECK(plant.actors().lines()[0].line.state == "without S-P-1");
    CHECK(plant.actors().lines()[1].line.state == "counting");
  }
  hosted_plant plant{&ledger};
  plant.settle();
  CHECK(plant.actors().lines()[0].line.state == "without S-P-1");
}

TEST_CASE("an actor of which nothing has come for long is forgotten, and begins anew when something comes") {
  std::map<std::string, std::string> ledger;
  hosted_plant plant{&ledger, 1h};
  plant.take("P-1", start, 3);
  plant.settle();
  plant.take("P-2", start + 5min, 3);
  plant.settle();
  CHECK(ledger.size() == 2);
  plant.take("P-2", start + 2h, 3);
  plant.settle();
  CHECK(ledger.size() == 1);
  plant.take("P-1", start + 2h, 7);
  plant.settle();
  CHECK(ledger.size() == 2);
}

TEST_CASE("wherever a node ends and begins anew, its actors give the same records") {
  std::mt19937_64 random{31};
  for (int run = 0; run < 20; ++run) {
    struct one {
      std::string unit;
      event_time at;
      double value;
    };
    std::vector<one> readings;
    for (auto at = start; at < start + 10min; at += milliseconds{random() % 4000})
      readings.push_back({"P-" + std::to_string(random() % 5), at, static_cast<double>(random() % 1000) / 7});
    std::vector<std::string> undisturbed, disturbed;
    const auto add = [](std::vector<std::string>& to, std::vector<std::string> rows) {
      std::move(rows.begin(), rows.end(), std::back_inserter(to));
    };
    {
      hosted_plant plant;
      for (const auto& each : readings)
        plant.take(each.unit, each.at, each.value);
      add(undisturbed, plant.rows(true));
    }
    std::map<std::string, std::string> ledger;
    for (size_t next = 0; next < readings.size();) {
      hosted_plant plant{&ledger};
      // Of the time before this start the source's split knows.
      if (next > 0)
        plant.come_to(readings[next - 1].at);
      const size_t end = std::min(readings.size(), next + 1 + random() % 80);
      while (next < end) {
        const size_t barrier = std::min(end, next + 1 + random() % 20);
        for (; next < barrier; ++next)
          plant.take(readings[next].unit, readings[next].at, readings[next].value);
        add(disturbed, plant.rows(next == readings.size()));
      }
    }
    std::sort(undisturbed.begin(), undisturbed.end());
    std::sort(disturbed.begin(), disturbed.end());
    REQUIRE(disturbed == undisturbed);
  }
}

TEST_CASE("whatever threads gather, the records are the same to the last digit") {
  const auto rows_of = [](unsigned threads) {
    hosted_plant plant;
    for (int unit = 0; unit < 8; ++unit)
      plant.sensor("P-" + std::to_string(unit));
    std::array<std::mutex, 8> turns;
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
      all.emplace_back([&, t] {
        std::mt19937_64 random{77};
        for (int i = 0; i < 4000; ++i) {
          const auto unit = random() % 8;
          const double value = static_cast<double>(random()) * 1e-17;
          const std::lock_guard turn{turns[unit]};
          if (i % threads == t)
            plant.take_at("P-" + std::to_string(unit), start + milliseconds{i}, value);
        }
      });
    for (auto& each : all)
      each.join();
    return plant.rows(true);
  };
  const auto alone = rows_of(1);
  CHECK(alone.size() == 8);
  CHECK(rows_of(3) == alone);
}

} // namespace hosted_actors_test
