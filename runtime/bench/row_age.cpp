#include "actors/facility/facility_model.hpp"
#include "runtime/bench/alarm_latency.hpp"
#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/parse/timestamp.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <random>
#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

namespace {

/// "to" of a facility's page: the newest reading that its figures hold. None before there are any.
std::optional<event_time> newest_shown(const std::string& page) {
  rapidjson::Document view;
  if (view.Parse(page.data(), page.size()).HasParseError() || !view.IsObject() || !view.HasMember("to"))
    throw std::runtime_error{"a facility's page is none"};
  const auto& to = view["to"];
  if (!to.IsString())
    return std::nullopt;
  const auto time = parse_timestamp(std::string_view{to.GetString(), to.GetStringLength()});
  if (!time)
    throw std::runtime_error{"a facility's page names no time"};
  return time;
}

} // namespace

// The plant's clock goes as fast as ours: what a page does not hold yet is so old by both.
std::vector<bench_measure> bench_age(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double rate = request.sized(167e3, 2000.0);
  auto shape = prepared_load(request, plant);
  shape.phases = {readings_for(request.sized(12.0, 0.3), rate), {load_phase::endless, nanoseconds_between(rate), rate}};
  hosted_node hosted{hosted_node::settings_for(request), plant, shape};
  hosted.start();
  const auto facility = facility_entity({load_plant::facility_id_of(0)});
  wait_for(hosted, 60s, [&] {
    const auto page = hosted.load().phase() == 1 ? hosted.host().above().page(facility) : std::nullopt;
    return page && newest_shown(*page);
  });
  std::vector<double> ages, answers;
  std::mt19937_64 random{1};
  const auto end = load_source::clock::now() + (request.tiny ? 300ms : 40'000ms);
  while (ages.empty() || load_source::clock::now() < end) {
    const auto asked = load_source::clock::now();
    const auto page = hosted.host().above().page(facility);
    const auto answered = load_source::clock::now();
    const auto newest = hosted.load().time_of(hosted.load().handed() - 1);
    if (page)
      if (const auto shown = newest_shown(*page)) {
        ages.push_back(std::max(0.0, std::chrono::duration<double, std::milli>(newest - *shown).count()));
        answers.push_back(std::chrono::duration<double, std::milli>(answered - asked).count());
      }
    // At any moment of the node's own rounds.
    std::this_thread::sleep_for(milliseconds{20 + static_cast<int64_t>(random() % 200)});
    hosted.check();
  }
  hosted.stop();
  std::sort(ages.begin(), ages.end());
  std::sort(answers.begin(), answers.end());
  return {{"age", percentile(ages, 0.99), "ms", 1000, 200, true, ages.front(), ages.back(), "99 of 100 pages"},
          {"age-half", percentile(ages, 0.5), "ms", {}, {}, true},
          {"age-answer", percentile(answers, 0.99), "ms", {}, {}, true, {}, {}, "until the page is there, 99 of 100"}};
}

} // namespace millwright
