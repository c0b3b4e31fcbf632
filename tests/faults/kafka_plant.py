"""A simulated plant's readings in a topic, so that what a node finds follows from the log alone: a record's time is
that of its line, and at the end every window is closed by its own sensor."""

import json
import os

from kafka_topic import named_in, partition_of
from node_process import simulate
from plant_lines import START, iso, sensor_row

FIRST = int(START.timestamp() * 1000)
FAULTS = ("spike=10,drift=10,stuck=5,dropout=5,noise=5,bearing_wear=5,falling_quality=5,skewed_clock=3,"
          "late=10,duplicated=10,malformed=10")
# So long after the last reading that all is over: windows, delays, deadbands; on no window's border.
TAIL = 1807


def last_reading(sensor, facility, seconds, value):
    return json.dumps({"sensor_id": sensor, "timestamp": iso(seconds), "facility_id": facility,
                       "sensor_type": "generic", "value": value})


def middle_of(limits):
    return (limits["low"] + limits["high"]) / 2 if limits else 0


def tail_of(partitions, seconds, sensors):
    """What closes every window, delay and deadband of readings up to `seconds`: in each partition a reading that moves
    its time far on; the last one of each of `sensors` (partition, id, facility, value); and a reading that pages. Gives
    the sensors that page, and the records."""
    ends = [named_in(p, partitions, "END") for p in range(partitions)]
    at = seconds + TAIL
    said = [(p, end, "north", at, 50) for p, end in enumerate(ends)]
    said += [(p, sensor, facility, at, value) for p, sensor, facility, value in sensors]
    said += [(p, end, "north", at + 0.001, 500) for p, end in enumerate(ends)]
    return ends, [(p, FIRST + round(when * 1000), last_reading(sensor, facility, when, value))
                  for p, sensor, facility, when, value in said]


class Plant:
    """`sensors` of them for `seconds`, each once a second; its readings in `path`, its metadata beside that."""

    def __init__(self, directory, sensors, seconds, seed=7, faults=FAULTS):
        self.sensors, self.seconds = sensors, seconds
        self.directory = directory
        self.path = os.path.join(directory, "readings.ndjson")
        simulate(directory, self.path, sensors, sensors, seconds, "--seed", str(seed),
                 *(["--faults-per-day", faults] if faults else []), patience=600)

    def settings(self):
        return {"plant": {"facilities": os.path.join(self.directory, "facilities.jsonl"),
                          "sensors": os.path.join(self.directory, "sensors.jsonl")}}

    def put_into(self, broker, topic, partitions):
        """All readings and their tail; gives the number of records, and the sensors that page at the end."""
        ends, tail = self.tail(partitions)
        self.feed(broker, topic, partitions)
        broker.put(topic, partitions, tail)
        return self.lines() + len(tail), ends

    def tail(self, partitions):
        """See tail_of. The metadata knows the sensors that page at the end."""
        ends, tail = tail_of(partitions, self.seconds,
                             [(partition_of(row["sensor_id"], partitions), row["sensor_id"], row["facility_id"],
                               middle_of(row.get("alert_thresholds"))) for row in self.rows()])
        self.know([sensor_row(each) for each in ends])
        return ends, tail

    def feed(self, broker, topic, partitions):
        broker.feed(topic, partitions, self.path, FIRST, self.sensors)

    def lines(self):
        with open(self.path, "rb") as lines:
            return sum(piece.count(b"\n") for piece in iter(lambda: lines.read(1 << 20), b""))

    def rows(self):
        with open(os.path.join(self.directory, "sensors.jsonl")) as lines:
            return [json.loads(line) for line in lines]

    def know(self, rows):
        with open(os.path.join(self.directory, "sensors.jsonl"), "a") as out:
            out.write("".join(row + "\n" for row in rows))
