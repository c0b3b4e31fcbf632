"""What surrounds a node is not that of its source code: an empty directory, a source that means another scale."""

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

    def test_where_the_setting_translates_it_bad_quality_is_found(self):
        receiver, log = Receiver(), GrowingFile(self.path("log.ndjson"))
        self.addCleanup(receiver.close)
        self.addCleanup(log.out.close)
        node = self.start(self.settings(log, receiver, quality="opc_da"))
        self.feed(log, 200)
        until("the readings", lambda: (node.status() or {}).get("taken") == 400)
        node.stop()
        dump = Dump(node)
        self.assertNotIn("quality-out-of-range", dump.counters)
        self.assertEqual([row["sensor_id"] for row in dump.alarms("bad_quality")], ["TI-2"])
        self.assertEqual(receiver.about("misconfigured"), [])


if __name__ == "__main__":
    unittest.main()
