"""A node that reads eight partitions as fast as it can while it is killed, stopped, or loses its broker: all that comes
out equals what an undisturbed node makes of the same topic. With MILLWRIGHT_FAULTS=long it is killed twenty times."""

import random
import signal
import time
import unittest

from kafka_findings import FindingsTest, await_taken, rate_of, status
from kafka_plant import Plant
from kafka_topic import LONG, Proxy, kafka
from kills import Kills, await_commits
from node_process import until

SEED = 20261122
TOPIC = "sensor-readings"
PARTITIONS = 8
SENSORS, SECONDS, KILLS = (4000, 1500, 20) if LONG else (1600, 1000, 6)
STOPPED = 20


class KafkaRunTest(Kills, FindingsTest):
    @classmethod
    def setUpClass(cls):
        cls.through, = kafka.free_ports(1)
        super().setUpClass()
        cls.proxy = Proxy(cls.through, cls.broker.behind)
        cls.addClassCleanup(cls.proxy.close)
        cls.plant = Plant(cls.common, SENSORS, SECONDS)
        begin = time.monotonic()
        cls.count, cls.ends = cls.plant.put_into(cls.broker, TOPIC, PARTITIONS)
        print(f"put {rate_of(cls.count, begin)}", flush=True)
        cls.calm = cls.expected = None

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        if not self.calm:
            type(self).calm = self.receiver(self.addClassCleanup)
            begin = time.monotonic()
            node = self.start(self.over_topic(self.calm), "calm")
            type(self).expected = self.read_through(node, self.calm, self.ends)
            print(f"undisturbed {rate_of(self.count, begin)}", flush=True)
            self.assertEqual(sum(self.expected.positions.values()), self.count)
            self.assertEqual(len(self.expected.positions), PARTITIONS)
            print({kind: len(rows) for kind, rows in self.expected.results.items()}, flush=True)

    def over_topic(self, receiver, brokers=None):
        return self.settings(TOPIC, receiver, brokers) | self.plant.settings() | {"ledger": {"interval": "50ms"}}

    def not_yet_through(self, receiver):
        self.assertFalse(self.ended(receiver, self.ends), "the topic was read before it could be disturbed")

    def still_reading(self, node, receiver):
        self.assertTrue(node.alive(), node.log()[-2000:])
        self.not_yet_through(receiver)

    def ends_equal(self, node, receiver):
        got = self.read_through(node, receiver, self.ends)
        self.same_findings(self.expected, got)
        return f"{len(self.calm.pages())} pages, {self.same_pages(self.calm, receiver)} repeats"

    def test_killed_at_random_moments(self):
        receiver = self.receiver()
        run = self.over_topic(receiver), "disturbed", receiver
        ways = (lambda: self.kill_between_commits(*run, most=2, within=0.05), lambda: self.kill_inside_commit(*run),
                lambda: self.kill_at_answer(*run, earliest=1, latest=5))
        begin = time.monotonic()
        for number in range(KILLS):
            ways[number % len(ways)]()
            self.not_yet_through(receiver)
        said = self.ends_equal(self.start(*run[:2]), receiver)
        print(f"{len(self.deaths)} kills, {rate_of(self.count, begin)}: {said}", flush=True)

    def test_stopped_for_a_while(self):
        receiver = self.receiver()
        node = self.start(self.over_topic(receiver))
        # Not commits: on a disk that is slow it is through before the third.
        await_taken(node, self.count // 8)
        self.still_reading(node, receiver)
        node.process.send_signal(signal.SIGSTOP)
        # This is no waiting for something: it is the fault.
        time.sleep(STOPPED)
        begin = time.monotonic()
        node.process.send_signal(signal.SIGCONT)
        self.pauses += 1
        await_commits(node, 1)
        back = time.monotonic() - begin
        print(f"first commit {back:.2f} s after {STOPPED} s: {self.ends_equal(node, receiver)}", flush=True)

    def test_its_broker_is_killed_and_comes_back(self):
        receiver = self.receiver()
        node = self.start(self.over_topic(receiver))
        # Not commits: on a disk that is slow it is through before the third.
        await_taken(node, self.count // 8)
        self.still_reading(node, receiver)
        self.broker.kill()
        until("it says so", lambda: status(node).get("condition") == "source unreachable")
        self.assertIn("source unreachable, trying again: " + self.broker.address, node.log())
        self.still_reading(node, receiver)
        self.broker.run()
        said = self.ends_equal(node, receiver)
        self.assertEqual(node.log().count("source unreachable"), 1, node.log())
        # At the start, and after the kill.
        self.assertEqual(node.log().count("source reachable"), 2, node.log())
        print(said, flush=True)

    def test_its_connections_are_cut_stall_and_are_slow(self):
        receiver = self.receiver()
        node = self.start(self.over_topic(receiver, f"127.0.0.1:{self.through}"))
        for number, how in enumerate(("cut", "cut", "stall", "cut", "slow 2000000", "cut", "flow"), 1):
            await_taken(node, self.count * number // 16)
            self.still_reading(node, receiver)
            # While it connects again there is nothing to cut.
            until(f"a connection to {how}", lambda: self.proxy.say(how) > 0)
            if how == "stall":
                # Nothing comes any more: no commit either. Then on, over the same connections.
                self.await_quiet(node)
                self.proxy.say("flow")
        print(self.ends_equal(node, receiver), flush=True)

    def await_quiet(self, node):
        since, number = time.monotonic(), node.committed()

        def quiet():
            nonlocal since, number
            if node.committed() != number:
                since, number = time.monotonic(), node.committed()
            return time.monotonic() - since > 2
        until("no more commits", quiet)


if __name__ == "__main__":
    unittest.main()
