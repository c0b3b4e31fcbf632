"""The state rule once more, plainly, from its definition alone; and how well a unit's abnormal time is told."""

import collections

DAY = 24 * 3_600_000
CLEAR_AFTER = 60_000
CHATTER_RAISES, CHATTER_WITHIN = 3, 600_000

Settings = collections.namedtuple(
    "Settings", "learn skip learning_time margin margin_turns pages_at turns give_way forget doubled clip")
DEFAULTS = Settings(learn=400, skip=20, learning_time=7 * DAY, margin=0.25, margin_turns=3, pages_at=2, turns=2,
                    give_way=0.001, forget=0.05, doubled=2, clip=7)

# What one reading came to. `state` is None up to the reading `learn`, then s_state; `feature` the name of the feature that
# is furthest out, None inside.
Judgement = collections.namedtuple("Judgement", "state feature")

# What people are told: time in ms, raised | updated (to high) | cleared | adapted, high: it is at high.
Transition = collections.namedtuple("Transition", "at what high")


class Band:
    """What is usual of one feature."""

    def __init__(self, least_width):
        self.least_width = least_width  # f: the width is at least so many usual steps
        self.lo = self.hi = self.w = None
        self.low = self.high = None  # extremes since the band was last renewed
        self.far_low = self.far_high = None  # extremes of the last day that went beyond the paging margin
        self.turns, self.side = 0, None

    def measure(self, s, y):
        self.w = max(self.hi - self.lo, self.least_width * s + 1e-9 * abs(y) + 1e-12)

    def take(self, v, learning):
        self.low = v if self.low is None else min(self.low, v)
        self.high = v if self.high is None else max(self.high, v)
        lo, hi = (self.low, self.high) if learning else (self.lo, self.hi)
        if v - lo > 0.6667 * (hi - lo):
            side = "up"
        elif v - lo < 0.3333 * (hi - lo):
            side = "down"
        else:
            return
        if side != self.side:
            self.side = side
            self.turns += 1

    def learned(self, s, y):
        self.lo, self.hi = self.low, self.high
        self.measure(s, y)

    def renew(self, v, s, y, settings, trusted):
        """`trusted`: within the learning time, when all that was seen is taken for usual."""
        high, low = self.high, self.low
        if not trusted:
            beyond = settings.pages_at * (settings.margin + settings.margin_turns / max(self.turns, 0.5)) * self.w
            if self.high > self.hi + beyond:
                high = self.hi if self.far_high is None else max(self.hi, min(self.high, self.far_high))
                self.far_high = self.high
            if self.low < self.lo - beyond:
                low = self.lo if self.far_low is None else min(self.lo, max(self.low, self.far_low))
                self.far_low = self.low
        self.hi, self.lo = max(self.hi, high), min(self.lo, low)
        if self.high < self.hi:
            self.hi -= settings.forget * (self.hi - self.high)
        if self.low > self.lo:
            self.lo += settings.forget * (self.low - self.lo)
        before = self.w
        self.measure(s, y)
        if self.w > settings.doubled * before:
            self.turns = 0
        self.low = self.high = v

    def distance(self, v):
        return max(v - self.hi, self.lo - v) / self.w


class StateRule:
    """One sensor. Feed it every reading of its own, in order; `teaches` is false for one that is only dated."""

    def __init__(self, settings=DEFAULTS):
        self.settings = settings
        self.n = self.moves = 0
        self.x = self.y = self.m = self.r = self.s = 0.0
        self.first_at = self.renewed = None
        self.bands = {"level": Band(1 / 2), "trend": Band(1 / 2), "change": Band(1 / 2), "spread": Band(1 / 4)}
        self.force_lo = self.force_hi = None  # the first day's band, which gives way
        self.alarm, self.raises, self.transitions = None, [], []

    def judge(self, at, x, teaches=True):
        if self.first_at is None:
            self.first_at = at
        if not teaches:
            return Judgement(None, None)
        self.learn_features(x)
        settings = self.settings
        if self.n <= settings.skip:
            return Judgement(None, None)
        features = {"level": self.y, "trend": self.r, "change": self.y - self.m, "spread": self.s}
        learning = self.n <= settings.learn
        if self.n == settings.learn + 1:
            for band in self.bands.values():
                band.learned(self.s, self.y)
            self.force_lo, self.force_hi = self.bands["level"].lo, self.bands["level"].hi
        before = self.is_outside(self.distances(features))
        renewal = not learning and self.renewal_due(at)
        if renewal:
            for name, band in self.bands.items():
                band.renew(features[name], self.s, self.y, settings, self.renewed <= settings.learning_time)
        for name, band in self.bands.items():
            band.take(features[name], learning)
        if learning:
            return Judgement(None, None)
        distances = self.distances(features)
        state, worst = 0.0, None
        for name, d in distances.items():
            s = d / self.margin(name)
            if d > 0 and s > state:
                state, worst = s, name
        self.follow_alarm(at, state, self.is_outside(distances), renewal and before)
        if self.renewed is None:
            self.give_way()
        return Judgement(state, worst)

    def set_back(self, by):
        """The sensor's clock was set back by so much."""
        self.first_at -= by
        self.raises = [each - by for each in self.raises]
        if self.alarm:
            self.alarm.last_outside -= by

    def learn_features(self, x):
        self.n += 1
        n, clip = self.n, self.settings.clip
        e = x - self.y
        q = abs(x - self.x) if n > 1 else 0.0
        if self.moves >= 20:
            most = max(clip * self.s, self.level_width())
            q = min(q, most)
            e = max(-most, min(most, e))
        if q > 0:
            self.moves += 1
            self.s += max(0.01, 1 / self.moves) * (q - self.s)
        c = self.y + e
        self.y += max(0.1, 1 / n) * e
        self.m += max(0.02, 1 / n) * (c - self.m)
        self.r += max(0.004, 1 / n) * (c - self.r)
        self.x = x

    def level_width(self):
        band = self.bands["level"]
        if band.hi is not None:
            return band.hi - band.lo
        return 0.0 if band.high is None else band.high - band.low

    def renewal_due(self, at):
        """Whether one is due; several that were missed are one, the last. `renewed`: after the first reading, in ms."""
        due = (at - self.first_at) // DAY * DAY
        if due <= (self.renewed or 0):
            return False
        self.renewed = due
        return True

    def margin(self, name):
        return self.settings.margin + self.settings.margin_turns / self.bands[name].turns

    def distances(self, features):
        """Of the features that are judged, how far outside of their bands they are, in widths."""
        if self.renewed is None:
            if self.force_lo is None or self.bands["level"].turns < self.settings.turns:
                return {}
            width = max(self.force_hi - self.force_lo, self.bands["level"].w)
            return {"level": max(self.y - self.force_hi, self.force_lo - self.y) / width}
        return {name: band.distance(features[name]) for name, band in self.bands.items()
                if band.turns >= self.settings.turns}

    @staticmethod
    def is_outside(distances):
        return any(d > 0 for d in distances.values())

    def give_way(self):
        width = max(self.force_hi - self.force_lo, self.bands["level"].w)
        if self.y > self.force_hi:
            self.force_hi = min(self.y, self.force_hi + self.settings.give_way * width)
        elif self.y < self.force_lo:
            self.force_lo = max(self.y, self.force_lo - self.settings.give_way * width)

    # What people are told of it.

    def follow_alarm(self, at, state, outside, outside_before):
        """`outside`: whether a feature is; `outside_before`: at a renewal, whether one was of the bands before it."""
        high = state > self.settings.pages_at and at - self.first_at >= self.settings.learning_time
        if self.alarm is None:
            if state > 1:
                self.raises = [each for each in self.raises if at - each <= CHATTER_WITHIN] + [at]
                self.alarm = Alarm(high, len(self.raises) >= CHATTER_RAISES)
                self.tell(at, "raised")
            else:
                return
        alarm = self.alarm
        if outside:
            alarm.last_outside, alarm.mark = at, False
            if high and not alarm.high:
                alarm.high = True
                self.tell(at, "updated")
            return
        if outside_before:
            alarm.mark = True
        if at - alarm.last_outside >= (CHATTER_WITHIN if alarm.chatters else CLEAR_AFTER):
            level = self.bands["level"]
            adapted = alarm.mark or (self.renewed is None and not level.lo <= self.y <= level.hi)
            self.tell(at, "adapted" if adapted else "cleared")
            self.alarm = None

    def tell(self, at, what):
        self.transitions.append(Transition(at, what, self.alarm.high))


class Alarm:
    def __init__(self, high, chatters):
        self.high, self.chatters, self.mark, self.last_outside = high, chatters, False, None


def quality(labels, abnormal):
    """F1 and the share of healthy readings that are false alarms. `abnormal`: of each unit, the times when it was."""
    hits = collections.Counter()
    for unit, rows in labels.items():
        for at, faulty in rows:
            hits[faulty, at in abnormal[unit]] += 1
    f1 = 2 * hits[True, True] / (2 * hits[True, True] + hits[True, False] + hits[False, True])
    return f1, hits[False, True] / (hits[False, True] + hits[False, False])
