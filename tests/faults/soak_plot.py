"""The picture of a soak: one panel over another, minutes to the right. As a program `soak_plot.py SOAK.csv OUT.svg TITLE`."""

import csv
import math
import sys
from html import escape

WIDTH, LEFT, RIGHT, TOP, PANEL, GAP = 760, 64, 16, 44, 84, 34
MOST_POINTS = 240
# Title, lines as (field, name in the legend), and whether the axis is logarithmic.
PANELS = [
    ("readings judged, thousands a second", [("judged_k", "judged")], False),
    ("memory of the process (RssAnon), MB", [("memory_mb", "memory")], False),
    ("files on disk, MB", [("ledger_mb", "ledger"), ("journal_mb", "journal")], False),
    ("watermark behind the wall clock, ms", [("lag_ms", "lag")], True),
    ("page latency, ms", [("page_max_ms", "longest of 5 s"), ("page_p50_ms", "median of 5 s")], True),
    ("cores used", [("cpu_cores", "cores")], False),
]
# One stylesheet for a light and a dark page.
STYLE = """text{font:12px sans-serif;fill:#444}.t{font-weight:bold;fill:#222}.g{stroke:#8884;stroke-width:1}
polyline{fill:none;stroke-width:1.5;stroke-linejoin:round}.a{stroke:#1f6fb4}.b{stroke:#d0701c}
text.a{fill:#1f6fb4;stroke:none}text.b{fill:#d0701c;stroke:none}.p{fill:#fff}
@media(prefers-color-scheme:dark){text{fill:#bbb}.t{fill:#eee}.a{stroke:#6bb3f0}.b{stroke:#f2a35e}
text.a{fill:#6bb3f0}text.b{fill:#f2a35e}.p{fill:#16181c}}"""


def thinned(points):
    """As many as can be seen; of each bunch the lowest and the highest, so that neither peak nor gap is lost."""
    if len(points) <= MOST_POINTS:
        return points
    bunch = math.ceil(2 * len(points) / MOST_POINTS)
    out = []
    for i in range(0, len(points), bunch):
        of_size = sorted(points[i:i + bunch], key=lambda each: each[1])
        out += sorted({of_size[0], of_size[-1]})
    return out


def ticks(top, logarithmic, bottom):
    if logarithmic:
        low, high = math.floor(math.log10(bottom)), math.ceil(math.log10(top))
        return [10.0 ** each for each in range(low, max(high, low + 1) + 1)]
    step = 10.0 ** math.floor(math.log10(top))
    while top / step < 2:
        step /= 2
    while top / step > 4:
        step *= 2
    return [step * each for each in range(math.ceil(top / step) + 1)]


def panel(out, y, samples, last_minute, title, lines, logarithmic):
    columns = []
    for field, name in lines:
        # A logarithm has no zero; below a millisecond nothing is told here.
        points = [(each["minute"], max(each[field], 1.0) if logarithmic else each[field]) for each in samples
                  if each[field] is not None]
        columns.append((name, thinned(points)))
    values = [value for _, points in columns for _, value in points] or [1.0]
    marks = ticks(max(*values, 1e-3), logarithmic, min(values))
    scale = math.log10 if logarithmic else float
    low, high = scale(marks[0]), scale(marks[-1])

    def place(minute, value):
        return (LEFT + (WIDTH - LEFT - RIGHT) * minute / last_minute,
                y + PANEL * (1 - (scale(value) - low) / (high - low)))

    out.append(f'<text class="t" x="{LEFT}" y="{y - 8}">{escape(title)}</text>')
    for mark in marks:
        at = place(0, mark)[1]
        out.append(f'<line class="g" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
                   f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{mark:,.10g}</text>')
    for number, (name, points) in enumerate(columns):
        way = " ".join("{:.1f},{:.1f}".format(*place(*each)) for each in points)
        out.append(f'<polyline class="{"ab"[number]}" points="{way}"/>')
        if len(columns) > 1:
            out.append(f'<text class="{"ab"[number]}" x="{WIDTH - RIGHT - 110 * (len(columns) - 1 - number)}" y="{y - 8}" '
                       f'text-anchor="end">{escape(name)}</text>')


def plot(samples, title):
    """The SVG of samples as soak.py takes them."""
    samples = [each | {"judged_k": each["judged_per_s"] / 1000} for each in samples]
    last_minute = max((each["minute"] for each in samples), default=1)
    height = TOP + len(PANELS) * (PANEL + GAP) + 10
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
           f"<style>{STYLE}</style>", f'<rect class="p" width="{WIDTH}" height="{height}"/>',
           f'<text class="t" x="{LEFT}" y="18">{escape(title)}, {last_minute:.0f} min</text>']
    for number, each in enumerate(PANELS):
        panel(out, TOP + number * (PANEL + GAP) + 4, samples, last_minute, *each)
    foot = height - 26
    step = next((each for each in (1, 2, 5, 10, 20, 60) if last_minute / each <= 10), 120)
    for minute in range(0, int(last_minute) + 1, step):
        x = LEFT + (WIDTH - LEFT - RIGHT) * minute / last_minute
        out.append(f'<text x="{x:.1f}" y="{foot + 4}" text-anchor="middle">{minute}</text>')
    out.append(f'<text x="{WIDTH - RIGHT}" y="{foot + 20}" text-anchor="end">minutes since the first reading was judged</text>')
    return "\n".join(out) + "\n</svg>\n"


def main():
    with open(sys.argv[1], newline="") as rows:
        samples = [{key: float(value) if value else None for key, value in row.items()} for row in csv.DictReader(rows)]
    with open(sys.argv[2], "w") as out:
        out.write(plot(samples, sys.argv[3]))


if __name__ == "__main__":
    main()
