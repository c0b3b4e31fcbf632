"""Many alarms within seconds for one reason are one page: with a real receiver, and kills in between."""

import subprocess
import time
import unittest
from datetime import datetime, timedelta, timezone

from http_receiver import Receiver
from node_process import MILLWRIGHT, Dump, NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row
from same_outcome import out_of_order

QUIET = [f"TI-{n}" for n in range(6)]
OTHERS = ["TI-20", "TI-21"]
# Activity: what is silent for ten minutes and more pages.
SILENCE = 1200


class GroupTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.begin = datetime.now(timezone.utc) - timedelta(seconds=SILENCE + 120)
        rows = [sensor_row(each) for each in QUIET] + [sensor_row(each, equipment_id="pump-2") for each in OTHERS]
        self.settings = {
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                      "sensors": self.write("sensors.jsonl", rows)},
            "rules": {"z": {"alarm": False}, "state": {"alarm": False}},
            "alarms": {"group": {"wait": "8s", "least": 5}},
            "channels": {"hook": {"type": "webhook", "url": self.receiver.url("/pages"), "backoff": "50ms"}}}

    def feed(self, sensors, begin, seconds):
        for second in range(begin, begin + seconds):
            self.log.add(*(reading(each, second, 50 + second % 2 / 10, self.begin) for each in sensors))

    def taken(self):
        return [page for page in self.receiver.pages() if page.status == 200]

    def alarms(self, node):
        done = subprocess.run([MILLWRIGHT, "alarms", "--all", "-c", node.config], stdout=subprocess.PIPE, text=True)
        return done.stdout

    def test_a_unit_that_falls_silent_is_one_page_also_after_a_kill_while_it_is_held(self):
        node = self.start(self.settings)
        self.feed(QUIET + OTHERS, 0, 60)
        self.feed(OTHERS, 60, SILENCE)
        until("six alarms", lambda: (node.status() or {}).get("alarms_active") == len(QUIET))
        self.assertEqual(self.alarms(node).count("held for 8 s"), len(QUIET))
        begin = time.monotonic()
        node.kill()
        self.assertEqual(self.taken(), [])
        node = self.start(self.settings)
        page = until("the page", self.taken)[0]
        self.assertLess(time.monotonic() - begin, 30)
        body = page.json()
        self.assertEqual((body["kind"], body["rule"], body["equipment_id"], body["sensor_id"], body["count"]),
                         ("alert", "stale", "pump-1", None, len(QUIET)))
        self.assertEqual(len(set(body["members"])), len(QUIET))
        self.assertIn("6 sensors of pump-1 at North works (north); first: TI-0 on pump-1", body["message"])
        self.assertEqual(self.alarms(node).count(f"paged as one of 6 sensors of pump-1 at North works (north): group "
                                                 f"{body['short_id']}"), len(QUIET))
        # Who answers for the group answers for its alarms.
        subprocess.run([MILLWRIGHT, "ack", body["short_id"], "--by", "anna", "-c", node.config], check=True,
                       stdout=subprocess.DEVNULL)
        until("all are acknowledged", lambda: (node.status() or {}).get("alarms_unacknowledged") == 0)
        until("each says so", lambda: self.alarms(node).count("active, acked") == len(QUIET) + 1)
        # Another death, and the end: once, when the last of them speaks.
        node.kill()
        node = self.start(self.settings)
        self.feed(QUIET[1:] + OTHERS, 60 + SILENCE, 5)
        until("all but one", lambda: (node.status() or {}).get("alarms_active") == 1)
        self.assertEqual(len(self.taken()), 1)
        self.feed(QUIET + OTHERS, 65 + SILENCE, 5)
        until("the end", lambda: len(self.taken()) == 2)
        end = self.taken()[1].json()
        self.assertEqual((end["alarm_id"], end["transition"], end["count"]), (body["alarm_id"], "cleared", len(QUIET)))
        self.assertEqual(out_of_order(self.receiver), [])
        node.stop()
        self.assertEqual({row["outcome"] for row in Dump(node, ["hook"]).rows("pages")}, {"sent"})


if __name__ == "__main__":
    unittest.main()
