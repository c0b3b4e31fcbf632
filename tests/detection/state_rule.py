"""The state rule once more, plainly, from its definition; and how well it tells a unit's abnormal time."""

import collections

LEARN, SKIP, SKIP_DRIFTING, LAG = 400, 20, 50, 30


def distances(readings):
    """(time in ms, d) of each of one sensor's (time in ms, value), from the first that is judged."""
    y, smooth, taught = 0.0, [], []
    for n, (at, x) in enumerate(readings, 1):
        y += max(0.1, 1 / n) * (x - y)
        smooth.append(y)
        if n <= LEARN:
            taught.append(x)
            if n < LEARN:
                continue
            mean = sum(taught) / LEARN
            squares = sum((value - mean) ** 2 for value in taught)
            steps = sum((b - a) ** 2 for a, b in zip(taught, taught[1:]))
            drifts = squares > 0 and steps / (2 * squares) < 0.1
            if drifts:
                seen = [smooth[k] - smooth[k - LAG] for k in range(SKIP_DRIFTING, LEARN)]
            else:
                seen = smooth[SKIP:]
            low = learned_low = min(seen)
            high = learned_high = max(seen)
            width = max(high - low, 1e-6 * abs(mean) + 1e-12)
            inside_since = None
            continue
        v = y - smooth[n - 1 - LAG] if drifts else y
        if inside_since is not None and at - inside_since >= 120_000:
            low, high = learned_low, learned_high
        yield at, max(v - high, low - v) / width
        if v > high:
            high = min(v, high + 0.002 * width)
        elif v < low:
            low = max(v, low - 0.002 * width)
        if not learned_low <= v <= learned_high:
            inside_since = None
        elif inside_since is None:
            inside_since = at


def quality(labels, abnormal):
    """F1 and the share of healthy readings that are false alarms. `abnormal`: of each unit, the times when it was."""
    hits = collections.Counter()
    for unit, rows in labels.items():
        for at, faulty in rows:
            hits[faulty, at in abnormal[unit]] += 1
    f1 = 2 * hits[True, True] / (2 * hits[True, True] + hits[True, False] + hits[False, True])
    return f1, hits[False, True] / (hits[False, True] + hits[False, False])
