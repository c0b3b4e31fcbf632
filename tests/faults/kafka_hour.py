"""An hour in which a gateway was cut off, as the log of one partition: the gateway then hands over all that it has
kept, amid the live readings of its neighbours. Seconds count from the plant's start."""

from kafka_plant import FIRST
from plant_lines import reading

# Everybody measures, then the gateway is cut off, then it is back and all are live.
CUT_OFF, BACK = 600, 4200
TICK = 0.05
USUAL, BEYOND = 50, 150
PANE = 30
# Seconds that a kind of window waits, and how many of its windows a reading is in.
DELAYS = {"statistics": (60, 5), "patterns": (30, 4), "averages": (300, 2)}


class Hour:
    """`live`: seconds that the neighbours are live; from a sixth of it on, for a third, the gateway hands over, and
    then its own are live too. Kept readings beyond the limit: OLD's single one, LATE's single one, and LASTING's from
    long ago on."""

    OLD, LATE, LASTING = "GW-0", "GW-1", "GW-2"

    def __init__(self, neighbours, behind, live):
        self.neighbours = [f"TI-{n}" for n in range(neighbours)]
        self.behind = [f"GW-{n}" for n in range(behind)]
        self.live, self.ticks = live, round(live / TICK)
        self.handover = range(self.ticks // 6, self.ticks // 2)
        self.kept = self.series(self.behind, CUT_OFF, BACK, 1)
        self.before = self.series(self.neighbours + self.behind, 0, CUT_OFF, 5)
        self.before += self.series(self.neighbours, CUT_OFF, BACK, 20)

    def value(self, number, sensor, second):
        beyond = (sensor == self.OLD and second == BACK - 3000 or sensor == self.LATE and second == BACK - 400
                  or sensor == self.LASTING and second >= BACK - 3000
                  or second >= BACK and second - BACK == self.turn_of(sensor))
        return BEYOND if beyond else USUAL + (number * 7 + second * 3) % 11 / 10

    def turn_of(self, sensor):
        """Live second in which a neighbour goes beyond its limit, once."""
        kind, number = sensor.split("-")
        return 1 + int(number) % (self.live - 2) if kind == "TI" else -1

    def series(self, sensors, begin, end, every):
        """(second, sensor, text) by time, the sensors spread over each interval."""
        out = [(second + round(number * every / len(sensors), 3), number, sensor, second)
               for number, sensor in enumerate(sensors) for second in range(begin, end, every)]
        return [(at, sensor, reading(sensor, at, self.value(number, sensor, second)))
                for at, number, sensor, second in sorted(out)]

    def live_ticks(self):
        """For each tick what arrives in it: (arrival, records). A tick's kept readings come before its live ones."""
        live = self.series(self.neighbours, BACK, BACK + self.live, 1)
        live += self.series(self.behind, BACK + self.live // 2, BACK + self.live, 1)
        by_tick = [[] for _ in range(self.ticks)]
        for record in live:
            by_tick[min(int((record[0] - BACK) / TICK), self.ticks - 1)].append(record)
        return [(BACK + (n + 1) * TICK, records) for n, records in enumerate(by_tick)]

    def kept_ticks(self):
        """What is handed over in each tick."""
        share = -(-len(self.kept) // len(self.handover))
        out = [[] for _ in range(self.ticks)]
        for n, tick in enumerate(self.handover):
            out[tick] = self.kept[n * share:(n + 1) * share]
        return out

    @staticmethod
    def late_by(order):
        """Of (second, sensor) in the log's order, how many each kind finds late; and the rest by kind and sensor."""
        late, fit, watermark = dict.fromkeys(DELAYS, 0), {}, None
        for second, sensor in order:
            for kind, (delay, _) in DELAYS.items():
                if watermark is not None and (second // PANE + 1) * PANE <= watermark - delay:
                    late[kind] += 1
                else:
                    fit[kind, sensor] = fit.get((kind, sensor), 0) + 1
            watermark = second if watermark is None else max(watermark, second)
        return late, fit


def records(pieces, arrival=None):
    """For a writer: all in partition 0, with their own time as arrival or with this one."""
    return [(0, FIRST + round((arrival or second) * 1000), text) for second, _, text in pieces]
