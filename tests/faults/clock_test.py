"""The wall clock is set forward and back while a node runs: no decision changes, commits and pages go on. The clock
is that of libfaketime, which moves CLOCK_REALTIME alone; without the package the test is skipped, but not in CI."""

import glob
import json
import os
import unittest
from datetime import datetime, timezone

from fault_case import FaultCase
from kills import alive, with_more_when_over
from node_process import until

LIBRARY = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")


class ClockTest(FaultCase):
    def setUp(self):
        super().setUp()
        if not LIBRARY:
            if os.environ.get("CI") == "true":
                self.fail("the package faketime is missing")
            self.skipTest("the package faketime is missing")
        self.offset = self.path("clock")
        self.set_clock(0)

    def set_clock(self, seconds):
        with open(self.offset + ".new", "w") as out:
            out.write(f"{seconds:+d}\n")
        os.replace(self.offset + ".new", self.offset)

    def start_with_clock(self, settings, name):
        return self.start(settings, name, {
            # jemalloc asks for the time before libfaketime can tell it: here the C library's own memory goes before it.
            "LD_PRELOAD": f"{LIBRARY[0]}:libc.so.6:libstdc++.so.6", "FAKETIME_TIMESTAMP_FILE": self.offset, "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1", "NO_FAKE_STAT": "1"})

    def jump(self, node, receiver, seconds):
        """While a page waits for its next try: it must not wait for the clock."""
        receiver.behave("/pages", "/error")
        tried = len(receiver.pages())
        until("a page that is refused", lambda: len(receiver.pages()) > tried or not node.alive())
        self.set_clock(seconds)
        committed, came = node.committed(), len(self.delivered(receiver))
        receiver.behave("/pages")
        until(f"pages with the clock at {seconds:+d} s",
              lambda: len(self.delivered(receiver)) > came or not node.alive(), patience=20)
        until(f"commits with the clock at {seconds:+d} s",
              lambda: node.committed() >= committed + 3 or not node.alive(), patience=20)
        alive(node)
        until("the log shows the clock", lambda: self.shows(node, seconds) or not node.alive())

    def shows(self, node, seconds):
        """The node's own log says that its channel answers again, in the time that its clock now has."""
        lines = [json.loads(line) for line in node.log().splitlines() if line.startswith("{")]
        at = [datetime.fromisoformat(line["time"]) for line in lines if "channel hook answers again" in line["text"]]
        return any(abs((each - datetime.now(timezone.utc)).total_seconds() - seconds) < 300 for each in at)

    def delivered(self, receiver):
        return [page for page in receiver.pages() if page.answered and page.status == 200]

    def jump_and_compare(self, settings_of, jumps):
        def settings_for(receiver):
            # For whoever waits for an acknowledgement two hours have passed.
            return settings_of(receiver) | {"alarms": {"remind": {"after": "0s"}}}

        calm, jumping = self.receiver(), self.receiver()
        expected = self.finished(settings_for(calm), "calm")
        settings = settings_for(jumping)
        settings["channels"]["hook"] |= {"backoff": "100ms", "backoff_most": "400ms"}
        # With few readings under way a fast node is not through before the clock was set twice.
        settings["node"] = settings.get("node", {}) | {"credit": 16}
        node = self.start_with_clock(settings, "jumping")
        until("commits", lambda: node.committed() >= 3 or not node.alive(), pause=0.002)
        self.await_pages(jumping, 1, node)
        for seconds in jumps:
            self.jump(node, jumping, seconds)
        self.assertEqual(node.wait(), 0, node.log()[-2000:])
        got = self.finished(settings_for(jumping), "jumping")
        jumping.taken = [page for page in jumping.taken if page.status == 200]
        self.same_findings(expected, got)
        self.assertEqual(self.same_pages(calm, jumping), 0)

    @with_more_when_over
    def test_over_a_file(self):
        plant = self.plant(2000, 2000, 4000 * self.longer)
        self.jump_and_compare(lambda receiver: self.over_file(plant, receiver, "100ms"), [7200, -3600])

    def test_over_a_plant_that_runs_beside_the_clock(self):
        speed = {"calm": 0}

        def settings(receiver):
            return self.over_simulation(receiver, 300, 150, 24, speed.pop("calm", 60))

        self.jump_and_compare(settings, [7200, -3600])


if __name__ == "__main__":
    unittest.main()
