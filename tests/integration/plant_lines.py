"""Readings and metadata rows as lines, for small plants that a test writes itself."""

import json
from datetime import datetime, timedelta, timezone

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def iso(seconds, start=START):
    return (start + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reading(sensor, seconds, value, start=START, **more):
    """A temperature of `sensor` in facility north, so long after `start`."""
    return json.dumps({"sensor_id": sensor, "timestamp": iso(seconds, start), "facility_id": "north",
                       "sensor_type": "temperature", "temperature_celsius": value} | more, ensure_ascii=False)


def sensor_row(sensor, low_low=0, low=1, high=90, high_high=100, **more):
    return json.dumps({"sensor_id": sensor, "facility_id": "north", "equipment_id": "pump-1", "unit": "°C",
                       "alert_thresholds": {"low_low": low_low, "low": low, "high": high, "high_high": high_high}}
                      | more, ensure_ascii=False)


FACILITY = json.dumps({"facility_id": "north", "facility_name": "North works", "timezone": "UTC"})


class GrowingFile:
    """A log that a node follows."""

    def __init__(self, path):
        self.path = path
        self.out = open(path, "w")

    def add(self, *lines):
        self.out.write("".join(line + "\n" for line in lines))
        self.out.flush()
