"""What follows the first alarm of a unit is told behind it: with a real receiver, and kills in between."""

import json
import subprocess
import unittest
from datetime import datetime, timedelta, timezone

from http_receiver import Receiver
from node_process import MILLWRIGHT, Dump, NodeTest, until
from plant_lines import FACILITY, GrowingFile, iso, reading, sensor_row
from same_outcome import out_of_order

# A limit of a temperature is raised a minute after the first reading outside, of a pressure after 15 s.
SLOW = [f"TI-{n}" for n in range(5)]
FAST = "PI-1"


class FirstOutTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.begin = datetime.now(timezone.utc) - timedelta(seconds=600)
        self.second, self.values = 0, dict.fromkeys(SLOW + [FAST], 50.0)
        rows = [sensor_row(each) for each in SLOW] + [sensor_row(FAST, unit="psi")]
        self.settings = {
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                      "sensors": self.write("sensors.jsonl", rows)},
            "rules": {each: {"alarm": False} for each in ("z", "state", "rate", "stale", "novelty", "stuck")},
            "alarms": {"first_out": {"within": "10min", "after": "4s", "every": "6s"}},
            "channels": {"hook": {"type": "webhook", "url": self.receiver.url("/pages"), "backoff": "50ms"}}}

    def feed(self, seconds, **values):
        self.values.update({name.replace("_", "-"): value for name, value in values.items()})
        for self.second in range(self.second + 1, self.second + 1 + seconds):
            for sensor, value in self.values.items():
                line = reading(sensor, self.second, value + self.second % 2 / 10, self.begin)
                if sensor == FAST:
                    line = json.dumps({"sensor_id": sensor, "facility_id": "north", "sensor_type": "pressure",
                                       "timestamp": iso(self.second, self.begin), "pressure_psi": value})
                self.log.add(line)

    def taken(self):
        return [page.json() for page in self.receiver.pages() if page.status == 200]

    def told(self):
        """Each page once, though a kill at its answer may have it come again."""
        out = {}
        for page in self.taken():
            out.setdefault((page["alarm_id"], page["number"]), page)
        return list(out.values())

    def ask(self, node, *command):
        return subprocess.run([MILLWRIGHT, *command, "-c", node.config], stdout=subprocess.PIPE, text=True).stdout

    def test_the_first_pages_and_the_others_are_one_message_behind_it_over_kills(self):
        node = self.start(self.settings)
        self.feed(60)
        self.feed(2, TI_0=95.0)
        self.feed(8, TI_1=95.0, TI_2=95.0)
        # Raised before them, and begun after them.
        self.feed(20, PI_1=95.0)
        until("the pressure", lambda: len(self.told()) == 1)
        self.feed(40)
        until("the first one too", lambda: len(self.told()) >= 2)
        self.assertEqual([page["sensor_id"] for page in self.told()[:2]], [FAST, "TI-0"])
        until("four are active", lambda: (node.status() or {}).get("alarms_active") == 4)
        first = self.told()[1]
        node.kill()
        node = self.start(self.settings)
        page = until("those behind it", lambda: self.told()[2:])[0]
        self.assertEqual((page["kind"], page["sensor_id"], page["equipment_id"], page["count"]),
                         ("alert", None, "pump-1", 2))
        self.assertIn("and 2 more on pump-1: TI-1 limit, TI-2 limit; first: TI-0 on pump-1 at North works (north)",
                      page["message"])
        self.assertEqual(self.ask(node, "alarms").count(f"(child of {first['short_id']})"), 3)
        self.assertIn(f"child of TI-0 limit ({first['short_id']}), told by group {page['short_id']}",
                      self.ask(node, "explain", "north/TI-1"))
        # Who answers for the message answers for the two.
        self.ask(node, "ack", page["short_id"], "--by", "anna")
        until("they are acknowledged", lambda: (node.status() or {}).get("alarms_unacknowledged") == 2)
        # A critical one waits for nobody.
        self.feed(1, TI_3=110.0)
        until("the critical one", lambda: [each for each in self.told() if each["sensor_id"] == "TI-3"])
        # Behind the acknowledgement the next one is first anew, also where the node dies at it.
        for each in self.told():
            if each["sensor_id"]:
                self.ask(node, "ack", each["short_id"])
        until("all are acknowledged", lambda: (node.status() or {}).get("alarms_unacknowledged") == 0)
        node.kill()
        self.feed(62, TI_4=95.0)
        node = self.start(self.settings)
        until("first anew", lambda: [each for each in self.told() if each["sensor_id"] == "TI-4"])
        self.assertEqual(len(self.told()), 5)
        node.kill()
        node = self.start(self.settings)
        self.feed(130, **dict.fromkeys(["TI_0", "TI_1", "TI_2", "TI_3", "TI_4", "PI_1"], 50.0))
        ended = until("the ends", lambda: [each for each in self.told() if each["transition"] == "cleared"][4:])
        self.assertEqual(len(ended), 1)
        node.stop()
        self.assertEqual(out_of_order(self.receiver), [])
        self.assertEqual({row["outcome"] for row in Dump(node, ["hook"]).rows("pages")}, {"sent"})


if __name__ == "__main__":
    unittest.main()
