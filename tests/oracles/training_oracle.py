"""The trainer's rules once more: plain scalars and texts, slow, written from golden/BEHAVIOUR.md alone.

Nothing of the product is used, so that both agreeing means something. Files are a dict from name to text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Bar = tuple[float, float, float, float]
"""Open, close, high, low."""

MEMORY_FILES = ("memories", "memory_weights", "memory_weights_high", "memory_weights_low")


@dataclass
class OracleRun:
    """The files of one timeframe, the progress last shown, and how the training ended."""

    files: dict[str, str]
    end: str = "finished"
    progress: tuple[int, int] = (0, 0)


class Stopped(Exception):
    """The stop file was seen."""


class Hung(Exception):
    """The original would loop for ever."""


def body_of(bar: Bar) -> float:
    return 100 * ((bar[1] - bar[0]) / bar[0])


def distance(a: float, b: float) -> float:
    h = (a + b) / 2
    if h == 0:
        return 0.0
    return abs((abs(a - b) / h) * 100)


def number_or_none(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def clean(text: str) -> str:
    for mark in ("'", '"', ",", "[", "]"):
        text = text.replace(mark, "")
    return text


class Oracle:
    """One timeframe of one program run."""

    def __init__(
        self, timeframe: str, files: dict[str, str], stop: Callable[[], bool] = lambda: False
    ) -> None:
        self.timeframe = timeframe
        self.run = OracleRun(dict(files))
        self.stop = stop
        self.ram = [self.load(name) for name in MEMORY_FILES]
        self.last_written: float | None = None
        self.parsed: tuple[list[str], ...] | None = None
        self.bodies: list[float | None] = []

    def name(self, stem: str) -> str:
        return f"{stem}_{self.timeframe}.txt"

    def load(self, stem: str) -> list[str]:
        text = self.run.files.get(self.name(stem))
        if text is None:
            return []
        return clean(text).split("~" if stem == "memories" else " ")

    def train(self, hourly: Sequence[Bar], own: Sequence[Bar]) -> OracleRun:
        try:
            self.stage(hourly, 10, full=False)
            self.stage(own, 10, full=False)
            self.stage(own, int(len(own) * 0.5), full=True)
            self.flush()
        except Stopped:
            self.flush()
            self.run.end = "stopped"
        except Hung:
            self.run.end = "hang"
        except ZeroDivisionError:
            self.run.end = "crash"
        return self.run

    def flush(self) -> None:
        for stem, words in zip(MEMORY_FILES, self.ram, strict=True):
            glue = "~" if stem == "memories" else " "
            self.run.files[self.name(stem)] = glue.join([word for word in words if word.strip() != ""])
        self.parsed = None

    def match(self, body: float, threshold: float) -> list[tuple[float, float]]:
        """Give close move and weight of every match; nothing when one of them is damaged."""
        if any(self.name(stem) not in self.run.files for stem in MEMORY_FILES):
            return []
        if self.parsed is None:
            self.parsed = tuple(self.load(stem) for stem in MEMORY_FILES)
            self.bodies = [number_or_none(entry.split("{}")[0].split(" ")[0]) for entry in self.parsed[0]]
        entries, close, high, low = self.parsed
        if None in self.bodies:
            return []
        matches = []
        try:
            for number, stored in enumerate(self.bodies):
                if stored is not None and distance(body, stored) <= threshold:
                    parts = entries[number].split("{}")
                    pattern = parts[0].split(" ")
                    float(parts[1].replace(" ", ""))
                    float(parts[2].replace(" ", ""))
                    float(high[number])
                    float(low[number])
                    matches.append((float(pattern[-1]), float(close[number])))
        except (ValueError, IndexError):
            return []
        return matches

    def stage(self, bars: Sequence[Bar], w: int, *, full: bool) -> None:  # noqa: C901  the numbered steps in order
        n = len(bars)
        if w > n or n == 0:
            raise Hung
        t = 1.0
        i = 0
        stop = self.stop()
        bodies: list[float] = []
        while True:
            i += 1
            while len(bodies) < w:
                bodies.append(body_of(bars[len(bodies)]))
            b = bodies[w - 1]
            if i % 50 == 0 and stop:
                raise Stopped
            matches = self.match(b, t)
            m = len(matches)
            t = self.moved(t, m)
            self.write_threshold(t, i)
            if i % 200 == 0:
                self.run.progress = (w, n)
            close = bars[w - 1][1]
            p = close
            if m > 0:
                total = 0.0
                for move, weight in matches:
                    total = total + move * weight
                p = close + (close * ((total / m) / 100))
            w += 1
            v = w - 1
            if (not full and v >= int(n * 0.25)) or v == n:
                return
            if p == 0 or close == 0:
                continue
            if m == 0:
                _, nc, nh, nl = bars[v]
                moves = [((x - close) / abs(close)) * 100 for x in (nc, nh, nl)]
                self.ram[0].append(f"{b!r} {moves[0]!r}{{}}{moves[1]!r}{{}}{moves[2]!r}")
                for words in self.ram[1:]:
                    words.append("1.0")
            if i % 200 == 0:
                self.flush()

    @staticmethod
    def moved(t: float, m: int) -> float:
        s = 0.001 if t < 0.1 else 0.01
        if m > 20:
            t = t - s
            return max(t, 0.0)
        t = t + s
        return min(t, 100.0)

    def write_threshold(self, t: float, i: int) -> None:
        last = self.last_written
        if i % 200 == 0 or last is None or not abs(t - last) < 0.05:
            self.run.files[self.name("neural_perfect_threshold")] = repr(t)
            self.last_written = t
