#include "actors/monitor/load_monitor.hpp"
#include "runtime/admin/load_questions.hpp"
#include "runtime/admin/load_table.hpp"
#include "runtime/admin/status_block.hpp"
#include "tests/runtime/admin/admin_fixture.hpp"

#include <doctest/doctest.h>

namespace load_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

load_sample busy_second(int second) {
  load_sample x;
  x.moment = second * 1s;
  x.at = from_epoch_ms(1'795'000'000'000) + x.moment;
  x.figures[load_measure::input] = 24'000;
  x.figures[load_measure::processing] = 12'000 - second;
  x.figures[load_measure::commit] = 310;
  x.figures[load_measure::scheduling_delay] = 0.24;
  x.figures[load_measure::backlog] = 1'234'567;
  x.figures[load_measure::memory] = 7.5 * (1 << 30);
  x.figures[load_measure::cpu] = 0.97;
  x.node = {1, 12, 5s};
  return x;
}

/// Ten minutes of too much to do.
load_monitor overloaded() {
  load_monitor monitor{{}, {}};
  for (int i = 0; i < 600; ++i)
    monitor.take(busy_second(i));
  return monitor;
}

std::string report_of(const load_monitor& monitor, milliseconds span) {
  std::string out;
  append_json(out, monitor.report(span, 599s));
  return out + '\n';
}

} // namespace

TEST_CASE("a request for the load names minutes or samples, and nothing else") {
  admin_request request;
  request.question = admin_question::load;
  request.minutes = 10;
  CHECK(to_json(request) == R"({"request":"load","minutes":10,"samples":0})");
  const auto read = parse_request(R"({"request":"load","samples":7})");
  CHECK(read.question == admin_question::load);
  CHECK(read.samples == 7);
  CHECK(read.minutes == 0);
  CHECK_THROWS_WITH_AS(parse_request(R"({"request":"load","minutes":-1})"), doctest::Contains("minutes"), failure);
  CHECK_THROWS_WITH_AS(parse_request(R"({"request":"load","hours":1})"), doctest::Contains("hours"), failure);
}

TEST_CASE("the load of a node goes over its socket, summed up or sample by sample") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  auto backend = node.backend();
  const auto monitor = overloaded();
  uint32_t asked = 99;
  backend.load = [&](uint32_t minutes) {
    asked = minutes;
    return monitor.report(std::chrono::minutes{minutes}, 599s);
  };
  backend.load_samples = [&](uint32_t most) { return load_history_answer{monitor.newest(most)}; };
  admin_server server{path, backend};
  admin_request request;
  request.question = admin_question::load;
  request.minutes = 3;
  CHECK(answer_to(path, request) == report_of(monitor, 3min));
  CHECK(asked == 3);
  request.minutes = 0;
  request.samples = 2;
  std::string two;
  append_json(two, busy_second(598));
  append_json(two += '\n', busy_second(599));
  CHECK(answer_to(path, request) == two + '\n');
}

TEST_CASE("people see figures, what is in alarm, and what the figures speak for") {
  const auto text = render_load(report_of(overloaded(), 5min));
  CAPTURE(text);
  for (const auto* part :
       {"300 samples, 11:11:40 to 11:16:39 UTC", "mean", "p95", "come in                 24,000/s", "11,551/s",
        "1,234,567", "0.24 ms", "310 ms", "7.5 GiB", "97 %", "in alarm            input, cpu",
        "every 15 s is enough for 24,000 readings/s (ledger.interval is 5 s)",
        "6, there are 1: 2.08 times as much comes as is judged, with 94 % of monitor.alarms.memory",
        "by facility, 20: 12 facilities"})
    CHECK_MESSAGE(text.find(part) != text.npos, part);
  // Nobody knows how old readings were.
  const auto at = text.find("its time to judged");
  REQUIRE(at != text.npos);
  CHECK(text.substr(at, text.find('\n', at) - at).ends_with("          -           -           -           -"));
  std::string empty;
  append_json(empty, load_monitor{{}, {}}.report(5min, 0s));
  CHECK(render_load(empty) == "no sample yet\n");
  CHECK(render_load("no JSON").empty());
  for (const auto* odd : {R"({"samples":3})", R"({"samples":3,"mean":7,"standing":{},"advice":[]})",
                          R"({"samples":3,"from":5,"standing":[1],"advice":{"nodes":"x"}})"})
    CHECK(render_load(odd).find("in alarm            nothing") != std::string::npos);
}

TEST_CASE("figures are in the unit that a person reads at a glance") {
  CHECK(load_text(load_measure::scheduling_delay, 3.14) == "3.1 ms");
  CHECK(load_text(load_measure::commit, 250) == "250 ms");
  CHECK(load_text(load_measure::commit, 31'200) == "31 s");
  CHECK(load_text(load_measure::end_to_end_delay, 3'600'000) == "1 h 00 min");
  CHECK(load_text(load_measure::memory, 300 << 20) == "300.0 MiB");
  CHECK(load_text(load_measure::cpu, 0.034) == "3 %");
  CHECK(load_text(load_measure::input, std::nan("")) == "-");
}

TEST_CASE("the status has a line of the load once there is a sample") {
  status_view view;
  CHECK(render_status(view, 120, false).find("\nload") == std::string::npos);
  view.load = busy_second(1);
  CHECK(render_status(view, 120, false).find("\nload        CPU 97 %   7.5 GiB   judged after 0.24 ms\n") !=
        std::string::npos);
  view.load->figures[load_measure::end_to_end_delay] = 12'000;
  CHECK(render_status(view, 120, false).find("judged after 0.24 ms   12 s after its time\n") != std::string::npos);
  std::string out;
  append_json(out, view);
  CHECK(out.find(R"("load":{"timestamp":"2026-11-18T11:06:41.000Z","input_rate":24000,)") != std::string::npos);
  view.load.reset();
  out.clear();
  append_json(out, view);
  CHECK(out.find(R"("load":null)") != std::string::npos);
}

TEST_CASE("the monitor's answers come back, and its end is told") {
  caf::actor_system_config config;
  config.add_message_types<caf::id_block::millwright>();
  caf::actor_system system{config};
  const load_monitor_actor monitor = system.spawn(
      [](const std::string& subject) -> load_monitor_actor::behavior_type {
        return {[](const load_sample&) {},
                [subject](const load_report_wanted& x) {
                  load_report out;
                  out.standing.push_back(subject);
                  out.summary.samples = static_cast<uint32_t>(x.span.count());
                  return out;
                },
                [](const load_history_wanted& x) { return load_history_answer{std::vector<load_sample>(x.most)}; },
                [](const describe_wanted&) { return actor_description{}; }};
      },
      std::string{"cpu"});
  const load_questions questions{system, [&] { return monitor; }};
  CHECK(questions.report(7ms).summary.samples == 7);
  CHECK(questions.report(7ms).standing == std::vector<std::string>{"cpu"});
  CHECK(questions.history(3).samples.size() == 3);
  caf::anon_send_exit(monitor, caf::exit_reason::kill);
  system.await_all_actors_done();
  CHECK_THROWS_WITH_AS(questions.report(7ms), doctest::Contains("has ended"), failure);
}

} // namespace load_test
