"""SIGKILL at any moment costs nothing: what a node that was killed again and again has found in a file, kept and told
equals what an undisturbed one has."""

import random
import unittest

from http_receiver import Receiver
from kills import Kills
from node_process import NodeTest, millwright
from same_outcome import SameOutcome

SECRET = "a key of both sides"
SEED = 20261121
FAULTS = ("spike=20,drift=20,stuck=10,dropout=10,noise=10,bearing_wear=10,falling_quality=10,skewed_clock=5,"
          "late=20,duplicated=20,malformed=20")


class CrashTest(Kills, SameOutcome, NodeTest):
    def setUp(self):
        super().setUp()
        code, _, said = millwright(
            "simulate", "--sensors", "400", "--rate", "2000", "--duration", "1000s", "--seed", "7",
            "--faults-per-day", FAULTS, "--metadata", self.path("plant"), "--out", self.path("readings.ndjson"))
        self.assertEqual(code, 0, said)
        with open(self.path("secret"), "w") as out:
            out.write(SECRET)
        self.random = random.Random(SEED)

    def settings(self, receiver):
        return {"source": {"type": "file", "file": {"paths": [self.path("readings.ndjson")]}},
                "plant": {"facilities": self.path("plant/facilities.jsonl"),
                          "sensors": self.path("plant/sensors.jsonl")},
                "ledger": {"interval": "100ms"},
                "channels": {"hook": {"type": "webhook", "url": receiver.url(),
                                      "secret": "file:" + self.path("secret")}}}

    def receiver(self):
        receiver = Receiver(SECRET)
        self.addCleanup(receiver.close)
        return receiver

    def test_a_node_that_was_killed_again_and_again_has_found_kept_and_told_the_same(self):
        calm, disturbed = self.receiver(), self.receiver()
        expected = self.finished(self.settings(calm), "calm")

        run = self.settings(disturbed), "disturbed", disturbed
        self.kill_between_commits(*run)
        self.kill_between_commits(*run)
        self.kill_at_answer(*run)
        self.assertTrue(any(self.kill_inside_commit(*run) for _ in range(8)), "no kill met a commit")
        self.kill_between_commits(*run)
        got = self.finished(*run[:2])

        self.same_findings(expected, got)
        repeats = self.same_pages(calm, disturbed)
        print(f"{len(calm.pages())} pages, {len(self.deaths)} kills, {repeats} repeats", flush=True)


if __name__ == "__main__":
    unittest.main()
