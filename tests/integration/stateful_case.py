"""A plant of some sensors and a log that a node follows, for tests of receivers that keep a state of each alarm."""

from datetime import datetime, timedelta, timezone

from node_process import NodeTest
from plant_lines import FACILITY, GrowingFile, reading, sensor_row

SENSORS = [f"TI-{n}" for n in range(20)]
# What a node does unless it is told otherwise.
DEFAULTS = {"told_late": "15min", "digest_every": "5min", "clear_told_after": "5min"}
CALM, HIGH, CRITICAL = 50, 95, 120


class StatefulCase(NodeTest):
    def setUp(self):
        super().setUp()
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.begin = datetime.now(timezone.utc) - timedelta(seconds=400)
        self.second = 0

    def settings(self, channels, **alarms):
        return {"source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
                "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                          "sensors": self.write("sensors.jsonl", [sensor_row(each) for each in SENSORS])},
                "rules": {"z": {"alarm": False}, "stale": {"alarm": False}, "state": {"alarm": False}},
                "channels": channels, "alarms": DEFAULTS | alarms}

    def feed(self, value, seconds, sensors=None):
        """A reading a second each, behind the ones before."""
        for second in range(self.second, self.second + seconds):
            self.log.add(*(reading(each, second, value + second % 2 / 10, self.begin)
                           for each in sensors or SENSORS[:1]))
        self.second += seconds

    def begin_high(self, sensors=None):
        self.feed(CALM, 3, sensors)
        self.feed(HIGH, 90, sensors)
