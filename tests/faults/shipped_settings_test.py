"""Receivers that are down, slow, mute or answer nonsense, at a node whose settings are as they are shipped: nothing is set
but where things are. What is promised, and not how many messages it takes: each alarm's raise is told, then its end, each
once, and nobody else is held up."""

import time
import unittest
from collections import Counter
from datetime import datetime, timedelta, timezone

from fault_case import FaultCase
from node_process import Dump, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row

BAD = ("down", "slow/1", "mute", "nonsense")
# None of these takes a page before it is mended.
NO_ANSWER = ("down", "mute", "nonsense")
CRITICAL = [f"PT-{n}" for n in range(6)]
# More than are told one by one.
HIGH = [f"TI-{n}" for n in range(16)]
LIVE = [f"XI-{n}" for n in range(6)]
# No alarm is old news, which would be after a quarter of an hour; and an end is told five minutes behind it: that time is
# over when the readings behind it come.
BEGIN = -430
BEYOND, OVER = 67, 130
# For all pages that come while the others are bad, one about a second behind the other. A receiver may take ten seconds
# to answer.
SOON = 40


class ShippedSettingsTest(FaultCase):
    def setUp(self):
        super().setUp()
        self.log, self.living = GrowingFile(self.path("log.ndjson")), GrowingFile(self.path("live.ndjson"))
        for log in (self.log, self.living):
            self.addCleanup(log.out.close)
        self.now, self.lived = datetime.now(timezone.utc), 0

    def backlog(self, begin, end):
        """From the third second on a limit is crossed by those that take a minute to be in alarm, from the sixtieth on by
        the critical ones; then all are well."""
        def value(now, since, beyond):
            return (beyond if since <= now < BEYOND else 50) + now % 2 / 10
        for now in range(begin, end):
            self.log.add(*(reading(each, BEGIN + now, value(now, 60, 120), self.now) for each in CRITICAL),
                         *(reading(each, BEGIN + now, value(now, 3, 95), self.now) for each in HIGH))

    def live(self, count):
        """A second of the sensors that speak now: so many of them are in alarm."""
        since = int((datetime.now(timezone.utc) - self.now) / timedelta(seconds=1))
        if since <= self.lived:
            return
        self.lived = since
        self.living.add(*(reading(each, since, (120 if n < count else 50) + since % 2 / 10, self.now)
                          for n, each in enumerate(LIVE)))

    def heard(self, receiver, path="/pages"):
        """What a receiver has taken, in its order: alarm, number of the transition, key."""
        out = []
        for page in receiver.pages(path):
            if page.status == 200:
                body = page.json()
                out += [(each["alarm_id"], each["number"], page.key)
                        for each in (body["alarms"] if body["kind"] == "digest" else [body])]
        return out

    def knows(self, receiver, path, number, alarms):
        return len({alarm for alarm, told, _ in self.heard(receiver, path) if told >= number}) >= alarms

    def test_each_alarm_is_told_to_each_receiver_once_in_order_and_nobody_is_held_up(self):
        good = self.receiver()
        bad = {name: self.receiver(up=name != "down") for name in BAD}
        everybody = {"/pages": good} | {"/" + name: receiver for name, receiver in bad.items()}
        settings = {"source": {"type": "file", "file": {"paths": [self.log.path, self.living.path], "follow": True}},
                    "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                              "sensors": self.write("sensors.jsonl", [sensor_row(each, equipment_id=each)
                                                                  for each in CRITICAL + HIGH + LIVE])},
                    "channels": {path.strip("/").partition("/")[0]: self.hook(receiver, path)
                                 for path, receiver in everybody.items()}}
        self.backlog(0, BEYOND)
        node = self.start(settings, shipped=True)
        over = len(CRITICAL + HIGH)
        until("the raises", lambda: self.knows(good, "/pages", 1, over) or not node.alive())
        begin = time.monotonic()
        for count in range(1, len(LIVE) + 1):
            until(f"the page about {LIVE[count - 1]}",
                  lambda: self.live(count) or self.knows(good, "/pages", 1, over + count) or not node.alive())
        self.assertLess(time.monotonic() - begin, SOON, "pages of the good channel waited")
        for name in ("mute", "nonsense", "slow/1"):
            self.assertGreater(len(bad[name].pages("/" + name)), 0)
        for name in NO_ANSWER:
            self.assertEqual(self.heard(bad[name], "/" + name), [])

        bad["down"].come_up()
        for name, receiver in bad.items():
            receiver.behave("/" + name, "/ok")
        for path, receiver in everybody.items():
            until(f"the raises, to {path}",
                  lambda: self.live(len(LIVE)) or self.knows(receiver, path, 1, over + len(LIVE)) or not node.alive())
        # It must be no news of this moment that they are over.
        node.stop()
        self.backlog(BEYOND, OVER)
        node = self.start(settings, shipped=True)
        for path, receiver in everybody.items():
            until(f"the ends, to {path}", lambda: self.live(len(LIVE)) or self.knows(receiver, path, 2, over) or not node.alive())
        self.assertTrue(node.alive(), node.log()[-2000:])
        node.stop()

        dump = Dump(node, list(settings["channels"]))
        self.assertEqual(dump.waiting, {name: 0 for name in settings["channels"]})
        self.assertEqual(Counter((row["state"], row["severity"]) for row in dump.alarms("limit")),
                         {("cleared", "critical"): len(CRITICAL), ("cleared", "high"): len(HIGH),
                          ("active", "critical"): len(LIVE)})
        steps = {row["alarm_id"]: [1, 2] if row["state"] == "cleared" else [1] for row in dump.alarms("limit")}
        for path, receiver in everybody.items():
            with self.subTest(path):
                told, keys = {}, set()
                for alarm, number, key in self.heard(receiver, path):
                    if (alarm, number, key) not in keys:
                        told.setdefault(alarm, []).append(number)
                    keys.add((alarm, number, key))
                self.assertEqual({alarm: numbers for alarm, numbers in told.items() if alarm in steps}, steps)
                pages = receiver.pages(path)
                self.assertEqual(len({(page.key, page.body) for page in pages}), len({page.key for page in pages}),
                                 "a key with other bytes")
                self.assertTrue(all(page.signed for page in pages))


if __name__ == "__main__":
    unittest.main()
