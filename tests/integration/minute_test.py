"""What a node judges by the minute of the wall clock: too many rejected readings are an alarm, and the heartbeat calls
only while readings are judged. Takes a bit more than a minute."""

import time
import unittest

from http_receiver import Receiver
from node_process import NodeTest, until
from plant_lines import GrowingFile, reading


class MinuteTest(NodeTest):
    def test_bad_input_pages_and_only_a_node_that_judges_readings_has_a_heartbeat(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        log, quiet = GrowingFile(self.path("log.ndjson")), GrowingFile(self.path("quiet.ndjson"))
        self.addCleanup(log.out.close)
        self.addCleanup(quiet.out.close)

        def settings(source, path):
            return {"source": {"type": "file", "file": {"paths": [source.path], "follow": True}},
                    "channels": {"hook": {"type": "webhook", "url": receiver.url()}}, "heartbeat": receiver.url(path)}

        begin = time.monotonic()
        node, idle = self.start(settings(log, "/alive")), self.start(settings(quiet, "/idle"), "idle")
        second = 0

        def look():
            nonlocal second
            second += 1
            log.add(*(reading(f"TI-{n}", second, 20 + second % 2) for n in range(30)), '{"sensor_id":"TI-0"}',
                    "no JSON" if second % 5 == 0 else "")
            return receiver.about("bad_input") and receiver.pages("/alive")

        until("a page about bad input, and a heartbeat", look, patience=90, pause=0.1)
        self.assertGreater(time.monotonic() - begin, 55)
        pages = receiver.about("bad_input")
        self.assertEqual(len(pages), 1)
        self.assertIn("as missing-field, for example: {\"sensor_id\":\"TI-0\"}", pages[0]["reason"])
        self.assertEqual((pages[0]["transition"], pages[0]["priority"]), ("raised", 80))
        # It was started right after the other, so its minute is over by then as well.
        until("the idle node's minute", lambda: time.monotonic() - begin > 63, pause=0.1)
        self.assertEqual(receiver.pages("/idle"), [])
        self.assertEqual(len(receiver.pages("/alive")), 1)
        self.assertTrue(idle.alive())
        node.stop()
        idle.stop()


if __name__ == "__main__":
    unittest.main()
