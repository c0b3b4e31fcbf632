#!/usr/bin/env python3
"""The state rule, reading by reading, against its plain definition (state_rule.py): each figure to 1e-9, each alarm.

  state_rule_test.py MILLWRIGHT      the recorded machine, simulated plants, and the recorded pump where it is
"""

import collections
import csv
import datetime
import itertools
import json
import math
import os
import re
import subprocess
import sys
import tempfile

import pump_data
import state_rule

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SAMPLE = os.path.join(ROOT, "config", "sample-data")
TOLERANCE = 1e-9
DAY, MINUTE = state_rule.DAY, 60_000

# Name, options of the simulation, settings of the rule. Every kind of noise and every fault that changes what is measured
# or the order in which it comes; enough days for bands that are learned, renewed and left, before the learning time's end
# and after it.
FAULTS = "spike=0.5,step=0.5,drift=0.5,stuck=0.3,noise=0.5,bearing_wear=0.2,falling_quality=0.5,dropout=0.3,late=0.5,duplicated=0.5"
PLANTS = [
    ("nine days at 60 s, with the defaults",
     ["--sensors", "20", "--seed", "3", "--interval", "60s", "--duration", "9d", "--noise", "mixed",
      "--faults-per-day", FAULTS], {}),
    ("five days at 60 s, without a learning time",
     ["--sensors", "25", "--seed", "4", "--interval", "60s", "--duration", "5d", "--noise", "mixed",
      "--faults-per-day", FAULTS], {"learning_time": 0}),
    ("ten weeks of slow sensors",
     ["--sensors", "40", "--seed", "5", "--interval", "30min", "--duration", "70d", "--noise", "mixed",
      "--faults-per-day", FAULTS], {}),
    ("two hours at natural intervals, plain noise, other settings",
     ["--sensors", "40", "--seed", "6", "--duration", "2h", "--faults-per-day", "spike=24,step=24,noise=24,late=24"],
     {"learning_time": 0, "learn": 150, "skip": 30, "margin": 0.2, "margin_turns": 2, "turns": 3, "give_way": 0.01,
      "forget": 0.1, "doubled": 1.5, "clip": 5, "pages_at": 1.5}),
]

Reading = collections.namedtuple("Reading", "at who value taught")
NOT_JUDGED = state_rule.Judgement(None, None)


def check(what, holds):
    if not holds:
        sys.exit(f"state_rule_test.py: {what}")


def ms(stamp):
    at = datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return round((at - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(milliseconds=1))


def sensor_types():
    """By name: the fields that make the value, and the range. The file is plain enough to be read by the line."""
    types, name = {}, None
    with open(os.path.join(ROOT, "config", "sensor-types.yaml"), encoding="utf-8") as lines:
        for line in lines:
            if found := re.match(r"  (\w+):\s*(?:#.*)?$", line):
                name = found[1]
                types[name] = [None, -math.inf, math.inf]
            elif found := re.match(r"    primary: \[?([\w, ]+)\]?", line):
                types[name][0] = found[1].replace(" ", "").split(",")
            elif found := re.match(r"    range: \[(\S+), (\S+)\]", line):
                types[name][1:] = (float(bound.replace(".inf", "inf")) for bound in found.groups())
    return types


def simulated(path):
    """The readings of a simulated plant, as each sensor sent them."""
    types = sensor_types()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            fields, low, high = types[row["sensor_type"]]
            numbers = [row[field] for field in fields]
            value = numbers[0] if len(numbers) == 1 else math.sqrt(sum(x * x for x in numbers))
            yield Reading(ms(row["timestamp"]), (row["facility_id"], row["sensor_id"]), value,
                          low <= value <= high and row["quality_score"] >= 0.5)


def machine():
    with open(os.path.join(SAMPLE, "machine_temperature_system_failure.csv"), newline="") as lines:
        for row in csv.DictReader(lines):
            yield Reading(ms(row["timestamp"].replace(" ", "T") + "+00:00"), ("numenta", "machine-temperature"),
                          float(row["value"]), True)


class Sensor:
    """One sensor as the definition sees it: repeats, its order, its clock, and the rule."""

    def __init__(self, settings):
        self.rule = state_rule.StateRule(settings)
        self.newest, self.known, self.disorder = None, set(), []

    def take(self, reading):
        """None for a repeat, which is dropped."""
        if reading.at in self.known:
            return None
        in_order = self.newest is None or reading.at >= self.newest
        if in_order:
            self.newest, self.disorder = reading.at, []
        else:
            # Its clock was set back when ten in a row were out of order, over a minute.
            self.disorder.append(reading.at)
            if len(self.disorder) >= 10 and reading.at - self.disorder[0] >= MINUTE:
                self.rule.set_back(self.newest - reading.at)
                self.newest, self.disorder = reading.at, []
        self.known = {at for at in self.known | {reading.at} if at >= self.newest - MINUTE}
        return self.rule.judge(reading.at, reading.value, reading.taught) if in_order else NOT_JUDGED


def rows_of(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def compare(name, readings, out, settings):
    """Every row of `scores` against the rule, and the alarms' transitions."""
    found = collections.defaultdict(list)
    for row in rows_of(os.path.join(out, "scores.ndjson")):
        found[row["facility_id"], row["sensor_id"], ms(row["timestamp"])].append((row["state"], "state" in row["states"]))
    sensors, expected = collections.defaultdict(lambda: Sensor(settings)), collections.defaultdict(list)
    judged, outside, highest = 0, 0, 0.0
    for reading in readings:
        sensor = sensors[reading.who]
        judgement = sensor.take(reading)
        if judgement is None:
            continue
        state = judgement.state
        expected[(*reading.who, reading.at)].append(
            (None if state is None else state / (1 + state), sensor.rule.alarm is not None, sensor.rule.n))
        if state is not None:
            judged, outside, highest = judged + 1, outside + (state > 0), max(highest, state)
    check(f"{name}: {len(found)} times with a row, {len(expected)} with a reading", found.keys() == expected.keys())
    # A clock that was set back gives two readings one time; the rows of a time are in no order.
    for key, rows in expected.items():
        for ours, its in itertools.zip_longest(sorted(rows, key=order), sorted(found[key], key=order)):
            check(f"{name}: {key[0]}/{key[1]} at {key[2]}: (state, in alarm, reading) is {ours} by definition, {its} here",
                  ours and its and same(ours[0], its[0]) and ours[1] == its[1])
    check(f"{name}: nothing was outside of its band, so nothing was compared", outside > 0)
    alarms = compare_alarms(name, sensors, out)
    print(f"{name}: {judged:,} judgements and {alarms} changes of alarms as defined; outside {outside:,}, "
          f"s_state up to {highest:.1f}")


def order(row):
    return row[0] is not None, row[0] or 0


def same(a, b):
    return a is None and b is None or a is not None and b is not None and abs(a - b) <= TOLERANCE


def compare_alarms(name, sensors, out):
    found = collections.defaultdict(list)
    for row in rows_of(os.path.join(out, "alarms.ndjson")):
        if row["rule"] == "state":
            high = row["severity"] == "high"
            check(f"{name}: a state alarm at {row['severity']}", row["severity"] in ("medium", "high"))
            # What comes back within 5 minutes is the same alarm.
            what = "raised" if row["transition"] == "reopened" else row["transition"]
            found[row["facility_id"], row["sensor_id"]].append((ms(row["timestamp"]), what, high))
    compared = 0
    for who, sensor in sensors.items():
        expected = [tuple(each) for each in sensor.rule.transitions]
        check(f"{name}: {'/'.join(who)} has the alarms {found[who]}, {expected} by definition", found[who] == expected)
        compared += len(expected)
    return compared


def replay(program, out, kinds, *arguments):
    subprocess.run([program, "replay", *arguments, "--out", out, "--kinds", kinds], check=True, stdout=subprocess.DEVNULL)


def settings_of(changed):
    rule = state_rule.DEFAULTS._replace(**changed)
    return rule, [f"--set=rules.state.{key}={f'{value}ms' if key == 'learning_time' else value}"
                  for key, value in changed.items()]


def main(program):
    with tempfile.TemporaryDirectory() as directory:
        out, lines = os.path.join(directory, "out"), os.path.join(directory, "readings.ndjson")
        replay(program, out, "scores,alarms", os.path.join(SAMPLE, "machine_temperature_system_failure.csv"), "--csv",
               os.path.join(SAMPLE, "machine-temperature.yaml"))
        compare("the recorded machine", machine(), out, state_rule.DEFAULTS)
        for name, options, changed in PLANTS:
            rule, settings = settings_of(changed)
            subprocess.run([program, "simulate", *options, "--out", lines], check=True)
            replay(program, out, "scores,alarms", *settings, lines)
            compare(name, simulated(lines), out, rule)
        if not pump_data.folder():
            print("the recorded pump is not here: MILLWRIGHT_DATA names the folder that has skab/valve1-*.csv")
            return
        pump = pump_data.Pump(pump_data.folder())
        with open(lines, "w", encoding="utf-8") as text:
            text.writelines(pump.line(reading) + "\n" for reading in pump.readings)
        rule, settings = settings_of({"learning_time": 0})
        replay(program, out, "scores,alarms", *settings, lines)
        compare("the recorded pump", (Reading(at, (pump_data.FACILITY, sensor), value, True)
                                      for at, sensor, value in pump.readings), out, rule)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
