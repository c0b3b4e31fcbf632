"""Health scores in plain Python: the file of a model, its features, its trees, from the definitions alone (section 5).

A tree is walked node by node, by the numbers that XGBoost wrote; its sums are those of its own predictor, in the precision
of a float.
"""

import json
import math
import struct

import numpy as np

import plant_reference
import reference

CRITICAL, WARNING, MAINTENANCE = 0.3, 0.6, 0.4
FIELDS = ["sensor_id", "facility_id", "equipment_id", "timestamp", "health_score", "risk_level", "maintenance_recommended",
          "extrapolated"]
NAMES = ["value", "quality_score", "hour_sin", "hour_cos", "day_sin", "day_cos"]
MAGIC = b"MWHEALTH"


class reader:
    """What the program writes: little endian, counts in groups of seven bits."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        out, = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return out

    def count(self):
        out = shift = 0
        while True:
            byte = self.take("B")
            out |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return out

    def text(self):
        size = self.count()
        self.at += size
        return self.data[self.at - size:self.at].decode("utf-8")


class tree:
    def __init__(self, said):
        self.left, self.right = said["left_children"], said["right_children"]
        self.feature, self.default_left = said["split_indices"], said["default_left"]
        self.number = [np.float32(each) for each in said["split_conditions"]]

    def leaf(self, row):
        at = 0
        while self.left[at] != -1:
            x = row[self.feature[at]]
            goes_left = bool(self.default_left[at]) if np.isnan(x) else x < self.number[at]
            at = self.left[at] if goes_left else self.right[at]
        return self.number[at]


class model:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        assert data.startswith(MAGIC), path
        inside = reader(data[len(MAGIC) + 6:])  # behind the version and the checksum
        self.type = inside.text()
        self.trained = []  # (name, smallest, largest, whether it was missing)
        for _ in range(inside.count()):
            self.trained.append((inside.text(), inside.take("d"), inside.take("d"), inside.take("B") != 0))
        assert [each[0] for each in self.trained] == NAMES
        inside.take("B"), inside.take("Q"), inside.text()  # its kind, seed and program
        for _ in range(4):
            inside.count()
        inside.take("d"), inside.take("d")
        learner = json.loads(inside.text())["learner"]
        assert inside.at == len(inside.data)
        self.base = np.float32(str(learner["learner_model_param"]["base_score"]).strip("[]"))
        self.trees = [tree(each) for each in learner["gradient_booster"]["model"]["trees"]]

    def score(self, row):
        out = self.base
        for each in self.trees:
            out = np.float32(out + each.leaf(row))
        return min(max(float(out), 0.0), 1.0)

    def guesses(self, row):
        return any(not missing if np.isnan(x) else not low <= x <= high
                   for x, (_, low, high, missing) in zip(row, self.trained))


def turn(part, of):
    """Sine and cosine of so much of a circle; a whole turn is none."""
    angle = 2 * math.pi * (part % of) / of
    return math.sin(angle), math.cos(angle)


def features_of(reading):
    local = reading.where.facilities.local(reading.facility, reading.time)
    day = local.isoweekday() % 7 + 1  # 1: Sunday
    quality = math.nan if reading.quality is None else reading.quality
    return np.array([reading.value, quality, *turn(local.hour, 24), *turn(day, 7)], dtype=np.float64).astype(np.float32)


def rows(done, models):
    """(row, largest absolute value) of every accepted reading of a type with a model. `models`: by type."""
    for each in done.taken:
        judge = models.get(each.type)
        if judge is None:
            continue
        features = features_of(each)
        score = judge.score(features)
        yield {"sensor_id": each.sensor, "facility_id": each.facility, "equipment_id": plant_reference.unit_of(each),
               "timestamp": reference.text_of_time(each.time), "health_score": score,
               "risk_level": "critical" if score < CRITICAL else "warning" if score < WARNING else "normal",
               "maintenance_recommended": score < MAINTENANCE, "extrapolated": judge.guesses(features)}, 1
