"""A clock of the plant that runs ahead silences nobody: its neighbours page at once, and after a restart too. A live
split without arrival has a bound in its place: Kafka with its producers' own times, and a file that is followed."""

import signal
import time
import unittest
from datetime import datetime, timezone

from http_receiver import Receiver
from kafka_broker import KafkaBroker, require_broker
from node_process import Dump, NodeTest, until
from plant_lines import GrowingFile, reading, sensor_row

TOPIC = "sensor-readings"
DAY, HOUR = 86_400, 3_600
AT_ONCE = 20


def now():
    return datetime.now(timezone.utc)


class AheadTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        with open(self.path("sensors.jsonl"), "w") as out:
            out.write("".join(sensor_row(each) + "\n" for each in ("TI-1", "TI-2", "FAST")))

    def settings(self, source):
        return {"source": source, "plant": {"sensors": self.path("sensors.jsonl")},
                "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}}

    def emergencies(self, sensor):
        return [body for body in self.receiver.about("limit", "raised") if body["sensor_id"] == sensor]

    def pages_at_once(self, put, sensor):
        """A neighbour is well for a while, then beyond high_high."""
        for back in range(10, 0, -1):
            put(reading(sensor, -back, 50 + back % 2, now()))
        begin = time.monotonic()
        put(reading(sensor, 0, 150, now()))
        page = until(f"a page of {sensor}", lambda: self.emergencies(sensor), patience=AT_ONCE)[0]
        self.assertEqual(page["severity"], "critical")
        return time.monotonic() - begin

    def neighbours_page(self, start, put, seconds):
        """Whatever a clock that is `seconds` fast sends before and between."""
        node = start()
        for second in range(30):
            put(reading("FAST", seconds + second - 30, 50 + second % 2, now()))
        self.pages_at_once(put, "TI-1")
        node.process.send_signal(signal.SIGKILL)
        node.wait()
        put(reading("FAST", seconds, 50, now()))
        node = start()
        put(reading("FAST", seconds + 1, 51, now()))
        self.pages_at_once(put, "TI-2")
        # What it has taken it commits when it is stopped; the page says that it took the last one.
        node.stop()
        dump = Dump(node)
        self.assertEqual(dump.counters["accepted"], 54)
        self.assertNotIn("late/averages", dump.counters)
        # Killed behind its receiver's answer the node may repeat a page, never raise the alarm anew.
        self.assertEqual(len({body["alarm_id"] for body in self.emergencies("TI-1")}), 1)


class KafkaAheadTest(AheadTest):
    @classmethod
    def setUpClass(cls):
        require_broker()

    def setUp(self):
        super().setUp()
        self.broker = KafkaBroker(self.path("broker"))
        self.addCleanup(self.broker.kill)
        self.broker.run()

    def put(self, line):
        # The producer stamps its records by the clock that it stamps its readings by.
        stamp = line.split('"timestamp": "')[1].split('"')[0]
        at = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
        self.broker.put(TOPIC, 1, [(0, round(at.timestamp() * 1000), line)])

    def start_node(self):
        return self.start(self.settings({"type": "kafka", "kafka": {"brokers": [self.broker.address], "topic": TOPIC}}))

    def test_a_producer_a_day_fast_silences_nobody_in_its_partition(self):
        self.neighbours_page(self.start_node, self.put, DAY)

    def test_a_gateway_an_hour_fast_silences_nobody_in_its_partition(self):
        self.neighbours_page(self.start_node, self.put, HOUR)


class FileAheadTest(AheadTest):
    def test_a_gateway_an_hour_fast_silences_nobody_in_a_followed_file(self):
        log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(log.out.close)
        source = {"type": "file", "file": {"paths": [log.path], "follow": True}}
        self.neighbours_page(lambda: self.start(self.settings(source)), log.add, HOUR)

    def test_whose_clock_is_off_is_told_with_how_far_and_when_it_is_over(self):
        log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(log.out.close)
        node = self.start(self.settings({"type": "file", "file": {"paths": [log.path], "follow": True}}))

        def feed(begin, end, fast):
            for back in range(begin, end, -5):
                log.add(reading("TI-1", -back, 50 + back % 2, now()), reading("FAST", fast - back, 50, now()))
        feed(400, 200, HOUR)
        page = until("a page about the clock", lambda: self.receiver.about("clock_skew"))[0]
        self.assertIn("1 sensors", page["reason"])
        self.assertRegex(page["reason"], "north/FAST (1 h 0 min|59 min) .*ahead")
        self.assertIn(log.path, page["message"] + page["reason"])
        # A restart ends nothing; a clock that is right does.
        node.stop()
        self.assertEqual([row["state"] for row in Dump(node).alarms("clock_skew")], ["active"])
        node = self.start(self.settings({"type": "file", "file": {"paths": [log.path], "follow": True}}))
        feed(200, 100, HOUR)
        until("these are taken", lambda: (node.status() or {}).get("taken") == 40)
        # Several looks at the clock, each of which must find it as it was.
        time.sleep(2.5)
        self.assertEqual(self.receiver.about("clock_skew", "cleared"), [])
        feed(100, 0, 0)
        until("that it is over", lambda: self.receiver.about("clock_skew", "cleared"))
        node.stop()
        self.assertEqual([row["state"] for row in Dump(node).alarms("clock_skew")], ["cleared"])
        self.assertEqual(len(self.receiver.about("clock_skew", "raised")), 1)


if __name__ == "__main__":
    unittest.main()
