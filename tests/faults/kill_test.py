"""SIGKILL at random moments of a node at full load over a file: between commits, inside them, at an answer, at its
start. All that came out equals an undisturbed run. In the long form 125,000 sensors, commits every 5 s and 20 kills
at random."""

import random
import shutil
import time
import unittest

from fault_case import LONG, FaultCase
from kills import Kills, alive, with_more_when_over
from node_process import until

SEED = 20261121
KILLS, INSIDE = (20, 3) if LONG else (8, 2)
PLANT = (125_000, 62_500, 480) if LONG else (5000, 5000, 800)
INTERVAL = 1.0 if LONG else 0.25
PATIENCE = 3600 if LONG else 120
# What all kills together take of a run, twice: a machine that is through sooner gets a longer input.
LEAST = 0 if LONG else 6
FAULTS = {kind: 0.4 for kind in ("spike", "late", "duplicated", "malformed", "stuck", "dropout")} if LONG else None


class KillTest(Kills, FaultCase):
    def kill_at_random(self, settings, name, receiver):
        """After some commits of this life, or none, and then any part of the time between two."""
        node = self.start(settings, name)
        before, count = node.committed(), self.random.randint(0, 1 if LONG else 2)
        until("commits", lambda: node.committed() >= before + count or not node.alive(), patience=600, pause=0.002)
        time.sleep(self.random.uniform(0, INTERVAL))
        alive(node)
        node.kill()
        self.died(node, receiver)

    def calm_run(self, interval, seconds=PLANT[2]):
        """An undisturbed node over an input that is long enough to be killed in: the input, the receiver, and the time
        that it took."""
        plant, receiver = self.plant(*PLANT[:2], seconds, faults=FAULTS), self.receiver()
        begin = time.monotonic()
        self.run_to_end(self.over_file(plant, receiver, interval), "calm", PATIENCE)
        took = time.monotonic() - begin
        if took < LEAST:
            plant.remove()
            shutil.rmtree(self.path("calm"))
            shutil.rmtree(self.path("calm-alarms"))
            return self.calm_run(interval, int(seconds * 1.5 * LEAST / took))
        return plant, receiver, took

    @with_more_when_over
    def test_a_node_killed_at_full_load_has_found_kept_and_told_what_an_undisturbed_one_has(self):
        self.random = random.Random(SEED)
        interval = f"{int(INTERVAL * 1000)}ms"
        plant, calm, took = self.calm_run(interval, PLANT[2] * self.longer)
        disturbed = self.receiver()
        expected = self.finished(self.over_file(plant, calm, interval), "calm", patience=PATIENCE)

        run = self.over_file(plant, disturbed, interval), "disturbed", disturbed
        inside = 0
        for number in range(KILLS):
            if number % 4 == 3 and inside < INSIDE:
                inside += self.kill_inside_commit(*run)
            elif number % 8 == 6 and not LONG:
                self.kill_at_answer(*run, earliest=1, latest=2)
            else:
                self.kill_at_random(*run)
        for _ in range(8):
            inside += inside < INSIDE and self.kill_inside_commit(*run)
        self.assertGreaterEqual(inside, 1, "no kill met a commit")
        got = self.finished(*run[:2], patience=PATIENCE)

        self.same_findings(expected, got)
        repeats = self.same_pages(calm, disturbed)
        taken = sum(expected.positions.values())
        print(f"{taken} readings of {PLANT[0]} sensors, {taken / took:.0f}/s undisturbed; {len(self.deaths)} kills, "
              f"{inside} proven inside a commit; {len(calm.pages())} pages, {repeats} repeats; "
              f"{sum(len(rows) for rows in expected.results.values())} rows compared", flush=True)


if __name__ == "__main__":
    unittest.main()
