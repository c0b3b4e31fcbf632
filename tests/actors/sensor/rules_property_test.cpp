#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

#include <random>

namespace rules_property_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

struct event {
  reading r;
  judged seen;
};

/// A restless sensor: level changes around its limits, spikes, bad quality, silence, disorder, stuck stretches, a clock
/// that is set back and forth.
std::vector<event> restless(watched_sensor& s, uint64_t seed, int count) {
  s.context.thresholds = {0, 10, 30, 40, 8};
  s.types[0].range_min = -100;
  s.types[0].range_max = 100;
  s.types[0].stuck_after = milliseconds{120'000};
  s.types[0].report = seed % 4 == 3 ? report_kind::on_change : report_kind::periodic;
  s.settings.of(rule::novelty).alarm = true;
  s.settings.of(rule::rapid_change).alarm = true;
  s.settings.state.learn = 120;
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal{0, 1};
  std::vector<event> events;
  int64_t now = 1'700'000'000'000, closing = now, activity = 0, wrong_by = 0;
  double level = 20, quality = 1;
  int stuck = 0;
  for (int i = 0; i < count; ++i) {
    now += random() % 40 == 0 ? 20'000 + static_cast<int64_t>(random() % 400'000)
                              : 500 + static_cast<int64_t>(random() % 9'000);
    if (random() % 30 == 0)
      level = std::array{20.0, 20.0, 29.0, 31.0, 41.0, 9.0, -5.0, 150.0}[random() % 8];
    if (random() % 60 == 0)
      quality = quality < 0.5 ? 1 : 0.2;
    if (random() % 150 == 0)
      stuck = 60;
    event e;
    auto& r = e.r;
    if (random() % 250 == 0)
      wrong_by = wrong_by == 0 ? static_cast<int64_t>(random() % 3'000'000) - 2'000'000 : 0;
    int64_t at = now + wrong_by;
    if (random() % 15 == 0)
      at -= static_cast<int64_t>(random() % 30'000);
    if (random() % 40 == 0)
      at -= 100'000 + static_cast<int64_t>(random() % 1'500'000);
    if (random() % 400 == 0)
      r.flags = reading::ahead | reading::far_ahead, at += 90'000'000;
    r.time = from_epoch_ms(at);
    r.value = --stuck > 0 ? level : level + normal(random) * (random() % 50 == 0 ? 8 : 1);
    r.quality = quality;
    const auto moved = std::max<int64_t>(0, now + static_cast<int64_t>(random() % 3'000) - closing);
    closing += moved;
    activity += std::min<int64_t>(moved, random() % 5 == 0 ? 10'000 : moved);
    r.closing = from_epoch_ms(closing);
    r.watermark = r.closing;
    r.activity = milliseconds{activity};
    r.hour = static_cast<uint8_t>(at / 3'600'000 % 24);
    r.context = &s.context;
    if (random() % 6 != 0)
      e.seen.recent = baseline{20, 1, 17, 23, 30};
    events.push_back(e);
  }
  return events;
}

std::string told(const sensor_output& out) {
  std::vector<std::string> lines;
  for (const auto& x : out.transitions) {
    std::string bytes;
    binary_writer writer{bytes};
    auto same = x;
    same.position = 0;
    encode(writer, same);
    lines.push_back(to_iso(x.at) + std::string{name_of(x.condition.which)} + bytes);
  }
  for (const auto& x : out.anomalies) {
    std::string line = to_iso(x.time);
    append_json(line, x);
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const auto& line : lines)
    all += line + '\n';
  for (const auto& x : out.scores)
    append_json(all, x);
  return all;
}

void take(watched_sensor& s, const event& e) {
  s.rules.advance(e.r.closing, e.r.activity, s.context, 0, 0, s.out);
  s.rules.judge(e.r, e.seen, s.out);
}

} // namespace

TEST_CASE("what is decided does not depend on when or how often time is told") {
  rule_set seen;
  size_t transitions = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    watched_sensor plain, swept;
    const auto events = restless(plain, seed, 800);
    restless(swept, seed, 0);
    std::mt19937_64 random(seed + 1000);
    event_time before = from_epoch_ms(1'700'000'000'000);
    milliseconds active{0};
    for (const auto& e : events) {
      take(plain, e);
      auto other = e;
      other.r.context = &swept.context;
      std::vector<std::pair<int64_t, int64_t>> stops;
      for (uint64_t i = random() % 5; i > 0; --i) {
        const auto span = (e.r.closing - before).count(), lively = (e.r.activity - active).count();
        stops.emplace_back(static_cast<int64_t>(random() % (span + 1)), static_cast<int64_t>(random() % (lively + 1)));
      }
      auto closings = stops, actives = stops;
      std::sort(closings.begin(), closings.end());
      std::sort(actives.begin(), actives.end(), [](auto a, auto b) { return a.second < b.second; });
      for (size_t i = 0; i < stops.size(); ++i)
        swept.rules.advance(before + milliseconds{closings[i].first}, active + milliseconds{actives[i].second},
                            swept.context, 0, 0, swept.out);
      take(swept, other);
      before = e.r.closing;
      active = e.r.activity;
    }
    REQUIRE(told(plain.out) == told(swept.out));
    for (const auto& x : plain.out.transitions)
      seen.put(x.condition.which);
    transitions += plain.out.transitions.size();
  }
  MESSAGE(transitions << " transitions compared");
  for (const rule which : {rule::limit, rule::z, rule::state, rule::rate, rule::range, rule::stale, rule::bad_quality,
                           rule::stuck, rule::novelty})
    CHECK_MESSAGE(seen.has(which), name_of(which));
}

TEST_CASE("a sensor encoded and decoded at any point goes on as if nothing had happened") {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    watched_sensor plain, moved;
    const auto events = restless(plain, seed, 600);
    restless(moved, seed, 0);
    std::mt19937_64 random(seed);
    for (const auto& e : events) {
      take(plain, e);
      auto other = e;
      other.r.context = &moved.context;
      take(moved, other);
      if (random() % 20 == 0) {
        const auto bytes = moved.encoded();
        binary_reader reader{bytes};
        moved.rules = sensor_rules{moved.book};
        REQUIRE(moved.rules.decode(reader));
        REQUIRE(reader.at_end());
        REQUIRE(moved.encoded() == bytes);
        REQUIRE(moved.rules.states() == plain.rules.states());
      }
    }
    REQUIRE(told(plain.out) == told(moved.out));
  }
}

TEST_CASE(
    "every alarm's transitions are numbered in order, page when they get worse, and end before they begin again") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    watched_sensor s;
    for (const auto& e : restless(s, seed, 800))
      take(s, e);
    std::vector<std::pair<uuid, std::vector<const alarm_transition*>>> alarms;
    for (const auto& x : s.out.transitions) {
      auto known = std::find_if(alarms.begin(), alarms.end(), [&](const auto& a) { return a.first == x.alarm; });
      if (known == alarms.end())
        known = alarms.insert(alarms.end(), {x.alarm, {}});
      known->second.push_back(&x);
    }
    for (const auto& [id, steps] : alarms) {
      bool active = false;
      auto paged = severity::normal, level = severity::normal;
      for (size_t i = 0; i < steps.size(); ++i) {
        const auto kind = steps[i]->kind;
        REQUIRE(steps[i]->number == i + 1);
        REQUIRE((kind == transition_kind::raised) == (i == 0));
        const bool starts = kind == transition_kind::raised || kind == transition_kind::reopened;
        REQUIRE(active != starts);
        active = kind != transition_kind::cleared && kind != transition_kind::adapted;
        if (steps[i]->pages) {
          // Worse than what anybody was told, or than it was a moment ago.
          REQUIRE((steps[i]->level > paged || (kind == transition_kind::updated && steps[i]->level > level)));
          paged = std::max(paged, steps[i]->level);
        }
        level = steps[i]->level;
        REQUIRE(steps[i]->raised_at == steps[0]->at);
      }
    }
  }
}

TEST_CASE("a damaged state is refused or read, and never crashes") {
  int refused = 0, read = 0;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    watched_sensor s;
    const auto events = restless(s, seed, 700);
    for (size_t i = 0; i < 60 + seed * 50; ++i)
      take(s, events[i]);
    const auto bytes = s.encoded();
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      binary_reader reader{std::string_view{bytes}.substr(0, cut)};
      REQUIRE(!s.rules.decode(reader));
    }
    std::mt19937_64 random(seed);
    for (int flip = 0; flip < 3000; ++flip) {
      auto damaged = bytes;
      for (uint64_t k = 1 + random() % 3; k > 0; --k)
        damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
      binary_reader reader{damaged};
      const bool ok = s.rules.decode(reader);
      ++(ok ? read : refused);
      for (size_t i = 600; ok && i < 640; ++i)
        take(s, events[i]);
      s.out.clear();
    }
  }
  CHECK(refused > 0);
  CHECK(read > 0);
}

TEST_CASE("a healthy Gaussian sensor pages for nothing, and its state is small") {
  int pages[rule_count] = {}, raises[rule_count] = {};
  constexpr int sensors = 10, readings = 100'000;
  size_t object = 0, encoded = 0;
  for (int sensor = 0; sensor < sensors; ++sensor) {
    watched_sensor s;
    s.book.score_rows = false;
    s.context.thresholds = {0, 10, 30, 40, absent};
    s.types[0].resolution = 0.01;
    s.types[0].stuck_after = milliseconds{120'000};
    std::mt19937_64 random(sensor);
    std::normal_distribution<double> normal{20, 1};
    double sum = 0, squares = 0;
    std::deque<double> last;
    for (int i = 0; i < readings; ++i) {
      const double x = std::round(normal(random) * 1000) / 1000;
      reading r;
      r.time = from_epoch_ms(1'700'000'000'000 + int64_t{i} * 1000);
      r.closing = r.watermark = r.time - milliseconds{10};
      r.activity = milliseconds{int64_t{i} * 1000};
      r.value = x;
      r.context = &s.context;
      r.hour = static_cast<uint8_t>(i / 3600 % 24);
      judged seen;
      if (last.size() > 1) {
        const double n = static_cast<double>(last.size()), avg = sum / n;
        seen.recent =
            baseline{20 + avg, std::sqrt((squares - n * avg * avg) / (n - 1)), 0, 0, static_cast<uint32_t>(n)};
      }
      take(s, {r, seen});
      last.push_back(x - 20);
      sum += x - 20;
      squares += (x - 20) * (x - 20);
      if (last.size() > 300) {
        sum -= last.front();
        squares -= last.front() * last.front();
        last.pop_front();
      }
    }
    for (const auto& x : s.out.transitions) {
      pages[static_cast<int>(x.condition.which)] += x.pages;
      raises[static_cast<int>(x.condition.which)] += x.kind == transition_kind::raised;
    }
    object = std::max(object, sizeof(sensor_rules) + s.rules.heap_bytes());
    encoded = std::max(encoded, s.encoded().size());
  }
  for (const rule which : {rule::limit, rule::z, rule::state, rule::novelty, rule::stale, rule::stuck}) {
    const int i = static_cast<int>(which);
    MESSAGE(name_of(which) << ": " << pages[i] << " pages, " << raises[i] << " alarms in " << sensors * readings
                           << " readings");
    CHECK(pages[i] == 0);
  }
  MESSAGE("bytes: " << object << " in memory, " << encoded << " stored");
  CHECK(object <= 1100);
  CHECK(encoded <= 640);
}

} // namespace rules_property_test
