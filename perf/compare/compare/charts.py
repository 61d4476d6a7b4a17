"""Small SVG charts: lines over logarithmic axes, and bars. No library, no script, readable alone."""

import math
from html import escape

WIDTH, HEIGHT = 900, 420
LEFT, RIGHT, TOP, BOTTOM = 84, 280, 48, 56

# The same colour for the same rival in every chart. Firn's line is thick besides, and each line has
# its own marks, for those who see colours differently.
COLOURS = {
    "firn": "#0b5fa5", "firn-in-process": "#5aa9e6", "message-db": "#c8553d", "umadb": "#2e8b57",
    "nats": "#8a5bb0", "eventcore-sqlite": "#b8860b", "eventcore-postgres": "#7a5230",
    "eventcore-memory": "#8c8c8c", "eventsourcing": "#d16ba5", "emmett": "#e08a1e",
}
DASHES = {"eventcore-memory": "3 3"}
MARKS = ["circle", "square", "diamond", "up", "down"]


def _text(x, y, words, anchor="start", size=12, weight="normal", colour="#333"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
            f'text-anchor="{anchor}">{escape(str(words))}</text>')


def _page(title, body, height=HEIGHT):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" aria-label="{escape(title, quote=True)}" font-family="system-ui, sans-serif">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n{_text(16, 26, title, size=15, weight="600", colour="#111")}\n'
            + "\n".join(body) + "\n</svg>\n")


def short(value):
    """1500 is 1.5k."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit * 0.9995:
            return f"{value / limit:.3g}{letter}"
    return f"{value:.3g}"


def _mark(kind, x, y, colour):
    r = 4
    shapes = {
        "circle": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}"',
        "square": f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r}" height="{2 * r}"',
        "diamond": f'<path d="M{x:.1f} {y - r - 1:.1f}l{r + 1} {r + 1}l-{r + 1} {r + 1}l-{r + 1} -{r + 1}z"',
        "up": f'<path d="M{x:.1f} {y - r - 1:.1f}l{r + 1} {2 * r}h-{2 * r + 2}z"',
        "down": f'<path d="M{x:.1f} {y + r + 1:.1f}l{r + 1} -{2 * r}h-{2 * r + 2}z"',
    }
    return f'{shapes[kind]} fill="{colour}" stroke="#fff" stroke-width="1"/>'


class _Log:
    """A logarithmic scale from the power of ten below to the one above."""

    def __init__(self, values, start, end):
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(values)) - 1e-9), self.low + 1)
        self.start, self.end = start, end

    def at(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def decades(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


class _Steps:
    """One step for each value that was measured: client counts are few and named."""

    def __init__(self, values, start, end):
        self.values = sorted(set(values))
        self.start, self.end = start, end

    def at(self, value):
        if len(self.values) == 1:
            return (self.start + self.end) / 2
        return self.start + self.values.index(value) / (len(self.values) - 1) * (self.end - self.start)


def lines(title, x_label, y_label, series):
    """`series`: {(rival, label): {x: y}}. Both axes are logarithmic (x in equal steps)."""
    series = {key: {x: y for x, y in points.items() if y and y > 0} for key, points in series.items()}
    series = {key: points for key, points in series.items() if points}
    if not series:
        return None
    xs = _Steps([x for points in series.values() for x in points], LEFT, WIDTH - RIGHT)
    ys = _Log([y for points in series.values() for y in points.values()], HEIGHT - BOTTOM, TOP)
    body = []
    for value in ys.decades():
        y = ys.at(value)
        body.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e3e3"/>')
        body.append(_text(LEFT - 8, y + 4, short(value), "end"))
    for value in xs.values:
        body.append(_text(xs.at(value), HEIGHT - BOTTOM + 20, short(value), "middle"))
    body.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_label, "middle"))
    body.append(f'<g transform="rotate(-90 18 {(TOP + HEIGHT - BOTTOM) / 2})">'
                + _text(18, (TOP + HEIGHT - BOTTOM) / 2, y_label, "middle") + "</g>")
    ends = []
    # Firn last, so that it lies on top.
    for index, ((rival, label), points) in reversed(list(enumerate(series.items()))):
        colour = COLOURS.get(rival, "#444")
        path = " ".join(f"{xs.at(x):.1f},{ys.at(points[x]):.1f}" for x in sorted(points))
        dash = DASHES.get(rival) or ("7 4" if "without" in label else "")
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{3.2 if rival == "firn" else 1.8}"'
                    + (f' stroke-dasharray="{dash}"' if dash else "") + "/>")
        body += [_mark(MARKS[index % len(MARKS)], xs.at(x), ys.at(points[x]), colour) for x in points]
        last = max(points)
        ends.append((ys.at(points[last]), xs.at(last), label, colour))
    body += _labels(ends)
    return _page(title, body)


def _labels(ends):
    """At the lines' ends, moved apart, with a thin line to where each belongs."""
    placed, previous = [], TOP - 20
    ends.sort()
    for y, x, label, colour in ends:
        at = max(y, previous + 15)
        placed.append([at, y, x, label, colour])
        previous = at
    over = previous - (HEIGHT - BOTTOM)
    if over > 0:
        bottom = HEIGHT - BOTTOM + 15
        for one in reversed(placed):
            one[0] = min(one[0], bottom - 15)
            bottom = one[0]
    out = []
    for at, y, x, label, colour in placed:
        edge = WIDTH - RIGHT + 22
        out.append(f'<polyline points="{x + 6:.1f},{y:.1f} {edge - 4},{at:.1f}" fill="none" stroke="{colour}" stroke-width="0.7" opacity="0.6"/>')
        out.append(_text(edge, at + 4, label, size=12, colour=colour, weight="600" if colour == COLOURS["firn"] else "normal"))
    return out


def bars(title, unit, values):
    """`values`: [(rival, label, value)], drawn from 0, the figure beside each bar."""
    values = [one for one in values if one[2]]
    if not values:
        return None
    row, left = 30, 250
    height = TOP + row * len(values) + 30
    longest = max(value for _, _, value in values)
    body = []
    for index, (rival, label, value) in enumerate(values):
        y = TOP + index * row
        length = max(1.0, value / longest * (WIDTH - left - 110))
        body.append(_text(left - 10, y + 16, label, "end", weight="600" if rival == "firn" else "normal"))
        body.append(f'<rect x="{left}" y="{y + 3}" width="{length:.1f}" height="{row - 10}" rx="2" fill="{COLOURS.get(rival, "#444")}"/>')
        body.append(_text(left + length + 8, y + 16, short(value)))
    body.append(_text(left, height - 10, unit, colour="#666"))
    return _page(title, body, height)
