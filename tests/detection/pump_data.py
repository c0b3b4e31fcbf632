"""The recorded pump (Skoltech Anomaly Benchmark, GPL-3.0: never copied into the project), where it can be found."""

import csv
import datetime
import glob
import json
import os

FACILITY = "pump-loop"

# Column: type, field, unit.
CHANNELS = {
    "Accelerometer1RMS": ("generic", "value", "g"),
    "Accelerometer2RMS": ("generic", "value", "g"),
    "Current": ("current", "current_a", "A"),
    "Pressure": ("gauge_pressure", "pressure_bar", "bar"),
    "Temperature": ("temperature", "temperature_celsius", "°C"),
    "Thermocouple": ("thermocouple", "temperature_celsius", "°C"),
    "Voltage": ("voltage", "voltage_v", "V"),
    "Volume Flow RateRMS": ("generic", "value", "l/min"),
}


def folder():
    """None where it is missing."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data")
    found = os.path.join(os.environ.get("MILLWRIGHT_DATA") or beside, "skab")
    return found if glob.glob(os.path.join(found, "valve1-*.csv")) else None


class Pump:
    """`readings`: (time in ms, sensor, value), in the order of time. `labels`: of each file, (time in ms, faulty).
    Each file starts anew, so that each is a unit of its own, and each of its channels a sensor."""

    def __init__(self, directory):
        self.readings, self.labels, self.kinds = [], {}, {}
        for path in sorted(glob.glob(os.path.join(directory, "valve1-*.csv"))):
            unit = os.path.basename(path)[: -len(".csv")]
            self.labels[unit] = []
            with open(path, newline="") as lines:
                for row in csv.DictReader(lines, delimiter=";"):
                    stamp = datetime.datetime.fromisoformat(row["datetime"]).replace(tzinfo=datetime.timezone.utc)
                    at = int(stamp.timestamp() * 1000)
                    self.labels[unit].append((at, float(row["anomaly"]) == 1))
                    for channel, kind in CHANNELS.items():
                        sensor = f"{unit}_{channel.replace(' ', '')}"
                        self.kinds[sensor] = (unit, *kind)
                        self.readings.append((at, sensor, float(row[channel])))
        self.readings.sort(key=lambda reading: reading[0])

    def unit_of(self, sensor):
        return self.kinds[sensor][0]

    def stretches(self, unit):
        """(first, last) time of each labelled fault."""
        found, since, last = [], None, None
        for at, faulty in self.labels[unit]:
            if faulty:
                since, last = at if since is None else since, at
            elif since is not None:
                found.append((since, last))
                since = None
        return found + ([(since, last)] if since is not None else [])

    def line(self, reading):
        at, sensor, value = reading
        _, kind, field, unit = self.kinds[sensor]
        return json.dumps({"sensor_id": sensor, "timestamp": at, "facility_id": FACILITY, "sensor_type": kind,
                           field: value, "unit": unit}, ensure_ascii=False)

    def write_metadata(self, path):
        with open(path, "w") as out:
            for sensor, (equipment, _, _, unit) in self.kinds.items():
                out.write(json.dumps({"sensor_id": sensor, "facility_id": FACILITY, "equipment_id": equipment,
                                      "unit": unit}) + "\n")
