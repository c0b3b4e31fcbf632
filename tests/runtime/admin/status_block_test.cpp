#include "runtime/admin/status_block.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"

#include <doctest/doctest.h>

#include <random>

namespace status_block_test {

using namespace millwright;

namespace {

status_view busy_view() {
  status_view x;
  x.source = "Kafka topic sensor-readings at broker-1:9092, 8 partitions";
  x.now = from_epoch_ms(1'795'000'010'000);
  x.uptime = milliseconds{7'384'000};
  x.plant_time = from_epoch_ms(1'795'000'000'000);
  x.taken = 1'234'567'890;
  x.taken_rate = 125'031.4;
  x.judged_rate = 124'998.7;
  x.rejected = 12;
  x.backlog = 345;
  x.sensors = 125'000;
  x.quarantined = 1;
  x.commits = 1477;
  x.commit_ms = 34;
  x.commit_bytes = 5'300'000;
  x.last_commit = x.now - milliseconds{3200};
  x.active = 3;
  x.unacknowledged = 2;
  x.by_severity = {0, 0, 0, 2, 1};
  x.plant = count_plant(testing::small_plant().lines);
  x.sent = 9;
  for (int i = 0; i < 8; ++i)
    x.pages.push_back({x.now, severity::critical, i != 1, i == 2, "1f3a9c0" + std::to_string(i),
                       "critical limit: TI-101 on reactor-1 at Werk Süd 工場 🏭: 93.5 °C, limit 90"});
  return x;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (size_t from = 0; from < text.size();) {
    const auto to = text.find('\n', from);
    REQUIRE(to != text.npos);
    out.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

std::string without_colour(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\x1b')
      i = text.find('m', i);
    else
      out += text[i];
  return out;
}

} // namespace

TEST_CASE("no line of the status is wider than the terminal") {
  for (const auto& view : {status_view{}, busy_view()})
    for (const int width : {1, 2, 13, 40, 80, 120, 500}) {
      const auto plain = render_status(view, width, false);
      const auto lines = lines_of(plain);
      CHECK(lines.size() <= 16);
      for (const auto& each : lines)
        CHECK_MESSAGE(display_width(each) <= static_cast<size_t>(width), each);
      CHECK(without_colour(render_status(view, width, true)) == plain);
    }
}

TEST_CASE("a page in the status has one severity, the newest, whatever it was when its alarm began") {
  auto view = busy_view();
  view.pages = {{view.now, severity::high, true, false, "bc50392f", "medium state: VI-101 on compressor-10"}};
  const auto text = render_status(view, 120, false);
  CHECK(text.find("high      bc50392f  state: VI-101") != text.npos);
  CHECK(text.find("medium state") == text.npos);
}

TEST_CASE("the status tells how the node does") {
  const auto text = render_status(busy_view(), 120, false);
  for (const auto* part :
       {"millwright  ok   up 2 h 03 min   plant time 2026-11-18 ", "125,031/s in   124,999/s judged", "12 rejected",
        "125,000 living   1 quarantined", "3 s ago   commit 1,477 took 34 ms, 5.1 MiB",
        "3 active (1 critical, 2 high)   2 unacknowledged", "9 sent", "critical  1f3a9c00  limit: TI-101",
        "cleared  limit:", "acked    limit:", "1f3a9c05", "millwright ack ID"})
    CHECK_MESSAGE(text.find(part) != text.npos, part);
  CHECK(text.find("1f3a9c06") == text.npos);
  auto bad = busy_view();
  bad.condition = node_condition::source_unreachable;
  CHECK(render_status(bad, 80, false).find("millwright  source unreachable ") == 0);
  CHECK(status_line(bad).find(" source unreachable, up 2 h 03 min: 125,031/s in") != std::string::npos);
  const auto fresh = render_status({}, 80, false);
  CHECK(fresh.find("no reading yet") != fresh.npos);
  CHECK(fresh.find("no commit yet") != fresh.npos);
  CHECK(fresh.find("nobody has been paged yet") != fresh.npos);
}

TEST_CASE("the status has a line for the plant above the sensors, once there is one") {
  const auto view = busy_view();
  const auto text = render_status(view, 120, false);
  CHECK(text.find("plant       2 facilities   6 units   1 unstable   1 offline   1 learning\n") != text.npos);
  CHECK(render_status(view, 120, true).find("\x1b[31m1\x1b[0m unstable") != std::string::npos);
  CHECK(status_line(view).find("; 2 facilities, 6 units: 1 unstable, 1 offline, 1 learning; ledger ") !=
        std::string::npos);
  CHECK(render_status({}, 120, false).find("plant  ") == std::string::npos);
  CHECK(status_line({}).find("; ; ") == std::string::npos);
  std::string json;
  append_json(json, view);
  CHECK(json.find(R"("plant":{"facilities":2,"lines":1,"units":6,"units_by_health":{"unstable":1,)") != json.npos);
}

TEST_CASE("what a sensor calls itself cannot leave its line") {
  auto view = busy_view();
  view.pages.resize(1);
  view.pages[0].text = "limit: \x1b[2J\r\n\x9b evil \xc2\x9b \xe2\x80\xae \xff\xc3";
  const auto text = render_status(view, 120, false);
  CHECK(lines_of(text).size() == lines_of(render_status(busy_view(), 120, false)).size() - 5);
  CHECK(text.find("limit: ?[2J??? evil ? ? ??") != text.npos);
}

TEST_CASE("texts are cut between characters") {
  CHECK(fit("Süden", 5) == "Süden");
  CHECK(fit("Süden", 4) == "Süd…");
  CHECK(fit("工場工場", 8) == "工場工場");
  CHECK(fit("工場工場", 7) == "工場工…");
  CHECK(fit("工場工場", 6) == "工場…");
  CHECK(fit("工場", 1) == "…");
  CHECK(fit("abc", 0).empty());
  CHECK(fit("e\xcc\x81t", 2) == "e\xcc\x81t");
  CHECK(pad("ü", 3) == "ü  ");
  CHECK(pad("工場", 3) == "工…");
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1'000'000) == "1,000,000");
  CHECK(span_text(-5) == "0 ms");
  CHECK(span_text(119'999) == "119 s");
  CHECK(span_text(49 * 3'600'000ll) == "2 d 1 h");

  std::mt19937 random{7};
  const std::vector<std::string> pieces{"a", "ü", "工", "🏭", "\xcc\x81", "\xff", "\x1b", "\xe5", "\xc2\x85", " "};
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int j = 0; j < 12; ++j)
      text += pieces[random() % pieces.size()];
    for (size_t width = 0; width < 16; ++width) {
      const auto cut = fit(text, width);
      REQUIRE(display_width(cut) <= width);
      REQUIRE(fit(cut, width) == cut);
      REQUIRE(cut.find('\x1b') == cut.npos);
      REQUIRE(display_width(pad(text, width)) == width);
    }
  }
}

TEST_CASE("alarms, observations and pages are shown as the router counts them") {
  alarm_status figures;
  figures.active = 8;
  figures.by_severity = {0, 0, 0, 7, 1};
  figures.observations = 14;
  figures.sent = 12;
  figures.journal_failing = true;
  for (int i = 8; i > 6; --i) {
    auto x = std::make_shared<alarm_record>();
    x->raise.alarm = uuid_v5(std::to_string(i));
    x->raise.raised_at = x->raise.at = from_epoch_ms(1000 * i);
    x->raise.condition.sensor.text = "TI-" + std::to_string(i);
    x->raise.level = severity::high;
    x->latest = x->raise;
    x->latest.level = i == 8 ? severity::critical : severity::high;
    x->state = i == 7 ? alarm_state::cleared : alarm_state::active;
    figures.newest_paged.push_back(std::move(x));
  }
  status_view view;
  add_alarms(view, figures);
  CHECK(view.condition == node_condition::journal_failing);
  REQUIRE(view.pages.size() == 2);
  CHECK(view.pages[0].text.find("TI-8") != std::string::npos);
  CHECK(view.pages[0].level == severity::critical);
  CHECK_FALSE(view.pages[1].active);
  CHECK(view.sent == 12);
  const auto block = render_status(view, 120, false);
  CHECK(block.find("8 active (1 critical, 7 high)") != block.npos);
  CHECK(block.find("14 observations") != block.npos);
  CHECK(status_line(view).find("8 alarms active (1 critical, 7 high), 0 unacknowledged, 14 observations") !=
        std::string::npos);
}

TEST_CASE("a flood of alarms is said in the block and in the line, while there is one") {
  auto view = busy_view();
  CHECK(render_status(view, 500, false).find("flood") == std::string::npos);
  CHECK(status_line(view).find("flood") == std::string::npos);
  view.flood_since = from_epoch_ms(1'795'000'000'000);
  view.lately = 23;
  CHECK(render_status(view, 500, false).find(": 23 alarms in ten minutes") != std::string::npos);
  CHECK(status_line(view).find("flood since 2026-11-18T11:06:40.000Z, ") != std::string::npos);
}

} // namespace status_block_test
