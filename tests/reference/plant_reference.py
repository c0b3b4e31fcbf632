"""What stands above the sensors, in plain Python: facilities, equipment, lines, sessions, joins, equipment state.

Sections 3, 6 and 7 of the semantics, written from the text alone; the rows are those of section 12. Every accepted
reading is put into a list for each window that spans it; a join looks through one side for each reading of the other.
A reading counts by the metadata that held at its place in the log.
"""

import bisect
import collections
import datetime
import json
import zoneinfo

import numpy as np

import reference

MINUTE = 60_000
QUALITY_ALERT, OPTIMAL, DEGRADED, UNSTABLE, FAULT = 0.8, 0.95, 0.7, 10, 0.5
LINE_TYPES = {"power": "avg_power_consumption", "vibration": "avg_vibration", "temperature": "avg_temperature"}
READINGS_A_UNIT = 10
SESSION_GAP, SESSION_DELAY = 5 * MINUTE, 30_000
JOIN_DELAY, JOIN_WITHIN = 2 * MINUTE, MINUTE
OFFLINE_AFTER = 10 * MINUTE
HOURS_A_READING = 0.1

# kind: length, slide, delay in ms
WINDOWS = {"facility": (MINUTE, MINUTE // 2, 2 * MINUTE), "equipment": (5 * MINUTE, MINUTE, 5 * MINUTE),
           "lines": (10 * MINUTE, 5 * MINUTE, 10 * MINUTE)}

FIELDS = {
    "facility": ["facility_id", "facility_name", "window_start", "window_end", "active_sensors", "distinct_sensors",
                 "avg_sensor_reading", "active_equipment", "quality_alerts", "final"],
    "equipment": ["equipment_id", "facility_id", "sensor_type", "window_start", "window_end", "avg_reading",
                  "peak_reading", "reading_variability", "avg_quality", "reading_count", "equipment_status"],
    "lines": ["production_line", "facility_id", "shift", "window_start", "window_end", "avg_power_consumption",
              "avg_vibration", "avg_temperature", "active_equipment", "optimal_readings", "efficiency_score"],
    "sessions": ["equipment_id", "facility_id", "session_start", "session_end", "event_count", "session_minutes",
                 "avg_event_rate", "pattern"],
    "joins": ["join", "key", "facility_id", "timestamp", "sensor_id", "value", "secondary_timestamp",
              "secondary_sensor_id", "secondary_value"],
    "equipment-state": ["equipment_id", "facility_id", "timestamp", "last_maintenance", "total_runtime_hours",
                        "fault_count", "last_update", "presence"],
}


class facilities:
    """The facilities' metadata: the last row of an id wins."""

    def __init__(self, rows):
        self.rows = {row["facility_id"]: row for row in rows}

    def name(self, facility):
        return self.rows.get(facility, {}).get("facility_name") or None

    def line(self, facility):
        return self.rows.get(facility, {}).get("production_line") or None

    def local(self, facility, time):
        """In the facility's zone; UTC where it has none."""
        zone = zoneinfo.ZoneInfo(self.rows.get(facility, {}).get("timezone") or "UTC")
        return (datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
                + datetime.timedelta(milliseconds=time)).astimezone(zone)

    def hour(self, facility, time):
        return self.local(facility, time).hour


def load_facilities(path):
    with open(path, encoding="utf-8") as file:
        return facilities([json.loads(line) for line in file if line.strip()])


def shift_of(hour):
    return "morning" if 6 <= hour <= 14 else "afternoon" if 15 <= hour <= 22 else "night"


def on_time(reading, delay):
    """By its pane, against the split's time before it."""
    pane_end = reading.time // reference.PANE * reference.PANE + reference.PANE
    return reading.watermark is None or pane_end > reading.watermark - delay


def starts_of(kind, time):
    """Of every window that spans the time."""
    length, slide, _ = WINDOWS[kind]
    newest = time // slide * slide
    return [newest - back for back in range(0, length, slide)]


def wide(numbers):
    return np.array(numbers, dtype=np.longdouble)


def average_of(numbers):
    return reference.average(wide(numbers)) if numbers else None


def unit_of(reading):
    return reading.where.row(reading.facility, reading.sensor).get("equipment_id") or None


def units_in(readings):
    return {unit_of(each) for each in readings} - {None}


def in_windows(kind, taken, key_of):
    """(key, start) -> readings on time, of those that have a key."""
    out = collections.defaultdict(list)
    for each in taken:
        key = key_of(each)
        if key is not None and on_time(each, WINDOWS[kind][2]):
            for start in starts_of(kind, each.time):
                out[key, start].append(each)
    return out


def largest_of(readings):
    return max(abs(each.value) for each in readings)


def bounds(kind, start):
    return {"window_start": reference.text_of_time(start), "window_end": reference.text_of_time(start + WINDOWS[kind][0])}


def name_in(facility, readings):
    """By the newest reading, of equal ones the last."""
    newest = max(enumerate(readings), key=lambda each: (each[1].time, each[0]))[1]
    return newest.where.facilities.name(facility)


def facility_rows(done):
    """Yields (row, largest absolute value), as all below do."""
    for (facility, start), readings in in_windows("facility", done.taken, lambda each: each.facility).items():
        row = {"facility_id": facility, "facility_name": name_in(facility, readings), **bounds("facility", start),
               "active_sensors": len(readings), "distinct_sensors": len({each.sensor for each in readings}),
               "avg_sensor_reading": average_of([each.value for each in readings]),
               "active_equipment": len(units_in(readings)),
               "quality_alerts": sum(each.quality is not None and each.quality < QUALITY_ALERT for each in readings),
               "final": True}
        yield row, largest_of(readings)


def status_of(quality, stddev):
    if quality is not None and quality < DEGRADED:
        return "degraded"
    return "unstable" if stddev is not None and stddev > UNSTABLE else "healthy"


def equipment_rows(done):
    def key_of(reading):
        unit = unit_of(reading)
        return None if unit is None else (unit, reading.facility, reading.type)

    for ((unit, facility, kind), start), readings in in_windows("equipment", done.taken, key_of).items():
        values = wide([each.value for each in readings])
        stddev = reference.deviation(values)
        quality = average_of([each.quality for each in readings if each.quality is not None])
        row = {"equipment_id": unit, "facility_id": facility, "sensor_type": kind, **bounds("equipment", start),
               "avg_reading": reference.average(values), "peak_reading": float(values.max()),
               "reading_variability": stddev, "avg_quality": quality, "reading_count": len(readings),
               "equipment_status": status_of(quality, stddev)}
        yield row, largest_of(readings)


def lines_rows(done):
    def key_of(reading):
        known = reading.where.facilities
        line = known.line(reading.facility)
        if line is None or reading.type not in LINE_TYPES:
            return None
        return line, reading.facility, shift_of(known.hour(reading.facility, reading.time))

    for ((line, facility, shift), start), readings in in_windows("lines", done.taken, key_of).items():
        row = {"production_line": line, "facility_id": facility, "shift": shift, **bounds("lines", start)}
        for kind, field in LINE_TYPES.items():
            row[field] = average_of([each.value for each in readings if each.type == kind])
        units = len(units_in(readings))
        optimal = sum(each.quality is not None and each.quality > OPTIMAL for each in readings)
        row.update(active_equipment=units, optimal_readings=optimal,
                   efficiency_score=optimal / (units * READINGS_A_UNIT) if units else None)
        yield row, largest_of(readings)


def by_unit(taken):
    """(unit, facility) -> readings in input order."""
    out = collections.defaultdict(list)
    for each in taken:
        unit = unit_of(each)
        if unit is not None:
            out[unit, each.facility].append(each)
    return out


def sessions_in(times):
    """Groups of times in which none is the gap or more from the next."""
    out = []
    for time in sorted(times):
        if out and time - out[-1][-1] < SESSION_GAP:
            out[-1].append(time)
        else:
            out.append([time])
    return out


def pattern_of(rate, minutes):
    if rate is None:
        return "none"
    return "startup" if rate > 10 and minutes < 2 else "shutdown" if rate < 1 and minutes > 10 else "none"


def sessions_rows(done):
    for (unit, facility), readings in by_unit(done.taken).items():
        for times in sessions_in(each.time for each in readings if on_time(each, SESSION_DELAY)):
            minutes = (times[-1] - times[0]) / MINUTE
            rate = len(times) / minutes if minutes else None
            row = {"equipment_id": unit, "facility_id": facility, "session_start": reference.text_of_time(times[0]),
                   "session_end": reference.text_of_time(times[-1]), "event_count": len(times),
                   "session_minutes": minutes, "avg_event_rate": rate, "pattern": pattern_of(rate, minutes)}
            yield row, 0


def joins_rows(done, joins):
    """`joins`: (name, primary type, secondary type, within, whether the key is the facility) of each."""
    for name, primary, secondary, within, of_facility in joins:
        sides = collections.defaultdict(lambda: ([], []))
        for each in done.taken:
            key = each.facility if of_facility else unit_of(each)
            if key is not None and each.type in (primary, secondary) and on_time(each, JOIN_DELAY):
                sides[key, each.facility][each.type == secondary].append(each)
        for (key, facility), (first, second) in sides.items():
            second.sort(key=lambda each: each.time)
            times = [each.time for each in second]
            for p in first:
                for s in second[bisect.bisect_left(times, p.time - within):bisect.bisect_right(times, p.time)]:
                    yield {"join": name, "key": key, "facility_id": facility,
                           "timestamp": reference.text_of_time(p.time), "sensor_id": p.sensor, "value": p.value,
                           "secondary_timestamp": reference.text_of_time(s.time), "secondary_sensor_id": s.sensor,
                           "secondary_value": s.value}, 0


SHIPPED_JOIN = ("vibration-temperature", "vibration", "temperature", JOIN_WITHIN, False)


def time_at(done, activity):
    """T when the activity clock reached `activity`; None where it has not. The two go on together, but where T leaps by
    more than the clock counts: then it had leapt."""
    for behind, t_before, t_behind in done.steps:
        if activity <= behind:
            leapt = t_behind - t_before > reference.LARGEST_STEP
            return t_behind if leapt else t_behind - (behind - activity)
    return None


class unit_state:
    def __init__(self):
        self.readings = self.faults = 0
        self.last_update = None

    def take(self, reading):
        self.readings += 1
        self.faults += reading.quality is not None and reading.quality < FAULT
        if not reading.ahead and (self.last_update is None or reading.time > self.last_update):
            self.last_update = reading.time

    def row(self, unit, facility, time, presence):
        return {"equipment_id": unit, "facility_id": facility, "timestamp": reference.text_of_time(time),
                "last_maintenance": None, "total_runtime_hours": self.readings * HOURS_A_READING,
                "fault_count": self.faults,
                "last_update": None if self.last_update is None else reference.text_of_time(self.last_update),
                "presence": presence}, 0


def equipment_state_rows(done):
    for (unit, facility), readings in by_unit(done.taken).items():
        state = unit_state()
        last = None  # the clock behind the newest reading
        for each in readings:
            away = last is not None and each.activity >= last + OFFLINE_AFTER
            if away:
                yield state.row(unit, facility, time_at(done, last + OFFLINE_AFTER), "offline")
            state.take(each)
            last = each.activity_behind
            if away:
                yield state.row(unit, facility, each.split_time, "online")
        offline = done.activity >= last + OFFLINE_AFTER
        if offline:
            yield state.row(unit, facility, time_at(done, last + OFFLINE_AFTER), "offline")
        if done.ended:
            yield state.row(unit, facility, done.watermark, "offline" if offline else "online")


ROWS = {"facility": facility_rows, "equipment": equipment_rows, "lines": lines_rows, "sessions": sessions_rows,
        "equipment-state": equipment_state_rows}


def rows(kind, done, joins=(SHIPPED_JOIN,)):
    """(row, largest absolute value) of every row of a kind."""
    made = joins_rows(done, joins) if kind == "joins" else ROWS[kind](done)
    return [({field: row[field] for field in FIELDS[kind]}, largest) for row, largest in made]
