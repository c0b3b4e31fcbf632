"""Pages reach people in order, once, and no longer than they concern them: receivers that are busy, refuse, or want to be
mended; news that is old when it comes. With real receivers, and kills in between."""

import os
import time
import unittest
from datetime import datetime, timedelta, timezone

from http_receiver import Receiver
from node_process import Dump, NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row
from same_outcome import out_of_order

# What a node does unless it is told otherwise.
DEFAULTS = {"told_late": "15min", "digest_every": "5min", "clear_told_after": "5min"}
SENSORS = [f"TI-{n}" for n in range(20)]


class DeliveryTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.now = datetime.now(timezone.utc)

    def settings(self, channels, **alarms):
        return {"source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
                "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                          "sensors": self.write("sensors.jsonl", [sensor_row(each) for each in SENSORS])},
                "rules": {"z": {"alarm": False}, "stale": {"alarm": False}, "state": {"alarm": False}},
                "channels": channels, "alarms": alarms}

    def hook(self, path="/pages", **more):
        return {"type": "webhook", "url": self.receiver.url(path), "backoff": "50ms", "backoff_most": "400ms"} | more

    def feed(self, sensors, begin, seconds, value, start=None):
        """A reading a second each; from now on, unless said otherwise."""
        for second in range(begin, begin + seconds):
            self.log.add(*(reading(each, second, value + second % 2 / 10, start or self.now) for each in sensors))

    def taken(self, path="/pages"):
        return [page for page in self.receiver.pages(path) if page.status == 200]

    def test_a_busy_receiver_never_hears_of_the_end_before_the_raise(self):
        """It is busy once (429, Retry-After: 1), and the alarm is over before it is asked again."""
        node = self.start(self.settings({"hook": self.hook()}))
        for count, sensor in enumerate(SENSORS[:8], 1):
            self.receiver.behave("/pages", "/status/429")
            tries = len(self.receiver.pages())
            self.feed([sensor], 0, 3, 50)
            self.feed([sensor], 3, 2, 120)
            until("a failed try", lambda: len(self.receiver.pages()) > tries, pause=0.005)
            self.receiver.behave("/pages")
            self.feed([sensor], 5, 100, 50)
            known = lambda: {each["alarm_id"] for page in self.taken()
                             for each in (page.json().get("alarms") or [page.json()])}
            until("the alarm is told", lambda: len(known()) == count)
            until("it is over", lambda: (node.status() or {}).get("alarms_active") == 0)
            until("no page waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        raised = set()
        for page in self.taken():
            body = page.json()
            if body["transition"] == "raised":
                raised.add(body["alarm_id"])
            elif body["transition"] == "cleared":
                self.assertIn(body["alarm_id"], raised)
        self.assertEqual(out_of_order(self.receiver), [])
        node.stop()

    def test_a_log_that_nobody_reads_keeps_no_page_from_coming_and_no_node_from_ending(self):
        """Standard error is a pipe that is full, and the log is told that the receiver failed once."""
        unread, full = os.pipe()
        self.addCleanup(os.close, unread)
        os.set_blocking(full, False)
        try:
            while True:
                os.write(full, b"." * 4096)
        except BlockingIOError:
            os.set_blocking(full, True)
        node = self.start(self.settings({"hook": self.hook("/fail/1")}), errors=full)
        os.close(full)
        self.feed(SENSORS[:1], 0, 3, 50)
        self.feed(SENSORS[:1], 3, 2, 120)
        until("the page", lambda: self.taken("/fail/1"), patience=20)
        self.assertEqual(self.receiver.pages("/fail/1")[0].status, 500)
        self.assertLess(node.stop(), 10)

    def test_the_end_is_told_when_the_time_for_reopening_is_over_also_after_a_kill(self):
        settings = self.settings({"hook": self.hook()}, clear_told_after="4s")
        node = self.start(settings)
        self.feed(SENSORS[:1], 0, 3, 50)
        self.feed(SENSORS[:1], 3, 2, 120)
        until("the raise", self.taken)
        # Not so far ahead that the node's clock would be the one that is off.
        self.feed(SENSORS[:1], 5, 80, 50)
        until("it is over", lambda: (node.status() or {}).get("alarms_active") == 0)
        begin = time.monotonic()
        node.kill()
        self.assertEqual(len(self.taken()), 1)
        node = self.start(settings)
        until("the end", lambda: len(self.taken()) == 2)
        self.assertGreater(time.monotonic() - begin, 2)
        self.assertEqual([page.json()["transition"] for page in self.taken()], ["raised", "cleared"])
        node.stop()

    def test_a_channel_that_is_refused_is_told_over_the_others_and_keeps_its_pages(self):
        self.receiver.behave("/token", "/status/403")
        node = self.start(self.settings({"token": self.hook("/token"), "good": self.hook()}))
        self.feed(SENSORS[:1], 0, 3, 50)
        self.feed(SENSORS[:1], 3, 5, 120)
        down = until("channel_down over the other channel", lambda: self.receiver.about("channel_down", "raised"))[0]
        self.assertEqual((down["equipment_id"], down["severity"]), ("token", "high"))
        self.assertIn("HTTP 403", down["reason"])
        tries = len(self.receiver.pages("/token"))
        until("it is tried again", lambda: len(self.receiver.pages("/token")) > tries + 3)
        self.assertEqual({page.json()["rule"] for page in self.receiver.pages("/token")}, {"limit"})
        self.receiver.behave("/token")
        until("its page", lambda: self.taken("/token"))
        until("that it is over", lambda: self.receiver.about("channel_down", "cleared"))
        self.assertIn("channel token is refused", node.log())
        self.assertNotIn("for good", node.log())
        node.stop()

    def test_old_news_is_one_digest_and_what_is_critical_and_stands_comes_at_once(self):
        """With the settings as they are shipped."""
        node = self.start(self.settings({"hook": self.hook()}, **DEFAULTS))
        old = self.now - timedelta(hours=3)
        self.feed(SENSORS, 0, 3, 50, old)
        # Two critical ones that stand; ten that are high, and over.
        for second in range(3, 400):
            self.feed(SENSORS[:2], second, 1, 120, old)
            self.feed(SENSORS[2:12], second, 1, 95 if second < 150 else 50, old)
        until("the critical ones", lambda: len(self.taken()) >= 2)
        first = [page.json() for page in self.taken()[:2]]
        self.assertEqual({body["sensor_id"] for body in first}, set(SENSORS[:2]))
        for body in first:
            self.assertTrue(body["told_late"])
            self.assertRegex(body["message"], "; since .* UTC, told late$")
        # The digest is written, and its receiver does not answer before the node is dead.
        self.receiver.behave("/pages", "/mute")
        digest = until("a digest", lambda: [page for page in self.receiver.pages() if page.json()["kind"] == "digest"])[0]
        node.kill()
        self.receiver.behave("/pages")
        node = self.start(self.settings({"hook": self.hook()}, **DEFAULTS))
        again = until("the same again", lambda: [page for page in self.taken() if page.json()["kind"] == "digest"])[0]
        self.assertEqual((again.key, again.body), (digest.key, digest.body))
        body = again.json()
        self.assertEqual((body["count"], body["standing"]), (10, 0))
        self.assertEqual(len(body["others"]), 5)
        time.sleep(1)
        self.assertEqual(len(self.taken()), 3)
        node.stop()
        self.assertEqual({row["outcome"] for row in Dump(node, ["hook"]).rows("pages")}, {"sent", "grouped", "digest"})


if __name__ == "__main__":
    unittest.main()
