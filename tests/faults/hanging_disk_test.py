"""A disk that hangs: what is written to it never returns. It holds up what is on it, nobody else, and no stop."""

import json
import os
import signal
import time
import unittest

from http_receiver import Receiver
from node_process import NodeTest, until
from plant_lines import GrowingFile, reading, sensor_row

SENSORS = [f"TI-{n}" for n in range(4)]


class HangingDiskTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver, self.readings = Receiver(), GrowingFile(self.path("readings.ndjson"))
        self.addCleanup(self.receiver.close)
        self.addCleanup(self.readings.out.close)
        self.disk, self.hanging = self.path("disk/"), self.path("hanging")
        os.mkdir(self.disk)
        self.environment = {"LD_PRELOAD": os.environ["HANGING_DISK_LIBRARY"], "HANGING_DISK": self.disk,
                            "HANGING_WHILE": self.hanging}

    def settings(self, **more):
        return {"source": {"type": "file", "file": {"paths": [self.readings.path], "follow": True}},
                "plant": {"sensors": self.write("sensors.jsonl", [sensor_row(each) for each in SENSORS])},
                "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}} | more

    def begin(self, settings):
        node = self.start(settings, environment=self.environment)
        self.readings.add(*(reading(each, second, 50 + second % 2) for second in range(10) for each in SENSORS))
        self.alarm(node, SENSORS[0], 10)
        return node

    def alarm(self, node, sensor, second):
        self.readings.add(reading(sensor, second, 120))
        until(f"the page about {sensor}",
              lambda: sensor in self.paged() or not node.alive())
        self.assertTrue(node.alive(), node.log()[-2000:])

    def paged(self):
        return [page["sensor_id"] for page in self.receiver.about("limit", "raised")]

    def hang(self, hangs):
        if hangs:
            open(self.hanging, "w").close()
        else:
            os.remove(self.hanging)

    def lines(self):
        """Pages in the log, by their sensors."""
        with open(os.path.join(self.disk, "log.ndjson")) as log:
            texts = [json.loads(line)["text"] for line in log]
        return sorted(each for text in texts if text.startswith("page key=") and "rule=limit" in text
                      for each in SENSORS if f'sensor="{each}"' in text)

    def test_a_log_on_it_holds_up_its_own_pages_no_others_and_no_stop(self):
        settings = self.settings(log={"path": os.path.join(self.disk, "log.ndjson")})
        settings["channels"]["log"] = {"type": "log"}
        node = self.begin(settings)
        until("the line of the page", lambda: self.lines() == SENSORS[:1] or not node.alive())
        self.hang(True)
        for second, sensor in enumerate(SENSORS[1:], 11):
            self.alarm(node, sensor, second)
        self.assertLess(node.stop(), 10)
        self.assertEqual(self.lines(), SENSORS[:1])

        self.hang(False)
        node = self.start(settings, environment=self.environment)
        until("the lines of all pages", lambda: self.lines() == SENSORS or not node.alive())
        node.stop()
        self.assertEqual(self.lines(), SENSORS)
        self.assertEqual(sorted(self.paged()), SENSORS)

    def test_a_node_whose_alarm_journal_is_on_it_ends_within_its_limit_and_loses_nothing(self):
        settings = self.settings(alarms={"path": os.path.join(self.disk, "alarms")}, node={"stop_limit": "3s"})
        node = self.begin(settings)
        self.hang(True)
        self.readings.add(reading(SENSORS[1], 11, 120))
        time.sleep(1)
        begin = time.monotonic()
        node.process.send_signal(signal.SIGTERM)
        self.assertEqual(node.wait(), 1, node.log()[-2000:])
        self.assertLess(time.monotonic() - begin, 15)
        self.assertIn("nothing of it has moved for 3 s", node.log())

        self.hang(False)
        node = self.start(settings, environment=self.environment)
        until("the page that was held up", lambda: SENSORS[1] in self.paged() or not node.alive())
        self.alarm(node, SENSORS[2], 12)
        node.stop()
        self.assertEqual(sorted(set(self.paged())), SENSORS[:3])
        # That it was answered may not have been on disk: then it comes again, as the same page.
        keys = {each.key for each in self.receiver.pages()
                if (each.json().get("sensor_id"), each.json().get("transition")) == (SENSORS[0], "raised")}
        self.assertEqual(len(keys), 1)


if __name__ == "__main__":
    unittest.main()
