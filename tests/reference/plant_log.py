"""Two hours of a small plant in several time zones, over a change of the clock, with everything that readings do."""

import json
import os

MINUTE, DAY = 60_000, 86_400_000
START = 1_774_742_400_000  # 2026-03-29T00:00:00Z: an hour before the clocks of Europe go forward
HOURS = 2

FACILITIES = [
    {"facility_id": "wien", "facility_name": "Werk Wien", "timezone": "Europe/Vienna", "production_line": "line-a"},
    {"facility_id": "duluth", "facility_name": "North Plant", "timezone": "America/Chicago", "production_line": "line-b"},
    {"facility_id": "kochi", "facility_name": "Harbour", "timezone": "Asia/Kolkata"},
    {"facility_id": "apia", "facility_name": "", "timezone": "Pacific/Apia", "production_line": "line-a"},
]
PLACES = [row["facility_id"] for row in FACILITIES] + ["nowhere"]
FIELDS = {"temperature": "temperature_celsius", "power": "power_watts", "pressure": "pressure_psi"}
TYPES = ["temperature", "vibration", "power", "pressure", "generic", "none such", None]


def sensor_rows():
    rows = []
    for place in PLACES:
        for number in range(10):
            unit = None if number == 9 else "pump-%d" % (number // 3)
            rows.append({"sensor_id": "s%d" % number, "facility_id": place, "equipment_id": unit})
    return rows + [{"sensor_id": "everywhere", "equipment_id": "pump-0"}]


def write_rows(path, rows):
    """Whole or not at all: whoever reads it meanwhile sees no half of it."""
    with open(path + ".next", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    os.replace(path + ".next", path)


def write_metadata(directory):
    write_rows(os.path.join(directory, "facilities.jsonl"), FACILITIES)
    write_rows(os.path.join(directory, "sensors.jsonl"), sensor_rows())


def measure(kind, value):
    if kind == "vibration":
        return {"acceleration_x": value, "acceleration_y": 0, "acceleration_z": 0}
    return {FIELDS.get(kind, "value"): value}


def chance_of_silence(chance, units):
    """(unit, from, to) in ms of the two hours: long enough to go offline, or nearly."""
    out = []
    for unit in units:
        if chance.random() < 0.6:
            begin = chance.randrange(HOURS * 60 * MINUTE)
            out.append((unit, begin, begin + chance.choice([4, 6, 9, 11, 25, 60]) * MINUTE))
    return out


def write_log(path, chance, step=1000, far=True):
    """Readings in the order of their arrival, some 300 ms to 3 s apart. `far`: some are more than a day ahead."""
    sensors = [(place, "s%d" % number, TYPES[(number + at) % len(TYPES)])
               for at, place in enumerate(PLACES) for number in range(10)] + [("wien", "everywhere", "power")]
    quiet = chance_of_silence(chance, sorted({(place, int(name[1:]) // 3) for place, name, _ in sensors if name[0] == "s"}))
    clock, sent = 0, []
    with open(path, "w", encoding="utf-8") as file:
        def write(row):
            file.write(json.dumps(row) + "\n")

        while clock < HOURS * 60 * MINUTE:
            clock += chance.choice([0, step // 2, chance.randrange(2 * step)])
            if chance.random() < 0.0004:
                clock += chance.choice([11_000, 5 * MINUTE, 12 * MINUTE])
            place, name, kind = chance.choice(sensors)
            unit = (place, int(name[1:]) // 3) if name[0] == "s" else None
            if any(who == unit and begin <= clock < end for who, begin, end in quiet):
                continue
            time = START + clock
            if chance.random() < 0.2:
                time -= chance.randrange(chance.choice([MINUTE // 2, 3 * MINUTE, 6 * MINUTE, 12 * MINUTE]))
            if chance.random() < 0.1:  # on the edges of panes
                time = time // 30_000 * 30_000 + chance.choice([-1, 0, 1])
            late = clock > 0.95 * HOURS * 60 * MINUTE  # what follows a leap of a day is late for everything
            if far and chance.random() < 0.002:
                time += DAY + chance.choice([0, 1, 2 * DAY] if late else [20 * MINUTE, 2 * DAY])
            row = {"sensor_id": name, "facility_id": place, "timestamp": time,
                   **measure(kind, chance.choice([20, round(chance.gauss(20, chance.choice([1, 15])), 3), 1e6]))}
            if kind is not None:
                row["sensor_type"] = kind
            quality = chance.choice([None, 0, 0.5, 0.499, 0.7, 0.799, 0.8, 0.95, 0.951, 1, chance.random(), 1.5])
            if quality is not None:
                row["quality_score"] = quality
            if sent and chance.random() < 0.03:  # the same once more, or another value at its time
                row = dict(chance.choice(sent[-200:]))
                if chance.random() < 0.3:
                    row["value"] = 7
            sent.append(row)
            write(row)
            if far and chance.random() < 0.0005:  # more than a day ahead in a row, one too few; at the end enough
                for each in range(chance.choice([9, 10]) if late else 9):
                    write({**row, "timestamp": START + clock + 2 * DAY + 1000 * each})
                write({**row, "timestamp": START + clock + 1})
