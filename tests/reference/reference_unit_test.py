#!/usr/bin/python3
"""The reference itself, on inputs small enough to be checked by hand."""

import json
import unittest

import numpy as np

import reference

HOUR = 3_600_000
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
TYPES = {
    "generic": {"primary": "value"},
    "temperature": {"primary": "temperature_celsius"},
    "vibration": {"primary": ["acceleration_x", "acceleration_y", "acceleration_z"]},
}


def line_of(time=START, value=1, sensor="a", facility="f", **more):
    return json.dumps({"sensor_id": sensor, "facility_id": facility, "timestamp": time, "value": value, **more}).encode()


class reference_case(unittest.TestCase):
    def setUp(self):
        self.replay = reference.replay(reference.plant(TYPES, []))

    def feed(self, time, value=1, **more):
        return self.replay.feed(line_of(time, value, **more))

    def reasons(self, line, sensors=()):
        return reference.read(line, reference.plant(TYPES, sensors))[1]

    def late(self, kind, sensor="a"):
        return self.replay.logs["f", sensor].late[kind]

    def rows(self, kind, sensor="a"):
        return {start - START: row for start, row, _ in reference.windows(self.replay.logs["f", sensor], kind)}


class times(unittest.TestCase):
    def test_zones_and_fractions_are_read_and_finer_than_a_millisecond_is_cut(self):
        for text in ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2025-12-31T23:30:00-0030",
                     "2026-01-01T00:00Z", "20260101T000000Z"):
            self.assertEqual(reference.time_of_text(text), START, text)
        self.assertEqual(reference.time_of_text("2026-01-01T00:00:00.1239999Z"), START + 123)
        self.assertEqual(reference.time_of_text("1969-12-31T23:59:59.9999Z"), -1)

    def test_what_is_no_time_with_zone_is_refused(self):
        for text in ("", "now", "1767225600000", "2026-01-01", "2026-01-01Z", "2026-01-01T00:00:00",
                     "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
                     "2026-01-01T00:60:00Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Z ",
                     "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"):
            self.assertIsNone(reference.time_of_text(text), text)

    def test_records_write_milliseconds_and_z(self):
        self.assertEqual(reference.text_of_time(START + 1), "2026-01-01T00:00:00.001Z")
        self.assertEqual(reference.text_of_time(reference.MIN_TIME), "0001-01-01T00:00:00.000Z")
        self.assertEqual(reference.text_of_time(reference.MAX_TIME + 1), "10000-01-01T00:00:00.000Z")


class lines(reference_case):
    def test_what_is_not_one_object_in_utf8_is_not_json(self):
        good = line_of()
        for bad in (b"[]", b"1", b"null", b"{", good + b"x", good + b"{}", b"\xef\xbb\xbf" + good, b"\x00",
                    good.replace(b'"a"', b'"\xff"'), good.replace(b'"a"', b'"\xed\xa0\x80"'),
                    good.replace(b'"a"', b'"\xc0\xaf"'), good.replace(b'"a"', rb'"\ud800"'),
                    good.replace(b'"a"', rb'"\udc00\ud800"'), good.replace(b"{", rb'{"x":[{"\udfff":1}],', 1),
                    good.replace(b'"a"', b'"\t"'), good.replace(b"{", b'{"value":01,', 1)):
            self.assertEqual(self.reasons(bad), {reference.NOT_JSON}, bad)
        for fine in (b" \t" + good + b" \r\n", good.replace(b'"a"', rb'"\ud83d\ude00"'),
                     good.replace(b'"a"', '"é"'.encode())):
            self.assertEqual(self.reasons(fine), set(), fine)

    def test_blank_lines_are_not_counted(self):
        for blank in (b"", b"\n", b" \t\r\n"):
            self.assertEqual(self.replay.feed(blank), "blank")
        self.assertEqual(reference.counts(self.replay), {})

    def test_missing_is_absent_null_or_an_empty_id(self):
        for bad in (line_of(sensor=None), line_of(sensor=""), line_of(facility=""), line_of(time=None),
                    line_of(value=None), b"{}"):
            self.assertEqual(self.reasons(bad), {reference.MISSING}, bad)

    def test_wrong_types_are_refused_where_they_count(self):
        for bad in (line_of(sensor=1), line_of(facility=[]), line_of(sensor_type=3), line_of(value="1"),
                    line_of(value=True), line_of(quality_score="1"), line_of(quality_score=False), line_of(time=True),
                    line_of(time="2026-01-01"), line_of(time=1_767_225_600), line_of(time=253_402_300_800_000),
                    line_of(temperature_celsius="2", sensor_type="temperature")):
            self.assertEqual(self.reasons(bad), {reference.WRONG_TYPE}, bad)
        for fine in (line_of(equipment_id=7), line_of(humidity="wet", temperature_celsius=1, sensor_type="temperature"),
                     line_of(value="x", temperature_celsius=1, sensor_type="temperature"),
                     line_of(time=10**11), line_of(time=253_402_300_799_999)):
            self.assertEqual(self.reasons(fine), set(), fine)

    def test_no_field_may_be_beyond_a_double(self):
        for text in (b"1e999", b"-1e999", b"1" + b"0" * 400, b"[1e999]", b'{"y":1e999}'):
            self.assertEqual(self.reasons(line_of().replace(b"{", b'{"x":' + text + b",", 1)), {reference.NOT_FINITE})
        self.assertEqual(self.reasons(line_of().replace(b"{", b'{"x":NaN,', 1)),
                         {reference.NOT_FINITE, reference.NOT_JSON})
        self.assertEqual(self.reasons(line_of().replace(b"{", b'{"x":1e-999,', 1)), set())

    def test_epoch_milliseconds_are_floored_exactly(self):
        where = reference.plant(TYPES, [])
        for text, time in ((b"100000000000", 10**11), (b"1767225600000.99999", START), (b"1.7672256e12", START)):
            self.assertEqual(reference.read(line_of(time=0).replace(b": 0,", b": " + text + b","), where)[0].time, time)

    def test_epoch_seconds_are_of_the_wrong_type(self):
        for text in (b"1767225600", b"99999999999.9", b"0", b"-1e12"):
            self.assertEqual(self.reasons(line_of(time=0).replace(b": 0,", b": " + text + b",")),
                             {reference.WRONG_TYPE})

    def test_the_last_of_equal_keys_counts(self):
        self.assertEqual(self.reasons(line_of().replace(b"{", b'{"value":"x",', 1)), set())

    def test_own_fields_win_over_value_and_value_stands_in_for_an_absent_one(self):
        where = reference.plant(TYPES, [])

        def value(**fields):
            return reference.read(line_of(value=7, **fields), where)[0].value

        self.assertEqual(value(sensor_type="temperature", temperature_celsius=3), 3)
        self.assertEqual(value(sensor_type="temperature", temperature_celsius=None), 7)
        self.assertEqual(value(sensor_type="vibration", acceleration_x=-1, acceleration_y=2, acceleration_z=2), 3)
        self.assertEqual(value(sensor_type="vibration", acceleration_x=1, acceleration_y=2), 7)
        self.assertEqual(value(sensor_type="Temperature", temperature_celsius=3), 7)

    def test_a_unit_has_to_be_the_metadatas(self):
        sensors = [{"sensor_id": "a", "unit": "bar"}, {"sensor_id": "a", "facility_id": "g", "unit": "psi"},
                   {"sensor_id": "a", "facility_id": "h"}]
        self.assertEqual(self.reasons(line_of(unit="psi"), sensors), {reference.UNIT_CHANGED})
        self.assertEqual(self.reasons(line_of(unit="bar"), sensors), set())
        self.assertEqual(self.reasons(line_of(unit="psi", facility="g"), sensors), set())
        self.assertEqual(self.reasons(line_of(unit="psi", facility="h"), sensors), set())  # the row goes whole
        self.assertEqual(self.reasons(line_of(unit="psi", sensor="b"), sensors), set())
        for none in (None, "", 5):
            self.assertEqual(self.reasons(line_of(unit=none), sensors), set())

    def test_unknown_types_and_odd_qualities_are_counted_of_accepted_readings(self):
        self.feed(START, sensor_type="x", quality_score=1.1)
        self.feed(START, sensor_type="x", quality_score=1.1)  # a duplicate
        self.feed(START + 1, sensor_type=None, quality_score=0)
        self.feed(START + 2, sensor_type="generic", quality_score=-0.1)
        self.assertEqual(reference.counts(self.replay), {("accepted", None): 3, ("duplicate", None): 1,
                                                         ("unknown-type", None): 2, ("quality-out-of-range", None): 2})


class lateness(reference_case):
    def test_a_reading_is_late_once_the_watermark_has_reached_the_end_of_its_pane(self):
        self.feed(START + 89_999, sensor="b")  # patterns' watermark 59.999 s
        self.feed(START + 30_000)
        self.feed(START + 90_000, sensor="b")  # now 60 s
        self.feed(START + 30_001)
        self.feed(START + 60_000)
        self.assertEqual(self.late("patterns"), [False, True, False])
        self.assertEqual(self.late("statistics"), [False, False, False])

    def test_each_kind_has_its_own_delay(self):
        self.feed(START + 330_000, sensor="b")
        self.feed(START)
        self.feed(START + 29_999)
        self.assertEqual([self.late(kind) for kind in reference.KINDS], [[True] * 2, [True] * 2, [True] * 2])
        self.feed(START + 30_000)
        self.assertEqual([self.late(kind)[2] for kind in reference.KINDS], [True, True, False])

    def test_the_watermark_is_the_splits_and_the_first_reading_is_on_time(self):
        self.assertEqual(self.feed(START + 10 * HOUR), "accepted")
        self.feed(START, sensor="b")
        self.assertEqual(self.late("averages"), [False])
        self.assertEqual(self.late("averages", "b"), [True])

    def test_rejected_and_repeated_readings_move_no_watermark(self):
        self.feed(START)
        self.feed(START + HOUR, value="x")
        self.feed(START, value=2)
        self.assertEqual(self.replay.watermark, START)

    def test_a_late_reading_is_in_no_window_of_that_kind(self):
        self.feed(START + 200_000, sensor="b")
        self.feed(START)
        self.assertEqual(self.rows("patterns"), {})
        self.assertEqual(len(self.rows("averages")), 2)


class far_ahead(reference_case):
    def test_only_the_tenth_in_a_row_moves_the_watermark_to_the_smallest(self):
        self.feed(START)
        for index in range(9):
            self.feed(START + 25 * HOUR + (index - 4) * 1000)
            self.assertEqual(self.replay.watermark, START)
        self.feed(START + 30 * HOUR)
        self.assertEqual(self.replay.watermark, START + 25 * HOUR - 4000)
        self.assertEqual(self.replay.ahead, [])

    def test_exactly_24_hours_is_not_far(self):
        self.feed(START)
        self.feed(START + 24 * HOUR + 1)
        self.assertEqual(self.replay.watermark, START)
        self.feed(START + 24 * HOUR)
        self.assertEqual(self.replay.watermark, START + 24 * HOUR)

    def test_an_accepted_reading_between_starts_the_count_anew_a_dropped_one_does_not(self):
        self.feed(START)
        for index in range(9):
            self.feed(START + 25 * HOUR + index)
        self.feed(START + 1)
        self.feed(START + 26 * HOUR)
        self.assertEqual(self.replay.watermark, START + 1)
        for index in range(8):
            self.feed(START + 1)  # a duplicate
            self.feed(START, value="x")  # rejected
            self.feed(START + 27 * HOUR + index)
        self.assertEqual(self.replay.watermark, START + 1)
        self.feed(START + 28 * HOUR)
        self.assertEqual(self.replay.watermark, START + 26 * HOUR)

    def test_it_is_on_time_and_in_its_windows_but_leaves_the_sensors_newest_time(self):
        self.feed(START)
        self.feed(START + 48 * HOUR)
        self.assertEqual(self.feed(START), "duplicate")
        self.assertEqual(self.feed(START + 48 * HOUR), "duplicate")
        self.assertIn(48 * HOUR, self.rows("averages"))


class duplicates(reference_case):
    def test_the_first_stays_and_another_value_is_a_conflict(self):
        self.assertEqual(self.feed(START, 1), "accepted")
        self.assertEqual(self.feed(START, 2), "conflict")
        self.assertEqual(self.feed(START, 1.0), "duplicate")
        self.assertEqual(self.feed(START, 2, facility="g"), "accepted")

    def test_a_repeat_is_known_for_a_minute_behind_the_sensors_newest(self):
        self.feed(START)
        self.feed(START + 10 * 60_000, sensor="b")  # another sensor's time does not count
        self.feed(START + 60_000)
        self.assertEqual(self.feed(START), "duplicate")
        self.feed(START + 60_001)
        self.assertEqual(self.feed(START), "accepted")

    def test_late_readings_are_remembered_too(self):
        self.feed(START + HOUR, sensor="b")
        self.feed(START)
        self.assertEqual(self.feed(START), "duplicate")


class windows(reference_case):
    def test_they_are_half_open_and_aligned_to_the_epoch(self):
        self.feed(START)
        self.feed(START + 59_999)
        self.feed(START + 60_000)
        rows = self.rows("averages")
        self.assertEqual({start: row["count"] for start, row in rows.items()},
                         {-30_000: 1, 0: 2, 30_000: 2, 60_000: 1})
        self.assertEqual(rows[0]["latest_timestamp"], "2026-01-01T00:00:59.999Z")
        self.assertEqual(sorted(self.rows("statistics")), [-240_000, -180_000, -120_000, -60_000, 0, 60_000])

    def test_times_before_the_epoch_are_aligned_downward(self):
        self.feed("1969-12-31T23:59:59.999Z")
        self.assertEqual(sorted(start + START for start in self.rows("averages")), [-60_000, -30_000])

    def test_statistics_of_a_few_readings(self):
        for second, value in ((0, 1), (2, 4), (1, 4), (3, 7)):
            self.feed(START + second * 1000, value)
        row = self.rows("statistics")[0]
        self.assertEqual((row["avg"], row["min"], row["max"], row["count"], row["last"]), (4, 1, 7, 4, 7))
        self.assertAlmostEqual(row["stddev"], 6 ** 0.5, 14)
        self.assertAlmostEqual(row["z"], 3 / 6 ** 0.5, 14)

    def test_last_and_its_type_are_by_time_not_by_arrival(self):
        self.feed(START + 5000, 5, sensor_type="generic")
        self.feed(START + 1000, 1, sensor_type="temperature")
        row = self.rows("statistics")[0]
        self.assertEqual((row["last"], row["sensor_type"]), (5, "generic"))

    def test_one_reading_has_no_deviation_and_equal_ones_exactly_none(self):
        self.feed(START, 0.1)
        row = self.rows("statistics")[0]
        self.assertEqual((row["stddev"], row["z"], row["severity"]), (None, None, "normal"))
        self.assertIsNone(self.rows("patterns")[0]["slope"])
        for second in range(1, 11):
            self.feed(START + second * 1000, 0.1)
        row = self.rows("statistics")[0]
        self.assertEqual((row["avg"], row["stddev"], row["z"]), (0.1, 0, None))
        row = self.rows("patterns")[0]
        self.assertEqual((row["slope"], row["stuck"], row["count"]), (0, True, 11))

    def test_ten_equal_readings_are_not_stuck(self):
        for second in range(10):
            self.feed(START + second * 1000)
        self.assertFalse(self.rows("patterns")[0]["stuck"])

    def test_the_slope_is_over_the_index_by_time_and_then_value(self):
        times = np.array([0, 1, 1, 2])
        row = reference.patterns_row(times, np.array([0, 30, 10, 40], dtype=np.longdouble), None)
        self.assertAlmostEqual(row["slope"], 14, 12)  # of 0, 10, 30, 40
        self.assertTrue(row["rapid_change"])
        row = reference.patterns_row(times, np.array([0, 10, 20, 30], dtype=np.longdouble), None)
        self.assertEqual((row["slope"], row["rapid_change"]), (10, False))

    def test_severities_begin_above_their_thresholds(self):
        self.assertEqual([reference.severity_of(z) for z in (None, 0, 3, 3.01, 4, 4.01, 5, 5.01)],
                         ["normal"] * 3 + ["medium"] * 2 + ["high"] * 2 + ["critical"])

    def test_a_result_that_overflows_is_null(self):
        self.feed(START, -1.7e308)
        self.feed(START + 1000, 1.7e308)
        self.assertIsNone(self.rows("patterns")[0]["slope"])
        self.assertIsNone(self.rows("statistics")[0]["stddev"])


if __name__ == "__main__":
    unittest.main()
