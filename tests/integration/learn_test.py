"""Eight recorded days teach a ledger; a node that starts on it pages on its first day, from a source of another kind."""

import json
import os
import signal
import subprocess
import time
import unittest

from http_receiver import Receiver
from kafka_broker import KafkaBroker, require_broker
from node_process import MILLWRIGHT, Dump, NodeTest, die_with_parent, merged, millwright, simulate, until, yaml_of
from plant_lines import GrowingFile

SENSORS, TAUGHT = 60, "2026-01-13"
# A bearing that wears over four hours of the ninth day, from its first hour on.
WORN = ("main-hamburg", "VI-101")


class LearnTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        simulate(self.path("plant"), self.path("all.ndjson"), SENSORS, 1, 9 * 86400, "--start", "2026-01-05T00:00:00Z",
                 "--fault", f"bearing_wear@193h:4h:{'/'.join(WORN)}")
        self.live = []
        with open(self.path("all.ndjson")) as lines, open(self.path("recorded.ndjson"), "w") as recorded:
            for line in lines:
                if json.loads(line)["timestamp"] < TAUGHT:
                    recorded.write(line)
                else:
                    self.live.append(line.rstrip("\n"))

    def settings(self, more=None, name="ledger"):
        return merged({"ledger": {"path": self.path(name), "interval": "200ms"},
                       "plant": {"facilities": self.path("plant/facilities.jsonl"),
                                 "sensors": self.path("plant/sensors.jsonl")},
                       "source": {"type": "file", "file": {"paths": [self.path("live.ndjson")], "follow": True}},
                       "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}}, more or {})

    def config(self, settings, name="learn.yaml"):
        with open(self.path(name), "w") as out:
            out.write(yaml_of(settings) + "\n")
        return self.path(name)

    def teach(self, *inputs, **more):
        code, out, err = millwright("learn", *(inputs or [self.path("recorded.ndjson")]), "-c",
                                    self.config(self.settings(**more)))
        self.assertEqual((code, err), (0, ""))
        return out

    def about_worn(self):
        return [page for page in self.receiver.about("state")
                if page["sensor_id"] == WORN[1] and page["facility_id"] == WORN[0]]

    def follow(self, lines, committed=0, **more):
        """A node that has judged all of `lines` in a file that it follows, but for those that a former one committed."""
        log = GrowingFile(self.path("live.ndjson"))
        self.addCleanup(log.out.close)
        # A place that was committed is one of this file only if that reaches so far.
        log.add(*lines)
        node = self.start(self.settings(**more))
        until("all is judged", lambda: (node.status() or {}).get("judged") == len(lines) - committed or not node.alive())
        self.assertTrue(node.alive(), node.log())
        return node

    def test_a_node_that_was_taught_pages_on_its_first_day_and_one_that_was_not_does_not(self):
        said = self.teach()
        self.assertIn(f"{SENSORS} learned", said)
        self.assertIn(f"millwright run -c {self.path('learn.yaml')}", said)
        code, _, err = millwright("learn", self.path("recorded.ndjson"), "-c", self.path("learn.yaml"))
        self.assertEqual(code, 2)
        self.assertIn(f"{self.path('ledger')}: there is a ledger already", err)
        node = self.follow(self.live)
        page = until("a page about the bearing", self.about_worn)[0]
        self.assertTrue(page["timestamp"].startswith("2026-01-13T"), page)
        self.assertEqual(node.log().count("was taught by"), 1, node.log())
        self.assertIn(self.path("recorded.ndjson"), node.log())
        node.stop()
        dump = Dump(node)
        self.assertEqual(dump.counters["accepted"], len(self.live))
        # Nothing of the recordings is told, and nothing that the gap between two sources makes of a sensor.
        for kind in ("statistics", "anomalies"):
            self.assertGreater(min(row.get("window_end") or row["timestamp"] for row in dump.rows(kind)), TAUGHT)
        kept = [(row["rule"], row["sensor_id"]) for row in dump.rows("alarms-kept")]
        self.assertIn(("state", WORN[1]), kept)
        self.assertNotIn("stale", [rule for rule, _ in kept])

        self.receiver.taken.clear()
        untaught = self.follow(self.live, name="untaught")
        untaught.stop()
        self.assertEqual(Dump(untaught).counters["accepted"], len(self.live))
        self.assertEqual(self.about_worn(), [])

    def test_it_goes_on_over_a_gap_a_kill_and_a_second_start_and_then_knows_its_source(self):
        self.teach()
        # The recordings ended days before, as far as the live clocks say.
        later = [line.replace("2026-01-13T", "2026-01-16T") for line in self.live]
        node = self.follow(later[:len(later) // 8])
        node.kill()
        node = self.follow(later, Dump(node).counters.get("accepted", 0))
        until("a page about the bearing", self.about_worn)
        node.stop()
        dump = Dump(node)
        self.assertEqual(dump.counters["accepted"], len(later))
        self.assertEqual([row["sensor_id"] for row in dump.rows("alarms-kept") if row["rule"] == "stale"], [])
        code, _, err = millwright("run", "-c", self.config(self.settings(
            {"source": {"file": {"paths": [self.path("recorded.ndjson")], "follow": False}}})))
        self.assertEqual(code, 2)
        self.assertIn("it holds the states of file:" + self.path("live.ndjson"), err)

    def test_readings_that_were_in_the_recordings_too_are_judged_as_any(self):
        self.teach(self.path("recorded.ndjson"))
        with open(self.path("recorded.ndjson")) as lines:
            again = lines.read().splitlines()[-3 * 3600:]
        node = self.follow(again + self.live)
        until("a page about the bearing", self.about_worn)
        node.stop()
        dump = Dump(node)
        self.assertEqual(dump.counters, {"accepted": len(again) + len(self.live)})
        # What is out of order is judged by limits alone, and has no z.
        self.assertLess(min(row["timestamp"] for row in dump.rows("anomalies") if row["rule"] == "z"), TAUGHT)

    def test_an_interrupted_lesson_and_one_that_cannot_be_written_leave_nothing(self):
        before = sorted(os.listdir(self.directory))
        config = self.config(self.settings())
        taught = subprocess.Popen([MILLWRIGHT, "learn", "-", "-c", config], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        self.addCleanup(taught.kill)
        taught.stdin.write("".join(line + "\n" for line in self.live[:1000]))
        taught.stdin.flush()
        until("it is at work", lambda: any("unfinished" in name for name in os.listdir(self.directory)))
        taught.send_signal(signal.SIGINT)
        self.assertEqual(taught.communicate(timeout=30)[0], "interrupted: nothing was made\n")
        self.assertEqual(taught.returncode, 130)
        self.assertEqual(sorted(os.listdir(self.directory)), sorted(before + ["learn.yaml"]))
        code, _, err = millwright("learn", self.path("recorded.ndjson"), "--set", "ledger.path=/proc/no/ledger")
        self.assertEqual(code, 2)
        self.assertIn("/proc/no/ledger", err)

    def test_a_broker_s_partitions_go_on_with_what_files_taught(self):
        require_broker()
        self.teach()
        broker = KafkaBroker(self.path("broker"))
        self.addCleanup(broker.kill)
        broker.run()
        keys = sorted({(row["facility_id"], row["sensor_id"]) for row in map(json.loads, self.live[:4 * SENSORS])})
        self.assertEqual(len(keys), SENSORS)
        # A site is away: what was learned of it waits.
        present = [(row, line) for row, line in ((json.loads(line), line) for line in self.live)
                   if row["facility_id"] != keys[-1][0]]
        now = int(time.time() * 1000)
        broker.put("sensor-readings", 3,
                   [(keys.index((row["facility_id"], row["sensor_id"])) % 3, now, line) for row, line in present])
        node = self.start(self.settings({"source": {"type": "kafka", "kafka": {"brokers": [broker.address],
                                                                                "topic": "sensor-readings"}}}))
        until("all is read", lambda: (node.status() or {}).get("judged") == len(present) or not node.alive())
        self.assertTrue(node.alive(), node.log())
        until("a page about the bearing", self.about_worn)
        code, out, _ = node.ask("sensors", "list", "--json")
        self.assertEqual(code, 0)
        asleep = [row for row in map(json.loads, out.splitlines()) if row.get("state") == "asleep"]
        self.assertEqual({row["facility_id"] for row in asleep}, {keys[-1][0]})
        node.stop()
        self.assertIn("was taught by", node.log())
        dump = Dump(node)
        self.assertEqual(dump.counters, {"accepted": len(present)})
        self.assertEqual(set(dump.positions), {f"sensor-readings/{i}" for i in range(3)})


if __name__ == "__main__":
    unittest.main()
