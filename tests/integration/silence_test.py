"""Silence is an alarm: a split from which nothing comes is told once, by name, and told again when it is over."""

import os
import shutil
import time
import unittest

from http_receiver import Receiver
from node_process import Dump, NodeTest, until
from plant_lines import GrowingFile, reading


class SilenceTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.logs = [GrowingFile(self.path(name)) for name in ("north.ndjson", "south.ndjson")]
        for log in self.logs:
            self.addCleanup(log.out.close)
        self.second = 0

    def feed(self, *logs):
        self.second += 1
        for log in logs:
            self.logs[log].add(*(reading(f"TI-{log}{n}", self.second, 50 + self.second % 2) for n in range(3)))

    def await_page(self, transition, *feeding):
        def look():
            self.feed(*feeding)
            return self.receiver.about("source_silent", transition)
        return until(f"a page about silence, {transition}", look)[0]

    def node(self, silent_after="2s"):
        return self.start({
            "source": {"type": "file", "silent_after": silent_after,
                       "file": {"paths": [log.path for log in self.logs], "follow": True}},
            "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}})

    def test_a_split_that_falls_silent_pages_once_and_again_when_it_wakes(self):
        node = self.node()
        for _ in range(20):
            self.feed(0, 1)
        page = self.await_page("raised", 0)
        for what in (self.logs[1].path, "3 sensors", "last position 59", "2 s"):
            self.assertIn(what, page["message"] + page["reason"])
        self.assertEqual((page["priority"], page["severity"]), (80, "high"))
        # Well past the silence of every sensor behind it, by the other split's time.
        for _ in range(300):
            self.feed(0)
        wake = self.await_page("cleared", 0, 1)
        self.assertEqual(wake["alarm_id"], page["alarm_id"])
        node.stop()
        self.assertEqual(len(self.receiver.about("source_silent")), 2)
        self.assertEqual({body["rule"] for body in (each.json() for each in self.receiver.pages())}, {"source_silent"})
        alarms = Dump(node).alarms("source_silent")
        self.assertEqual([row["state"] for row in alarms], ["cleared"])

    def test_when_everything_falls_silent_one_page_says_so(self):
        node = self.node("4s")
        self.feed(0, 1)
        page = self.await_page("raised")
        self.assertIn("any of 2 splits with 6 sensors", page["reason"])
        # One is there again, and goes on; from then on the other has its time anew before it is missed.
        begin = time.monotonic()
        self.await_page("cleared", 1)
        raised = lambda: self.receiver.about("source_silent", "raised")
        until("the other is missed", lambda: self.feed(1) or len(raised()) > 1)
        self.assertGreater(time.monotonic() - begin, 3.5)
        until("it is there too", lambda: self.feed(0, 1) or len(self.receiver.about("source_silent", "cleared")) > 1)
        node.stop()
        self.assertEqual([each["equipment_id"] for each in raised()][1:], [self.logs[0].path])

    def test_a_source_that_cannot_be_reached_from_the_first_second_on_is_told_with_the_reason(self):
        node = self.start({
            "source": {"type": "kafka", "silent_after": "2s", "kafka": {"brokers": ["127.0.0.1:1"]}},
            "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}})
        page = until("a page", lambda: self.receiver.about("source_silent", "raised"))[0]
        self.assertIn("the source as a whole", page["message"])
        self.assertIn("127.0.0.1:1", page["reason"])
        self.assertIn("refused", page["reason"])
        time.sleep(3)
        self.assertEqual(len(self.receiver.about("source_silent")), 1)
        node.stop()

    def test_a_log_that_is_rotated_goes_on_and_the_node_with_it(self):
        node = self.node()
        north = self.logs[0].path
        self.feed(0, 1)
        until("all is taken", lambda: (node.status() or {}).get("taken") == 6)
        # By renaming; the old one gets a last line.
        os.rename(north, north + ".1")
        self.feed(0, 1)
        self.logs[0].out.close()
        self.logs[0] = GrowingFile(north)
        self.feed(0, 1)
        until("the new file is read", lambda: (node.status() or {}).get("taken") == 18 or not node.alive())
        # By copying and truncating.
        shutil.copy(north, north + ".copy")
        os.truncate(north, 0)
        self.logs[0].out.close()
        self.logs[0].out = open(north, "a")
        self.feed(0, 1)
        until("it goes on", lambda: (node.status() or {}).get("taken") == 24 or not node.alive())
        self.assertTrue(node.alive(), node.log())
        # While it is away.
        node.stop()
        os.rename(north, north + ".2")
        self.logs[0].out.close()
        self.logs[0] = GrowingFile(north)
        self.feed(0, 1)
        node = self.node()
        until("each is taken once", lambda: (node.status() or {}).get("taken") == 6)
        time.sleep(0.5)
        node.stop()
        dump = Dump(node)
        self.assertEqual(dump.counters, {"accepted": 30})
        self.assertEqual(set(dump.positions.values()), {15})


    def test_a_silence_found_right_before_a_crash_stands_after_it(self):
        # No commit of its own comes behind the silence.
        def start():
            return self.start({
                "ledger": {"interval": "10s"},
                "source": {"type": "file", "silent_after": "2s",
                           "file": {"paths": [log.path for log in self.logs], "follow": True}},
                "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}})
        node = start()
        for _ in range(20):
            self.feed(0, 1)
        page = self.await_page("raised", 0)
        node.kill()
        node = start()
        until("the other split is judged again", lambda: self.feed(0) or (node.status() or {}).get("taken", 0) > 20)
        begin = time.monotonic()
        until("time to be wrong", lambda: self.feed(0) or time.monotonic() > begin + 5)
        self.assertEqual(self.receiver.about("source_silent", "cleared"), [])
        node.stop()
        self.assertEqual([row["state"] for row in Dump(node).alarms("source_silent")], ["active"])
        self.assertEqual({body["alarm_id"] for body in self.receiver.about("source_silent")}, {page["alarm_id"]})
        node = start()
        self.await_page("cleared", 0, 1)
        node.stop()
        self.assertEqual([row["state"] for row in Dump(node).alarms("source_silent")], ["cleared"])


if __name__ == "__main__":
    unittest.main()
