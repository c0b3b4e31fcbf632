"""What the tests of this folder share: a simulated plant with faults of its own, a receiver of pages, and an
undisturbed run to compare with. MILLWRIGHT_FAULTS=long in the environment asks for the long forms."""

import json
import os
import shutil
import tempfile

from node_process import NodeTest, simulate, until
from same_outcome import SameOutcome
from signed_pages import SignedPages

LONG = os.environ.get("MILLWRIGHT_FAULTS") == "long"
# Of a day and a sensor. A skewed clock is left out: without arrival it moves the whole file's time, and the rest is
# late.
FAULTS = {"spike": 4, "drift": 4, "stuck": 2, "dropout": 2, "noise": 1, "bearing_wear": 1, "falling_quality": 1,
          "late": 4, "duplicated": 4, "malformed": 4}
# z alone would page thousands of times; there are pages enough without. And whether a channel was down is a matter of one run.
QUIET_RULES = {"z": {"pages": False}, "channel_down": {"alarm": False}}
# What the node says of its input is judged by the wall clock: two runs need not agree.
QUIET_INPUT = {"bad_input_share": "100%"}


# As many as a plant takes: a small one has something to tell within minutes.
MANY_FAULTS = {kind: 24 for kind in ("spike", "drift", "stuck", "dropout", "late", "duplicated", "malformed")}


class Plant:
    """Readings of a plant in a file, and its metadata; they go with the process."""

    def __init__(self, sensors, rate, seconds, seed, faults):
        self.directory = tempfile.mkdtemp(prefix="millwright-plant-")
        self.readings = os.path.join(self.directory, "readings.ndjson")
        simulate(self.directory, self.readings, sensors, rate, seconds, "--seed", str(seed), "--faults-per-day",
                 ",".join(f"{kind}={count}" for kind, count in faults.items()), patience=1800)

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def metadata(self):
        return {"facilities": os.path.join(self.directory, "facilities.jsonl"),
                "sensors": os.path.join(self.directory, "sensors.jsonl")}


class FaultCase(SignedPages, SameOutcome, NodeTest):
    def plant(self, sensors, rate, seconds, seed=7, faults=None):
        plant = Plant(sensors, rate, seconds, seed, faults or FAULTS)
        self.addCleanup(plant.remove)
        return plant

    def over_file(self, plant, receiver, interval="250ms"):
        return {"source": QUIET_INPUT | {"type": "file", "file": {"paths": [plant.readings]}}, "plant": plant.metadata(),
                "ledger": {"interval": interval}, "rules": QUIET_RULES, "channels": {"hook": self.hook(receiver)}}

    def over_simulation(self, receiver, sensors, rate, minutes, speed, seed=11, interval="250ms"):
        """A plant that runs `speed` times as fast as the wall clock: a node over it lives on while things happen."""
        return {"source": QUIET_INPUT | {"type": "simulation", "simulation": {
                    "sensors": sensors, "rate": rate, "seed": seed, "start": "2026-01-01T00:00:00Z", "speed": speed,
                    "duration": f"{minutes}min", "metadata": self.path("plant"),
                    "faults_per_day": MANY_FAULTS}},
                "plant": {"facilities": self.path("plant/facilities.jsonl"),
                          "sensors": self.path("plant/sensors.jsonl")},
                "ledger": {"interval": interval}, "rules": QUIET_RULES, "channels": {"hook": self.hook(receiver)}}

    def await_pages(self, receiver, count, node, patience=60):
        until(f"{count} pages (there are {len(receiver.pages())})",
              lambda: len(receiver.pages()) >= count or not node.alive(), patience)
        self.assertTrue(node.alive(), node.log()[-2000:])

    def without(self, dump, rule):
        """Takes out what is about the node itself by this rule: its alarms, their rows and pages. Gives the alarms."""
        ids = {row["alarm_id"] for kind in ("alarms", "alarms-kept") for row in dump.rows(kind) if row["rule"] == rule}
        for kind in ("alarms", "alarms-kept", "pages", "notifications"):
            dump.results[kind] = [line for line in dump.results[kind] if json.loads(line)["alarm_id"] not in ids]
        return ids
