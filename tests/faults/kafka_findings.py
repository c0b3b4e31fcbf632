"""Running a node over a topic to its end, and comparing all that came out with what an undisturbed one gave."""

import json
import os
import socket
import time

from kafka_topic import KafkaTest
from node_process import Dump, until
from plant_lines import iso
from same_outcome import SameOutcome
from signed_pages import SignedPages


def status(node):
    """What a running node says of itself; nothing while it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            link.connect(node.ledger + ".sock")
            link.sendall(b'{"request":"status"}\n')
            with link.makefile() as answer:
                return json.loads(answer.readline() or "{}")
    except OSError:
        return {}


def await_taken(node, count):
    """As many readings since the node's start."""
    until(f"{count} readings", lambda: status(node).get("taken", 0) >= count or not node.alive())


class FindingsTest(SignedPages, SameOutcome, KafkaTest):
    def settings(self, topic, receiver, brokers=None, **kafka):
        # The share of bad input is judged by the wall clock's minutes, so its alarm is no part of the comparison.
        return {"source": {"type": "kafka", "bad_input_share": "100%",
                           "kafka": {"brokers": [brokers or self.broker.address], "topic": topic} | kafka},
                "channels": {"hook": self.hook(receiver)}}

    @staticmethod
    def ended(receiver, ends):
        """Of the sensors that page at the end of a partition, those that have."""
        return {page.json().get("sensor_id") for page in receiver.pages()}.intersection(ends)

    @staticmethod
    def all_closed(node, before):
        code, said, _ = node.ask("results", "facility", "--updates", "--last", "0")
        return code == 0 and said != "" and all(json.loads(line)["window_start"] >= iso(before)
                                                for line in said.splitlines())

    def read_through(self, node, receiver, ends, patience=120, closed=None):
        """Until the last page of each partition has come, and no page waits. Then the node is stopped. `closed`: until no
        window of what stands above the sensors is open that begins before that second, either; a page waits for none."""
        def over():
            self.assertTrue(node.alive(), node.log()[-2000:])
            return len(self.ended(receiver, ends)) == len(ends)
        until("the end of every partition", over, patience, pause=0.1)
        for _ in range(5):
            until("all pages out", lambda: status(node).get("pages_pending") == 0, pause=0.05)
            if closed is not None:
                until("windows closed", lambda: self.all_closed(node, closed), patience, pause=0.1)
            node.stop()
            dump = Dump(node, ["hook"])
            if not any(dump.waiting.values()):
                break
            # The last page of a partition waits for no other sensor: what they had to say came after the look, and is kept.
            node = self.start(node.settings, os.path.basename(node.ledger))
        self.assertEqual(dump.waiting, {"hook": 0})
        return dump


def rate_of(count, begin):
    took = time.monotonic() - begin
    return f"{count} readings in {took:.1f} s, {count / took / 1000:.0f} k/s"
