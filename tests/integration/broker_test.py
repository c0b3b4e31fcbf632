"""A node and a real broker: one that cannot be reached yet, a sensor in two partitions, a reading from the future, which
a record's own time does not make less so."""

import signal
import time
import unittest

from http_receiver import Receiver
from kafka_broker import KafkaBroker, require_broker
from node_process import Dump, NodeTest, until
from plant_lines import reading

TOPIC = "sensor-readings"


class BrokerTest(NodeTest):
    @classmethod
    def setUpClass(cls):
        require_broker()

    def test_it_waits_for_its_broker_and_then_judges_what_comes(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        broker = KafkaBroker(self.path("broker"))
        self.addCleanup(broker.kill)
        node = self.start({"source": {"type": "kafka", "silent_after": "10s",
                                      "kafka": {"brokers": [broker.address], "topic": TOPIC}},
                           "channels": {"hook": {"type": "webhook", "url": receiver.url()}}})
        until("it says that the broker cannot be reached", lambda: "unreachable" in node.log() or not node.alive())
        self.assertTrue(node.alive(), node.log())
        page_about_source = until("a page about the source", lambda: receiver.about("source_silent", "raised"))[0]
        self.assertIn("the source as a whole", page_about_source["message"])
        self.assertIn(broker.address, page_about_source["reason"])
        broker.run()

        now = int(time.time() * 1000)
        stamp = [(now - 60_000 + second * 1000) for second in range(60)]
        records = ([(0, at, reading("TI-1", 0, 20 + at % 3, timestamp=at)) for at in stamp]
                   + [(1, at, reading("TI-2", 0, 20 + at % 3, timestamp=at)) for at in stamp])
        broker.put(TOPIC, 2, records)
        until("they are taken", lambda: (node.status() or {}).get("taken") == 120)
        broker.put(TOPIC, 2, [(1, stamp[-1], reading("TI-1", 0, 20, timestamp=stamp[-1] + 1)),
                              (0, now, reading("TI-1", 0, 20, timestamp=now + 301_000))])
        page = until("a page about the sensor in two partitions", lambda: receiver.about("misconfigured"))[0]
        self.assertIn(f"{TOPIC}/0", page["reason"])
        self.assertIn(f"{TOPIC}/1", page["reason"])
        self.assertIn("north/TI-1", page["reason"])
        self.assertIn(TOPIC, page["message"])
        self.assertEqual(node.log().count("unreachable"), 1, node.log())
        self.assertIn("source reachable", node.log())
        over = until("the source is there again", lambda: receiver.about("source_silent", "cleared"))[0]
        self.assertEqual(over["alarm_id"], page_about_source["alarm_id"])

        until("these are taken", lambda: (node.status() or {}).get("taken") == 122)
        node.stop(signal.SIGINT)
        dump = Dump(node)
        # The record's time is its producer's clock, and that is as far ahead as the reading's: it is no arrival.
        self.assertEqual(dump.counters["accepted"], 122)
        self.assertNotIn("rejected/future", dump.counters)
        self.assertEqual(dump.counters["misconfigured/sensor-in-two-splits"], 1)
        self.assertEqual(dump.positions, {f"{TOPIC}/0": 61, f"{TOPIC}/1": 61})
        self.assertEqual(len(receiver.about("misconfigured")), 1)


if __name__ == "__main__":
    unittest.main()
