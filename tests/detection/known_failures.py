#!/usr/bin/env python3
"""The known failures of the recorded machine beside the alarms that a replay found.

  known_failures.py OUT              prints the table for the results of `millwright replay ... --out OUT`
  known_failures.py --test PROGRAM   replays the sample with the defaults and with its settings, prints both, checks them
"""

import collections
import json
import os
import subprocess
import sys
import tempfile

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "config", "sample-data")
WINDOWS = "realKnownCause/machine_temperature_system_failure.csv"

Alarm = collections.namedtuple("Alarm", "raised ended rule severity value paged")


def lines_of(directory, kind):
    with open(os.path.join(directory, kind + ".ndjson")) as lines:
        return [json.loads(line) for line in lines]


def known_windows():
    with open(os.path.join(SAMPLE, "windows.json")) as text:
        spans = json.load(text)[WINDOWS]
    return [tuple(stamp[:19].replace(" ", "T") for stamp in span) for span in spans]


def alarms_of(directory):
    """One a stretch, with its worst severity. A clear's page belongs to the raise."""
    paged = {row["alarm_id"] for row in lines_of(directory, "notifications")}
    found = {}
    for row in lines_of(directory, "alarms"):
        at = row["timestamp"][:19]
        known = found.get(row["alarm_id"])
        if known is None:
            found[row["alarm_id"]] = Alarm(at, None, row["rule"], row["severity"], row["value"], row["alarm_id"] in paged)
        elif row["transition"] in ("cleared", "adapted"):
            found[row["alarm_id"]] = known._replace(ended=at)
        else:
            found[row["alarm_id"]] = known._replace(ended=None, severity=row["severity"])
    return sorted(found.values())


def inside(alarm, window):
    return window[0] <= alarm.raised <= window[1]


def table(directory):
    windows, alarms = known_windows(), alarms_of(directory)
    row = "  {:<17}{:<9}{:<9}{:>7}   {}".format

    def show(alarm):
        print(row(alarm.raised[:16].replace("T", " "), alarm.rule, alarm.severity, f"{alarm.value:.1f}",
                  "paged" if alarm.paged else "shown"))

    print(row("raised", "rule", "severity", "value", "").rstrip())
    for number, window in enumerate(windows, 1):
        print("known failure {}: {} to {}".format(number, *(stamp[:16].replace("T", " ") for stamp in window)))
        here = [alarm for alarm in alarms if inside(alarm, window)]
        for alarm in here:
            show(alarm)
        if not here:
            print("  no alarm")
    outside = [alarm for alarm in alarms if not any(inside(alarm, window) for window in windows)]
    print("outside of the known failures")
    for alarm in outside:
        show(alarm)
    print("readings: " + ", ".join(
        "{} {}".format(c["counter"] + (f" ({c['label']})" if c["label"] else ""), c["count"])
        for c in lines_of(directory, "counts")))
    return windows, alarms, outside


def check(what, holds):
    if not holds:
        sys.exit(f"known_failures.py: {what}")


def test(program):
    counted = {("accepted", None): 22694, ("conflict", None): 1, ("late", "averages"): 10, ("late", "patterns"): 11,
               ("late", "statistics"): 11}
    for name, settings, failures_paged, failures_shown, most_outside in (
            ("with the defaults", [], 3, 4, 1),
            ("with machine-temperature-settings.yaml",
             ["-c", os.path.join(SAMPLE, "machine-temperature-settings.yaml")], 4, 4, 2)):
        with tempfile.TemporaryDirectory() as out:
            subprocess.run([program, "replay", *settings, os.path.join(SAMPLE, "machine_temperature_system_failure.csv"),
                            "--csv", os.path.join(SAMPLE, "machine-temperature.yaml"), "--out", out,
                            "--kinds", "alarms,notifications,counts"], check=True, stdout=subprocess.DEVNULL)
            print(f"\n{name}")
            windows, alarms, outside = table(out)
            counts = {(c["counter"], c["label"]): c["count"] for c in lines_of(out, "counts")}
        paged = sum(any(inside(a, w) and a.paged for a in alarms) for w in windows)
        shown = sum(any(inside(a, w) for a in alarms) for w in windows)
        false = sum(alarm.paged for alarm in outside)
        print(f"{paged} of {len(windows)} known failures paged, {shown} shown; {false} pages outside of them in 11 weeks")
        check(f"{paged} failures paged, at least {failures_paged} expected", paged >= failures_paged)
        check(f"{shown} failures with an alarm, at least {failures_shown} expected", shown >= failures_shown)
        check(f"{false} pages outside, at most {most_outside} expected", false <= most_outside)
        # The file's clock steps back once, by an hour: 12 readings. 11 are late, and the twelfth contradicts one
        # that has its very time.
        check(f"counted {counts}, expected {counted}", counts == counted)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--test":
        test(sys.argv[2])
    elif len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        table(sys.argv[1])
    else:
        sys.exit(__doc__)
