"""What people and surroundings do wrong: bad readings, wrong configurations, a directory that cannot be, two nodes at one
ledger, metadata with a mistake. None of it is silent, none of it ends in a stack trace."""

import json
import os
import unittest
from collections import Counter

from http_receiver import Receiver
from node_process import Dump, NodeTest, millwright, until
from plant_lines import FACILITY, GrowingFile, iso, reading, sensor_row

WITHOUT_VALUE = '{"sensor_id":"S","timestamp":"%s","facility_id":"north","sensor_type":"temperature"%s}'
BAD = {
    "not-json": ["no JSON at all", "[1, 2]", '"text"', "17", reading("S", 1, 20) + " and more", "{", "null",
                 reading("S", 1, 20, note="\0").replace("\\u0000", "\\ud800")],
    "missing-field": ['{"timestamp":"%s","facility_id":"north","sensor_type":"temperature",'
                      '"temperature_celsius":20}' % iso(1),
                      reading("", 1, 20), reading("S", 1, None), reading("S", 1, 20, facility_id=None),
                      reading("S", 1, 20, timestamp=None), WITHOUT_VALUE % (iso(1), "")],
    "wrong-type": [reading(17, 1, 20), reading("S", 1, "20"), reading("S", 1, True), reading("S", 1, 20, facility_id=3),
                   reading("S", 1, 20, sensor_type=5), reading("S", 1, 20, quality_score="good"),
                   reading("S", 1, 20, timestamp="2026-01-01T00:00:00"), reading("S", 1, 20, timestamp="2026-01-01"),
                   reading("S", 1, 20, timestamp="2026-02-30T00:00:00Z"), reading("S", 1, 20, timestamp="1767225600000"),
                   reading("S", 1, 20, timestamp=True)],
    "not-finite": [WITHOUT_VALUE % (iso(1), each) for each in
                   (',"temperature_celsius":NaN', ',"temperature_celsius":Infinity', ',"temperature_celsius":-Infinity',
                    ',"temperature_celsius":1e999', ',"temperature_celsius":20,"humidity":NaN',
                    ',"temperature_celsius":20,"quality_score":1e999')],
    "unit-changed": [reading("TI-1", 1, 20, unit="°F"), reading("TI-1", 2, 20, unit="K")],
}
INVALID_UTF8 = b'{"sensor_id":"S\xff","timestamp":"2026-01-01T00:00:01Z","facility_id":"north","value":1}\n'


class BadReadings(NodeTest):
    def sensors_in(self, dump):
        return {json.loads(row["payload"])["sensor_id"] for row in dump.rows("dead-letters")}

    def test_each_goes_to_the_dead_letters_with_its_reason_source_and_payload(self):
        good = [reading("TI-1", second, 20 + second % 3, unit="°C") for second in range(3, 60)]
        bad = [(reason, line) for reason, lines in BAD.items() for line in lines]
        lines = good[:20]
        for _, line in bad:
            lines += [line, "", "   "]
        path = self.write("readings.ndjson", lines)
        with open(path, "ab") as out:
            out.write(INVALID_UTF8 + "".join(line + "\n" for line in good[20:]).encode())
        sensors = self.write("sensors.jsonl", [sensor_row("TI-1")])
        node = self.run_to_end({"source": {"type": "file", "file": {"paths": [path]}}, "plant": {"sensors": sensors}})
        dump = Dump(node)

        expected = Counter(reason for reason, _ in bad) + Counter({"not-json": 1})
        letters = dump.rows("dead-letters")
        self.assertEqual(Counter(row["reason"] for row in letters), expected)
        for reason, count in expected.items():
            self.assertEqual(dump.counters[f"rejected/{reason}"], count)
        self.assertEqual(dump.counters["accepted"], len(good))
        payloads = {row["payload"] for row in letters if row["reason"] != "unit-changed"}
        self.assertEqual({line for reason, line in bad if reason != "unit-changed"} - payloads, set())
        numbers = {line: number for number, line in enumerate(lines)}
        for row in letters:
            if row["payload"] in numbers:
                self.assertEqual(row["source"], f"{path}@{numbers[row['payload']]}")
        units = [row for row in letters if row["reason"] == "unit-changed"]
        self.assertTrue(all("TI-1" in row["payload"] and "°C" in row["detail"] for row in units), units)

    def test_a_dead_letter_of_a_csv_file_holds_the_row_as_it_stands_there(self):
        rows = ["time;TI-1", "2026-01-01 00:00:00;20", "2026-01-01 00:00:01;n/a", "2026-01-01 00:00:02;\"2\"\"1\"", "odd"]
        csv = {"delimiter": ";", "timestamp": "time", "constants": {"facility_id": "north"},
               "sensors": [{"column": "TI-1", "sensor_id": "TI-1", "sensor_type": "temperature"}]}
        path = self.write("readings.csv", rows)
        node = self.run_to_end({"source": {"type": "file", "file": {"paths": [path], "csv": csv}}})
        letters = {row["payload"]: (row["reason"], row["source"]) for row in Dump(node).rows("dead-letters")}
        self.assertEqual(letters, {rows[2]: ("wrong-type", f"{path}@1"), rows[3]: ("wrong-type", f"{path}@2"),
                                   rows[4]: ("not-json", f"{path}@3")})

    def test_sensors_beyond_the_most_go_to_the_dead_letters(self):
        path = self.write("readings.ndjson", [reading(f"TI-{n}", second, 20) for second in range(30) for n in range(5)])
        node = self.run_to_end({"source": {"type": "file", "file": {"paths": [path]}}, "sensors": {"max": 3}})
        dump = Dump(node)
        self.assertEqual(dump.counters["accepted"], 90)
        self.assertEqual(dump.counters["dead-letter/unknown-sensor"], 60)
        self.assertEqual(self.sensors_in(dump), {"TI-3", "TI-4"})
        self.assertEqual({row["reason"] for row in dump.rows("dead-letters")}, {"unknown-sensor"})

    def test_sensors_that_the_metadata_does_not_name_are_accepted_or_go_to_the_dead_letters(self):
        path = self.write("readings.ndjson", [reading(f"TI-{n}", second, 20) for second in range(30) for n in range(2)])
        settings = {"source": {"type": "file", "file": {"paths": [path]}},
                    "plant": {"sensors": self.write("sensors.jsonl", [sensor_row("TI-1")])}}
        accepting = Dump(self.run_to_end(settings, "accepting"))
        self.assertEqual(accepting.counters, {"accepted": 60})
        refusing = Dump(self.run_to_end(settings | {"sensors": {"unknown": "dead-letter"}}, "refusing"))
        self.assertEqual(refusing.counters, {"accepted": 30, "dead-letter/unknown-sensor": 30})
        self.assertEqual(self.sensors_in(refusing), {"TI-0"})


class WrongConfigurations(NodeTest):
    def refused(self, *arguments):
        """What it says about a mistake; never a trace."""
        code, out, said = millwright("run", *arguments)
        self.assertEqual((code, out), (2, ""), said)
        for line in said.splitlines():
            self.assertTrue(line.startswith("millwright: "), said)
        self.assertNotIn("terminate", said)
        return said

    def test_every_mistake_in_a_file_is_told_with_line_key_and_what_was_expected(self):
        path = self.write("mistakes.yaml", [
            "source:", "  type: carrier-pigeon", "  file:", "    folow: true", "ledger:", "  interval: soon",
            "  retention:", "    size: -3", "node:", "  threads: many", "rules:", "  z:", "    medium: [3]", "    votes: 7",
            "channels:", "  hook:", "    type: webhook", "    timeout: -1"])
        said = self.refused("-c", path)
        expected = {2: ("source.type", "expected simulation, kafka or file"),
                    4: ("source.file.folow", "did you mean source.file.follow"),
                    6: ("ledger.interval", "expected a duration"), 8: ("ledger.retention.size", "expected a size"),
                    10: ("node.threads", "expected a whole number"), 13: ("rules.z.medium", "expected a number"),
                    14: ("rules.z.votes", "expected"), 18: ("channels.hook.timeout", "expected a duration")}
        for line, (key, what) in expected.items():
            with self.subTest(key):
                found = [each for each in said.splitlines() if f"{path}:{line}: {key}: " in each]
                self.assertEqual(len(found), 1, said)
                self.assertIn(what, found[0])

    def test_mistakes_on_the_command_line_and_files_that_are_none_are_told_likewise(self):
        self.assertIn("ledger.interval: expected a duration", self.refused("--set", "ledger.interval=0s"))
        self.assertIn("none.yaml: cannot be read", self.refused("-c", self.path("none.yaml")))
        self.assertIn("half.yaml:4: not valid YAML", self.refused("-c", self.write("half.yaml", ["source:", "  type: file", "  file: ["])))
        ledger = ["--set", "ledger.path=" + self.path("ledger")]
        self.assertIn("none.ndjson: No such file", self.refused(
            *ledger, "--set", "source.type=file", "--set", f"source.file.paths=[{self.path('none.ndjson')}]"))
        self.assertIn("session.timout.ms", self.refused(
            *ledger, "--set", "source.type=kafka", "--set", "source.kafka.properties.session.timout.ms=3"))
        self.assertIn("sensors.jsonl:2", self.refused(
            *ledger, "--set", "plant.sensors=" + self.write("sensors.jsonl", [sensor_row("TI-1"), "{"])))

    def test_a_ledger_below_a_regular_file_is_refused(self):
        path = self.write("regular", [""])
        said = self.refused("--set", f"ledger.path={path}/ledger")
        self.assertIn(f"{path}/ledger", said)
        self.assertIn("cannot be made: Not a directory", said)

    def test_the_second_node_on_a_ledger_is_told_who_holds_it(self):
        path = self.write("readings.ndjson", [reading("TI-1", 1, 20)])
        settings = {"source": {"type": "file", "file": {"paths": [path], "follow": True}}}
        first = self.start(settings)
        until("the reading is committed", lambda: first.committed() >= 1 or not first.alive())
        said = self.refused("-c", first.config)
        self.assertIn(f"held by process {first.process.pid},", said)
        self.assertTrue(first.alive())
        first.stop()
        self.assertEqual(Dump(first).counters, {"accepted": 1})

    def test_a_ledger_goes_on_with_its_own_source_only_and_says_what_to_do(self):
        own = self.write("own.ndjson", [reading("TI-1", 1, 20)])
        other = self.write("other.ndjson", [reading("TI-9", 1, 20)])
        self.run_to_end({"source": {"type": "file", "file": {"paths": [own]}}})
        node = self.start({"source": {"type": "file", "file": {"paths": [other]}}})
        self.assertEqual(node.wait(), 2)
        said = node.log()
        self.assertIn(own, said)
        self.assertIn(other, said)
        self.assertIn("give this source its own ledger.path, and alarms.path where that is set, or move the ledger and its "
                      "alarm journal away", said)
        self.assertEqual(len(said.splitlines()), 1, said)
        self.assertEqual(Dump(node).counters, {"accepted": 1})

    def test_a_new_ledger_beside_the_alarm_journal_of_another_is_refused_and_both_moved_away_begin_anew(self):
        sensors = self.write("sensors.jsonl", [sensor_row("TI-1", high=35, high_high=40)])
        path = self.write("readings.ndjson", [reading("TI-1", second, 20 if second < 30 else 50) for second in range(60)])
        settings = {"source": {"type": "file", "file": {"paths": [path]}}, "plant": {"sensors": sensors}}
        first = self.run_to_end(settings)
        before = Dump(first)
        self.assertEqual(len(before.alarms("limit")), 1)
        os.rename(first.ledger, self.path("away"))
        # At the second start the new ledger is there that the first has made.
        for start in range(1, 3):
            node = self.start(settings)
            self.assertEqual(node.wait(), 2)
            said = node.log().splitlines()[-1]
            self.assertEqual(node.log().count("does not belong to the ledger"), start)
            self.assertTrue(said.startswith(f"millwright: {node.alarms}: "), said)
            self.assertIn(f"does not belong to the ledger {node.ledger}, which is new", said)
            self.assertIn("move both directories away", said)
            self.assertNotIn("terminate", node.log())
            self.assertEqual(node.committed(), 0)
        os.rename(node.ledger, self.path("new"))
        os.rename(node.alarms, self.path("away-alarms"))
        anew = Dump(self.run_to_end(settings))
        self.assertEqual((anew.counters, anew.positions, len(anew.alarms("limit"))),
                         (before.counters, before.positions, 1))
        self.assertNotEqual(anew.marks, before.marks)
        # Nothing was lost of what was moved away: put back, it goes on.
        os.rename(node.ledger, self.path("other"))
        os.rename(node.alarms, self.path("other-alarms"))
        os.rename(self.path("away"), node.ledger)
        os.rename(self.path("away-alarms"), node.alarms)
        again = Dump(self.run_to_end(settings))
        self.assertEqual((again.marks, again.counters, len(again.alarms("limit"))), (before.marks, before.counters, 1))


class ChangingMetadata(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.second = 0

    # As an editor does it: a whole file takes the old one's place.
    def replace(self, lines):
        os.replace(self.write("sensors.new", lines), self.path("sensors.jsonl"))

    def paged(self, rule, transition="raised", **fields):
        """Feeds normal readings until such a page comes, and returns it."""
        def look():
            self.second += 1
            self.log.add(*(reading(sensor, self.second, 50 + self.second % 2) for sensor in ("TI-1", "TI-2")))
            found = [body for body in self.receiver.about(rule, transition)
                     if all(body[name] == value for name, value in fields.items())]
            return found and found[0]
        return until(f"a page {transition} about {rule}", look)

    def test_a_change_takes_effect_while_running_and_one_with_a_mistake_does_not(self):
        self.replace([sensor_row("TI-1"), sensor_row("TI-2")])
        facilities = self.write("facilities.jsonl", [FACILITY])
        node = self.start({
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": facilities, "sensors": self.path("sensors.jsonl"), "reread": "100ms"},
            "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}})
        self.log.add(reading("TI-1", 0, 50), reading("TI-2", 0, 50))
        until("the readings are committed", lambda: node.committed() >= 1 or not node.alive())
        self.assertEqual(self.receiver.pages(), [])

        self.replace([sensor_row("TI-1", high=35, high_high=40), sensor_row("TI-2")])
        page = self.paged("limit")
        self.assertEqual((page["sensor_id"], page["severity"], page["limit"]), ("TI-1", "critical", 40))
        self.assertEqual((page["equipment_id"], page["facility_name"], page["unit"]), ("pump-1", "North works", "°C"))

        self.replace([sensor_row("TI-1", high=35, high_high=40), sensor_row("TI-2", high=45, high_high=30)])
        page = self.paged("misconfigured")
        self.assertIn("sensors.jsonl:2", page["reason"])
        for _ in range(20):
            self.paged("misconfigured")
        self.assertEqual({body["sensor_id"] for body in self.receiver.about("limit")}, {"TI-1"})
        self.assertEqual(len(self.receiver.about("misconfigured")), 1)

        self.replace([sensor_row("TI-1", high=35, high_high=40), sensor_row("TI-2", high=35, high_high=40)])
        self.paged("limit", sensor_id="TI-2")
        self.paged("misconfigured", "cleared")

        # A file that was away and is as before: there is nothing to apply, but the alarm ends.
        os.rename(self.path("sensors.jsonl"), self.path("away"))
        # So soon after the clear it is the same alarm.
        again = until("a page about the file that is away", lambda: self.receiver.about("misconfigured", "reopened"))
        self.assertIn("sensors.jsonl", again[0]["reason"])
        os.rename(self.path("away"), self.path("sensors.jsonl"))
        until("it is right again", lambda: len(self.receiver.about("misconfigured", "cleared")) == 2)
        self.assertTrue(node.alive())
        node.stop()
        self.assertEqual(set(Dump(node).counters), {"accepted"})


if __name__ == "__main__":
    unittest.main()
