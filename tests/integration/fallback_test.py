"""A channel that is dead, and one that may not say much: others stand in for the one, the other says all the same, later or
in one message. With kills in between."""

import time
import unittest
from datetime import datetime, timedelta, timezone

from http_receiver import Receiver
from node_process import Dump, NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row

SENSORS = [f"TI-{n}" for n in range(24)]


def news_of(pages):
    """Alarms of which pages tell, each with what they say of it."""
    out = []
    for page in pages:
        body = page.json()
        if body["kind"] == "digest":
            out += [(each["alarm_id"], "digest") for each in body["alarms"]]
        else:
            out.append((body["alarm_id"], body["transition"]))
    return out


class FallbackTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.now = datetime.now(timezone.utc)

    def receiver(self, up=True):
        out = Receiver(up=up)
        self.addCleanup(out.close)
        return out

    def settings(self, channels, **alarms):
        return {"source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
                "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                          "sensors": self.write("sensors.jsonl", [sensor_row(each) for each in SENSORS])},
                "rules": {name: {"alarm": False} for name in ("z", "stale", "state")},
                "channels": channels,
                "alarms": {"told_late": "15min", "digest_every": "1s", "clear_told_after": "1s"} | alarms}

    def hook(self, receiver, path="/pages", **more):
        return {"type": "webhook", "url": receiver.url(path), "backoff": "50ms", "backoff_most": "200ms"} | more

    def feed(self, sensors, begin, seconds, value, start=None):
        """A reading a second each; from now on, unless said otherwise."""
        for second in range(begin, begin + seconds):
            self.log.add(*(reading(each, second, value + second % 2 / 10, start or self.now) for each in sensors))

    def again(self, node, settings):
        node.kill()
        return self.start(settings)

    def test_others_stand_in_for_a_dead_channel_over_kills_and_the_end_goes_where_the_raise_was_told(self):
        dead, other = self.receiver(up=False), self.receiver()
        hook = self.hook(dead, fallback_after="2s")
        # While it is the only one, nobody stands in for it.
        node = self.start(self.settings({"hook": hook}))
        self.feed(SENSORS[:1], 0, 3, 50)
        self.feed(SENSORS[:1], 3, 2, 120)
        until("its page waits", lambda: (node.status() or {}).get("pages_pending") == 1)
        settings = self.settings({"hook": hook, "other": self.hook(other)})
        other.behave("/pages", "/mute")
        node = self.again(node, settings)
        first = until("the other is asked", other.pages)[0]
        self.assertEqual((first.json()["kind"], first.json()["transition"]), ("alert", "raised"))
        # Killed amid its try: the same again, as it was.
        node.kill()
        other.behave("/pages")
        node = self.start(settings)
        taken = until("it is taken", lambda: [page for page in other.pages() if page.status == 200])[0]
        self.assertEqual((taken.key, taken.body), (first.key, first.body))
        # That it was told for the dead one, too, is on disk before the next kill.
        alarm = first.json()["alarm_id"]
        until("it is noted", lambda: '"outcome":"fallback"' in node.ask("explain", alarm, "--json")[1])
        until("one digest waits in its place", lambda: (node.status() or {}).get("pages_pending") == 1)
        node = self.again(node, settings)
        time.sleep(3)
        self.assertEqual(len({page.key for page in other.pages()}), 1)
        self.assertEqual(len([page for page in other.pages() if page.status == 200]), 1)

        dead.come_up()
        until("what stands, in one message", dead.pages)
        self.feed(SENSORS[:1], 5, 80, 50)
        until("the end", lambda: len([page for page in other.pages() if page.status == 200]) == 2)
        until("the end there, too", lambda: len(dead.pages()) == 2)
        self.assertEqual(news_of(page for page in other.pages() if page.status == 200),
                         [(alarm, "raised"), (alarm, "cleared")])
        self.assertEqual(news_of(dead.pages()), [(alarm, "digest"), (alarm, "digest")])
        self.assertEqual([page.json()["standing"] for page in dead.pages()], [1, 0])
        log = node.log()
        self.assertIn("channel hook fails, others stand in for it: 1 page goes over other", log)
        until("nothing waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        node.stop()
        outcomes = {row["key"]: row["outcome"] for row in Dump(node, ["hook", "other"]).rows("pages")}
        self.assertEqual(outcomes[f"{alarm}-1-hook"], "fallback")
        self.assertEqual(outcomes[f"{alarm}-1-other"], "sent")

    def test_many_at_once_are_one_message_that_a_kill_does_not_change(self):
        receiver = self.receiver()
        receiver.behave("/pages", "/mute")
        settings = self.settings({"hook": self.hook(receiver, timeout="2s")}, together={"over": 10, "within": "1s"})
        node = self.start(settings)
        start = self.now - timedelta(minutes=4)
        self.feed(SENSORS, 0, 3, 50, start)
        # High, not critical: it takes the delay.
        self.feed(SENSORS, 3, 120, 95, start)
        until("the pages wait", lambda: (node.status() or {}).get("alarms_active") == len(SENSORS))
        # What was in hand first goes by itself; all that wait behind it are one.
        receiver.behave("/pages")
        until("one for many", lambda: [page for page in receiver.pages() if page.json()["kind"] == "digest"])
        known = lambda: {alarm for alarm, _ in news_of(page for page in receiver.pages() if page.status == 200)}
        until("all are told", lambda: len(known()) == len(SENSORS))
        self.assertLess(len({page.key for page in receiver.pages()}), 13)
        one = [page for page in receiver.pages() if page.json()["kind"] == "digest"][0].json()
        self.assertTrue(one["at_once"])
        self.assertEqual(len(one["others"]), 5)
        self.assertIn(" alarms at once, ", one["message"])
        # All of them end at once; the node dies amid the message.
        receiver.behave("/pages", "/mute")
        before = len(receiver.pages())
        self.feed(SENSORS, 123, 100, 50, start)
        until("they are over", lambda: (node.status() or {}).get("alarms_active") == 0)
        ends = until("their ends", lambda: [page for page in receiver.pages()[before:]
                                            if page.json()["kind"] == "digest"])[0]
        node.kill()
        receiver.behave("/pages")
        node = self.start(settings)
        again = until("the same again", lambda: [page for page in receiver.pages()
                                                 if page.status == 200 and page.key == ends.key])[0]
        self.assertEqual(again.body, ends.body)
        until("nothing waits", lambda: (node.status() or {}).get("pages_pending") == 0)
        node.stop()

    def test_over_its_rate_a_channel_says_less_and_leaves_nothing_out_and_delays_no_other(self):
        receiver = self.receiver()
        # More than one message in a second, and those that were saved up in the first.
        limited = self.hook(receiver, "/limited", rate={"pages": 3, "per": "3s"})
        settings = self.settings({"hook": self.hook(receiver), "limited": limited}, together={"over": 5, "within": "1s"})
        node = self.start(settings)
        self.feed(SENSORS, 0, 3, 50)
        for count, sensor in enumerate(SENSORS, 1):
            self.feed([sensor], 3, 2, 120)
            until("the page, at once", lambda: len(receiver.pages()) >= count)
            if count == 12:
                node = self.again(node, settings)
        known = lambda path: {alarm for alarm, _ in news_of(receiver.pages(path))}
        until("all of them", lambda: len(known("/limited")) == len(SENSORS), patience=60)
        times = [page.at_ns / 1e9 for page in receiver.pages("/limited")]
        for first, seventh in zip(times, times[6:]):
            self.assertGreater(seventh - first, 2.5)
        self.assertEqual(known("/pages"), known("/limited"))
        keys = [page.key for page in receiver.pages("/limited")]
        self.assertLessEqual(len(keys) - len(set(keys)), 1, "again without a kill at its answer")
        node.stop()


if __name__ == "__main__":
    unittest.main()
