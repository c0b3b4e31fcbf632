"""A node and a real broker: one that cannot be reached yet, a sensor in two partitions, a reading from the future."""

import os
import signal
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "broker"))

import broker  # noqa: E402
from http_receiver import Receiver  # noqa: E402
from node_process import Dump, NodeTest, die_with_parent, until  # noqa: E402
from plant_lines import reading  # noqa: E402

KAFKA_PUT = os.environ["KAFKA_PUT"]
PROGRAM = [sys.executable, os.path.join(HERE, "broker", "broker.py")]
TOPIC = "sensor-readings"


class BrokerTest(NodeTest):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([*PROGRAM, "prepare"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0 and os.environ.get("CI") == "true":
            raise AssertionError(done.stderr)
        if done.returncode != 0:
            raise unittest.SkipTest(done.stderr)

    def format_broker(self):
        self.address = subprocess.run([*PROGRAM, "format", self.path("broker")], stdout=subprocess.PIPE, text=True,
                                      check=True).stdout.strip()

    def run_broker(self):
        process = subprocess.Popen([*PROGRAM, "run", self.path("broker")], preexec_fn=die_with_parent)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        until("the broker answers", lambda: broker.answers(self.address) or process.poll() is not None, patience=90)
        self.assertIsNone(process.poll())

    def put(self, records):
        """(partition, time in ms, reading)"""
        text = "".join(f"{partition}\t{at}\t\t{line}\n" for partition, at, line in records)
        done = subprocess.run([KAFKA_PUT, self.address, TOPIC, "2"], input=text, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_waits_for_its_broker_and_then_judges_what_comes(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.format_broker()
        node = self.start({"source": {"type": "kafka", "kafka": {"brokers": [self.address], "topic": TOPIC}},
                           "channels": {"hook": {"type": "webhook", "url": receiver.url()}}})
        until("it says that the broker cannot be reached", lambda: "unreachable" in node.log() or not node.alive())
        self.assertTrue(node.alive(), node.log())
        self.run_broker()

        now = int(time.time() * 1000)
        stamp = [(now - 60_000 + second * 1000) for second in range(60)]
        self.put([(0, at, reading("TI-1", 0, 20 + at % 3, timestamp=at)) for at in stamp]
                 + [(1, at, reading("TI-2", 0, 20 + at % 3, timestamp=at)) for at in stamp]
                 + [(1, stamp[-1], reading("TI-1", 0, 20, timestamp=stamp[-1] + 1)),
                    (0, now, reading("TI-1", 0, 20, timestamp=now + 301_000))])
        page = until("a page about the sensor in two partitions", lambda: receiver.about("misconfigured"))[0]
        self.assertIn(f"{TOPIC}/0", page["reason"])
        self.assertIn(f"{TOPIC}/1", page["reason"])
        self.assertIn("north/TI-1", page["message"])
        self.assertEqual(node.log().count("unreachable"), 1, node.log())
        self.assertIn("source reachable", node.log())

        watch = node.commits()
        watch.await_number(watch.number() + 1, node.alive)
        watch.close()
        node.stop(signal.SIGINT)
        dump = Dump(node)
        self.assertEqual(dump.counters["accepted"], 121)
        self.assertEqual(dump.counters["rejected/future"], 1)
        self.assertEqual(dump.counters["misconfigured/sensor-in-two-splits"], 1)
        self.assertEqual(dump.positions, {f"{TOPIC}/0": 61, f"{TOPIC}/1": 61})
        letter, = dump.rows("dead-letters")
        self.assertEqual((letter["reason"], letter["source"]), ("future", f"{TOPIC}/0@60"))
        self.assertEqual(len(receiver.about("misconfigured")), 1)


if __name__ == "__main__":
    unittest.main()
