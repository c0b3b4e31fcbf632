"""A node that is given a fortieth of the time that it needs says that it is overloaded, and that it is over once it
catches up; it is asked for its load meanwhile."""

import json
import signal
import threading
import time
import unittest

from http_receiver import Receiver
from node_process import NodeTest, until


class Breathless:
    """The node's process has 80 ms of processor time and then stands still for a second and a half, again and again.
    What it has had is measured: how fast that goes depends on what else the machine has to do."""

    def __init__(self, process):
        self.process, self.ended = process, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def had(self):
        # The clock of a process, as clock_getcpuclockid(3) makes it.
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def run(self):
        while not self.ended.is_set():
            self.process.send_signal(signal.SIGSTOP)
            self.ended.wait(1.5)
            before = self.had()
            self.process.send_signal(signal.SIGCONT)
            while self.had() - before < 0.08 and not self.ended.is_set():
                time.sleep(0.002)

    def end(self):
        self.ended.set()
        self.thread.join()


class LoadTest(NodeTest):
    def load(self, node, *words):
        code, out, said = node.ask("load", *words)
        self.assertEqual(code, 0, said)
        return out

    def test_an_overload_is_an_alarm_while_it_lasts_and_over_when_the_backlog_shrinks(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        # Below what a node judges on any machine, above what it judges in a fortieth of its time. So rarely
        # does it run that seconds may pass between two samples: the average is over several.
        node = self.start({
            "source": {"type": "simulation", "simulation": {"sensors": 200, "facilities": 2, "rate": 120000}},
            "channels": {"hook": {"type": "webhook", "url": receiver.url()}},
            "rules": {name: {"alarm": False} for name in ("limit", "rate", "range", "stale", "state", "z")},
            "monitor": {"every": "500ms",
                        "alarms": {"cpu": "100%", "commit": "1h", "after": "4s", "over_after": "3s", "average": "30s"}}})
        until("a node that judges", lambda: (node.status() or {}).get("judged", 0) > 1000)
        breathless = Breathless(node.process)
        self.addCleanup(breathless.end)
        raised = until("the page", lambda: receiver.about("performance"), patience=120)[0]
        self.assertEqual((raised["transition"], raised["equipment_id"], raised["priority"]), ("raised", "input", 80))
        self.assertRegex(raised["reason"], r"\d+ readings a second come and \d+ are judged; \d+ wait")
        breathless.end()
        report = json.loads(self.load(node, "1", "--json"))
        self.assertIn("input", report["standing"])
        self.assertGreater(report["max"]["backlog"], 80000)
        self.assertGreater(report["advice"]["lag"], 1)
        self.assertEqual(report["advice"]["facilities"], 2)
        self.assertGreaterEqual(report["p95"]["input_rate"], report["mean"]["input_rate"])
        until("its end", lambda: any(each["transition"] == "cleared" for each in receiver.about("performance")), patience=120)
        until("nothing in alarm", lambda: json.loads(self.load(node, "--json"))["standing"] == [])
        self.assertEqual([each["transition"] for each in receiver.about("performance")], ["raised", "cleared"])
        text = self.load(node)
        for part in ("samples", "p95", "in alarm            nothing", "advice", "commits", "nodes", "partitions  by time"):
            self.assertIn(part, text)
        samples = [json.loads(line) for line in self.load(node, "--samples", "5").splitlines()]
        self.assertEqual(len(samples), 5)
        self.assertGreater(samples[0]["memory_bytes"], 1 << 20)
        self.assertEqual(until("its status", node.status)["load"].keys(), samples[0].keys())
        node.stop()


if __name__ == "__main__":
    unittest.main()
