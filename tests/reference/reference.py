"""Sections 1 to 3 of the semantics in plain Python: readings in, rows and counts out.

Written from the text alone, to be compared with what `millwright replay` writes. It keeps every reading and
computes each window anew, in two passes and extended precision, from the list of readings in it.
A replayed file has no arrival: "future" does not apply, and more than 24 h ahead moves no watermark at once.
"""

import datetime
import decimal
import json
import math
import re

import numpy as np
import yaml

PANE = 30_000
DUPLICATE_AGE = 60_000
FAR_AHEAD = 24 * 3_600_000
FAR_AHEAD_ROW = 10
LARGEST_STEP = 10_000  # of the activity clock

# kind: length, slide, delay in ms
KINDS = {
    "statistics": (300_000, 60_000, 60_000),
    "patterns": (120_000, 30_000, 30_000),
    "averages": (60_000, 30_000, 300_000),
}

NOT_JSON = "not JSON"
MISSING = "missing field"
WRONG_TYPE = "wrong type"
NOT_FINITE = "not finite"
UNIT_CHANGED = "unit changed"

EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
MIN_TIME = (datetime.date(1, 1, 1).toordinal() - EPOCH_DAY) * 86_400_000
MAX_TIME = (datetime.date(9999, 12, 31).toordinal() + 1 - EPOCH_DAY) * 86_400_000 - 1


# --- Section 1: one line -----------------------------------------------------------------------------------------

# Extended or basic format; what the text does not list as a mistake (a space, small letters) is none.
ZONE = r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
EXTENDED_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?" + ZONE)
BASIC_TIME = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})[Tt ]([0-9]{2})([0-9]{2})(?:([0-9]{2})(?:[.,]([0-9]+))?)?" + ZONE)


def time_of_text(text):
    """Milliseconds since the epoch of an ISO-8601 time with zone; None where it is none."""
    match = EXTENDED_TIME.fullmatch(text) or BASIC_TIME.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        days = datetime.date(int(year), int(month), int(day)).toordinal() - EPOCH_DAY
    except ValueError:
        return None
    hour, minute, second = int(hour), int(minute), int(second or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    milliseconds = int(((fraction or "") + "000")[:3])  # finer is cut
    offset = 0
    if zone not in "Zz":
        offset_hour, offset_minute = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
        if offset_hour > 23 or offset_minute > 59:
            return None
        offset = (offset_hour * 60 + offset_minute) * (-1 if zone[0] == "-" else 1)
    time = ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + milliseconds
    return time if MIN_TIME <= time <= MAX_TIME else None


def text_of_time(time):
    """The time as records write it; a window may end just outside the years that a reading may have."""
    days, rest = divmod(time, 86_400_000)
    cycle = 146_097  # days of 400 years
    moved = (days < MIN_TIME // 86_400_000) - (days > MAX_TIME // 86_400_000)
    date = datetime.date.fromordinal(days + moved * cycle + EPOCH_DAY)
    seconds, milliseconds = divmod(rest, 1000)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (
        date.year - moved * 400, date.month, date.day, seconds // 3600, seconds // 60 % 60, seconds % 60, milliseconds)


class not_finite(Exception):
    """NaN or Infinity as a bare word: no JSON, and not finite either."""


def refuse_constant(_):
    raise not_finite


def finite_object(pairs):
    """An object of which the last of equal keys counts, but every field must be finite."""
    for _, value in pairs:
        check_finite(value)
    return dict(pairs)


def check_finite(value):
    if value.__class__ is float:
        if value - value != 0:
            raise OverflowError
    elif value.__class__ is list:
        for each in value:
            check_finite(each)
    elif value.__class__ is int and not -(10 ** 300) < value < 10 ** 300:
        float(value)  # OverflowError where it is beyond a double


DECODER = json.JSONDecoder(object_pairs_hook=finite_object, parse_constant=refuse_constant)
# Integers of thousands of digits, which int() refuses, and exact fractions of a millisecond.
WIDE_DECODER = json.JSONDecoder(object_pairs_hook=finite_object, parse_constant=refuse_constant, parse_int=float)
EXACT_DECODER = json.JSONDecoder(parse_float=decimal.Decimal)


def no_surrogate(value):
    """False when a string anywhere in it has a lone surrogate (which only an escape can make)."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return False
        return True
    if isinstance(value, (list, tuple)):
        return all(no_surrogate(each) for each in value)
    return True


PAIRS_DECODER = json.JSONDecoder(object_pairs_hook=list, parse_constant=str)
JSON_SPACE = " \t\r\n"


def number_beyond(text):
    """Whether what is no JSON also has a number that is not finite: then either reason holds."""
    return "NaN" in text or "Infinity" in text or any(
        math.isinf(float(each)) for each in re.findall(r"[0-9]+(?:\.[0-9]+)?(?:[eE]\+?[0-9]+)?", text))


def parse(line):
    """The object of one line (bytes), or the set of reasons to reject it."""
    try:
        text = line.decode("utf-8").strip(JSON_SPACE)
    except UnicodeDecodeError:
        return None, {NOT_JSON}
    surrogate = False
    if "\\u" in text:
        try:
            surrogate = not no_surrogate(PAIRS_DECODER.decode(text))
        except ValueError:
            pass  # said below
    reasons = {NOT_JSON} if surrogate else set()
    try:
        try:
            fields = DECODER.decode(text)
        except json.JSONDecodeError:
            raise
        except ValueError:
            fields = WIDE_DECODER.decode(text)
    except not_finite:
        return None, reasons | {NOT_JSON, NOT_FINITE}
    except OverflowError:
        return None, reasons | {NOT_FINITE}
    except json.JSONDecodeError:
        return None, {NOT_JSON, NOT_FINITE} if number_beyond(text) else {NOT_JSON}
    if fields.__class__ is not dict:
        return None, {NOT_JSON}
    return (None, reasons) if reasons else (fields, reasons)


def is_number(value):
    return value.__class__ is float or value.__class__ is int  # a bool is neither


def magnitude(values):
    """The square root of the sum of squares, which itself may be a double where the squares are not."""
    squares = 0.0
    # One by one: from Python 3.12 on `sum` carries what is rounded off.
    for value in values:
        squares += value * value
    return math.sqrt(squares) if 1e-290 < squares < math.inf else math.hypot(*values)


class reading:
    __slots__ = ("facility", "sensor", "time", "type", "value", "unknown_type", "quality", "quality_outside",
                 "watermark", "ahead", "split_time", "activity", "activity_behind", "where")


class plant:
    """Sensor types and the sensors' metadata; and the facilities', set by who wants what stands above the sensors."""

    facilities = None

    def __init__(self, types, sensors):
        self.primary = {}
        for name, row in types.items():
            primary = row["primary"]
            self.primary[name] = [primary] if isinstance(primary, str) else list(primary)
        self.vector = {name for name, row in types.items() if not isinstance(row["primary"], str)}
        self.sensors = {}
        for row in sensors:  # the last row of a (facility, id) wins
            self.sensors[(row.get("facility_id"), row["sensor_id"])] = row

    def row(self, facility, sensor):
        """The sensor's metadata: the row of its facility, whole, else the row for everywhere, else none."""
        return self.sensors.get((facility, sensor)) or self.sensors.get((None, sensor)) or {}


def load_plant(types_path, sensors_path):
    with open(types_path, encoding="utf-8") as file:
        types = yaml.safe_load(file)["types"]
    sensors = []
    if sensors_path:
        with open(sensors_path, encoding="utf-8") as file:
            sensors = [json.loads(line) for line in file if line.strip()]
    return plant(types, sensors)


def read(line, where):
    """The reading of a line and the set of every reason that holds against it (empty: accepted)."""
    fields, reasons = parse(line)
    if reasons:
        return None, reasons
    reasons = set()
    out = reading()

    for name in ("sensor_id", "facility_id"):
        value = fields.get(name)
        if value is None or value == "":
            reasons.add(MISSING)
        elif value.__class__ is not str:
            reasons.add(WRONG_TYPE)
    out.sensor, out.facility = fields.get("sensor_id"), fields.get("facility_id")

    stamp = fields.get("timestamp")
    if stamp is None:
        reasons.add(MISSING)
    elif stamp.__class__ is str:
        out.time = time_of_text(stamp)
        if out.time is None:
            reasons.add(WRONG_TYPE)
    elif is_number(stamp):
        if stamp.__class__ is float:
            stamp = EXACT_DECODER.decode(line.decode("utf-8").strip(JSON_SPACE))["timestamp"]
        out.time = math.floor(stamp)
        if not 10**11 <= stamp or out.time > MAX_TIME:  # smaller: epoch seconds by mistake
            reasons.add(WRONG_TYPE)
    else:
        reasons.add(WRONG_TYPE)

    type_name = fields.get("sensor_type")
    if type_name is not None and type_name.__class__ is not str:
        reasons.add(WRONG_TYPE)
        type_name = None
    out.unknown_type = type_name not in where.primary
    out.type = "generic" if out.unknown_type else type_name

    quality = fields.get("quality_score")
    if quality is not None and not is_number(quality):
        reasons.add(WRONG_TYPE)
        quality = None
    out.quality_outside = quality is not None and not 0 <= quality <= 1
    out.quality = None if out.quality_outside else quality

    values = [fields.get(name) for name in where.primary[out.type]]
    vector = out.type in where.vector
    if any(value is None for value in values):  # then `value` is the measure, and the others are secondary
        values = [fields.get("value")]
        vector = False
    if values[0] is None:
        reasons.add(MISSING)
    elif not all(is_number(value) for value in values):
        reasons.add(WRONG_TYPE)
    elif vector:
        out.value = magnitude([float(value) for value in values])
        if math.isinf(out.value):
            reasons.add(NOT_FINITE)
    else:
        out.value = float(values[0])

    if out.sensor.__class__ is str and out.facility.__class__ is str:
        unit = fields.get("unit")
        own = where.row(out.facility, out.sensor).get("unit")
        if unit.__class__ is str and unit and own.__class__ is str and own and unit != own:
            reasons.add(UNIT_CHANGED)

    return (None, reasons) if reasons else (out, reasons)


# --- Section 3: watermark, duplicates, lateness -------------------------------------------------------------------


class sensor_log:
    """What was taken of a sensor: parallel lists in input order."""

    def __init__(self, facility, sensor):
        self.facility, self.sensor = facility, sensor
        self.times, self.values, self.types = [], [], []
        self.late = {kind: [] for kind in KINDS}
        self.first_values = {}  # time -> the value that stays
        self.newest = -math.inf


class replay:
    """One split, fed line by line."""

    def __init__(self, where):
        self.where = where
        self.watermark = None  # largest event time, before any delay
        self.ahead = []
        self.logs = {}
        self.accepted = self.duplicate = self.conflict = self.unknown_type = self.quality_outside = 0
        self.late = dict.fromkeys(KINDS, 0)
        self.rejected = {}  # line number, from 1 -> (set of reasons, line)
        self.line_number = 0
        self.taken = []  # every accepted reading, in input order, with the split's time and clock around it
        self.activity = 0
        self.ended = True  # all of it was read, and nothing more will come
        self.steps = []  # of T: (activity behind, T before, T behind)

    def feed(self, line):
        """Takes one line; returns what became of it."""
        self.line_number += 1
        if not line.strip(b" \t\r\n"):
            return "blank"
        what, reasons = read(line, self.where)
        if reasons:
            self.rejected[self.line_number] = (reasons, line)
            return "rejected"
        return self.take(what)

    def take(self, what):
        identity = (what.facility, what.sensor)
        log = self.logs.get(identity)
        if log is None:
            log = self.logs[identity] = sensor_log(*identity)
        time = what.time

        if time in log.first_values and time >= log.newest - DUPLICATE_AGE:
            if log.first_values[time] == what.value:
                self.duplicate += 1
                return "duplicate"
            self.conflict += 1
            return "conflict"

        self.accepted += 1
        self.unknown_type += what.unknown_type
        self.quality_outside += what.quality_outside

        log.times.append(time)
        log.values.append(what.value)
        log.types.append(what.type)
        log.first_values[time] = what.value
        pane_end = time // PANE * PANE + PANE
        for kind, (_, _, delay) in KINDS.items():
            late = self.watermark is not None and pane_end <= self.watermark - delay
            log.late[kind].append(late)
            self.late[kind] += late

        what.where = self.where
        what.watermark, what.activity = self.watermark, self.activity
        what.ahead = self.move(time)
        what.split_time, what.activity_behind = self.watermark, self.activity
        self.taken.append(what)
        if not what.ahead:
            log.newest = max(log.newest, time)
        return "accepted"

    def move(self, time):
        """Moves T and the activity clock; whether the reading is ahead, and moves not even its sensor's newest time."""
        before = self.watermark
        if before is None:
            self.watermark = time
            return False
        if time > before + FAR_AHEAD:
            self.ahead.append(time)
            if len(self.ahead) < FAR_AHEAD_ROW:
                return True
            self.watermark = min(self.ahead)
        else:
            self.watermark = max(before, time)
        self.ahead = []
        if self.watermark > before:
            self.activity += min(self.watermark - before, LARGEST_STEP)
            self.steps.append((self.activity, before, self.watermark))
        return False


# --- Section 3: windows -------------------------------------------------------------------------------------------


def finite(value):
    """As a double; None where it overflows."""
    value = float(value)
    return value if math.isfinite(value) else None


def average(values):
    if values.min() == values.max():
        return finite(values[0])
    return finite(values.mean())


def deviation(values):
    if len(values) < 2:
        return None
    if values.min() == values.max():
        return 0.0
    apart = values - values.mean()
    return finite(np.sqrt((apart * apart).sum() / (len(values) - 1)))


def slope_of(values):
    if len(values) < 2:
        return None
    if values.min() == values.max():
        return 0.0
    index = np.arange(len(values), dtype=np.longdouble) - np.longdouble(len(values) - 1) / 2
    return finite((index * (values - values.mean())).sum() / (index * index).sum())


def severity_of(z):
    if z is None or not z > 3:
        return "normal"
    return "critical" if z > 5 else "high" if z > 4 else "medium"


def statistics_row(times, values, types):
    avg, stddev, last = average(values), deviation(values), float(values[-1])
    z = None
    if stddev and avg is not None:
        z = finite(abs(np.longdouble(last) - np.longdouble(avg)) / np.longdouble(stddev))
    return {"sensor_type": types[-1], "avg": avg, "stddev": stddev, "min": float(values.min()),
            "max": float(values.max()), "count": len(values), "last": last, "z": z, "severity": severity_of(z)}


def patterns_row(times, values, types):
    ordered = values[np.lexsort((values, times))]
    slope = slope_of(ordered)
    return {"slope": slope, "count": len(values), "rapid_change": slope is not None and abs(slope) > 10,
            "stuck": len(values) > 10 and bool(values.min() == values.max())}


def averages_row(times, values, types):
    return {"avg": average(values), "count": len(values), "latest_timestamp": text_of_time(int(times[-1]))}


ROWS = {"statistics": statistics_row, "patterns": patterns_row, "averages": averages_row}


def windows(log, kind):
    """Yields (start, row, largest absolute value) of every window of a sensor that holds an on-time reading."""
    length, slide, _ = KINDS[kind]
    kept = ~np.array(log.late[kind], dtype=bool)
    times = np.array(log.times, dtype=np.int64)[kept]
    if not len(times):
        return
    values = np.array(log.values, dtype=np.float64)[kept]
    order = np.argsort(times, kind="stable")  # by (time, input order)
    times, values = times[order], values[order].astype(np.longdouble)
    types = np.array(log.types, dtype=object)[kept][order]

    newest_starts = np.unique(times // slide * slide)
    starts = np.unique(np.concatenate([newest_starts - back for back in range(0, length, slide)]))
    firsts = np.searchsorted(times, starts, side="left")
    ends = np.searchsorted(times, starts + length, side="left")  # half-open
    for start, first, end in zip(starts.tolist(), firsts.tolist(), ends.tolist()):
        inside = values[first:end]
        yield start, ROWS[kind](times[first:end], inside, types[first:end]), float(abs(inside).max())


def counts(done):
    """(counter, label) -> count, of those that are not 0; rejections apart, as they may have several reasons."""
    out = {("accepted", None): done.accepted, ("duplicate", None): done.duplicate, ("conflict", None): done.conflict,
           ("unknown-type", None): done.unknown_type, ("quality-out-of-range", None): done.quality_outside}
    out.update({("late", kind): number for kind, number in done.late.items()})
    return {key: number for key, number in out.items() if number}


def run(path, where, changes=()):
    """Replays a whole file. `changes`: line number, from 1 -> the plant as it is from that line on."""
    done, changes = replay(where), dict(changes)
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            done.where = changes.get(number, done.where)
            done.feed(line)
    return done
