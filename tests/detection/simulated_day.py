#!/usr/bin/env python3
"""A simulated day of 2,000 healthy sensors, each at its own interval, and ten faults that cross a limit or fall silent: each
fault pages once, by the rule that it has to, and nothing else pages.

  simulated_day.py MILLWRIGHT [--hours N] [--sensors N] [--seed N] [--check] [--set KEY=VALUE]...

The faults come in the hours 2 to 6, so that 6 hours are the shortest run.
"""

import argparse
import collections
import datetime
import sys
import tempfile

import simulated

# Kind, minutes after the start, minutes that it lasts, the rule by which its sensor has to page, once, and how the ids of
# the sensors begin that it may come to.
FAULTS = [
    ("drift", 120, 60, "limit", "TI-"),
    ("drift", 130, 90, "limit", "PI-"),
    ("dropout", 180, 20, "stale", "TI-"),
    ("dropout", 185, 15, "stale", "JI-"),
    ("spike", 190, 2, "limit", "TI-"),
    ("spike", 200, 1, "limit", "PI-"),
    ("noise", 210, 30, "limit", "VI-"),
    ("noise", 220, 20, "limit", "VI-"),
    ("bearing_wear", 240, 60, "limit", "VI-"),
    ("bearing_wear", 250, 90, "limit", "VI-"),
]
AFTERWARDS = datetime.timedelta(minutes=10)


def check(what, holds):
    if not holds:
        sys.exit(f"simulated_day.py: {what}")


def plan(plant):
    """Each fault comes to another machine, to a sensor with plain noise, whose limits are where a person would set them."""
    taken, out = set(), []
    for kind, at, lasts, _, prefix in FAULTS:
        # The first sensor of a machine is that of its bearing; unit g: it reports every second.
        sensor = next(s for s in plant.sensors.values() if s.noise == "gaussian" and s.unit not in taken and
                      s.who[1].startswith(prefix) and (prefix != "VI-" or (s.measure == "g" and s.who[1].endswith("1"))))
        taken.add(sensor.unit)
        out.append(f"{kind}@{at}min:{lasts}min:{sensor.name}")
    return out


def judge_faults(plant, pages):
    """Prints each fault and its pages; returns the pages that belong to none."""
    left, wrong = list(pages), []
    for fault, (kind, _, _, rule, _) in zip(plant.truth, FAULTS):
        check(f"the truth tells of {fault['kind']} where {kind} was asked for", fault["kind"] == kind)
        start, end = simulated.time_of(fault["start"]), simulated.time_of(fault["end"]) + AFTERWARDS
        who = simulated.who_of(fault)
        # Bearing wear is the unit's: its other sensors page too.
        unit = ({sensor.who for sensor in plant.sensors.values() if sensor.unit == plant.sensors[who].unit}
                if kind == "bearing_wear" else {who})
        own = [page for page in left if page.who in unit and start <= page.at <= end]
        left = [page for page in left if page not in own]
        asked = [page for page in own if page.who == who and page.rule == rule]
        others = collections.Counter(page.rule if page.who == who else f"{page.rule} of {page.who[1]}" for page in own
                                     if page not in asked)
        first = min((page.at for page in asked), default=None)
        print(f"  {kind:<13}{'/'.join(who):<22}{rule} {len(asked)}" +
              (f", {(first - start).total_seconds() / 60:.1f} min after its start" if first else "") +
              ("".join(f"; {other} {n}" for other, n in sorted(others.items()))))
        if len(asked) != 1:
            wrong.append(f"{kind} of {'/'.join(who)} has {len(asked)} pages of the rule {rule}")
    check("; ".join(wrong), not wrong)
    return left


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--sensors", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    check("at least 6 hours", options.hours >= 6)
    with tempfile.TemporaryDirectory() as directory:
        plant = simulated.Plant(options.program, ["--sensors", str(options.sensors), "--seed", str(options.seed),
                                                  "--noise", "mixed"], directory)
        readings, seconds = plant.run(f"{options.hours}h", plan(plant), options.set)
        pages, shown = plant.pages(), plant.shown()
        print(f"{options.hours} h of {options.sensors:,} sensors, seed {options.seed}: {readings:,} readings in "
              f"{seconds:.0f} s")
        false = judge_faults(plant, pages)
        broken = {plant.sensors[simulated.who_of(fault)].unit for fault in plant.truth}
    scale = simulated.PLANT / options.sensors * 24 / options.hours
    by_rule = collections.Counter(page.rule for page in false)
    print(f"false pages: {len(false)}, of {len({page.who for page in false})} sensors: "
          f"{len(false) * scale:,.0f} a day in a plant of {simulated.PLANT:,} sensors (" +
          ", ".join(f"{rule} {n * scale:,.0f}" for rule, n in by_rule.most_common()) + ")")
    by_noise = collections.Counter(plant.sensors[page.who].noise for page in false)
    for noise, count in by_noise.most_common():
        print(f"    {noise:<12} {count}")
    told = collections.Counter(event.rule for event in shown if plant.sensors[event.who].unit not in broken)
    print("shown beside them, a day: " + ", ".join(f"{rule} {n * scale:,.0f}" for rule, n in told.most_common()))
    if options.check:
        check(f"false pages: {false[:5]}", not false)
        check(f"{plant.gathered} pages for many sensors at once", plant.gathered == 0)


if __name__ == "__main__":
    main()
