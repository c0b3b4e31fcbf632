"""Receivers that are down, slow, or answer nonsense: no page is lost, none comes twice that was answered, the other
channels do not wait, and the log names the bad one. All of them at once, beside a good one, on a node over a
simulated plant."""

import json
import os
import statistics
import time
import unittest
from collections import Counter

from fault_case import LONG, FaultCase
from node_process import until
from same_outcome import differences, out_of_order, told

# Where the answer is none, the page is tried again; a status that came is the answer, whatever follows it.
NO_ANSWER = ("error", "nonsense", "reset", "mute", "down")
ANSWERED = ("slow/1", "rubbish", "cut", "endless", "drip")
# In the long form with the settings as they are shipped.
RETRIES = {} if LONG else {"backoff": "200ms", "backoff_most": "2s"}
BAD_FOR = 60 if LONG else 10
# A page that waits for one of them waits for so long; a busy machine holds one up for two seconds by itself.
SILENT_FOR = 6
SPEED = 12 if LONG else 36
MINUTES = 30


class ReceiverFaultsTest(FaultCase):
    def channels(self, receivers):
        return {name.partition("/")[0]: self.hook(receiver, "/" + name, timeout="1s" if name == "drip" else f"{SILENT_FOR}s",
                                                  **RETRIES)
                for name, receiver in receivers.items()}

    def settings(self, receiver):
        return self.over_simulation(receiver, 300, 150, MINUTES, SPEED)

    def await_end(self, node):
        self.assertEqual(node.wait(MINUTES * 60 / SPEED + 120), 0, node.log()[-2000:])

    def test_bad_receivers_lose_no_page_repeat_none_that_was_answered_and_hold_up_nobody(self):
        calm, good = self.receiver(), self.receiver()
        bad = {name: self.receiver(up=name != "down") for name in NO_ANSWER + ANSWERED}
        undisturbed = self.start(self.settings(calm), "calm")
        # Both write the plant's files, the same ones: not at the same time.
        until("the plant's files", lambda: os.path.exists(self.path("plant/sensors.jsonl")))
        settings = self.settings(good)
        settings["channels"] |= self.channels(bad)
        node = self.start(settings, "disturbed")

        until("the first page", lambda: good.pages() or not node.alive())
        # The time for which they are bad is what is tested.
        time.sleep(BAD_FOR)
        self.assertTrue(node.alive(), node.log()[-2000:])
        for name in NO_ANSWER:
            self.assertEqual(sum(page.answered and page.status == 200 for page in bad[name].pages("/" + name)), 0)
        tried = {name: len(bad[name].pages("/" + name)) for name in NO_ANSWER}
        for name in NO_ANSWER:
            if name == "down":
                bad[name].come_up()
            bad[name].behave("/" + name, "/ok")
        # A receiver that was well falls ill amid the run, too.
        bad["rubbish"].go_down()
        time.sleep(2)
        bad["rubbish"].come_up()
        for name in ("slow/1", "drip"):
            bad[name].behave("/" + name, "/ok")
        self.await_end(undisturbed)
        self.await_end(node)

        names = list(settings["channels"])
        expected = self.finished(self.settings(calm), "calm")
        got = self.finished(settings, "disturbed")
        for kind in ("pages", "notifications"):
            got.results[kind] = [line for line in got.results[kind] if '"channel":"hook"' in line]
        self.assertEqual(set(got.waiting), set(names))
        self.same_findings(self.whoever_was_told(expected), self.whoever_was_told(got))
        self.same_pages(calm, good)
        self.none_held_up(calm, good)
        log = node.log()
        for name, receiver in bad.items():
            with self.subTest(name):
                self.each_came(name, receiver, calm)
                channel = name.partition("/")[0]
                if name in NO_ANSWER:
                    if name != "down":
                        self.assertGreater(tried[name], 0)
                    self.assertIn(f"channel {channel} fails", log)
                    self.assertIn(f"channel {channel} answers again", log)
        self.assertNotIn("channel hook fails", log)
        print(f"{len(calm.pages())} pages a channel; tries while it was bad: {tried}", flush=True)

    def whoever_was_told(self, dump):
        """Alarms keep to whom they were told; the rest of them must be the same."""
        rows = [row | {"channels": None, "explanation": None} for row in dump.rows("alarms-kept")]
        dump.results["alarms-kept"] = sorted(json.dumps(row) for row in rows)
        return dump

    def each_came(self, name, receiver, calm):
        """While it was bad, later pages took earlier ones of their alarm in: what it knows in the end is the same."""
        path = "/" + name
        pages = receiver.pages(path)
        self.assertIsNone(differences(sorted(told(calm).items()), sorted(told(receiver, path).items())))
        self.assertEqual(out_of_order(receiver, path), [])
        self.assertEqual(len({(page.key, page.body) for page in pages}), len({page.key for page in pages}),
                         "a key with other bytes")
        self.assertTrue(all(page.signed for page in pages))
        again = [key for key, count in Counter(page.key for page in pages if page.status == 200).items() if count > 1]
        self.assertEqual(again, [], "came again although it had been answered")

    def none_held_up(self, calm, good):
        """Page by page as soon as where all receivers are well."""
        times = {page.key: page.at_ns / 1e9 for page in calm.pages()}
        apart = [page.at_ns / 1e9 - times[page.key] for page in good.pages() if page.key in times]
        offset = statistics.median(apart)
        self.assertLess(max(apart) - offset, SILENT_FOR - 1, "a page of the good channel waited")


if __name__ == "__main__":
    unittest.main()
