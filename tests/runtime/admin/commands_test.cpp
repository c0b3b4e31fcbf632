#include "runtime/admin/sensor_lines.hpp"
#include "tests/runtime/admin/admin_fixture.hpp"
#include "tests/runtime/admin/explain_fixture.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"
#include "tests/runtime/admin/tree_fixture.hpp"
#include "tools/ack_command.hpp"
#include "tools/alarms_command.hpp"
#include "tools/describe_command.hpp"
#include "tools/explain_command.hpp"
#include "tools/load_command.hpp"
#include "tools/maintenance_command.hpp"
#include "tools/plant_command.hpp"
#include "tools/relearn_command.hpp"
#include "tools/results_command.hpp"
#include "tools/retire_command.hpp"
#include "tools/sensors_command.hpp"
#include "tools/shelve_command.hpp"
#include "tools/tree_command.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>

namespace commands_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

/// Standard output goes into `fd` meanwhile.
class redirected {
public:
  explicit redirected(int fd) : before_{::dup(STDOUT_FILENO)} {
    std::fflush(stdout);
    ::dup2(fd, STDOUT_FILENO);
  }
  ~redirected() {
    std::fflush(stdout);
    ::dup2(before_, STDOUT_FILENO);
    ::close(before_);
  }

private:
  int before_;
};

using command_function = int (*)(const std::vector<std::string>&);

std::string output_of(command_function command, const std::vector<std::string>& line) {
  std::FILE* file = std::tmpfile();
  {
    const redirected output{fileno(file)};
    CHECK(command(line) == 0);
  }
  std::string out;
  std::rewind(file);
  char some[4096];
  while (const auto n = std::fread(some, 1, sizeof some, file))
    out.append(some, n);
  std::fclose(file);
  return out;
}

void check_refused(command_function command, const std::vector<std::string>& line, const std::string& message) {
  CHECK_THROWS_WITH_AS(command(line), doctest::Contains(message.c_str()), failure);
}

struct running_node {
  running_node() : server{path, node.backend()} {}

  temporary_directory directory;
  std::string path = directory.file("node.sock");
  fake_node node;
  admin_server server;
};

} // namespace

TEST_CASE("wrong command lines are named") {
  check_refused(results_command, {}, "an argument is missing");
  check_refused(results_command, {"scoers"},
                "scoers: no kind of results (did you mean scores?); there are statistics,");
  check_refused(results_command, {"x"},
                "patterns, averages, anomalies, alarms, notifications, dead-letters, counts, scores");
  check_refused(results_command, {"scores", "--last", "-1"}, "--last: expected a whole number from 0 to 10000000");
  check_refused(results_command, {"scores", "--sensor", ""}, "--sensor: expected an id, got nothing");
  check_refused(results_command, {"counts", "--sensor", "A"}, "--sensor: rows of counts name no sensor");
  check_refused(results_command, {"scores", "--folow"}, "--folow: unknown option (did you mean --follow?)");
  check_refused(results_command, {"scores", "patterns"}, "\"patterns\" is one argument too many");
  check_refused(alarms_command, {"all"}, "\"all\" is one argument too many");
  check_refused(alarms_command, {"--limit", "0"}, "--limit: expected a whole number from 1 to 100000");
  check_refused(load_command, {"soon"}, "expected minutes, a whole number from 1 to 100000, got \"soon\"");
  check_refused(load_command, {"0"}, "expected minutes, a whole number from 1 to 100000, got \"0\"");
  check_refused(load_command, {"5", "6"}, "\"6\" is one argument too many");
  check_refused(load_command, {"5", "--samples", "9"}, "--samples: expected no minutes beside it");
  check_refused(load_command, {"--samples", "0"}, "--samples: expected a whole number from 1 to 1000000");
  check_refused(ack_command, {}, "an argument is missing");
  check_refused(ack_command, {"TI-101"}, "expected an alarm's id like 1f3a9c02, got \"TI-101\"");
  check_refused(ack_command, {""}, "expected an alarm's id");
}

TEST_CASE("without a node every command says which socket is silent") {
  temporary_directory directory;
  const auto path = directory.file("none.sock");
  const auto message = path + ": no running node answers on this socket (start one with millwright run)";
  check_refused(results_command, {"scores", "--socket", path}, message);
  check_refused(alarms_command, {"--socket", path}, message);
  check_refused(ack_command, {"1f3a", "--socket", path}, message);
  check_refused(alarms_command, {"--socket", std::string(300, 'x')}, "expected the path of a socket");
  check_refused(alarms_command, {"-c", directory.file("none.yaml")}, "none.yaml: cannot be read");
}

TEST_CASE("every command has a help") {
  CHECK(output_of(results_command, {"--help"}).find("usage: millwright results KIND") == 0);
  CHECK(output_of(alarms_command, {"--help"}).find("usage: millwright alarms") == 0);
  CHECK(output_of(ack_command, {"--help"}).find("usage: millwright ack ID") == 0);
}

TEST_CASE("results are printed as they are stored") {
  running_node n;
  n.node.commit(result_kind::anomalies, row("A", "east", 1) + row("B", "east", 2) + row("A", "west", 3));
  CHECK(output_of(results_command, {"anomalies", "--socket", n.path, "--last", "1"}) == row("A", "west", 3));
  CHECK(output_of(results_command, {"anomalies", "--socket", n.path, "--sensor", "A", "--facility", "east"}) ==
        row("A", "east", 1));
  const auto config = n.directory.file("node.yaml");
  std::ofstream{config} << "node:\n  socket: " << n.path << "\n";
  CHECK(lines_in(output_of(results_command, {"anomalies", "-c", config})) == 3);
}

TEST_CASE("the load is shown to people, or as the JSON that the node gave") {
  temporary_directory directory;
  const auto path = directory.file("node.sock");
  fake_node node;
  auto backend = node.backend();
  std::vector<uint32_t> asked;
  backend.load = [&](uint32_t minutes) {
    asked.push_back(minutes);
    load_report report;
    report.newest.emplace();
    report.summary.samples = 17;
    report.summary.mean[load_measure::input] = 303;
    return report;
  };
  backend.load_samples = [](uint32_t most) { return load_history_answer{std::vector<load_sample>(most)}; };
  admin_server server{path, backend};
  CHECK(output_of(load_command, {"--socket", path}).starts_with("17 samples, "));
  CHECK(output_of(load_command, {"10", "--socket", path}).find("303/s") != std::string::npos);
  const auto json = output_of(load_command, {"10", "--json", "--socket", path});
  CHECK(json.starts_with("{\"from\":null,"));
  CHECK(lines_in(json) == 1);
  CHECK(lines_in(output_of(load_command, {"--samples", "4", "--socket", path})) == 4);
  CHECK(asked == std::vector<uint32_t>{0, 10, 10});
}

TEST_CASE("a reader who has seen enough ends a command quietly") {
  running_node n;
  n.node.commit(result_kind::anomalies, row("A", "east", 1));
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::close(ends[0]);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  {
    const redirected output{ends[1]};
    CHECK(results_command({"anomalies", "--follow", "--socket", n.path}) == 0);
  }
  ::signal(SIGPIPE, before);
  ::close(ends[1]);
}

TEST_CASE("alarms are a table or JSON") {
  running_node n;
  CHECK(output_of(alarms_command, {"--socket", n.path}) == "no active alarms\n");
  CHECK(output_of(alarms_command, {"--all", "--socket", n.path}) == "no alarms\n");
  CHECK(output_of(alarms_command, {"--json", "--socket", n.path}).empty());
  n.node.alarms = {an_alarm("TI-101", severity::critical), an_alarm("TI-102", severity::high)};
  const auto table = output_of(alarms_command, {"--socket", n.path, "--limit", "1"});
  CHECK(table.find("TI-101") != table.npos);
  CHECK(table.find("... and 1 more") != table.npos);
  CHECK(table.find('\x1b') == table.npos);
  const auto json = output_of(alarms_command, {"--json", "--socket", n.path});
  CHECK(lines_in(json) == 2);
  CHECK(json.starts_with("{\"alarm_id\":\""));
}

TEST_CASE("observations are listed apart from alarms") {
  running_node n;
  CHECK(output_of(observations_command, {"--help"}).find("usage: millwright observations") == 0);
  CHECK(output_of(observations_command, {"--socket", n.path}) == "no active observations\n");
  CHECK(n.node.asked.observations);
  n.node.alarms = {an_alarm("TI-101", severity::medium)};
  CHECK(lines_in(output_of(observations_command, {"--socket", n.path})) == 2);
  output_of(alarms_command, {"--socket", n.path});
  CHECK_FALSE(n.node.asked.observations);
}

TEST_CASE("an acknowledgement says what happened") {
  running_node n;
  CHECK(output_of(ack_command, {"1f3a", "--by", "Anna", "--socket", n.path}) ==
        "acknowledged by Anna (user " + own_user() + ")\n");
  ::setenv("USER", "berta", 1);
  CHECK(output_of(ack_command, {"1f3a", "--socket", n.path}) == "acknowledged by berta (user " + own_user() + ")\n");
  ::setenv("USER", own_user().c_str(), 1);
  CHECK(output_of(ack_command, {"1f3a", "--socket", n.path}) == "acknowledged by " + own_user() + "\n");
  ::unsetenv("USER");
  CHECK(output_of(ack_command, {"1f3a", "--socket", n.path}).size() > std::string{"acknowledged by \n"}.size());
  CHECK_THROWS_WITH_AS(ack_command({"77", "--socket", n.path}), "no alarm begins with 77", failure);
  CHECK_THROWS_WITH_AS(ack_command({"dead", "--socket", n.path}), "the alarm router has ended", failure);
}

TEST_CASE("sensors are a table or JSON, and what was forgotten is told with those that stay") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  auto backend = node.backend();
  sensor_filter asked;
  backend.sensors = [&](const sensor_filter& filter) {
    asked = filter;
    return sensor_list{{{{{"site"}, {"TI-1\n"}}, sensor_presence::asleep, "readings/3", from_epoch_ms(0)},
                        {{{"site"}, {"TI-2"}}, sensor_presence::living, "", never}},
                       7};
  };
  backend.forget = [&](const sensor_filter& filter) {
    asked = filter;
    return sensors_forgotten{2, {{{"site"}, {"TI-3"}}}, "a problem"};
  };
  admin_server server{path, backend};
  const auto table =
      output_of(sensors_command, {"list", "TI-*", "--facility", "site", "--asleep", "-n", "2", "--socket", path});
  CHECK(asked.sensor == "TI-*");
  CHECK(asked.facility == "site");
  CHECK(asked.asleep);
  CHECK_FALSE(asked.awake);
  CHECK(asked.limit == 2);
  CHECK(table == "FACILITY  SENSOR  STATE   LAST SEEN (UTC)           SPLIT\n"
                 "site      TI-1?   asleep  1970-01-01T00:00:00.000Z  readings/3\n"
                 "site      TI-2    living  -                         -\n"
                 "and 5 more: --limit, or a narrower pattern\n");
  CHECK(output_of(sensors_command, {"list", "--json", "--socket", path})
            .find(R"("state":"living","split":null,"last_seen":null})") != std::string::npos);
  CHECK(output_of(sensors_command, {"forget", "TI-?", "--socket", path}) ==
        "TI-3 of site speaks: it would be known again at once, and stays\n2 sensors forgotten\na problem\n");
  CHECK(asked.limit == 10'000);
  check_refused(sensors_command, {"forget"}, "expected which");
  check_refused(sensors_command, {"remember"}, "expected list or forget");
  check_refused(sensors_command, {"list", "--asleep", "--awake"}, "asleep or awake");
  CHECK_THROWS_WITH_AS(parse_request(R"({"request":"forget"})"), doctest::Contains("expected which"), failure);
  CHECK_THROWS_WITH_AS(parse_request(R"({"request":"sensors","state":"dead"})"), doctest::Contains("asleep or awake"),
                       failure);
}

TEST_CASE("the plant is tables or JSON, and what is wrong with a name is told") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  auto plant = small_plant();
  auto backend = node.backend();
  backend.plant = plant.source();
  admin_server server{path, backend};
  CHECK(output_of(plant_command, {"--help"}).find("usage: millwright plant [FACILITY|UNIT|FACILITY/UNIT]") == 0);
  const auto whole = output_of(plant_command, {"--socket", path, "--limit", "1"});
  CHECK(whole.find("2 facilities, 1 production line, 6 units: 1 unstable") == 0);
  CHECK(whole.find("... and 1 more (--limit N)") != whole.npos);
  CHECK(whole.find('\x1b') == whole.npos);
  CHECK(output_of(plant_command, {"north/shared", "--socket", path}).find("unit shared of north\n") == 0);
  CHECK(output_of(plant_command, {"--facility", "north", "--socket", path}).find("facility north (North works)\n") ==
        0);
  CHECK(output_of(plant_command, {"--kind", "oven", "--socket", path}).find("too hot") != std::string::npos);
  CHECK(output_of(plant_command, {"--kind", "join", "--socket", path}).find("no actors of this kind yet") == 0);
  CHECK(
      output_of(plant_command, {"pump-1", "--json", "--socket", path}).find(R"({"row":"unit","facility_id":"north")") ==
      0);
  check_refused(plant_command, {"pump-9", "--socket", path}, "did you mean pump-1?");
  check_refused(plant_command, {"north", "--socket", path}, "say which: south/north, or --facility north");
  check_refused(plant_command, {"--kind", "", "--socket", path}, "--kind: expected a name, got nothing");
  check_refused(plant_command, {"", "--socket", path}, "expected a facility or a unit, got nothing");
  check_refused(plant_command, {"--limit", "0", "--socket", path}, "--limit: expected a whole number from 1");
}

TEST_CASE("maintenance is told of the unit that is meant, with who says so and as whom") {
  const temporary_directory directory;
  const auto path = directory.file("node.sock");
  fake_node node;
  auto plant = small_plant();
  auto backend = node.backend();
  backend.plant = plant.source();
  std::vector<maintenance_entry> said;
  backend.maintain = [&](const maintenance_entry& x) {
    if (x.report.note == "full")
      throw failure{failure_code::not_found, "", "it was not noted"};
    said.push_back(x);
    return from_epoch_ms(1'795'000'000'000);
  };
  admin_server server{path, backend};
  using kind = maintenance_report::kind;
  CHECK(output_of(maintenance_command, {"--help"}).find("usage: millwright maintenance begin|end|done UNIT") == 0);
  CHECK(output_of(maintenance_command,
                  {"begin", "pump-1", "--by", "anna", "--note", "new \x1b[2Jbearing", "--socket", path}) ==
        "pump-1 of north is in maintenance from 2026-11-18T11:06:40.000Z on, until its end is told\n");
  CHECK(output_of(maintenance_command, {"done", "north/pump-2", "--socket", path}) ==
        "pump-2 of north was maintained, as of 2026-11-18T11:06:40.000Z\n");
  output_of(maintenance_command, {"end", "shared", "--facility", "south", "--by", "bert", "--socket", path});
  REQUIRE(said.size() == 3);
  CHECK(said[0] ==
        maintenance_entry{{"north"}, "pump-1", {kind::begins, never, "anna", own_user(), "new \x1b[2Jbearing"}});
  CHECK(said[1].report.what == kind::done);
  CHECK_FALSE(said[1].report.by.empty());
  CHECK(said[2] == maintenance_entry{{"south"}, "shared", {kind::ends, never, "bert", own_user(), {}}});

  check_refused(maintenance_command, {"pump-1"}, "an argument is missing");
  check_refused(maintenance_command, {"start", "pump-1", "--socket", path},
                "expected begin, end or done, got \"start\"");
  check_refused(maintenance_command, {"begin", "", "--socket", path}, "expected a unit, got nothing");
  check_refused(maintenance_command, {"begin", "pump-1", "--by", "", "--socket", path},
                "--by: expected a text, got nothing");
  check_refused(maintenance_command, {"begin", "pump-9", "--socket", path}, "did you mean pump-1?");
  check_refused(maintenance_command, {"begin", "shared", "--socket", path}, "say which: ");
  check_refused(maintenance_command, {"begin", "pump-1", "--note", "full", "--socket", path}, "it was not noted");
  check_refused(maintenance_command, {"begin", "pump-1", "--note", std::string(1001, 'x'), "--socket", path},
                "note: expected at most 1000 bytes, got 1001");
  CHECK(said.size() == 3);
}

TEST_CASE("the sensor that is meant is to learn anew, with who says so and as whom, and until when it pages nobody") {
  const temporary_directory directory;
  const auto path = directory.file("node.sock");
  fake_node node;
  explained_plant plant;
  auto backend = node.backend();
  backend.sensors = plant.source().sensors;
  backend.explain = plant.source();
  std::vector<sensor_word> said;
  backend.say = [&](const sensor_word& x) {
    if (x.by == "nobody")
      throw failure{failure_code::not_found, "", "TI-2 of north was not told"};
    said.push_back(x);
    return from_epoch_ms(1'795'000'000'000);
  };
  admin_server server{path, backend};
  CHECK(output_of(relearn_command, {"--help"}).find("usage: millwright relearn SENSOR") == 0);
  CHECK(output_of(relearn_command, {"TI-1", "--by", "anna", "--socket", path}) ==
        "TI-1 of north learns anew what is normal, as of 2026-11-18T11:06:40.000Z; what it learns pages from "
        "2026-11-19T11:06:40.000Z on\n");
  REQUIRE(said.size() == 1);
  CHECK(said[0] == sensor_word{{{"north"}, {"TI-1"}}, sensor_word::kind::relearn, never, "anna", own_user()});
  plant.settings.state.learning_time = milliseconds{3'600'000};
  CHECK(output_of(relearn_command, {"north/TI-2", "--socket", path}).find("pages from 2026-11-18T12:06:40.000Z on") !=
        std::string::npos);
  CHECK_FALSE(said.back().by.empty());
  plant.settings.of(rule::state).pages = false;
  CHECK(output_of(relearn_command, {"TI-2", "--facility", "north", "--socket", path})
            .find("by the settings its state rule pages nobody") != std::string::npos);

  check_refused(relearn_command, {}, "an argument is missing");
  check_refused(relearn_command, {"", "--socket", path}, "expected a sensor, got nothing");
  check_refused(relearn_command, {"TI-1", "--by", "", "--socket", path}, "--by: expected a text, got nothing");
  check_refused(relearn_command, {"TI-11", "--socket", path},
                "no sensor is called so (did you mean TI-1?); millwright sensors list lists them");
  check_refused(relearn_command, {"TI-1", "--facility", "south", "--socket", path}, "no sensor of south is called so");
  check_refused(relearn_command, {"TI-2", "--by", "nobody", "--socket", path}, "TI-2 of north was not told");
  check_refused(relearn_command, {"TI-2", "--by", std::string(201, 'x'), "--socket", path},
                "by: expected at most 200 bytes, got 201");
  CHECK(said.size() == 3);
}

TEST_CASE("a sensor is retired, and is back, by who says so") {
  const temporary_directory directory;
  const auto path = directory.file("node.sock");
  fake_node node;
  explained_plant plant;
  auto backend = node.backend();
  backend.sensors = plant.source().sensors;
  backend.explain = plant.source();
  std::vector<sensor_word> said;
  backend.say = [&](const sensor_word& x) {
    said.push_back(x);
    return from_epoch_ms(1'795'000'000'000);
  };
  admin_server server{path, backend};
  CHECK(output_of(retire_command, {"--help"}).find("usage: millwright retire SENSOR") == 0);
  CHECK(output_of(retire_command, {"TI-1", "--by", "anna", "--socket", path}) ==
        "TI-1 of north is retired, as of 2026-11-18T11:06:40.000Z: its alarms end, it is forgotten, and what it still "
        "sends is counted and not judged; millwright retire --back has it in service again\n");
  CHECK(output_of(retire_command, {"north/TI-1", "--back", "--by", "ben", "--socket", path}) ==
        "TI-1 of north is in service again, as of 2026-11-18T11:06:40.000Z: with its next reading it begins as a new "
        "sensor\n");
  REQUIRE(said.size() == 2);
  CHECK(said[0] == sensor_word{{{"north"}, {"TI-1"}}, sensor_word::kind::retire, never, "anna", own_user()});
  CHECK(said[1] == sensor_word{{{"north"}, {"TI-1"}}, sensor_word::kind::unretire, never, "ben", own_user()});
  check_refused(retire_command, {}, "an argument is missing");
  check_refused(retire_command, {"", "--socket", path}, "expected a sensor, got nothing");
  check_refused(retire_command, {"TI-11", "--socket", path}, "did you mean TI-1?");
  CHECK(said.size() == 2);
}

TEST_CASE("of a retired sensor the list says by whom, and what it sends all the same") {
  std::string lines;
  listed_sensor quiet{
      {{"north"}, {"TI-1"}}, sensor_presence::retired, "", never, from_epoch_ms(1'795'000'000'000), "anna", 0};
  auto loud = quiet;
  loud.key.sensor.text = "TI-2";
  loud.unjudged = 120;
  for (const auto& each : {quiet, loud}) {
    append_json(lines, each);
    lines += '\n';
  }
  CHECK(lines.find(R"("state":"retired","split":null,"last_seen":null,"retired_at":"2026-11-18T11:06:40.000Z",)"
                   R"("retired_by":"anna","not_judged":0})") != std::string::npos);
  const auto table = render_sensor_table(lines, 2);
  CHECK(table.find("TI-1    retired by anna  ") != std::string::npos);
  CHECK(table.find("TI-2    retired by anna, and sends: 120 not judged  ") != std::string::npos);
}

TEST_CASE("what a person has a sensor do is read as it was written") {
  admin_request request;
  request.question = admin_question::sensor_word;
  request.word = {sensor_word::kind::relearn, "TI \"1\"", "north", "anna"};
  const auto line = to_json(request);
  CHECK(line == R"({"request":"relearn","name":"TI \"1\"","facility":"north","by":"anna"})");
  const auto read = parse_request(line);
  for (const auto what : {sensor_word::kind::retire, sensor_word::kind::unretire}) {
    request.word.what = what;
    CHECK(parse_request(to_json(request)).word.what == what);
  }
  CHECK(read.question == admin_question::sensor_word);
  CHECK(read.word.what == sensor_word::kind::relearn);
  CHECK(read.word.name == "TI \"1\"");
  CHECK(read.word.facility == "north");
  CHECK(read.word.by == "anna");
  CHECK_THROWS_WITH_AS(parse_request(R"({"request":"relearn"})"), doctest::Contains("name: expected a sensor"),
                       failure);
  CHECK_THROWS_WITH_AS(parse_request(R"({"request":"relearn","name":"TI-1","note":"x"})"),
                       doctest::Contains("note: unknown in this request"), failure);
}

TEST_CASE("a shelf is asked for with its end and why, of the sensor, unit or alarm that is meant, by who says so") {
  const temporary_directory directory;
  const auto path = directory.file("node.sock");
  fake_node node;
  auto plant = small_plant();
  auto backend = node.backend();
  backend.plant = plant.source();
  backend.sensors = [](const sensor_filter&) { return sensor_list{}; };
  std::vector<handle_alarms> asked;
  backend.handle = [&](const handle_alarms& x) {
    asked.push_back(x);
    return x.name == "ffff" ? handle_answer{false, "there is no alarm, sensor or unit called ffff"}
                            : handle_answer{true, "done \x1b[2Jwith " + x.name};
  };
  std::vector<alarm_shelf> shelves;
  backend.shelves = [&] { return shelves; };
  admin_server server{path, backend};
  using kind = handle_alarms::kind;
  CHECK(output_of(shelve_command, {"--help"}).find("usage: millwright shelve [NAME --for TIME --reason TEXT]") == 0);
  const auto said =
      output_of(shelve_command, {"pump-1", "--for", "4h", "--reason", "bearing", "--by", "anna", "--socket", path});
  CHECK(said.starts_with("done "));
  CHECK(said.find('\x1b') == said.npos);
  output_of(unshelve_command, {"pump-1", "--kind", "unit", "--facility", "north", "--socket", path});
  output_of(note_command, {"1f3a", "the gauge sticks", "--by", "ben", "--socket", path});
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].what == kind::shelve);
  REQUIRE(asked[0].place);
  CHECK(subject_of(*asked[0].place) == "unit pump-1 of north");
  CHECK(asked[0].lasts == milliseconds{4 * 3'600'000});
  CHECK(asked[0].text == "bearing");
  CHECK(asked[0].by == "anna (user " + own_user() + ")");
  CHECK(asked[1].what == kind::unshelve);
  CHECK((asked[1].facility == "north" && asked[1].of_kind == "unit"));
  CHECK(asked[2].what == kind::note);
  CHECK((asked[2].name == "1f3a" && asked[2].text == "the gauge sticks"));

  check_refused(shelve_command, {"pump-1", "--reason", "x", "--socket", path}, "--for: expected for how long, like 4h");
  check_refused(shelve_command, {"pump-1", "--for", "4h", "--socket", path}, "--reason: expected why it is shelved");
  check_refused(shelve_command, {"pump-1", "--for", "0s", "--reason", "x", "--socket", path}, "--for: expected a time");
  check_refused(shelve_command, {"--for", "4h", "--socket", path}, "expected what is shelved");
  check_refused(shelve_command, {"ffff", "--for", "4h", "--reason", "x", "--socket", path},
                "there is no alarm, sensor or unit called ffff");
  check_refused(shelve_command, {"shared", "--for", "4h", "--reason", "x", "--socket", path}, "2 are called so");
  check_refused(note_command, {"1f3a"}, "an argument is missing");

  CHECK(output_of(shelve_command, {"--socket", path}) == "nothing is shelved\n");
  shelves.push_back(shelf_of_unit({"north"}, {"pump-1"}));
  shelves[0].until = from_epoch_ms(1'795'000'000'000);
  shelves[0].by = "anna";
  shelves[0].reason = "bearing";
  CHECK(output_of(shelve_command, {"--socket", path}) ==
        "unit pump-1 of north until 2026-11-18 11:06 UTC by anna: bearing\n");
}

TEST_CASE("what a person says of maintenance is read as it was written") {
  admin_request request;
  request.question = admin_question::maintenance;
  request.maintenance = {maintenance_report::kind::ends, "pump \"1\"", "north", "anna", "new bearing"};
  const auto line = to_json(request);
  CHECK(line == R"({"request":"maintenance","what":"end","name":"pump \"1\"","facility":"north","by":"anna",)"
                R"("note":"new bearing"})");
  const auto read = parse_request(line).maintenance;
  CHECK(read.what == maintenance_report::kind::ends);
  CHECK(read.name == "pump \"1\"");
  CHECK(read.facility == "north");
  CHECK(read.by == "anna");
  CHECK(read.note == "new bearing");
  const auto refused = [](const char* given, const char* why) {
    CHECK_THROWS_WITH_AS(parse_request(given), doctest::Contains(why), failure);
  };
  refused(R"({"request":"maintenance","name":"pump-1"})", "what: expected begin, end or done");
  refused(R"({"request":"maintenance","what":"begin"})", "name: expected a unit");
  refused(R"({"request":"maintenance","what":"begins","name":"pump-1"})", "got \"begins\"");
  refused(R"({"request":"maintenance","what":"begin","name":"pump-1","id":"x"})", "id: unknown in this request");
}

TEST_CASE("a question about the plant is read as it was written") {
  admin_request request;
  request.question = admin_question::plant;
  request.plant = {"pump \"1\"", "north", "equipment", 7};
  const auto line = to_json(request);
  CHECK(line == R"({"request":"plant","name":"pump \"1\"","facility":"north","kind":"equipment","limit":7})");
  const auto read = parse_request(line).plant;
  CHECK(read.name == "pump \"1\"");
  CHECK(read.limit == 7);
  CHECK(parse_request(R"({"request":"plant"})").plant.limit == 20);
  CHECK_THROWS_WITH_AS(parse_request(R"({"request":"plant","limit":2000000})"), doctest::Contains("from 1 to 1000000"),
                       failure);
}

TEST_CASE("the supervision tree is shown folded, and page by page where somebody asks") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  small_tree plant{50'000};
  auto backend = node.backend();
  backend.tree = &plant.tree;
  admin_server server{path, backend};
  CHECK(output_of(tree_command, {"--help"}).find("usage: millwright tree [NAME]") == 0);
  CHECK(output_of(describe_command, {"--help"}).find("usage: millwright describe NAME") == 0);
  CHECK(lines_in(output_of(tree_command, {"--socket", path})) == 4);
  CHECK(output_of(tree_command, {"node/shard/0", "--socket", path}) ==
        "node/shard/0  [shard]\n  50,000 of kind sensor\n");
  CHECK(output_of(tree_command, {"--json", "--socket", path}).find(R"("kind":"sensor","count":50000})") !=
        std::string::npos);
  const auto page = output_of(tree_command, {"node/shard/0", "--kind", "sensor", "-n", "2", "--socket", path});
  CHECK(page == "node/shard/0/sensor/north/TI-0 (quarantined)\nnode/shard/0/sensor/north/TI-1 (quarantined)\n"
                "... go on with --from 2\n");
  CHECK(lines_in(output_of(tree_command,
                           {"node/shard/0", "--kind", "sensor", "--from", "49998", "--json", "--socket", path})) == 3);
  CHECK(output_of(describe_command, {"node/shard/0", "--socket", path}).find("actors so far") != std::string::npos);
  CHECK(output_of(describe_command, {"node/shard/0", "--json", "--socket", path}).find(R"({"name":"node/shard/0")") ==
        0);
  check_refused(describe_command, {"nobody", "--socket", path}, "nobody: no actor of this name");
  check_refused(describe_command, {}, "an argument is missing");
  check_refused(describe_command, {""}, "expected an actor's name, got nothing");
  check_refused(tree_command, {"--from", "7"}, "--from: expected --kind beside it");
  check_refused(tree_command, {"--limit", "7"}, "--limit: expected --kind beside it");
  check_refused(tree_command, {"--kind", ""}, "--kind: expected a kind of actors");
  check_refused(tree_command, {"--kind", "valve", "--socket", path}, "there is router, shard");
}

TEST_CASE("why something paged, or did not, is asked of a node, for people and for programs") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  explained_plant plant;
  plant.reads("TI-1", 85);
  auto backend = node.backend();
  backend.explain = plant.source();
  admin_server server{path, backend};
  CHECK(output_of(explain_command, {"--help"}).find("usage: millwright explain ALARM|SENSOR|UNIT") == 0);
  CHECK(
      output_of(explain_command, {"TI-1", "--socket", path}).starts_with("TI-1 on pump-1 at North works (north) did "));
  const auto rows = output_of(explain_command, {"TI-1", "--json", "--socket", path});
  CHECK(rows.starts_with(R"({"row":"answer","paged":false,)"));
  CHECK(rows.find(R"({"row":"rule","sensor":"TI-1","rule":"limit","standing":"outside","pages":true,)") !=
        std::string::npos);
  check_refused(explain_command, {"TI-10", "--socket", path}, "(did you mean TI-1?)");
  check_refused(explain_command, {"TI-1", "--socket", directory.file("none")}, "none");
  check_refused(explain_command, {""}, "expected an alarm, a sensor or a unit, got nothing");
  check_refused(explain_command, {}, "an argument is missing");
}

TEST_CASE("a node that takes a question and never answers is told with its process, in finite time") {
  const temporary_directory directory;
  const listening_socket deaf{directory.file("deaf.sock")};
  admin_request request;
  request.question = admin_question::alarms;
  const auto ask = [&] {
    admin_client{deaf.path(), std::chrono::milliseconds{200}}.ask(request, [](std::string_view) { return true; });
  };
  const auto words = "process " + std::to_string(::getpid());
  CHECK_THROWS_WITH_AS(ask(), doctest::Contains(words.c_str()), failure);
  request.question = admin_question::results;
  request.results.follow = true;
  CHECK_THROWS_WITH_AS(ask(), doctest::Contains(words.c_str()), failure);
  // Who waits to be taken in fills the queue, and then not even that is possible.
  std::vector<descriptor> waiting;
  const auto fill = [&] {
    while (waiting.size() < 10'000)
      waiting.push_back(connect_to_node(deaf.path(), std::chrono::milliseconds{100}));
  };
  CHECK_THROWS_WITH_AS(fill(), doctest::Contains("takes in nobody"), failure);
}

TEST_CASE("what follows on may be silent as long as the node answers others") {
  running_node n;
  std::atomic<bool> over{false};
  std::thread follower{[&] {
    admin_request request;
    request.question = admin_question::results;
    request.results = {result_kind::anomalies, {}, {}, 1, true};
    admin_client{n.path, std::chrono::milliseconds{100}}.ask(request, [](std::string_view) { return false; });
    over = true;
  }};
  std::this_thread::sleep_for(std::chrono::milliseconds{800});
  CHECK_FALSE(over);
  n.node.commit(result_kind::anomalies, row("A", "west", 4));
  follower.join();
  CHECK(over);
}

} // namespace commands_test
