"""Where a node stands in its topic, over restarts: at a partition that gave nothing, behind what is no record, at a topic
that was made anew while it was away."""

import json
import time
import unittest

from kafka_findings import FindingsTest, await_taken, status
from kafka_plant import FIRST
from node_process import Dump, until
from plant_lines import reading, sensor_row


class KafkaPlacesTest(FindingsTest):
    def records(self, begin, end, sensor="TI-1", value=50, partition=0):
        return [(partition, FIRST + second * 1000, reading(sensor, second, value)) for second in range(begin, end)]

    def rows(self, **limits):
        return self.write("sensors.jsonl", [sensor_row("TI-1", **limits)])

    def stopped(self, node):
        node.stop()
        return Dump(node).positions

    def until_drained(self, node, count):
        await_taken(node, count)
        until("its end", lambda: status(node).get("backlog") == 0 or not node.alive())

    def test_what_nobody_lost_refuses_no_start(self):
        topic, receiver = "places", self.receiver()
        settings = self.settings(topic, receiver)
        self.broker.put(topic, 2, self.records(0, 20) + self.records(0, 30, "TI-2", partition=1))
        self.broker.forget(topic, 1, 30)
        node = self.start(settings)
        self.until_drained(node, 20)
        until("a commit", node.committed)
        time.sleep(1)
        self.assertEqual(self.stopped(node), {f"{topic}/0": 20, f"{topic}/1": 30})
        # An aborted transaction: five records and its mark.
        self.broker.ask(topic, "abort", 0, input="x\n" * 5)
        node = self.start(settings)
        until("both are found", lambda: "source reachable" in node.log())
        until("the place behind it", lambda: node.committed() and status(node).get("backlog") == 0)
        time.sleep(1)
        self.assertEqual(self.stopped(node), {f"{topic}/0": 26, f"{topic}/1": 30})
        self.broker.forget(topic, 0, 26)
        node = self.start(settings)
        self.broker.put(topic, 2, self.records(20, 30) + self.records(30, 40, "TI-2", partition=1))
        await_taken(node, 20)
        self.assertEqual(self.stopped(node), {f"{topic}/0": 36, f"{topic}/1": 40})
        self.assertEqual(receiver.about("misconfigured"), [])

    def test_start_latest_is_for_the_first_start_alone(self):
        topic, receiver = "latest", self.receiver()
        settings = self.settings(topic, receiver, start="latest")
        # Yesterday's alarms are not told.
        self.broker.put(topic, 1, self.records(0, 10, value=1000))
        for _ in range(2):
            node = self.start(settings)
            until("it is there", lambda: "source reachable" in node.log())
            until("a commit", node.committed)
            time.sleep(1)
            self.assertEqual(self.stopped(node), {f"{topic}/0": 10})
        self.broker.put(topic, 1, self.records(10, 15))
        self.broker.grow(topic, 2)
        self.broker.put(topic, 2, self.records(0, 5, "TI-2", partition=1))
        node = self.start(settings)
        await_taken(node, 10)
        self.assertEqual(self.stopped(node), {f"{topic}/0": 15, f"{topic}/1": 5})

    def test_a_topic_that_was_made_anew_freezes_neither_metadata_nor_silence(self):
        topic, receiver = "anew", self.receiver()
        settings = self.settings(topic, receiver, tolerate_data_loss=True)
        settings["source"]["silent_after"] = "2s"
        settings["plant"] = {"sensors": self.rows(), "reread": "100ms"}
        self.broker.put(topic, 1, self.records(0, 100))
        node = self.start(settings)
        await_taken(node, 100)
        until("silence is told", lambda: receiver.about("source_silent", "raised"))
        self.rows(high=80)
        until("it is in force", lambda: "metadata changed" in node.log())
        node.kill()
        self.broker.ask(topic, "remove")
        self.remade(topic, self.records(100, 150))
        node = self.start(settings)
        until("the loss is told", lambda: receiver.about("misconfigured", "raised"))
        await_taken(node, 50)
        node.stop()
        self.assertEqual(Dump(node).positions, {f"{topic}/0": 50})

        before = node.log().count("metadata changed")
        node = self.start(settings)
        self.rows(high=20, high_high=40)
        until("it is in force again", lambda: node.log().count("metadata changed") > before)
        self.broker.put(topic, 1, self.records(150, 155))
        page = until("a page by the new limit", lambda: receiver.about("limit"))[0]
        self.assertEqual(page["limit"], 40)
        # The split has woken, and falls silent anew.
        until("silence is over", lambda: not self.silent(node))
        until("silence is found again", lambda: self.silent(node))
        node.stop()

    @staticmethod
    def silent(node):
        code, rows, _ = node.ask("alarms", "--json")
        return code != 0 or any(json.loads(row)["rule"] == "source_silent" for row in rows.splitlines())

    def remade(self, topic, records):
        """A topic that was just removed may take a moment to be gone."""
        def put():
            try:
                self.broker.put(topic, 1, records)
                return True
            except AssertionError:
                return False
        until("it is made anew", put, pause=0.2)


if __name__ == "__main__":
    unittest.main()
