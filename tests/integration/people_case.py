"""A node that follows a file with readings of two sensors, TI-1 and TI-2 of north, and is told things by people."""

import random
import re
from datetime import datetime, timedelta, timezone

from node_process import NodeTest, until
from plant_lines import FACILITY, GrowingFile, iso, reading, sensor_row

LEARNS = re.compile(r"^ +learning +state +learns its normal range: (\d+) of 400 readings", re.MULTILINE)


class PeopleTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(11)
        # Of now: who follows a file knows what time it is.
        self.begin = datetime.now(timezone.utc) - timedelta(minutes=30)
        self.log = GrowingFile(self.path("readings.ndjson"))
        self.addCleanup(self.log.out.close)
        self.read = 0
        self.settings = {
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                      "sensors": self.write("sensors.jsonl", [sensor_row("TI-1"), sensor_row("TI-2")])}}
        # With these nothing is committed any more.
        self.slow = self.settings | {"ledger": {"interval": "1h"}}

    def speak(self, node, seconds, committed=("TI-1", "TI-2"), **values):
        """So many readings of each, which the node has committed; of none: which it has taken in."""
        before = (node.status() or {}).get("taken", 0)
        for _ in range(seconds):
            self.log.add(reading("TI-1", self.read, values.get("first", 20 + self.read % 5), start=self.begin),
                         reading("TI-2", self.read, 30 + self.read % 7, start=self.begin))
            self.read += 1
        newest = f'"at":"{iso(self.read - 1, self.begin)}"'

        def come():
            if not node.alive():
                return True
            if committed:
                return all(newest in node.ask("explain", f"north/{sensor}", "--json")[1] for sensor in committed)
            return (node.status() or {}).get("taken", 0) >= before + 2 * seconds
        until("the readings", come)
        self.assertTrue(node.alive(), node.log())

    def begun(self, settings):
        node = self.start(settings)
        until("an answer", lambda: node.status() or not node.alive())
        self.assertTrue(node.alive(), node.log())
        return node

    def told(self, node, *command, code=0):
        """What it answers; of another code what it complains of."""
        result, out, err = node.ask(*command)
        self.assertEqual(result, code, err + node.log()[-2000:])
        return err if code else out

    def learned(self, node, sensor):
        """Readings that it has learned from, as committed; none: it knows its normal range, or nothing is committed."""
        found = LEARNS.search(node.ask("explain", f"north/{sensor}")[1])
        return int(found.group(1)) if found else None

    def await_learned(self, node, sensor, readings):
        seen = []

        def there():
            seen.append(self.learned(node, sensor))
            return seen[-1] == readings or not node.alive()
        try:
            until("what it learned from", there)
        except AssertionError:
            self.fail(f"{sensor} has learned from {seen[-1]} readings, not {readings}")
        self.assertTrue(node.alive(), node.log())
