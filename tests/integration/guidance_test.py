"""What the plant's people have written down for an alarm: a page says what stood there when it was made."""

import os
import unittest

from http_receiver import Receiver
from node_process import NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row


class GuidanceTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)

    def write_down(self, action):
        rows = [sensor_row(each, action=action, respond_within="15min") for each in ("TI-1", "TI-2")]
        self.write("next.jsonl", rows)
        os.replace(self.path("next.jsonl"), self.path("sensors.jsonl"))

    def settings(self):
        return {"source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
                "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                          "sensors": self.path("sensors.jsonl"), "reread": "100ms"},
                "rules": {"z": {"alarm": False}, "state": {"alarm": False}},
                "channels": {"hook": {"type": "webhook", "url": self.receiver.url("/fail/1"), "backoff": "50ms"}}}

    def feed(self, sensor, begin, values):
        self.log.add(*(reading(sensor, begin + second, value) for second, value in enumerate(values)))

    def test_a_repeat_says_what_was_written_down_before_and_the_next_alarm_what_is_by_now(self):
        self.write_down("Close V-12")
        node = self.start(self.settings())
        dying = node
        self.receiver.answered = lambda page: dying.kill() if dying.alive() else None
        self.feed("TI-1", 0, [50, 50.1, 120])
        node.wait()
        self.receiver.answered = lambda page: None
        self.write_down("Stop the pump")
        node = self.start(self.settings())
        first, again = until("it comes again", lambda: len(self.receiver.pages("/fail/1")) == 2 and self.receiver.pages("/fail/1"))
        self.assertEqual((first.key, first.body), (again.key, again.body))
        body = again.json()
        self.assertEqual((body["action"], body["respond_within"], body["runbook"]), ("Close V-12", 900, None))
        self.assertEqual(body["look"], "millwright plant north/pump-1")
        until("the change", lambda: "metadata changed" in node.log())
        self.feed("TI-2", 3, [50, 50.1, 120])
        until("the next page", lambda: len(self.receiver.pages("/fail/1")) == 3)
        self.assertEqual(self.receiver.pages("/fail/1")[2].json()["action"], "Stop the pump")
        # A clear goes where the raise went, and wants nothing of anybody.
        self.feed("TI-1", 6, [50 + second % 2 / 10 for second in range(90)])
        until("the end", lambda: len(self.receiver.pages("/fail/1")) == 4)
        end = self.receiver.pages("/fail/1")[3].json()
        self.assertEqual((end["transition"], end["reason"], end["action"]),
                         ("cleared", "back inside the limit by the deadband", None))
        node.stop()


if __name__ == "__main__":
    unittest.main()
