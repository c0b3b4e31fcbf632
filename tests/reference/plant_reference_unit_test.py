#!/usr/bin/python3
"""The reference for what stands above the sensors, on logs small enough to be checked by hand."""

import json
import unittest

import plant_reference
import reference

HOUR, MINUTE = 3_600_000, 60_000
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
TYPES = {name: {"primary": "value"} for name in ("generic", "power", "vibration", "temperature")}
SENSORS = [{"sensor_id": "p", "equipment_id": "U1"}, {"sensor_id": "v", "equipment_id": "U1"},
           {"sensor_id": "t", "equipment_id": "U1"}, {"sensor_id": "q", "equipment_id": "U2"}, {"sensor_id": "alone"}]
FACILITIES = [{"facility_id": "f", "facility_name": "old", "production_line": "L"},
              {"facility_id": "f", "facility_name": "Works", "production_line": "L", "timezone": "Europe/Berlin"},
              {"facility_id": "g", "facility_name": "Yard", "timezone": "UTC"}]


def at(minute=0, second=0, milli=0):
    return START + minute * MINUTE + second * 1000 + milli


def text(minute=0, second=0):
    return reference.text_of_time(at(minute, second))


class plant_case(unittest.TestCase):
    def setUp(self):
        self.where = reference.plant(TYPES, SENSORS)
        self.where.facilities = plant_reference.facilities(FACILITIES)
        self.replay = reference.replay(self.where)

    def feed(self, time, value=1, sensor="p", facility="f", **more):
        fields = {"sensor_id": sensor, "facility_id": facility, "timestamp": time, "value": value, **more}
        self.assertEqual(self.replay.feed(json.dumps(fields).encode()), "accepted")

    def rows(self, kind, joins=(plant_reference.SHIPPED_JOIN,)):
        return [row for row, _ in plant_reference.rows(kind, self.replay, joins)]


class facility_windows(plant_case):
    def test_readings_sensors_and_units_are_counted_apart(self):
        self.feed(at(0, 30), 1, "p", quality_score=0.8)
        self.feed(at(0, 31), 2, "p", quality_score=0.79)
        self.feed(at(0, 32), 6, "v")
        self.feed(at(0, 59), 3, "alone", quality_score=0)
        rows = self.rows("facility")
        self.assertEqual([row["window_start"] for row in rows], [text(0, 30), text()])
        self.assertEqual(rows[1], {"facility_id": "f", "facility_name": "Works", "window_start": text(),
                                   "window_end": text(1), "active_sensors": 4, "distinct_sensors": 3,
                                   "avg_sensor_reading": 3, "active_equipment": 1, "quality_alerts": 2, "final": True})
        self.assertEqual(list(rows[0]), plant_reference.FIELDS["facility"])

    def test_a_facility_that_no_file_knows_has_no_name(self):
        self.feed(at(), facility="nowhere")
        self.assertEqual([row["facility_name"] for row in self.rows("facility")], [None, None])

    def test_two_minutes_late_by_its_pane_is_in_no_window(self):
        self.feed(at(3, 0, -1))
        self.feed(at(0, 30), 5, "v")
        self.feed(at(3))
        self.feed(at(0, 59), 7, "t")
        self.assertEqual([row["avg_sensor_reading"] for row in self.rows("facility") if row["window_end"] == text(1)], [5])

    def test_more_than_a_day_ahead_of_a_file_is_in_its_window_all_the_same(self):
        self.feed(at())
        self.feed(at() + 25 * HOUR)
        self.assertEqual(len(self.rows("facility")), 4)


class equipment_windows(plant_case):
    def test_they_are_by_unit_and_type(self):
        self.feed(at(4), 1, sensor_type="power", quality_score=0.8)
        self.feed(at(4, 1), 3, sensor_type="power", quality_score=0.9)
        self.feed(at(4, 2), 8, "v", sensor_type="vibration")
        self.feed(at(4, 3), 8, "alone")
        rows = self.rows("equipment")
        self.assertEqual(len(rows), 10)
        first = [row for row in rows if row["window_start"] == text() and row["sensor_type"] == "power"]
        self.assertEqual(len(first), 1)
        self.assertEqual((first[0]["avg_reading"], first[0]["peak_reading"], first[0]["reading_count"]), (2, 3, 2))
        self.assertAlmostEqual(first[0]["reading_variability"], 2 ** 0.5, 14)
        self.assertAlmostEqual(first[0]["avg_quality"], 0.85, 14)

    def test_bad_quality_goes_before_a_spread_and_none_is_not_bad(self):
        self.assertEqual(plant_reference.status_of(0.69, 11), "degraded")
        self.assertEqual(plant_reference.status_of(0.7, 10.1), "unstable")
        self.assertEqual(plant_reference.status_of(None, 10), "healthy")
        self.assertEqual(plant_reference.status_of(None, None), "healthy")


class line_windows(plant_case):
    def test_they_are_of_three_types_by_shift(self):
        self.feed(at(6), 10, "p", sensor_type="power", quality_score=0.96)  # 01:06 in Berlin
        self.feed(at(6, 1), 20, "q", sensor_type="power", quality_score=0.95)
        self.feed(at(6, 2), 5, "alone", sensor_type="vibration", quality_score=1)
        self.feed(at(6, 3), 5, "t")
        rows = self.rows("lines")
        self.assertEqual([row["window_start"] for row in rows], [text(5), text()])
        self.assertEqual(rows[1], {"production_line": "L", "facility_id": "f", "shift": "night", "window_start": text(),
                                   "window_end": text(10), "avg_power_consumption": 15, "avg_vibration": 5,
                                   "avg_temperature": None, "active_equipment": 2, "optimal_readings": 2,
                                   "efficiency_score": 0.1})

    def test_a_change_of_shift_parts_a_window_and_no_line_no_row(self):
        change = START + 5 * HOUR  # six in Berlin
        self.feed(change - 1, 1, "alone", sensor_type="power")
        self.feed(change, 2, "alone", sensor_type="power")
        self.feed(change, 2, "v", facility="g", sensor_type="power")
        rows = self.rows("lines")
        self.assertEqual(sorted((row["shift"], row["avg_power_consumption"]) for row in rows),
                         [("morning", 2), ("morning", 2), ("night", 1), ("night", 1)])
        self.assertEqual({row["efficiency_score"] for row in rows}, {None})

    def test_the_hour_follows_a_change_of_the_clock(self):
        spring = 1_774_746_000_000  # 2026-03-29T01:00:00Z: two o'clock is three
        self.assertEqual([self.where.facilities.hour("f", spring + each) for each in (-1, 0)], [1, 3])
        self.assertEqual(self.where.facilities.hour("nowhere", spring), 1)
        self.assertEqual([plant_reference.shift_of(hour) for hour in (5, 6, 14, 15, 22, 23)],
                         ["night", "morning", "morning", "afternoon", "afternoon", "night"])


class sessions(plant_case):
    def test_five_minutes_part_two_of_them(self):
        for time in (at(), at(4, 59), at(9, 58), at(14, 58)):
            self.feed(time)
        self.assertEqual([(row["session_start"], row["session_end"], row["event_count"]) for row in self.rows("sessions")],
                         [(text(), text(9, 58), 3), (text(14, 58), text(14, 58), 1)])

    def test_a_late_reading_is_in_none_one_on_time_bridges_two(self):
        self.feed(at(), sensor="p")
        self.feed(at(5, 29), sensor="v")
        self.feed(at(4, 59), sensor="t")  # its pane ends at 5:00, T less 30 s stands at 4:59
        self.feed(at(4, 29), sensor="t")
        self.assertEqual([row["event_count"] for row in self.rows("sessions")], [3])

    def test_patterns_are_by_rate_and_length(self):
        self.assertEqual([plant_reference.pattern_of(*each) for each in
                          ((None, 0), (10.1, 1.9), (10, 1.9), (11, 2), (0.9, 10.1), (1, 11), (0.5, 10))],
                         ["none", "startup", "none", "none", "shutdown", "none", "none"])
        self.feed(at())
        self.assertEqual([(row["session_minutes"], row["avg_event_rate"], row["pattern"])
                          for row in self.rows("sessions")], [(0, None, "none")])


class joins(plant_case):
    def test_secondary_readings_are_up_to_a_minute_older_and_of_one_unit(self):
        self.feed(at(0, 0), 1, "t", sensor_type="temperature")
        self.feed(at(0, 0, 1), 2, "t", sensor_type="temperature")
        self.feed(at(1), 10, "v", sensor_type="vibration")
        self.feed(at(1), 3, "t", sensor_type="temperature")
        self.feed(at(1, 0, 1), 4, "t", sensor_type="temperature")
        self.feed(at(1), 5, "q", sensor_type="temperature")
        rows = self.rows("joins")
        self.assertEqual([(row["value"], row["secondary_value"]) for row in rows], [(10, 1), (10, 2), (10, 3)])
        self.assertEqual((rows[0]["join"], rows[0]["key"], rows[0]["sensor_id"], rows[0]["secondary_sensor_id"]),
                         ("vibration-temperature", "U1", "v", "t"))
        self.assertEqual(len(self.rows("joins", [("site", "vibration", "temperature", MINUTE, True)])), 4)

    def test_what_is_late_by_two_minutes_is_in_none(self):
        self.feed(at(), 1, "t", sensor_type="temperature")
        self.feed(at(2, 30), 1, "p")
        self.feed(at(0, 29), 10, "v", sensor_type="vibration")
        self.assertEqual(self.rows("joins"), [])


class equipment_state(plant_case):
    def feed_others(self, first, last, step=10):
        """Another unit keeps the clock going."""
        for second in range(first, last + 1, step):
            self.feed(at(0, second), second, "q")

    def test_offline_ten_minutes_after_the_last_reading_and_online_at_the_next(self):
        self.feed(at(), quality_score=0.4)
        self.feed_others(10, 610)
        self.feed(at(10, 5), sensor="v", quality_score=0.5)
        rows = [row for row in self.rows("equipment-state") if row["equipment_id"] == "U1"]
        self.assertEqual([(row["timestamp"], row["presence"]) for row in rows],
                         [(text(10), "offline"), (text(10, 10), "online"), (text(10, 10), "online")])
        self.assertEqual(rows[0]["total_runtime_hours"], 0.1)
        self.assertEqual((rows[1]["total_runtime_hours"], rows[1]["fault_count"], rows[1]["last_update"]),
                         (0.2, 1, text(10, 5)))
        self.assertIsNone(rows[1]["last_maintenance"])

    def test_what_speaks_within_ten_minutes_stays_online(self):
        self.feed(at())
        self.feed_others(10, 590)
        self.feed(at(10), sensor="v")
        self.assertEqual([row["presence"] for row in self.rows("equipment-state")], ["online", "online"])

    def test_a_leap_of_the_time_is_ten_seconds_of_the_clock(self):
        self.feed(at())
        self.feed(at(500), sensor="q")
        self.feed_others(30_010, 30_590)
        self.assertEqual(self.replay.activity, 600_000)
        self.assertEqual([(row["timestamp"], row["presence"]) for row in self.rows("equipment-state")
                          if row["equipment_id"] == "U1"],
                         [(text(0, 30_590), "offline"), (text(0, 30_590), "offline")])

    def test_late_readings_count_and_what_is_ahead_updates_nothing(self):
        self.feed(at(60), sensor="q")
        self.feed(at())
        self.feed(at() + 30 * HOUR)
        row = [row for row in self.rows("equipment-state") if row["equipment_id"] == "U1"][-1]
        self.assertEqual((row["total_runtime_hours"], row["last_update"], row["timestamp"]), (0.2, text(), text(60)))


if __name__ == "__main__":
    unittest.main()
