"""Ctrl-C and SIGTERM end a node in under two seconds with everything committed: the next start goes on where it was, and
repeats nothing."""

import fcntl
import os
import signal
import unittest

from http_receiver import Receiver
from node_process import Dump, NodeTest, simulate, until
from same_outcome import SameOutcome

TAKEN = ("accepted", "duplicate", "conflict", "rejected/")


class StopTest(SameOutcome, NodeTest):
    def settings(self, receiver):
        return {"source": {"type": "file", "file": {"paths": [self.path("readings.ndjson")], "follow": True}},
                "plant": {"sensors": self.path("plant/sensors.jsonl")},
                "channels": {"hook": {"type": "webhook", "url": receiver.url()}}}

    def append(self, lines):
        with open(self.path("readings.ndjson"), "ab") as file:
            file.writelines(lines)

    @staticmethod
    def said(node, what):
        return (node.status() or {}).get(what) or 0

    def read(self, settings, name, lines):
        """Starts a node, and stops it when it has taken so many and its pages have come."""
        node = self.start(settings, name)
        until("all is taken", lambda: self.said(node, "taken") >= lines or not node.alive())
        return self.stopped(node, settings, name, signal.SIGINT)

    def test_a_stopped_node_has_committed_what_it_took_and_repeats_nothing(self):
        simulate(self.path("plant"), self.path("readings.ndjson"), 200, 1000, 1200, "--faults-per-day",
                 "spike=20,stuck=20,dropout=10,malformed=20,duplicated=20")
        calm, stopped = Receiver(), Receiver()
        self.addCleanup(calm.close)
        self.addCleanup(stopped.close)

        # It grows, so that there is always something left, however fast a node is.
        with open(self.path("readings.ndjson"), "rb+") as file:
            lines = file.readlines()
            expected = self.read(self.settings(calm), "calm", len(lines))
            file.truncate(0)
        third = len(lines) // 3

        positions = [0]
        for part, how in enumerate((signal.SIGINT, signal.SIGTERM)):
            self.append(lines[part * third:(part + 1) * third])
            node = self.start(self.settings(stopped), "stopped")
            until("a reading is judged", lambda: self.said(node, "judged") > 0 or not node.alive(), pause=0.002)
            before = node.committed()
            until("a commit", lambda: node.committed() > before or not node.alive(), pause=0.002)
            self.assertTrue(node.alive(), node.log())
            took = node.stop(how)
            self.assertLess(took, 2.0)
            self.assertTrue(os.path.exists(node.ledger + "/clean"), "the ledger was not closed")
            dump = Dump(node)
            position = dump.positions[self.path("readings.ndjson")]
            self.assertEqual(sum(count for name, count in dump.counters.items() if name.startswith(TAKEN)), position)
            self.assertGreater(position, positions[-1])
            positions.append(position)
        self.append(lines[2 * third:])
        got = self.read(self.settings(stopped), "stopped", len(lines) - positions[-1])

        self.assertLess(positions[-1], expected.positions[self.path("readings.ndjson")])
        self.same_findings(expected, got)
        self.assertGreater(len(calm.pages()), 0)
        self.assertEqual(sorted(page.body for page in stopped.pages()), sorted(page.body for page in calm.pages()))

    def test_started_again_with_other_windows_it_goes_on_and_says_that_open_ones_begin_anew(self):
        simulate(self.path("plant"), self.path("readings.ndjson"), 50, 50, 1200)
        with open(self.path("readings.ndjson"), "rb+") as file:
            lines = file.readlines()
            file.truncate(0)
        receiver = Receiver()
        self.addCleanup(receiver.close)
        settings = self.settings(receiver)
        half = len(lines) // 2
        self.append(lines[:half])
        self.assertEqual(self.read(settings, "moved", half).counters["accepted"], half)
        self.append(lines[half:])
        settings["windows"] = {"pane": "1min", "patterns": {"slide": "1min"}, "averages": {"slide": "1min"}}
        dump = self.read(settings, "moved", len(lines) - half)
        with open(self.path("moved.err")) as log:
            self.assertIn("windows.* are not those of the last run", log.read())
        self.assertEqual(dump.counters["accepted"], len(lines))
        self.assertEqual(dump.rows("dead-letters"), [])
        self.assertEqual([row for row in dump.rows("alarms") if row["rule"] == "quarantined"], [])

    def test_a_node_that_nothing_reaches_stops_as_quickly(self):
        node = self.start({"source": {"type": "kafka", "kafka": {"brokers": ["127.0.0.1:1"]}}})
        until("it says that the broker cannot be reached", lambda: "unreachable" in node.log() or not node.alive())
        self.assertLess(node.stop(signal.SIGINT), 2.0)

    def test_a_command_to_a_node_that_is_stopped_says_so_and_ends(self):
        node = self.start({"source": {"type": "file", "file": {"paths": [self.write("a.ndjson", [])], "follow": True}}})
        until("it answers", node.status)
        node.process.send_signal(signal.SIGSTOP)
        for command in (["alarms"], ["results", "anomalies"], ["results", "anomalies", "--follow"], ["ack", "1f3a"]):
            code, out, said = node.ask(*command)
            self.assertEqual((code, out), (2, ""), said)
            self.assertIn(f"process {node.process.pid}, is stopped", said)
        node.process.send_signal(signal.SIGCONT)
        node.stop()

    def test_a_lock_on_the_sockets_directory_keeps_no_node_from_starting_or_from_ending(self):
        place = self.path("everybodys")
        os.mkdir(place)
        held = os.open(place, os.O_RDONLY)
        self.addCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        settings = {"source": {"type": "file", "file": {"paths": [self.write("a.ndjson", [])], "follow": True}},
                    "node": {"socket": os.path.join(place, "node.sock")}}
        node = self.start(settings, "first")
        until("it has begun", lambda: os.path.exists(node.ledger))
        self.assertLess(node.stop(), 5)
        node = self.start(settings, "second")
        until("it answers", node.status)
        node.stop()


if __name__ == "__main__":
    unittest.main()
