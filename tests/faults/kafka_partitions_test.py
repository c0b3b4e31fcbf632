"""What is done to a topic while a node reads it, or while it is away: partitions are added, and retention deletes
readings that it has not judged yet."""

import json
import re
import signal
import subprocess
import time
import unittest
from collections import Counter

from kafka_findings import FindingsTest, await_taken
from kafka_plant import FIRST, tail_of
from kafka_topic import KAFKA_PUT, Writer, partition_of
from node_process import Dump, die_with_parent, until
from plant_lines import reading, sensor_row

# How often retention deletes what a running node has not read.
OVERTAKEN = 2
# Of what several partitions feed: what a record counts, and what it is of.
ABOVE = {"facility": "active_sensors", "equipment": "reading_count", "sessions": "event_count"}
WINDOW = ("facility_id", "equipment_id", "sensor_type", "window_start", "window_end", "session_start", "session_end")
KINDS = ("statistics", "patterns", "averages", "anomalies", "alarms", "pages")


def value_of(number, second):
    """A few of them rise slowly beyond their limit and come back; all the others only move a little."""
    hump = 60 - abs(second - 300) if number % 20 == 0 else 0
    return round(50 + (number * 7 + second * 3) % 11 / 10 + max(0, hump), 2)


class KafkaPartitionsTest(FindingsTest):
    def plant(self, *sensors):
        """Metadata that knows these, and what pages at the end."""
        rows = [sensor_row(each) for each in sensors] + [sensor_row(f"END-{n}") for n in range(1000)]
        return {"plant": {"sensors": self.write("sensors.jsonl", rows)}}

    @staticmethod
    def records(sensors, begin, end, partition):
        return [(partition(sensor), FIRST + second * 1000, reading(sensor, second, value_of(number, second)))
                for second in range(begin, end) for number, sensor in enumerate(sensors)]

    def test_partitions_that_are_added_under_load_are_read_without_a_restart(self):
        topic, seconds, step = "growing", 600, 10
        old = [f"TI-{n}" for n in range(400)]
        new = [f"PI-{n}" for n in range(400)]
        receiver, settings = self.receiver(), self.plant(*old, *new)
        load = Writer(self.broker, topic, 4)
        self.addCleanup(load.process.kill)
        node = self.start(self.settings(topic, receiver) | settings)

        def write(to, sensors, begin, end, first, count):
            put = self.records(sensors, begin, end, lambda sensor: first + partition_of(sensor, count))
            to.put(put)
            return len(put)

        count = sum(write(load, old, at, at + step, 0, 4) for at in range(0, 200, step))
        await_taken(node, 1)
        # It is held so that it finds them with something in them; the load goes on.
        node.process.send_signal(signal.SIGSTOP)
        grow = subprocess.Popen([KAFKA_PUT, self.broker.address, topic, "grow", "8"], preexec_fn=die_with_parent)
        count += sum(write(load, old, at, at + step, 0, 4) for at in range(200, 400, step))
        self.assertEqual(grow.wait(), 0)
        fresh = Writer(self.broker, topic, 8)
        self.addCleanup(fresh.process.kill)
        count += write(fresh, new, 400, 400 + step, 4, 4)
        fresh.close()
        node.process.send_signal(signal.SIGCONT)
        fresh = Writer(self.broker, topic, 8)
        self.addCleanup(fresh.process.kill)
        begin = time.monotonic()
        for at in range(400, seconds, step):
            count += write(load, old, at, at + step, 0, 4)
            count += write(fresh, new, at, at + step, 4, 4) if at > 400 else 0
        load.close()
        fresh.close()
        wrote = time.monotonic() - begin
        ends, last = tail_of(8, seconds, [(first + partition_of(sensor, 4), sensor, "north", 50)
                                          for sensors, first in ((old, 0), (new, 4)) for sensor in sensors])
        self.broker.put(topic, 8, last)
        count += len(last)

        got = self.read_through(node, receiver, ends, closed=seconds)
        self.assertEqual(set(got.positions), {f"{topic}/{p}" for p in range(8)})
        self.assertEqual((sum(got.positions.values()), got.counters["accepted"]), (count, count))
        calm = self.receiver()
        expected = self.read_through(self.start(self.settings(topic, calm) | settings, "calm"), calm, ends,
                                     closed=seconds)
        # A partition that nobody knows of yet holds no window open: what it had by then is late for what several feed.
        for kind, figure in ABOVE.items():
            windows = [{json.dumps({key: row[key] for key in row if key in WINDOW}): row[figure] for row in dump.rows(kind)}
                       for dump in (expected, got)]
            self.assertEqual(windows[0].keys(), windows[1].keys(), kind)
            for window, whole in windows[0].items():
                self.assertLessEqual(windows[1][window], whole, window)
            del expected.results[kind], got.results[kind]
        self.same_findings(expected, got, KINDS)
        self.assertEqual(self.same_pages(calm, receiver), 0)
        print(f"{count} readings, {wrote:.1f} s of them after growing, {len(calm.pages())} pages", flush=True)

    def test_sensors_that_move_to_new_partitions_lose_nothing_and_are_one_alarm_that_ends(self):
        topic, sensors = "moving", [f"TI-{n}" for n in range(300)]
        moved = [each for each in sensors if partition_of(each, 4) != partition_of(each, 2)]
        receiver = self.receiver()
        node = self.start(self.settings(topic, receiver) | self.plant(*sensors))
        self.broker.put(topic, 2, self.records(sensors, 0, 40, lambda sensor: partition_of(sensor, 2)))
        await_taken(node, 300 * 40)
        self.broker.grow(topic, 4)
        # Nine readings each: they are in two partitions.
        self.broker.put(topic, 4, self.records(sensors, 40, 49, lambda sensor: partition_of(sensor, 4)))
        await_taken(node, 300 * 49)
        told = until("it is told", lambda: receiver.about("misconfigured"))
        self.assertIn(topic, told[0]["message"] + told[0]["reason"])
        self.assertRegex(told[0]["reason"], r"readings of \d+ sensors come in more than one split, for example north/TI-")
        self.broker.put(topic, 4, self.records(sensors, 49, 80, lambda sensor: partition_of(sensor, 4)))
        await_taken(node, 300 * 80)
        until("that it is over", lambda: receiver.about("misconfigured", "cleared"))
        node.stop()
        dump = Dump(node)
        self.assertEqual((dump.counters["accepted"], dump.counters["misconfigured/sensor-in-two-splits"]),
                         (300 * 80, len(moved)))
        self.assertEqual([row["state"] for row in dump.alarms("misconfigured")], ["cleared"])
        self.assertEqual(len({body["alarm_id"] for body in receiver.about("misconfigured", "raised")}), 1)
        # They are at home there: the next run knows it as well.
        node = self.start(self.settings(topic, receiver) | self.plant(*sensors))
        self.broker.put(topic, 4, self.records(sensors, 80, 100, lambda sensor: partition_of(sensor, 4)))
        await_taken(node, 300 * 20)
        node.stop()
        self.assertEqual(Dump(node).counters["misconfigured/sensor-in-two-splits"], len(moved))

    def test_what_retention_deleted_is_an_alarm_with_its_size_and_the_node_goes_on(self):
        sensors = [f"TI-{n}" for n in range(40)]
        by_id = self.records(sensors, 0, 600, lambda sensor: partition_of(sensor, 2))
        middle = FIRST + 300 * 1000
        before, after = [r for r in by_id if r[1] < middle], [r for r in by_id if r[1] >= middle]
        ends, last = tail_of(2, 600, [(partition_of(sensor, 2), sensor, "north", 50) for sensor in sensors])
        gone = 1500
        kept = self.without(after, 1, gone)
        settings, topic = self.plant(*sensors), "deleted"
        receiver, calm = self.receiver(), self.receiver()

        tolerant = self.settings(topic, receiver, tolerate_data_loss=True) | settings
        self.broker.put(topic, 2, before)
        node = self.start(tolerant)
        await_taken(node, len(before))
        node.stop()
        place = sum(record[0] == 1 for record in before)
        self.assertEqual(Dump(node).positions[f"{topic}/1"], place)
        self.broker.put(topic, 2, after + last)
        self.broker.forget(topic, 1, place + gone)

        strict = self.start(self.settings(topic, receiver) | settings)
        self.assertEqual(strict.wait(), 2, strict.log())
        self.assertIn(f"{topic}/1", strict.log())
        self.assertIn(f"go on from is {place}, but the oldest record is {place + gone}", strict.log())

        node = self.start(tolerant)
        page = until("a page about the loss", lambda: receiver.about("misconfigured"))[0]
        self.assertIn(f"positions {place} to {place + gone} ({gone} readings)", page["reason"])
        self.assertIn(f"{topic}/1", page["message"])
        got = self.read_through(node, receiver, ends)
        self.assertEqual(got.counters.pop(f"lost/{topic}/1"), gone)
        self.assertEqual(got.counters["accepted"], len(by_id + last) - gone)
        self.assertEqual(len(receiver.about("misconfigured")), 1)

        # Beside that, all is as if those readings had never been.
        self.broker.put("never", 2, before + kept + last)
        undisturbed = self.start(self.settings("never", calm) | settings, "calm")
        expected = self.read_through(undisturbed, calm, ends)
        self.assertEqual(expected.positions.pop("never/1") + gone, got.positions.pop(f"{topic}/1"))
        self.assertEqual(expected.positions.pop("never/0"), got.positions.pop(f"{topic}/0"))
        for kind in ("alarms", "alarms-kept", "pages"):
            ours = [row for row in got.results[kind] if "misconfigured" not in row and page["alarm_id"] not in row]
            self.assertLess(len(ours), len(got.results[kind]), kind)
            got.results[kind] = ours
        self.same_findings(expected, got, KINDS)
        receiver.taken = [each for each in receiver.pages() if each.json()["rule"] != "misconfigured"]
        self.assertEqual(self.same_pages(calm, receiver), 0)

    def test_retention_that_overtakes_a_running_node_is_told_with_its_size(self):
        topic, sensors = "overtaken", ["TI-1", "TI-2"]
        receiver = self.receiver()
        node = self.start(self.settings(topic, receiver, tolerate_data_loss=True) | self.plant(*sensors))
        self.broker.put(topic, 1, self.records(sensors, 0, 100, lambda _: 0))
        await_taken(node, 200)
        second, told = 100, lambda: receiver.about("misconfigured", "raised")
        for number in range(1, OVERTAKEN + 1):
            node.process.send_signal(signal.SIGSTOP)
            # What it had asked for comes yet; behind that is the gap.
            for _ in range(2):
                self.broker.put(topic, 1, self.records(sensors, second, second + 100, lambda _: 0))
                second += 100
            self.broker.forget(topic, 0, 2 * second)
            node.process.send_signal(signal.SIGCONT)
            until(f"page {number} about a loss", lambda: len(told()) >= number)
        lost = sum(int(re.search(r"\((\d+) readings\)", body["reason"])[1]) for body in told())
        self.assertGreaterEqual(lost, OVERTAKEN * 200)
        self.broker.put(topic, 1, self.records(sensors, second, second + 100, lambda _: 0))
        await_taken(node, 2 * (second + 100) - lost)
        node.stop()
        dump = Dump(node)
        self.assertEqual((dump.counters[f"lost/{topic}/0"], dump.counters["accepted"]),
                         (lost, 2 * (second + 100) - lost))

    def test_a_loss_behind_which_nothing_comes_is_committed_with_its_position(self):
        topic, sensors = "emptied", ["TI-1", "TI-2"]
        receiver = self.receiver()
        settings = self.settings(topic, receiver, tolerate_data_loss=True) | self.plant(*sensors)
        self.broker.put(topic, 1, self.records(sensors, 0, 100, lambda _: 0))
        node = self.start(settings)
        await_taken(node, 200)
        node.stop()
        self.broker.put(topic, 1, self.records(sensors, 100, 200, lambda _: 0))
        self.broker.forget(topic, 0, 400)
        node = self.start(settings)
        until("a page", lambda: receiver.about("misconfigured", "raised"))
        node.stop()
        dump = Dump(node)
        self.assertEqual((dump.counters[f"lost/{topic}/0"], dump.positions[f"{topic}/0"]), (200, 400))

    @staticmethod
    def without(records, partition, count):
        """The first `count` of that partition left out."""
        out, seen = [], Counter()
        for record in records:
            seen[record[0]] += 1
            if record[0] != partition or seen[partition] > count:
                out.append(record)
        return out


if __name__ == "__main__":
    unittest.main()
