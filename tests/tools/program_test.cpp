#include "tests/tools/program_run.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace program_test {

using namespace millwright::testing;

namespace {

void check_refused(const std::vector<std::string>& line, const std::string& message) {
  const auto end = run_millwright(line);
  CAPTURE(message);
  CHECK(end.code == 2);
  CHECK(end.out.empty());
  CHECK(end.err == "millwright: " + message + "\n");
}

constexpr char advice[] = " (see millwright --help)";

} // namespace

TEST_CASE("the program tells its version and commit") {
  const auto end = run_millwright({"--version"});
  CHECK(end.code == 0);
  CHECK(end.out.starts_with("millwright 0."));
  CHECK(end.out.ends_with(")\n"));
}

TEST_CASE("help is asked for in three ways") {
  for (const auto* word : {"help", "--help", "-h"}) {
    const auto end = run_millwright({word});
    CHECK(end.code == 0);
    CHECK(end.out.find("usage: millwright COMMAND") == 0);
    CHECK(end.out.find("  config ") != std::string::npos);
    CHECK(end.err.empty());
  }
  const auto one = run_millwright({"help", "config"});
  CHECK(one.code == 0);
  CHECK(one.out.find("usage: millwright config check FILE") == 0);
  CHECK(run_millwright({"config", "--help"}).out == one.out);
  CHECK(run_millwright({"config", "-h", "--nonsense"}).out == one.out);
}

TEST_CASE("without a command the program tells its usage and fails") {
  const auto end = run_millwright({});
  CHECK(end.code == 2);
  CHECK(end.err.find("usage: millwright COMMAND") == 0);
}

TEST_CASE("every command of the help has a help of its own") {
  const auto list = run_millwright({"help"}).out;
  size_t at = list.find("commands:\n") + 10;
  int commands = 0;
  while (list[at] == ' ') {
    const auto name = list.substr(at + 2, list.find(' ', at + 2) - at - 2);
    const auto end = run_millwright({"help", name});
    CHECK_MESSAGE(end.code == 0, name);
    CHECK_MESSAGE(end.out.starts_with("usage: millwright " + name), name);
    at = list.find('\n', at) + 1;
    ++commands;
  }
  CHECK(commands >= 1);
}

TEST_CASE("a wrong command line ends with 2 and one line") {
  check_refused({"cnofig"}, std::string{"cnofig: unknown command (did you mean config?)"} + advice);
  check_refused({"help", "nothing-like-it"}, std::string{"nothing-like-it: unknown command"} + advice);
  check_refused({"config"},
                std::string{"an argument is missing: millwright config check FILE [--set KEY=VALUE]... | config keys"} +
                    advice);
  check_refused({"config", "check"}, std::string{"config check: which file?"} + advice);
  check_refused({"config", "chekc", "x"},
                std::string{"config: expected check or keys, got \"chekc\" (did you mean check?)"} + advice);
  check_refused({"config", "check", "x", "--sett", "a=b"},
                std::string{"--sett: unknown option (did you mean --set?)"} + advice);
  check_refused({"config", "check", "x", "--set"}, std::string{"--set: needs a value: KEY=VALUE"} + advice);
}

TEST_CASE("config check says ok, or every mistake a line") {
  const auto good = run_millwright({"config", "check", "config/one-node.yaml", "--set", "ledger.path=x"});
  CHECK(good.code == 0);
  CHECK(good.out == "config/one-node.yaml: ok\n");
  CHECK(good.err.empty());

  const auto path =
      (std::filesystem::temp_directory_path() / ("millwright-check-" + std::to_string(getpid()) + ".yaml")).string();
  std::ofstream{path} << "ledger:\n  pth: x\nchannels:\n  a: {type: webhook, url: 'http://h/', secret: hunter2}\n";
  check_refused({"config", "check", path, "--set", "node.shards=0"},
                path + ":2: ledger.pth: unknown key (did you mean ledger.path?)\nmillwright: " + path +
                    ":4: channels.a.secret: expected env:NAME or file:PATH, got a plain text (not shown)\n"
                    "millwright: --set node.shards: expected a whole number from 1 to 1024, got \"0\"");
  std::ofstream{path} << "actors: {join: {pairs: 'a: presure temperature within 1min'}}\n";
  const auto join = run_millwright({"config", "check", path});
  CHECK(join.code == 2);
  CHECK(join.err.find("actors.join: the join a is of the sensor type \"presure\"") != std::string::npos);
  std::filesystem::remove(path);
  check_refused({"config", "check", "/no/such.yaml"}, "/no/such.yaml: cannot be read: No such file or directory");
}

TEST_CASE("config check counts who pages without an action, and refuses metadata with a mistake") {
  const std::string sensors = "config/sample-plant/sensors.jsonl";
  const std::vector<std::string> check{"config", "check", "config/one-node.yaml", "--set", "plant.sensors=" + sensors};
  const auto end = run_millwright(check);
  CHECK(end.code == 0);
  CHECK(end.out ==
        sensors + ": 6 of 7 sensors that page, and 5 of their 5 units, have no `action`: who is paged for them is not "
                  "told what to do; the first: LI-900\nconfig/one-node.yaml: ok\n");
  const auto path =
      (std::filesystem::temp_directory_path() / ("millwright-sensors-" + std::to_string(getpid()) + ".jsonl")).string();
  std::ofstream{path} << "{\"sensor_id\":\"A\",\"respond_within\":\"soon\"}\n";
  const auto wrong = run_millwright({"config", "check", "config/one-node.yaml", "--set", "plant.sensors=" + path,
                                     "--set", "routes=[{name: all, channels: [terminal]}]"});
  CHECK(wrong.code == 2);
  CHECK(wrong.out.empty());
  CHECK(wrong.err.starts_with("millwright: " + path +
                              ":1: expected `respond_within` to be a duration up to 30d, like "
                              "15min, got \"soon\""));
  std::filesystem::remove(path);
}

TEST_CASE("page preview prints a page as a channel would have it, and tells what is not there") {
  const std::vector<std::string> settings{"--set", "plant.facilities=config/sample-plant/facilities.jsonl", "--set",
                                          "plant.sensors=config/sample-plant/sensors.jsonl"};
  const auto with = [&](std::vector<std::string> line) {
    line.insert(line.end(), settings.begin(), settings.end());
    return line;
  };
  const auto end = run_millwright(with({"page", "preview", "--sensor", "PI-102"}));
  CHECK(end.code == 0);
  CHECK(end.out.starts_with("--- terminal (terminal)\nhigh limit: PI-102 on reactor-1 at Main Works (main-works): "));
  const auto first = run_millwright(with({"page", "preview", "--severity", "critical"}));
  CHECK(first.out.find("critical limit: TI-101 on reactor-1") != std::string::npos);
  CHECK(first.out.find("; do: Close V-12, then call the operator on 4711; within 15 min; millwright ack ") !=
        std::string::npos);
  CHECK(run_millwright(with({"page", "preview", "--over"})).out.find("limit cleared") != std::string::npos);
  const auto unknown = run_millwright(with({"page", "preview", "--sensor", "PI-103"}));
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("no row of plant.sensors is about it (did you mean PI-102?)") != std::string::npos);
  const auto rule = run_millwright({"page", "preview", "--rule", "limits"});
  CHECK(rule.code == 2);
  CHECK(rule.err.find("(did you mean limit?)") != std::string::npos);
  CHECK(run_millwright({"page", "preview", "--channel", "terminl"}).err.find("did you mean terminal?") !=
        std::string::npos);
  CHECK(run_millwright({"page", "show"}).code == 2);
}

TEST_CASE("what goes on from a ledger that was taught is told with the settings that it was made with") {
  const auto place = std::filesystem::temp_directory_path() / ("millwright learn " + std::to_string(getpid()));
  std::filesystem::create_directory(place);
  const auto input = (place / "history.ndjson").string(), ledger = (place / "taught").string();
  std::ofstream{input} << R"({"sensor_id":"TI-1","facility_id":"main","sensor_type":"temperature",)"
                       << R"("timestamp":"2026-01-05T00:00:00Z","temperature_celsius":50})" << '\n';
  const auto end = run_millwright({"learn", input, "--set", "ledger.path=" + ledger, "--set", "ledger.interval=1s"});
  CHECK(end.code == 0);
  CHECK(end.out.ends_with("is a new ledger; to go on from it: millwright run --set 'ledger.path=" + ledger +
                          "' --set ledger.interval=1s\n"));
  std::filesystem::remove_all(place);
}

TEST_CASE("config keys lists every setting") {
  const auto end = run_millwright({"config", "keys"});
  CHECK(end.code == 0);
  for (const auto* key :
       {"\nledger.path: data/ledger\n", "\nchannels.*.type: terminal\n", "\nrules.z.critical: 5\n", "\nheartbeat: \n"})
    CHECK_MESSAGE(end.out.find(key) != std::string::npos, key);
}

TEST_CASE("who would be told of an alarm is asked without a node, and what is missing is said") {
  check_refused({"route", "test"}, std::string{"--rule: which rule? like --rule limit"}.append(advice));
  check_refused({"route", "test", "--rule", "limt", "--facility", "main"},
                std::string{"--rule: there is no rule \"limt\" (did you mean limit?)"}.append(advice));
  check_refused({"route", "test", "--rule", "limit"},
                std::string{"--facility: which facility? like --facility main-works"}.append(advice));
  const auto end = run_millwright({"route", "test", "--rule", "limit", "--facility", "main", "--severity", "critical",
                                   "--at", "2026-11-30T12:00:00Z"});
  CHECK(end.code == 0);
  CHECK(end.out == "critical limit, priority 100 at main, 2026-11-30 12:00 UTC\n"
                   "there are no routes: every channel is told of everything\n"
                   "told: terminal\n"
                   "told again while nobody acknowledges it: every 10min, 6 times at most\n");
}

} // namespace program_test
