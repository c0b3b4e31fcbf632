"""What surrounds a node is not that of its source code: an empty directory, a source that means another scale, a sensor that
somebody says is none."""

import json
import os
import subprocess
import unittest

from http_receiver import Receiver
from node_process import MILLWRIGHT, Dump, NodeTest, until
from plant_lines import GrowingFile, reading


class EmptyDirectory(NodeTest):
    def in_it(self, *words):
        done = subprocess.run([os.path.abspath(MILLWRIGHT), *words], cwd=self.directory, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_program_needs_no_file_beside_it(self):
        self.assertEqual(os.listdir(self.directory), [])
        readings = self.in_it("simulate", "--sensors", "20", "--duration", "3min")
        self.assertEqual({json.loads(line)["facility_id"] for line in readings.splitlines()} - {""},
                         {"main-hamburg", "houston", "osaka"})
        self.write("readings.ndjson", readings.splitlines())
        self.in_it("replay", "readings.ndjson", "--out", "found")
        with open(self.path("found/statistics.ndjson")) as rows:
            types = {json.loads(row)["sensor_type"] for row in rows}
        self.assertIn("temperature", types)
        self.in_it("run", "--set", "source.simulation.sensors=20", "--set", "source.simulation.duration=2min", "--set",
                   "source.simulation.speed=0", "--set", "ledger.path=ledger", "--set", "node.socket=node.sock")
        self.assertTrue(os.path.exists(self.path("ledger/data.mdb")))


class Qualities(NodeTest):
    """A gateway that sends OPC DA's quality: 192 is good, 24 a failed communication."""

    def settings(self, log, receiver, **source):
        return {"source": {"type": "file", "file": {"paths": [log.path], "follow": True}} | source,
                "channels": {"hook": {"type": "webhook", "url": receiver.url()}}}

    def feed(self, log, seconds):
        for second in range(seconds):
            log.add(reading("TI-1", second, 50 + second % 2, quality_score=192),
                    reading("TI-2", second, 50 + second % 2, quality_score=24))

    def test_a_quality_of_another_scale_is_told_once_a_source_with_the_values_and_the_setting(self):
        receiver, log = Receiver(), GrowingFile(self.path("log.ndjson"))
        self.addCleanup(receiver.close)
        self.addCleanup(log.out.close)
        node = self.start(self.settings(log, receiver))
        self.feed(log, 200)
        page = until("the page", lambda: receiver.about("misconfigured"))[0]
        for what in ("192", "24", "source.quality", "opc_da", "absent"):
            self.assertIn(what, page["reason"])
        # It is told of the first ones.
        until("all of them", lambda: (node.status() or {}).get("taken") == 400)
        node.stop()
        dump = Dump(node)
        self.assertEqual(dump.counters["quality-out-of-range"], 400)
        self.assertEqual(len(receiver.about("misconfigured")), 1)
        self.assertEqual(dump.alarms("bad_quality"), [])

    def test_where_the_setting_translates_it_bad_quality_is_found_and_shown_until_its_sensor_is_forgotten(self):
        receiver, log = Receiver(), GrowingFile(self.path("log.ndjson"))
        self.addCleanup(receiver.close)
        self.addCleanup(log.out.close)
        node = self.start(self.settings(log, receiver, quality="opc_da"))
        self.feed(log, 200)
        until("the readings", lambda: (node.status() or {}).get("taken") == 400)
        self.shown_apart_and_forgotten(node, log)
        node.stop()
        dump = Dump(node)
        self.assertNotIn("quality-out-of-range", dump.counters)
        self.assertEqual([row["sensor_id"] for row in dump.alarms("bad_quality")], ["TI-2"])
        self.assertEqual(receiver.about("misconfigured"), [])

    def rows(self, node, *question):
        code, said, mistakes = node.ask(*question, "--json")
        self.assertEqual((code, mistakes), (0, ""))
        return [json.loads(line) for line in said.splitlines()]

    def shown_apart_and_forgotten(self, node, log):
        """It pages nobody, so it is no alarm but an observation; and somebody says that there is no such sensor."""
        seen = until("the observation", lambda: self.rows(node, "observations"))
        self.assertEqual([(row["sensor_id"], row["rule"]) for row in seen], [("TI-2", "bad_quality")])
        self.assertIn("TI-2", node.ask("observations")[1])
        self.assertEqual(node.ask("alarms")[1], "no active alarms\n")
        counts = lambda: [(node.status() or {}).get(each) for each in ("alarms_active", "observations_active")]
        until("both are counted", lambda: counts() == [0, 1])

        known = lambda *which: {row["sensor_id"]: row["state"] for row in self.rows(node, "sensors", "list", *which)
                                if "sensor_id" in row}
        self.assertEqual(known(), {"TI-1": "living", "TI-2": "living"})
        self.assertEqual(known("*-2"), {"TI-2": "living"})
        self.assertEqual(node.ask("sensors", "forget", "TI-2"), (0, "1 sensor forgotten\n", ""))
        self.assertEqual(known(), {"TI-1": "living"})
        until("what it had is over", lambda: node.ask("observations")[1] == "no active observations\n")
        log.add(reading("TI-2", 200, 50, quality_score=192))
        until("it is known anew", lambda: known() == {"TI-1": "living", "TI-2": "living"})


if __name__ == "__main__":
    unittest.main()
