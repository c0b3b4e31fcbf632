"""A part of the node that dies whenever it is begun anew: the node ends, for whoever started it to start it anew, and
then goes on where it was."""

import os
import unittest

from http_receiver import Receiver
from node_process import NodeTest, until
from plant_lines import GrowingFile, reading, sensor_row


class BrokenPartTest(NodeTest):
    def test_a_node_whose_channel_dies_of_every_page_ends_with_1_and_pages_at_the_next_start(self):
        receiver, log = Receiver(), GrowingFile(self.path("log.ndjson"))
        self.addCleanup(receiver.close)
        self.addCleanup(log.out.close)
        settings = {"source": {"type": "file", "file": {"paths": [log.path], "follow": True}},
                    "plant": {"sensors": self.write("sensors.jsonl", [sensor_row("TI-1")])},
                    "channels": {"hook": {"type": "webhook", "url": receiver.url()}}}
        node = self.start(settings, environment={"LD_PRELOAD": os.environ["THROWING_HTTP"]})
        log.add(*(reading("TI-1", second, 50 + second % 2) for second in range(10)), reading("TI-1", 10, 120))
        self.assertEqual(node.wait(), 1, node.log()[-2000:])
        self.assertIn("the node ends, to be started anew: paging died more than 5 times", node.log())
        self.assertEqual(receiver.pages(), [])

        node = self.start(settings)
        until("the page", lambda: receiver.about("limit") or not node.alive())
        node.stop()
        self.assertEqual(len(receiver.about("limit")), 1)


if __name__ == "__main__":
    unittest.main()
