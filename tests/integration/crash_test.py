"""SIGKILL at any moment costs nothing: what a node that was killed again and again has found in a file, kept and told
equals what an undisturbed one has."""

import random
import time
import unittest
from collections import Counter

from http_receiver import Receiver
from node_process import Dump, NodeTest, millwright, sent_keys, until

SECRET = "a key of both sides"
SEED = 20261121
FAULTS = ("spike=20,drift=20,stuck=10,dropout=10,noise=10,bearing_wear=10,falling_quality=10,skewed_clock=5,"
          "late=20,duplicated=20,malformed=20")


class CrashTest(NodeTest):
    def setUp(self):
        super().setUp()
        code, _, said = millwright(
            "simulate", "--sensors", "400", "--rate", "2000", "--duration", "1000s", "--seed", "7",
            "--faults-per-day", FAULTS, "--metadata", self.path("plant"), "--out", self.path("readings.ndjson"))
        self.assertEqual(code, 0, said)
        with open(self.path("secret"), "w") as out:
            out.write(SECRET)
        self.random = random.Random(SEED)
        # Of each kill: what had come by then, and what the node that died had noted as sent.
        self.deaths = []

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

    # Pages that wait when the input ends go out when the node is started again.
    def finished(self, settings, name):
        for _ in range(50):
            dump = Dump(self.run_to_end(settings, name), ["hook"])
            if dump.waiting["hook"] == 0:
                return dump
        self.fail(f"pages still wait: {dump.waiting}")

    def died(self, node, receiver):
        self.deaths.append((len(receiver.pages()), sent_keys(node)))

    def await_commits(self, node, count):
        before = node.committed()
        until("a commit", lambda: node.committed() >= before + count or not node.alive(), pause=0.002)

    def kill_between_commits(self, settings, name, receiver):
        node = self.start(settings, name)
        self.await_commits(node, self.random.randint(1, 3))
        time.sleep(self.random.uniform(0, 0.1))
        self.assertTrue(node.alive(), "the run was over before it could be killed")
        node.kill()
        self.died(node, receiver)

    # True when the commit that it was in did not come to be.
    def kill_inside_commit(self, settings, name, receiver):
        node = self.start(settings, name)
        self.await_commits(node, 1)
        watch = node.commits()
        number = watch.await_unfinished(node.alive)
        node.process.kill()
        self.assertEqual(node.wait(), -9, "the run was over before it could be killed")
        unfinished = watch.number() == number
        watch.close()
        self.died(node, receiver)
        return unfinished

    # Dies by the answer to a page.
    def kill_at_answer(self, settings, name, receiver):
        node = self.start(settings, name)
        countdown = self.random.randint(3, 8)

        def answered(_):
            nonlocal countdown
            countdown -= 1
            if countdown == 0:
                node.process.kill()

        receiver.answered = answered
        self.assertEqual(node.wait(), -9, "the run was over before it could be killed")
        receiver.answered = lambda _: None
        self.died(node, receiver)

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
        self.same_pages(calm, disturbed)

    def same_findings(self, expected, got):
        for kind in ("statistics", "patterns", "averages", "anomalies", "dead-letters", "alarms", "pages"):
            with self.subTest(kind):
                self.assertGreater(len(expected.results[kind]), 0, f"the input has no {kind} to compare")
        for kind in sorted(expected.results):
            with self.subTest(kind):
                one, other = Counter(expected.results[kind]), Counter(got.results[kind])
                self.assertEqual((sorted((one - other).elements())[:5], sorted((other - one).elements())[:5]), ([], []))
        with self.subTest("counters"):
            self.assertEqual(got.counters, expected.counters)
            self.assertEqual(got.positions, expected.positions)
            self.assertEqual((got.unjournaled, expected.unjournaled), (0, 0))

    def same_pages(self, calm, disturbed):
        bodies = {page.key: page.body for page in calm.pages()}
        self.assertEqual(len(bodies), len(calm.pages()), "an undisturbed node repeats no page")
        came = disturbed.pages()
        self.assertEqual({page.key for page in came}, set(bodies))
        for page in calm.pages() + came:
            self.assertTrue(page.signed)
            self.assertEqual(page.body, bodies[page.key])
        # A page comes again only when its node died between the answer and its own note of it: once for each death.
        for number, noted in self.deaths:
            self.assertEqual(noted & {page.key for page in came[number:]}, set())
        for key, times in Counter(page.key for page in came).items():
            self.assertLessEqual(times, 1 + len(self.deaths), key)
        print(f"{len(bodies)} pages, {len(self.deaths)} kills, {len(came) - len(bodies)} repeats", flush=True)


if __name__ == "__main__":
    unittest.main()
