"""What a node judges by the minute of the wall clock: too many rejected readings are an alarm, and the heartbeat calls
only while readings are judged and somebody can be paged. Takes a bit more than a minute."""

import time
import unittest

from http_receiver import Receiver
from node_process import NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row


class MinuteTest(NodeTest):
    def test_bad_input_pages_and_only_a_node_that_judges_readings_and_can_page_has_a_heartbeat(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        log, quiet = GrowingFile(self.path("log.ndjson")), GrowingFile(self.path("quiet.ndjson"))
        self.addCleanup(log.out.close)
        self.addCleanup(quiet.out.close)

        def settings(source, path, pages="/pages"):
            return {"source": {"type": "file", "file": {"paths": [source.path], "follow": True}},
                    "channels": {"hook": {"type": "webhook", "url": receiver.url(pages)}}, "heartbeat": receiver.url(path)}

        receiver.behave("/expired", "/status/403")
        dumb_plant = {"plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                                "sensors": self.write("sensors.jsonl", [sensor_row("TI-1", high=10)])}}
        begin = time.monotonic()
        node, idle = self.start(settings(log, "/alive")), self.start(settings(quiet, "/idle"), "idle")
        dumb = self.start(settings(log, "/dumb", "/expired") | dumb_plant, "dumb")
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
        # They were started right after the other, so their minute is over by then as well.
        until("the other nodes' minute", lambda: time.monotonic() - begin > 63, pause=0.1)
        self.assertEqual(len(receiver.pages("/alive")), 1)
        self.assertEqual(receiver.pages("/idle"), [])
        self.assertTrue(idle.alive())
        # It judges readings as the first does, and nobody hears of it.
        self.assertIn("channel hook is refused", dumb.log())
        self.assertTrue(receiver.pages("/expired"))
        self.assertEqual(receiver.pages("/dumb"), [])
        self.assertTrue(dumb.alive())
        for each in (node, idle, dumb):
            each.stop()


if __name__ == "__main__":
    unittest.main()
