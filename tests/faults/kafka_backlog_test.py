"""An hour of a plant's readings waits in the topic when the node starts, and the plant goes on: what comes of it, and
who is paged, is what a node has found that was there all the time; then pages come as fast as ever. With
MILLWRIGHT_FAULTS=long it is the hour of a plant of a thousand sensors."""

import time
import unittest

from kafka_findings import FindingsTest, await_taken, rate_of, status
from kafka_plant import FIRST, Plant
from kafka_topic import LONG, Writer, partition_of
from node_process import until
from plant_lines import iso, reading, sensor_row

TOPIC = "backlog"
PARTITIONS = 8
HOUR = 3600
SENSORS = 1000 if LONG else 250
# Once all is read, so many pages, one after the other.
FRESH, APART = 100, 0.05
# Where tests run beside this one it is the median that must keep it; alone, in the long form, 99 of 100 pages.
TARGET_MS = 500
# Readings a second at which it must catch up, however busy the machine: the plant itself goes on with far fewer.
SLOWEST = 20_000


class KafkaBacklogTest(FindingsTest):
    def over_topic(self, receiver):
        return self.settings(TOPIC, receiver) | self.plant.settings()

    def fresh_pages(self, receiver):
        """Milliseconds from a reading's way to the broker until its page, each for a sensor of its own."""
        writer = Writer(self.broker, TOPIC, PARTITIONS)
        self.addCleanup(writer.process.kill)
        given, begin = {}, time.monotonic()
        for number in range(FRESH):
            while (wait := begin + number * APART - time.monotonic()) > 0:
                time.sleep(wait)
            sensor, at = f"FRESH-{number}", HOUR + 1 + number * APART
            given[sensor] = time.monotonic()
            writer.put([(partition_of(sensor, PARTITIONS), FIRST + round(at * 1000), reading(sensor, at, 500))])
        writer.close()
        pages = until("every fresh page", lambda: self.fresh_among(receiver))
        took = sorted(1000 * (page.at_ns / 1e9 - given[sensor]) for sensor, page in pages.items())
        return {f"p{share}": round(took[FRESH * share // 100]) for share in (50, 90, 99)}

    @staticmethod
    def judged(now):
        """Readings that are done with, once no page waits."""
        return now.get("judged", 0) + now.get("rejected", 0) if now.get("pages_pending") == 0 else 0

    @staticmethod
    def fresh_among(receiver):
        found = {}
        for page in receiver.pages():
            body = page.json()
            if body["sensor_id"].startswith("FRESH-") and body["rule"] == "limit":
                found.setdefault(body["sensor_id"], page)
        return found if len(found) == FRESH else None

    def test_an_hour_that_waits_is_judged_as_if_it_had_been_there(self):
        self.plant = Plant(self.directory, SENSORS, HOUR)
        count = self.plant.lines()
        ends, tail = self.plant.tail(PARTITIONS)
        self.plant.know([sensor_row(f"FRESH-{number}") for number in range(FRESH)])
        self.broker.put(TOPIC, PARTITIONS, [])
        calm, late = self.receiver(), self.receiver()
        there = self.start(self.over_topic(calm), "there")
        self.plant.feed(self.broker, TOPIC, PARTITIONS)
        await_taken(there, count)

        node = self.start(self.over_topic(late), "late")
        begin = time.monotonic()
        await_taken(node, count)
        rate, said = count / (time.monotonic() - begin), rate_of(count, begin)
        until("the backlog's pages", lambda: self.judged(status(node)) >= count)
        fresh = self.fresh_pages(late)
        print(f"caught up: {said}; ms to a fresh page {fresh}", flush=True)
        self.broker.put(TOPIC, PARTITIONS, tail)
        got = self.read_through(node, late, ends)
        expected = self.read_through(there, calm, ends)
        self.same_findings(expected, got)
        self.assertEqual(self.same_pages(calm, late), 0)
        self.pages_are_of_their_time(late)
        self.assertGreater(rate, SLOWEST)
        self.assertLess(fresh["p99" if LONG else "p50"], TARGET_MS)

    def pages_are_of_their_time(self, receiver):
        """The backlog was in order, so none of it is old: what rose early in it paged too, dated by its event."""
        alerts = [page.json() for page in receiver.pages() if page.json()["transition"] == "raised"]
        early = [body for body in alerts if body["timestamp"] < iso(HOUR / 2)]
        self.assertGreater(len(early), 0)
        self.assertGreater(len([body for body in alerts if body["timestamp"] > iso(HOUR / 2)]), 0)


if __name__ == "__main__":
    unittest.main()
