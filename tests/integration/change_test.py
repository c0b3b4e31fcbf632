"""A change of the plant's metadata takes effect at its place among the readings, also when the node is killed around
it: before the change is committed, and with readings of both versions under way."""

import json
import os
import random
import time
import unittest
from datetime import datetime

from http_receiver import Receiver
from kills import Kills
from node_process import Dump, NodeTest, simulate, until
from plant_lines import GrowingFile, iso, reading, sensor_row
from same_outcome import EXPECTED, SameOutcome
from signed_pages import SignedPages

# None of them makes a reading that is refused: those have no time that a node shows.
FAULTS = "spike=20,drift=20,stuck=20,noise=20,dropout=10,duplicated=20"


def cut_at_newest(lines, at):
    """From `at` on, the first place behind a reading that is newer than all before it: a node's clock shows when it was
    taken. Gives the place and that reading's time."""
    newest = ""
    for number, line in enumerate(lines):
        stamp = json.loads(line)["timestamp"]
        if stamp > newest:
            newest = stamp
            if number >= at:
                return number + 1, newest
    raise AssertionError("no such reading")


class ChangeTest(Kills, SignedPages, SameOutcome, NodeTest):
    def setUp(self):
        super().setUp()
        simulate(self.path("plant"), self.path("readings.ndjson"), 400, 2000, 600, "--seed", "5",
                 "--faults-per-day", FAULTS)
        with open(self.path("readings.ndjson")) as file:
            self.lines = file.readlines()
        with open(self.path("plant/sensors.jsonl")) as file:
            self.rows = [json.loads(line) for line in file]
        self.half, self.half_time = cut_at_newest(self.lines, len(self.lines) // 2)
        self.end_time = self.let_time_pass(40)
        self.random = random.Random(3)

    def let_time_pass(self, seconds):
        """One sensor goes on alone, so that at the end all others have been told of the same time."""
        last = json.loads(self.lines[-1])
        end = datetime.fromisoformat(last["timestamp"])
        for passed in range(10, seconds + 1, 10):
            last["timestamp"] = iso(passed, end)
            self.lines.append(json.dumps(last) + "\n")
        return last["timestamp"]

    def settings(self, receiver):
        return {"source": {"type": "file", "file": {"paths": [self.path("readings.ndjson")], "follow": True}},
                "plant": {"facilities": self.path("plant/facilities.jsonl"),
                          "sensors": self.path("plant/sensors.jsonl"), "reread": "100ms"},
                "ledger": {"interval": "100ms"},
                "channels": {"hook": self.hook(receiver)}}

    def begin(self):
        """The first half of the readings, and the metadata as it was."""
        self.write_rows(self.rows)
        with open(self.path("readings.ndjson"), "w") as out:
            out.writelines(self.lines[:self.half])

    def go_on(self):
        with open(self.path("readings.ndjson"), "a") as out:
            out.writelines(self.lines[self.half:])

    def write_rows(self, rows):
        # Whole or not at all: a node that reads half of it pages about that.
        os.replace(self.write("next.jsonl", [json.dumps(row) for row in rows]), self.path("plant/sensors.jsonl"))

    def await_time(self, node, stamp):
        until(f"readings up to {stamp}",
              lambda: (node.status() or {}).get("plant_time") == stamp or not node.alive())
        self.assertTrue(node.alive(), node.log())

    def change(self, node):
        """Every second sensor is another machine's now, and its limits are narrow; the node says that it knows."""
        rows = []
        for number, row in enumerate(self.rows):
            if number % 2 == 0:
                limits = row.get("alert_thresholds", {})
                middle = (limits.get("low", 0) + limits.get("high", 1)) / 2
                row = row | {"equipment_id": "moved", "alert_thresholds": {
                    key: middle + (value - middle) * 0.3 for key, value in limits.items() if key != "rate"}}
            rows.append(row)
        self.write_rows(rows)
        until("the change is taken", lambda: "metadata changed: version 2" in node.log() or not node.alive())

    def test_a_node_killed_around_a_change_has_found_the_same_as_one_that_was_not(self):
        calm, killed = self.receiver(), self.receiver()
        self.begin()
        node = self.start(self.settings(calm), "calm")
        self.await_time(node, self.half_time)
        self.change(node)
        self.go_on()
        self.await_time(node, self.end_time)
        expected = self.stopped(node, self.settings(calm), "calm")
        moved = [row for row in expected.rows("alarms") if row["equipment_id"] == "moved"]
        self.assertGreater(len([row for row in moved if row["rule"] == "limit"]), 10)

        self.begin()
        run = self.settings(killed), "killed", killed
        self.kill_between_commits(*run, most=1, within=0.02)
        node = self.start(*run[:2])
        self.await_time(node, self.half_time)
        self.change(node)
        node.kill()
        self.died(node, killed)
        self.go_on()
        for _ in range(3):
            self.kill_between_commits(*run, most=1, within=0.02)
        node = self.start(*run[:2])
        self.await_time(node, self.end_time)
        got = self.stopped(node, *run[:2])

        self.same_findings(expected, got, [kind for kind in EXPECTED if kind != "dead-letters"])
        repeats = self.same_pages(calm, killed)
        print(f"{len(calm.pages())} pages, {len(moved)} transitions behind the change, {repeats} repeats", flush=True)


class StoredChangeTest(NodeTest):
    def test_a_change_that_a_dead_node_had_stored_and_not_applied_is_applied_by_the_next_one(self):
        """What is stored is no news any more: a node that only looked for news would judge by the old limits."""
        pick = random.Random(11)
        sensors = [f"TI-{number}" for number in range(8)]
        receiver = Receiver()
        self.addCleanup(receiver.close)
        log = GrowingFile(self.path("readings.ndjson"))
        self.addCleanup(log.out.close)
        self.write("sensors.jsonl", [sensor_row(sensor) for sensor in sensors])
        settings = {"source": {"type": "file", "file": {"paths": [log.path], "follow": True}},
                    "plant": {"sensors": self.path("sensors.jsonl"), "reread": "100ms"},
                    "channels": {"hook": {"type": "webhook", "url": receiver.url()}}}
        second = 0

        def paged(sensor):
            nonlocal second
            second += 1
            log.add(*(reading(each, second, 50 + second % 2) for each in sensors))
            return any(page["sensor_id"] == sensor for page in receiver.about("limit", "raised"))

        log.add(*(reading(sensor, 0, 50) for sensor in sensors))
        node = self.start(settings)
        until("the readings are committed", lambda: node.committed() >= 1 or not node.alive())
        for sensor in sensors:
            rows = [sensor_row(each, high=35, high_high=40) if each == sensor else sensor_row(each) for each in sensors]
            os.replace(self.write("next.jsonl", rows), self.path("sensors.jsonl"))
            # It looks ten times a second, and takes up what it found a tenth of a second later.
            time.sleep(pick.uniform(0.05, 0.25))
            node.kill()
            node = self.start(settings)
            until(f"a page about the new limit of {sensor}", lambda: paged(sensor))
        node.stop()

    def test_sensors_that_are_given_limits_while_they_are_silent_page_for_that_silence_once_whenever_the_node_is_killed(self):
        pick = random.Random(12)
        silent = [f"TI-{number}" for number in range(1, 6)]
        receiver = Receiver()
        self.addCleanup(receiver.close)
        log = GrowingFile(self.path("readings.ndjson"))
        self.addCleanup(log.out.close)

        def rows(limited):
            return [sensor_row(each) if each in limited else json.dumps({"sensor_id": each, "facility_id": "north"})
                    for each in silent]
        self.write("sensors.jsonl", rows([]))
        settings = {"source": {"type": "file", "file": {"paths": [log.path], "follow": True}},
                    "plant": {"sensors": self.path("sensors.jsonl"), "reread": "100ms"},
                    "channels": {"hook": {"type": "webhook", "url": receiver.url()}}}
        log.add(*(reading(each, second, 50 + second % 20) for second in range(0, 300, 10) for each in silent))
        # An hour of one that speaks.
        log.add(*(reading("TI-0", second, 50 + second % 20) for second in range(0, 3900, 10)))
        second = 3890

        def paged(sensor):
            nonlocal second
            second += 10
            log.add(reading("TI-0", second, 50 + second % 20))
            return any(page["sensor_id"] == sensor for page in receiver.about("stale"))

        node = self.start(settings)
        until("all is read", lambda: (node.status() or {}).get("plant_time") == iso(second) or not node.alive())
        until("it is committed", lambda: node.committed() >= 1 or not node.alive())
        for number, sensor in enumerate(silent):
            os.replace(self.write("next.jsonl", rows(silent[:number + 1])), self.path("sensors.jsonl"))
            time.sleep(pick.uniform(0.05, 0.35))
            self.assertEqual({page["sensor_id"] for page in receiver.about("stale")} - {sensor}, set(silent[:number]))
            node.kill()
            node = self.start(settings)
            until(f"a page about the silence of {sensor}", lambda: paged(sensor))
        node.stop()
        keys = {page.key for page in receiver.pages() if page.json()["rule"] == "stale"}
        self.assertEqual(len(keys), len(silent))
        told = [row for row in Dump(node).rows("alarms") if row["rule"] == "stale"]
        self.assertEqual(sorted((row["sensor_id"], row["transition"], row["timestamp"]) for row in told),
                         sorted((each, *what) for each in silent
                                for what in (("raised", iso(320)), ("updated", iso(890)))))



if __name__ == "__main__":
    unittest.main()
