"""SIGKILL at any moment costs nothing: what a node that was killed again and again has found in a file, kept and told
equals what an undisturbed one has."""

import random
import shutil
import time
import unittest

from kills import Kills, with_more_when_over
from node_process import NodeTest, simulate
from same_outcome import SameOutcome
from signed_pages import SignedPages

SEED = 20261121
# What all kills together take of a run, twice: a machine that is through sooner gets a longer input.
LEAST = 8
FAULTS = ("spike=20,drift=20,stuck=10,dropout=10,noise=10,bearing_wear=10,falling_quality=10,skewed_clock=5,"
          "late=20,duplicated=20,malformed=20")


class CrashTest(Kills, SignedPages, SameOutcome, NodeTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)

    def calm_run(self, seconds=1000):
        """An undisturbed node over an input that is long enough to be killed in: what it found, and the receiver."""
        receiver = self.receiver()
        simulate(self.path("plant"), self.path("readings.ndjson"), 400, 2000, seconds, "--seed", "7",
                 "--faults-per-day", FAULTS)
        begin = time.monotonic()
        self.run_to_end(self.settings(receiver), "calm")
        took = time.monotonic() - begin
        if took < LEAST:
            shutil.rmtree(self.path("calm"))
            shutil.rmtree(self.path("calm-alarms"))
            return self.calm_run(int(seconds * 1.5 * LEAST / took))
        return self.finished(self.settings(receiver), "calm"), receiver

    def settings(self, receiver):
        return {"source": {"type": "file", "file": {"paths": [self.path("readings.ndjson")]}},
                "plant": {"facilities": self.path("plant/facilities.jsonl"),
                          "sensors": self.path("plant/sensors.jsonl")},
                "ledger": {"interval": "100ms"},
                "channels": {"hook": self.hook(receiver)}}

    @with_more_when_over
    def test_a_node_that_was_killed_again_and_again_has_found_kept_and_told_the_same(self):
        expected, calm = self.calm_run(1000 * self.longer)
        disturbed = self.receiver()

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
