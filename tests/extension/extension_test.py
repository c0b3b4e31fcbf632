"""A program with a kind of actor of its own: its records, what a person sees of it, and what SIGKILL costs: nothing."""

import json
import random
import unittest

from kills import Kills
from node_process import NodeTest, millwright, simulate
from same_outcome import SameOutcome

SEED = 20261129


class ExtensionTest(Kills, SameOutcome, NodeTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        simulate(self.path("plant"), self.path("readings.ndjson"), 200, 2000, 2400, "--seed", "11",
                 "--faults-per-day", "late=20,duplicated=20,malformed=20")

    def settings(self, least="1"):
        return {"source": {"type": "file", "file": {"paths": [self.path("readings.ndjson")]}},
                "plant": {"facilities": self.path("plant/facilities.jsonl"),
                          "sensors": self.path("plant/sensors.jsonl")},
                "actors": {"meter": {"least": int(least)}},
                "ledger": {"interval": "100ms"}}

    def replayed(self, *more):
        code, _, said = millwright("replay", self.path("readings.ndjson"), "--out", self.path("replayed"),
                                   "--set", f"plant.facilities={self.path('plant/facilities.jsonl')}",
                                   "--set", f"plant.sensors={self.path('plant/sensors.jsonl')}", *more)
        self.assertEqual(code, 0, said)
        with open(self.path("replayed/meters.ndjson")) as lines:
            return sorted(lines.read().splitlines())

    def test_a_kind_that_nobody_else_knows_is_replayed_configured_killed_and_recovered_like_the_others(self):
        everything = self.replayed()
        self.assertGreater(len(everything), 500)
        self.assertEqual(everything, self.replayed("--set", "node.threads=3", "--set", "node.shards=1"))
        least = sorted(json.loads(row)["count"] for row in everything)[len(everything) // 2]
        many = self.replayed("--set", f"actors.meter.least={least}")
        self.assertEqual(many, [row for row in everything if json.loads(row)["count"] >= least])
        self.assertTrue(0 < len(many) < len(everything))

        calm = self.finished(self.settings() | {"channels": {}}, "calm")
        disturbed = self.settings() | {"channels": {}}
        receiver = self.receiver_of_nothing()
        for _ in range(4):
            self.kill_between_commits(disturbed, "disturbed", receiver)
        killed_inside = any(self.kill_inside_commit(disturbed, "disturbed", receiver) for _ in range(6))
        self.assertTrue(killed_inside, "no kill met a commit")
        got = self.finished(disturbed, "disturbed")
        self.same_findings(calm, got, ("meters", "facility", "equipment"))
        # A node that waits for more keeps its last minutes open.
        self.assertEqual(set(calm.results["meters"]) - set(everything), set())
        self.assertGreater(len(calm.results["meters"]), len(everything) * 0.8)

    def test_a_mistake_in_its_settings_is_told_like_any(self):
        code, _, said = millwright("replay", self.path("readings.ndjson"), "--out", self.path("none"),
                                   "--set", "actors.meter.leest=3")
        self.assertEqual(code, 2)
        self.assertIn("did you mean actors.meter.least?", said)

    def receiver_of_nothing(self):
        class Nobody:
            @staticmethod
            def pages(_="/pages"):
                return []
        return Nobody()


if __name__ == "__main__":
    unittest.main()
