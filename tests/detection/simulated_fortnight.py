#!/usr/bin/env python3
"""A simulated fortnight of sensors that move as real ones do, most of them healthy, some with faults after the first week:
what is paged for nothing, and what share of the faults is shown and paged, and after how long.

  simulated_fortnight.py MILLWRIGHT [--sensors N] [--interval 60s|natural] [--days N] [--seed N] [--faults N] [--check]
                         [--set KEY=VALUE]...
"""

import argparse
import collections
import datetime
import statistics
import sys
import tempfile

import simulated

WEEK = datetime.timedelta(days=7)
# What a detector needs to say so, once the fault is over.
AFTERWARDS = datetime.timedelta(minutes=10)

# Kind, minutes that it lasts, size in standard deviations of the sensor's fast noise (noise: times its own).
FAULTS = [("spike", 10, 8), ("step", 240, 5), ("drift", 120, 6), ("noise", 240, 3), ("bearing_wear", 720, 5)]
# At natural intervals: sensors that report at least every 15 s, or a spike would fall between two readings.
FREQUENT = ("VI-", "PI-", "PDI-", "TI-", "FI-", "JI-", "II-", "EI-", "SI-")
NOISES = {"plain": ("gaussian",), "correlated": ("correlated", "sluggish", "inert")}

# Per check: what must hold.
MOST_PAGES = 50
LEAST_SHOWN, LEAST_PAGED = 0.85, 0.75


def check(what, holds):
    if not holds:
        sys.exit(f"simulated_fortnight.py: {what}")


def plan(plant, count, days, natural):
    """So many faults of each kind and noise, each on a sensor of its own, one after the other from day 7 on."""
    taken, wanted = set(), []  # no two of one machine
    # Wear needs a machine with a bearing, so that it chooses first.
    for kind, minutes, sigmas in sorted(FAULTS, key=lambda fault: fault[0] != "bearing_wear"):
        for group, noises in NOISES.items():
            free = [s for s in plant.sensors.values() if s.noise in noises and s.unit not in taken and
                    (not natural or s.who[1].startswith(FREQUENT)) and
                    (kind != "bearing_wear" or (s.who[1].startswith("VI-") and s.who[1].endswith("1")))]
            check(f"only {len(free)} sensors for {kind} on {group} noise", len(free) >= min(count, 5))
            for place in range(min(count, len(free))):
                sensor = free[place * len(free) // min(count, len(free))]
                taken.add(sensor.unit)
                wanted.append((kind, minutes, sigmas, sensor))
    span = (days - 8) * 1440
    wanted.sort(key=lambda each: hash_of(each[3].name))
    return [(f"{kind}@{7 * 1440 + 120 + place * span // len(wanted)}min:{minutes}min:{sensor.name}:{sigmas}sigma")
            for place, (kind, minutes, sigmas, sensor) in enumerate(wanted)]


def hash_of(text):
    """So that kinds and noises mix in time, the same on every run."""
    value = 0
    for byte in text.encode():
        value = (value * 1_000_003 ^ byte) & 0xffffffff
    return value


def judge_faults(plant, pages, shown):
    """Prints what was found, by kind and noise; returns the shares that were shown and paged."""
    group_of = {noise: group for group, noises in NOISES.items() for noise in noises}
    by_who = collections.defaultdict(lambda: ([], []))
    for which, events in enumerate((shown, pages)):
        for event in events:
            if event.rule in simulated.STATISTICAL and (which == 1 or event.rule == "state"):
                by_who[event.who][which].append(event.at)
    rows = collections.defaultdict(list)
    for fault in plant.truth:
        who = simulated.who_of(fault)
        start, end = simulated.time_of(fault["start"]), simulated.time_of(fault["end"]) + AFTERWARDS
        delays = [min(((at - start).total_seconds() / 60 for at in times if start <= at <= end), default=None)
                  for times in by_who[who]]
        rows[fault["kind"], fault["sigmas"], group_of[plant.sensors[who].noise]].append(delays)

    def told(delays):
        found = [delay for delay in delays if delay is not None]
        return f"{len(found):3} of {len(delays):3}" + (f", after {statistics.median(found):5.1f} min" if found else "")

    for (kind, sigmas, group), delays in sorted(rows.items()):
        print(f"  {kind:<13}{sigmas:>3} {'x' if kind == 'noise' else 'sigma':<6} on {group:<11} shown "
              f"{told([d[0] for d in delays]):<26} paged {told([d[1] for d in delays])}")
    every = [d for delays in rows.values() for d in delays]
    shares = [sum(d[which] is not None for d in every) / len(every) for which in (0, 1)]
    print(f"  of {len(every)} faults {100 * shares[0]:.0f} % are shown, {100 * shares[1]:.0f} % page")
    return shares


def judge_healthy(plant, pages, shown, start, days):
    """Prints what is said of sensors that nothing is wrong with; returns pages in the first week, and a day after it."""
    broken = {simulated.who_of(fault) for fault in plant.truth}
    # A worn bearing is felt by its whole machine.
    worn = {plant.sensors[simulated.who_of(fault)].unit for fault in plant.truth if fault["kind"] == "bearing_wear"}
    healthy = {who: sensor for who, sensor in plant.sensors.items() if who not in broken and sensor.unit not in worn}
    scale = simulated.PLANT / len(healthy) / (days - 7)
    pages = [page for page in pages if page.who in healthy]
    shown = [event for event in shown if event.who in healthy]
    first = [page for page in pages if page.at < start + WEEK]
    later = [page for page in pages if page.at >= start + WEEK]
    statistical = [page for page in later if page.rule in simulated.STATISTICAL]
    print(f"{len(healthy):,} healthy sensors: {len(first)} pages in the first week, {len(statistical)} statistical ones "
          f"after it, {len(later) - len(statistical)} others; {plant.gathered} for many sensors at once")
    print(f"  {len(statistical) * scale:,.0f} statistical pages a day in a plant of {simulated.PLANT:,} sensors")
    for noise, count in collections.Counter(healthy[page.who].noise for page in statistical).most_common():
        print(f"    {noise:<12} {count}")
    for rule in simulated.STATISTICAL:
        week = sum(event.rule == rule and event.at < start + WEEK for event in shown)
        rest = sum(event.rule == rule and event.at >= start + WEEK for event in shown)
        print(f"  {rule} shows {week * simulated.PLANT / len(healthy) / 7:,.0f} a day in the first week, "
              f"{rest * scale:,.0f} a day after it")
    return first, later, len(statistical) * scale


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sensors", type=int, default=2000)
    parser.add_argument("--interval", default="60s")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--faults", type=int, default=12, help="of each kind on each noise")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    check("at least 10 days", options.days >= 10)
    with tempfile.TemporaryDirectory() as directory:
        line = ["--sensors", str(options.sensors), "--seed", str(options.seed), "--noise", "mixed"]
        plant = simulated.Plant(options.program,
                                line + (["--interval", options.interval] if options.interval != "natural" else []),
                                directory)
        faults = plan(plant, options.faults, options.days, options.interval == "natural") if options.faults else []
        readings, seconds = plant.run(f"{options.days}d", faults, options.set)
        pages, shown = plant.pages(), plant.shown()
        print(f"{options.days} days of {options.sensors:,} sensors, interval {options.interval}, seed {options.seed}: "
              f"{readings:,} readings in {seconds:.0f} s")
        start = simulated.time_of("2026-01-01T00:00:00Z")
        first, later, a_day = judge_healthy(plant, pages, shown, start, options.days)
        shares = judge_faults(plant, pages, shown) if faults else None
    if options.check:
        check(f"pages in the first week: {first[:5]}", not first)
        check(f"pages by limits and the like, of healthy sensors: {later[:5]}",
              all(page.rule in simulated.STATISTICAL for page in later))
        check(f"{plant.gathered} pages for many sensors at once", plant.gathered == 0)
        check(f"{a_day:.0f} statistical pages a day, at most {MOST_PAGES} expected", a_day <= MOST_PAGES)
        if shares:
            check(f"{shares[0]:.3f} of the faults shown, {LEAST_SHOWN} expected", shares[0] >= LEAST_SHOWN)
            check(f"{shares[1]:.3f} of the faults paged, {LEAST_PAGED} expected", shares[1] >= LEAST_PAGED)


if __name__ == "__main__":
    main()
