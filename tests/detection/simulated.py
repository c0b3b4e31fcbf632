"""A simulated plant goes through a replay; what was paged and shown, sensor by sensor."""

import collections
import datetime
import json
import os
import subprocess
import time

# What figures are scaled to.
PLANT = 125_000
# The rules that judge by what was learned.
STATISTICAL = ("state", "z", "novelty")

# Time, (facility, sensor), rule, severity.
Event = collections.namedtuple("Event", "at who rule severity")


def time_of(stamp):
    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def rows_of(path):
    """One by one: of a big plant there are millions."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def who_of(row):
    return row["facility_id"], row["sensor_id"]


class Sensor:
    def __init__(self, row, noise):
        self.who, self.unit, self.measure = who_of(row), (row["facility_id"], row["equipment_id"]), row["unit"]
        self.name = "/".join(self.who)
        self.noise = noise


class Plant:
    """The plant that these options of `millwright simulate` make; its metadata go to `directory`."""

    def __init__(self, program, options, directory):
        self.program, self.options, self.directory = program, options, directory
        subprocess.run([program, "simulate", *options, "--duration", "1s", "--metadata", directory, "--out", os.devnull],
                       check=True)
        noises = os.path.join(directory, "noise.jsonl")
        noise = {who_of(row): row["noise"] for row in rows_of(noises)} if os.path.exists(noises) else {}
        self.sensors = {}
        for row in rows_of(os.path.join(directory, "sensors.jsonl")):
            sensor = Sensor(row, noise.get(who_of(row), "plain"))
            self.sensors[sensor.who] = sensor

    def run(self, duration, faults, settings):
        """Returns the number of readings and the seconds that it took; the results are in `directory`/out."""
        truth = os.path.join(self.directory, "truth")
        begun = time.monotonic()
        source = subprocess.Popen([self.program, "simulate", *self.options, "--duration", duration, "--truth", truth,
                                   *(f"--fault={fault}" for fault in faults)], stdout=subprocess.PIPE)
        # Each sensor's pages are looked at, whatever else its unit pages for.
        done = subprocess.run([self.program, "replay", f"--set=plant.sensors={self.directory}/sensors.jsonl",
                               "--set=alarms.first_out.within=0s",
                               f"--set=plant.facilities={self.directory}/facilities.jsonl",
                               *(f"--set={each}" for each in settings), "-", "--out",
                               os.path.join(self.directory, "out"), "--kinds", "alarms,notifications"],
                              stdin=source.stdout, stdout=subprocess.PIPE, text=True)
        source.stdout.close()
        if source.wait() or done.returncode:
            raise SystemExit(f"the simulation ended with {source.returncode}, the replay with {done.returncode}")
        self.truth = sorted(rows_of(truth), key=lambda fault: fault["start"])
        readings = next(line for line in done.stdout.splitlines() if line.startswith("  readings")).split()[1]
        return int(readings), time.monotonic() - begun

    def pages(self):
        """One an alarm: what follows it (a clear, a reopening) goes where it went, but is none."""
        first = {}
        for row in rows_of(os.path.join(self.directory, "out", "notifications.ndjson")):
            # Others stand for an alarm in whose place one for many sensors goes.
            if row["outcome"] != "planned":
                continue
            number = int(row["key"][len(row["alarm_id"]) + 1:].split("-")[0])
            first[row["alarm_id"]] = min(number, first.get(row["alarm_id"], number))
        found = []
        for row in self.alarms():
            if first.get(row["alarm_id"]) == row["number"]:
                found.append(Event(time_of(row["timestamp"]), who_of(row), row["rule"], row["severity"]))
                del first[row["alarm_id"]]
        # One that stands for no single alarm (many sensors of a unit at once) is a page all the same.
        self.gathered = len(first)
        return found

    def shown(self):
        return [Event(time_of(row["timestamp"]), who_of(row), row["rule"], row["severity"]) for row in self.alarms()
                if row["transition"] in ("raised", "reopened")]

    def alarms(self):
        return rows_of(os.path.join(self.directory, "out", "alarms.ndjson"))
