#!/usr/bin/env python3
"""A simulated day of 2,000 healthy sensors and ten faults: each fault pages once, and what pages beside them is told.

  simulated_day.py MILLWRIGHT [--hours N] [--sensors N] [--seed N] [--at-most FALSE-PAGES] [--set KEY=VALUE]...

The faults come in the hours 2 to 6, so that 6 hours are the shortest run.
"""

import argparse
import collections
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time

# Kind, minutes after the start, minutes that it lasts, the rule by which its sensor has to page, once, and the unit of
# the sensor's values where it matters: growing noise crosses a limit now and then, which is one alarm where the sensor
# reports every second, and several where minutes pass between the first crossings.
FAULTS = [
    ("drift", 120, 60, "limit", None),
    ("drift", 130, 90, "limit", None),
    ("dropout", 180, 20, "stale", None),
    ("dropout", 185, 15, "stale", None),
    ("spike", 190, 2, "limit", None),
    ("spike", 200, 1, "limit", None),
    ("noise", 210, 30, "limit", "g"),
    ("noise", 220, 20, "limit", "g"),
    ("bearing_wear", 240, 60, "limit", None),
    ("bearing_wear", 250, 90, "limit", None),
]
AFTERWARDS = datetime.timedelta(minutes=10)
PLANT = 125_000


def check(what, holds):
    if not holds:
        sys.exit(f"simulated_day.py: {what}")


def time_of(stamp):
    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def rows_of(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def pages_in(out):
    """(time, facility, sensor, rule) of each page; what follows it (a clear, a reopening) goes where it went, but is none."""
    first = {}
    for row in rows_of(os.path.join(out, "notifications.ndjson")):
        number = int(row["key"][len(row["alarm_id"]) + 1:].split("-")[0])
        first[row["alarm_id"]] = min(number, first.get(row["alarm_id"], number))
    return [(time_of(row["timestamp"]), row["facility_id"], row["sensor_id"], row["rule"])
            for row in rows_of(os.path.join(out, "alarms.ndjson")) if first.get(row["alarm_id"]) == row["number"]]


def sensor_for(place, unit, sensors):
    """One of those with this unit of measure, another for each fault."""
    fitting = [row for row in sensors if row["unit"] == unit]
    row = fitting[(1 + place) * len(fitting) // (2 + len(FAULTS))]
    return f"{row['facility_id']}/{row['sensor_id']}"


def run(options, directory):
    plant = [options.program, "simulate", "--sensors", str(options.sensors), "--seed", str(options.seed)]
    truth = os.path.join(directory, "truth")
    # The metadata are needed before the first reading of the day.
    subprocess.run([*plant, "--duration", "1s", "--metadata", directory, "--out", os.devnull], check=True)
    sensors = rows_of(os.path.join(directory, "sensors.jsonl"))
    for place, (kind, at, lasts, _, unit) in enumerate(FAULTS):
        plant += ["--fault", f"{kind}@{at}min:{lasts}min" + (f":{sensor_for(place, unit, sensors)}" if unit else "")]
    day = subprocess.Popen([*plant, "--duration", f"{options.hours}h", "--truth", truth], stdout=subprocess.PIPE)
    settings = [f"--set={each}" for each in options.set]
    begun = time.monotonic()
    done = subprocess.run([options.program, "replay", f"--set=plant.sensors={directory}/sensors.jsonl",
                           f"--set=plant.facilities={directory}/facilities.jsonl", *settings, "-",
                           "--out", os.path.join(directory, "out"), "--kinds", "alarms,notifications"],
                          stdin=day.stdout, stdout=subprocess.PIPE, text=True)
    day.stdout.close()
    check(f"the simulation ended with {day.wait()}", day.returncode == 0)
    check(f"the replay ended with {done.returncode}", done.returncode == 0)
    readings = next(line for line in done.stdout.splitlines() if line.startswith("  readings")).split()[1]
    print(f"{options.hours} h of {options.sensors} sensors, seed {options.seed}: {int(readings):,} readings in "
          f"{time.monotonic() - begun:.0f} s")
    return rows_of(truth), pages_in(os.path.join(directory, "out"))


def judge_faults(truth, pages, units):
    """Prints each fault and its pages; returns the pages that belong to none."""
    left, wrong = list(pages), []
    for fault, (kind, _, _, rule, _) in zip(sorted(truth, key=lambda f: f["start"]), FAULTS):
        check(f"the truth tells of {fault['kind']} where {kind} was asked for", fault["kind"] == kind)
        start, end = time_of(fault["start"]), time_of(fault["end"]) + AFTERWARDS
        who = fault["facility_id"], fault["sensor_id"]
        # Bearing wear is the unit's: its other sensors page too.
        unit = {sensor for sensor, unit in units.items() if unit == units[who]} if kind == "bearing_wear" else {who}
        own = [page for page in left if page[1:3] in unit and start <= page[0] <= end]
        left = [page for page in left if page not in own]
        count = sum(page[1:] == (*who, rule) for page in own)
        others = collections.Counter(page[3] if page[1:3] == who else f"{page[3]} of {page[2]}" for page in own
                                     if page[1:] != (*who, rule))
        first = min((page[0] for page in own if page[1:] == (*who, rule)), default=None)
        print(f"  {kind:<13}{'/'.join(who):<22}{rule} {count}" +
              (f", {(first - start).total_seconds() / 60:.1f} min after its start" if first else "") +
              ("".join(f"; {other} {n}" for other, n in sorted(others.items()))))
        if count != 1:
            wrong.append(f"{kind} of {'/'.join(who)} has {count} pages of the rule {rule}")
    check("; ".join(wrong), not wrong)
    return left


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--sensors", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--at-most", type=int)
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    check("at least 6 hours", options.hours >= 6)
    with tempfile.TemporaryDirectory() as directory:
        truth, pages = run(options, directory)
        units = {(row["facility_id"], row["sensor_id"]): (row["facility_id"], row["equipment_id"])
                 for row in rows_of(os.path.join(directory, "sensors.jsonl"))}
        false = judge_faults(truth, pages, units)
    scale = PLANT / options.sensors * 24 / options.hours
    by_rule = collections.Counter(page[3] for page in false)
    print(f"false pages: {len(false)}, of {len({page[1:3] for page in false})} sensors: "
          f"{len(false) * scale:,.0f} a day in a plant of {PLANT:,} sensors (" +
          ", ".join(f"{rule} {n * scale:,.0f}" for rule, n in by_rule.most_common()) + ")")
    if options.at_most is not None:
        check(f"{len(false)} false pages, at most {options.at_most} expected", len(false) <= options.at_most)


if __name__ == "__main__":
    main()
