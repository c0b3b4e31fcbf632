"""A node that is still reading its alarms, from a disk that is at its end, hears that it is to end."""

import os
import signal
import unittest

from http_receiver import Receiver
from node_process import NodeTest, until
from plant_lines import reading, sensor_row


class SlowStartTest(NodeTest):
    def test_a_node_that_is_still_reading_its_alarms_ends_at_once_and_has_lost_nothing(self):
        sensors = [f"TI-{n}" for n in range(60)]
        receiver = Receiver()
        self.addCleanup(receiver.close)
        settings = {"source": {"type": "file", "file": {"follow": True, "paths": [self.write("a.ndjson", [
                        reading(each, second, 50 + second % 2 if second < 10 else 120)
                        for second in range(11) for each in sensors])]}},
                    "plant": {"sensors": self.write("sensors.jsonl", [sensor_row(each) for each in sensors])},
                    "channels": {"hook": {"type": "webhook", "url": receiver.url()}}}

        def came():
            return {page["sensor_id"] for page in receiver.about("limit")}
        node = self.start(settings)
        until("half of the pages", lambda: len(came()) > 30 or not node.alive())
        node.kill()

        begun = self.path("begun")
        library = os.environ["SLOW_READS"]
        for how in (signal.SIGTERM, signal.SIGINT):
            node = self.start(settings, environment={"LD_PRELOAD": library, "SLOW_READS_BEGUN": begun})
            until("it reads its alarms", lambda: os.path.exists(begun) or not node.alive())
            self.assertTrue(node.alive(), node.log()[-2000:])
            self.assertLess(node.stop(how), 2)
            self.assertIsNone(node.status())
            os.remove(begun)
        node = self.start(settings)
        until("it answers", node.status)
        until("the other pages", lambda: len(came()) == len(sensors) or not node.alive())
        node.stop()


if __name__ == "__main__":
    unittest.main()
