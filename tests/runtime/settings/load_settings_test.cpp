#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

namespace load_settings_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

TEST_CASE("an empty file is the defaults") {
  CHECK(settings_text(loaded("")) == settings_text(settings_from_overrides({})));
  CHECK(settings_text(loaded("# nothing\n")) == settings_text(settings_from_overrides({})));
  CHECK(settings_text(loaded("ledger:\nplant:\n  # path: x\n")) == settings_text(settings_from_overrides({})));
}

TEST_CASE("values of every kind are taken over") {
  const auto s = loaded(R"(
source:
  type: kafka
  silent_after: 90s
  bad_input_share: 2.5%
  kafka:
    brokers: [one:9092, "[::1]:9093"]
    topic: readings
    start: latest
    tolerate_data_loss: true
    batch: 500
    properties:
      security.protocol: SSL
      fetch.min.bytes: 5
  simulation:
    start: 2026-11-21T12:00:00.5+02:00
    seed: 18446744073709551615
    mix: {temperature: 60%, vibration: 0.4}
    interval: 60s
    noise: gaussian,inert
    faults:
      - {kind: spike, at: 10min, lasts: 5s, strength: 2}
      - kind: step
        sensor: TI-1
        sigmas: 5
    faults_per_day: {stuck: 0.1}
plant:
  facilities: plant/facilities.jsonl
  sensors: plant/sensors.jsonl
sensors:
  max: 5
  unknown: dead-letter
ledger:
  path: /tmp/l
  interval: 250ms
  retention: {age: 2d, size: 512MiB}
windows:
  averages: {length: 2min}
rules:
  novelty: {alarm: true, severity: medium, score: 35}
  z: {critical: 6.5, pages: false}
  limit: {critical_score: 95}
priority:
  units: [kiln]
node: {shards: 2}
heartbeat: https://example.com/beat
)");
  CHECK(s.source.kind == source_kind::kafka);
  CHECK(s.source_silent_after == 90s);
  CHECK(s.bad_input_share == 0.025);
  CHECK(s.source.kafka.brokers == std::vector<std::string>{"one:9092", "[::1]:9093"});
  CHECK(s.source.kafka.topic == "readings");
  CHECK(s.source.kafka.start == "latest");
  CHECK(s.source.kafka.tolerate_data_loss);
  CHECK(s.source.kafka.batch == 500);
  CHECK(s.source.kafka.properties ==
        std::map<std::string, std::string>{{"security.protocol", "SSL"}, {"fetch.min.bytes", "5"}});
  CHECK(to_iso(s.source.simulation.start) == "2026-11-21T10:00:00.500Z");
  CHECK(s.source.simulation.seed == 18446744073709551615ull);
  CHECK(s.source.simulation.mix == std::map<std::string, double>{{"temperature", 0.6}, {"vibration", 0.4}});
  REQUIRE(s.source.simulation.faults.size() == 2);
  CHECK(s.source.simulation.faults[0].at == 10min);
  CHECK(s.source.simulation.faults[0].strength == 2);
  CHECK(s.source.simulation.faults[1].sensor == "TI-1");
  CHECK(s.source.simulation.faults[1].kind == "step");
  CHECK(s.source.simulation.faults[1].sigmas == 5);
  CHECK(s.source.simulation.interval == 60s);
  CHECK(s.source.simulation.noise == "gaussian,inert");
  CHECK(s.source.simulation.faults_per_day.at("stuck") == 0.1);
  CHECK(s.plant.facilities == "plant/facilities.jsonl");
  CHECK(s.plant.sensors == "plant/sensors.jsonl");
  CHECK(s.sensors_max == 5);
  CHECK(s.sensors_unknown == unknown_sensor_policy::dead_letter);
  CHECK(s.ledger.path == "/tmp/l");
  CHECK(s.ledger.interval == 250ms);
  CHECK(s.ledger.retention_age == 48h);
  CHECK(s.ledger.retention_bytes == 512ull << 20);
  CHECK(s.detection.windows.averages_length == 2min);
  CHECK(s.detection.of(rule::novelty).alarm);
  CHECK(s.detection.of(rule::novelty).level == severity::medium);
  CHECK(s.detection.of(rule::novelty).score == 35);
  CHECK(s.detection.z.critical == 6.5);
  CHECK_FALSE(s.detection.of(rule::z).pages);
  CHECK(s.detection.limit_critical_score == 95);
  CHECK(s.detection.priority_units == std::vector<std::string>{"kiln"});
  CHECK(s.shards == 2);
  CHECK(s.heartbeat_url == "https://example.com/beat");
  CHECK(s.log_level == "info");
}

TEST_CASE("an override goes before the file and a later one before an earlier") {
  const auto s =
      loaded("ledger: {path: a, interval: 1s}\n",
             {"ledger.path=b", "ledger.path=c", "source.kafka.brokers=x:1, y:2", "priority.units=[kiln, mill]",
              "source.kafka.properties.client.id=me", "windows.patterns={length: 4min, slide: 1min}"});
  CHECK(s.ledger.path == "c");
  CHECK(s.ledger.interval == 1s);
  CHECK(s.source.kafka.brokers == std::vector<std::string>{"x:1", "y:2"});
  CHECK(s.detection.priority_units == std::vector<std::string>{"kiln", "mill"});
  CHECK(s.source.kafka.properties.at("client.id") == "me");
  CHECK(s.detection.windows.patterns_length == 4min);
  CHECK(s.detection.windows.patterns_slide == 1min);
}

TEST_CASE("a slash behind a directory is no part of its name") {
  const auto s = settings_from_overrides(
      {"ledger.path=data/ledger/", "alarms.path=data/alarms//", "source.simulation.metadata=plant/"});
  CHECK(s.ledger.path == "data/ledger");
  CHECK(s.alarms.path == "data/alarms");
  CHECK(s.source.simulation.metadata_directory == "plant");
  CHECK(settings_from_overrides({"alarms.path=/"}).alarms.path == "/");
  CHECK(settings_from_overrides({"alarms.path="}).alarms.path.empty());
}

TEST_CASE("an override's text is taken as it stands") {
  CHECK(settings_from_overrides({"ledger.path=a=b: #c"}).ledger.path == "a=b: #c");
  CHECK(settings_from_overrides({"plant.sensors="}).plant.sensors == "");
}

TEST_CASE("every mistake is told, each with file, line and key") {
  CHECK(mistakes_of("ledger:\n  pth: x\n  interval: -5s\nsource:\n  bad_input_share: 1.5\n  kafka:\n    brokers: "
                    "[]\nnode:\n  threads: many\n") ==
        "FILE:2: ledger.pth: unknown key (did you mean ledger.path?)\n"
        "FILE:3: ledger.interval: expected a duration of at least 10ms, like 500ms, 5s, 15min, 2h or 7d, got \"-5s\"\n"
        "FILE:5: source.bad_input_share: expected a share from 0 to 1, like 0.01 or 1%, got \"1.5\"\n"
        "FILE:7: source.kafka.brokers: expected a list of at least one HOST:PORT (port 1 to 65535), got a list\n"
        "FILE:9: node.threads: expected a whole number from 0 to 1024, got \"many\"");
}

TEST_CASE("an unknown key is told with the nearest known one") {
  CHECK(mistakes_of("legder: {}\n") == "FILE:1: legder: unknown key (did you mean ledger?)");
  CHECK(mistakes_of("rules:\n  sate: {}\n") == "FILE:2: rules.sate: unknown key (did you mean rules.state?)");
  CHECK(mistakes_of("sensors:\n  unknwon: accept\n") ==
        "FILE:2: sensors.unknwon: unknown key (did you mean sensors.unknown?)");
  CHECK(mistakes_of("log:\n  qqqq: 1\n") == "FILE:2: log.qqqq: unknown key; expected level or path");
  CHECK(mistakes_of("ledger:\n  path:\n    deeper: 1\n") == "FILE:2: ledger.path: expected a text, got a section");
  CHECK(mistakes_of_overrides({"ledger.path.deeper=1"}).starts_with("--set ledger.path.deeper: unknown key"));
}

TEST_CASE("a value of the wrong type is told") {
  CHECK(mistakes_of("ledger: 5\n") ==
        "FILE:1: ledger: expected a section with path, interval, retention or map_size, got \"5\"");
  CHECK(mistakes_of("node:\n  shards: \"4\"\n") ==
        "FILE:2: node.shards: expected a whole number from 1 to 1024, got the text \"4\"");
  CHECK(mistakes_of("node:\n  shards: 4.5\n") ==
        "FILE:2: node.shards: expected a whole number from 1 to 1024, got \"4.5\"");
  CHECK(mistakes_of("node:\n  shards:\n") ==
        "FILE:2: node.shards: expected a whole number from 1 to 1024, got nothing");
  CHECK(mistakes_of("rules:\n  z:\n    alarm: 1\n") == "FILE:3: rules.z.alarm: expected true or false, got \"1\"");
  CHECK(mistakes_of("rules:\n  z:\n    high: .inf\n") ==
        "FILE:3: rules.z.high: expected a number above 0, got \".inf\"");
  CHECK(mistakes_of("- a\n- b\n") == "FILE: expected keys and values, got a list");
  CHECK(mistakes_of("? [a, b]\n: 1\n").find("expected a name as key, got a list") != std::string::npos);
}

TEST_CASE("an impossible value is told with what is allowed") {
  CHECK(mistakes_of("source:\n  type: mqtt\n") ==
        "FILE:2: source.type: expected simulation, kafka or file, got \"mqtt\"");
  CHECK(mistakes_of("sensors: {unknown: drop}\n") ==
        "FILE:1: sensors.unknown: expected accept or dead-letter, got \"drop\"");
  CHECK(mistakes_of("source:\n  kafka:\n    brokers: [a:70000]\n").find("port 1 to 65535") != std::string::npos);
  CHECK(mistakes_of("source:\n  kafka:\n    topic: ''\n") ==
        "FILE:3: source.kafka.topic: expected a topic's name, got the text \"\"");
  CHECK(mistakes_of("rules:\n  limit:\n    severity: urgent\n") ==
        "FILE:3: rules.limit.severity: expected low, medium, high or critical, got \"urgent\"");
  CHECK(mistakes_of("ledger: {retention: {size: 1}}\n").find("a size of at least 1MiB") != std::string::npos);
  CHECK(mistakes_of("source: {simulation: {start: 2026-11-21}}\n").find("a time with zone") != std::string::npos);
  CHECK(mistakes_of("source: {simulation: {faults_per_day: {spikes: 1}}}\n").find("did you mean spike?") !=
        std::string::npos);
  CHECK(mistakes_of("source: {simulation: {faults: [{at: 1s}]}}\n").find("expected a kind for each fault") !=
        std::string::npos);
  CHECK(mistakes_of("source: {simulation: {faults: [{kind: bang}]}}\n")
            .find("source.simulation.faults[0].kind: expected spike, drift") != std::string::npos);
}

TEST_CASE("settings that contradict each other are told at the one that was given") {
  CHECK(mistakes_of("windows:\n  pane: 45s\n")
            .find("FILE:2: windows.pane: expected length to be a multiple of windows.pane") != std::string::npos);
  CHECK(mistakes_of("rules:\n  z:\n    high: 2\n") ==
        "FILE:3: rules.z.high: expected clear_below <= medium <= high <= critical");
  CHECK(mistakes_of("windows:\n  averages:\n    slide: 2min\n") ==
        "FILE:3: windows.averages.slide: expected slide to be at most length");
  CHECK(mistakes_of("source:\n  type: file\n") ==
        "FILE:2: source.type: expected also source.file.paths for a file source");
  CHECK(mistakes_of("", {"rules.state.learn=15"}).starts_with("--set rules.state.learn: expected skip to be less"));
}

TEST_CASE("a key given twice is told, also when dotted") {
  CHECK(mistakes_of("node:\n  shards: 1\n  shards: 2\n") ==
        "FILE:3: node.shards: expected each key once, got it again (first in line 2)");
  CHECK(mistakes_of("log: {level: info}\nlog: {level: warn}\n") ==
        "FILE:2: log: expected each key once, got it again (first in line 1)");
  CHECK(mistakes_of("log: {level: info}\nlog.level: warn\n") ==
        "FILE:2: log.level: expected each key once, got it again (first in line 1)");
}

TEST_CASE("what is no YAML, or cannot be read, is told") {
  CHECK(mistakes_of("ledger:\n  path: [a\nnode: 1\n").starts_with("FILE:3: not valid YAML: "));
  CHECK(mistakes_of("a: 1\n---\nb: 1\n") == "FILE:2: not valid YAML: a second document begins here; expected one");
  CHECK(mistakes_of(",a: 1\n") == "FILE:1: not valid YAML: nothing can begin like this");
  CHECK_THROWS_WITH(load_settings("/no/such.yaml"), "/no/such.yaml: cannot be read: No such file or directory");
  CHECK_THROWS_WITH(load_settings("/tmp"), "/tmp: cannot be read: it is a directory");
}

TEST_CASE("a wrong override is told by its key") {
  CHECK(mistakes_of_overrides({"node.threads=-1"}) ==
        "--set node.threads: expected a whole number from 0 to 1024, got \"-1\"");
  CHECK(mistakes_of_overrides({"node.treads=1"}) == "--set node.treads: unknown key (did you mean node.threads?)");
  CHECK(mistakes_of_overrides({"=1"}) == "--set: expected KEY=VALUE, got \"\"");
  CHECK(mistakes_of_overrides({"ledger.path"}) == "--set: expected KEY=VALUE, got \"ledger.path\"");
  CHECK(mistakes_of_overrides({"priority.units=[a"})
            .starts_with("--set priority.units: expected a list or section in YAML"));
  CHECK(mistakes_of_overrides({"priority.units={} a"})
            .starts_with("--set priority.units: expected a list or section in YAML"));
  CHECK(mistakes_of("node: {shards: 0}\n", {"node.credit=1"}) ==
        "FILE:1: node.shards: expected a whole number from 1 to 1024, got \"0\"\n"
        "--set node.credit: expected a whole number from 16 to 100000000, got \"1\"");
}

} // namespace load_settings_test
