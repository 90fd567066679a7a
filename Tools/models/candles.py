"""Candle series with exactly one pattern or none, checked by a detector that knows no generator.

Prices are in units of a usual candle's body. A pattern is drawn clearly inside its definition, and
every other run of candles stays clearly outside all of them: `found` uses loose bounds, so that
what it does not find is not a borderline case either.
"""

import dataclasses

PATTERNS = [
    "bullish engulfing",
    "bearish engulfing",
    "hammer",
    "shooting star",
    "doji",
    "morning star",
    "evening star",
    "three white soldiers",
    "three black crows",
]
"""The patterns in the order of the model's outputs, `none` following them."""


@dataclasses.dataclass(frozen=True)
class Candle:
    """Opening, highest, lowest and closing price."""

    open: float
    high: float
    low: float
    close: float

    @property
    def rises(self) -> bool:
        """Whether it closes no lower than it opens."""
        return self.close >= self.open

    @property
    def body(self) -> float:
        """The distance between opening and closing price."""
        return abs(self.close - self.open)

    @property
    def upper(self) -> float:
        """The length of the wick above the body."""
        return self.high - max(self.open, self.close)

    @property
    def lower(self) -> float:
        """The length of the wick below the body."""
        return min(self.open, self.close) - self.low

    def mirrored(self) -> "Candle":
        """The candle upside down: bearish patterns are bullish ones mirrored."""
        return Candle(-self.open, -self.low, -self.high, -self.close)


# MARK: - Detection


def engulfs(first: Candle, second: Candle) -> bool:
    """A falling body covered, but for a little, by a rising one."""
    return (
        not first.rises
        and second.rises
        and first.body >= 0.15
        and second.open <= first.close + 0.12
        and second.close >= first.open - 0.12
    )


def hangs(candle: Candle) -> bool:
    """A long lower wick below a body with next to no upper wick."""
    whole = candle.high - candle.low
    return candle.lower >= 1.6 * candle.body and candle.upper <= 0.3 * whole and whole >= 0.6


def hesitates(candle: Candle) -> bool:
    """Opening and closing price nearly alike."""
    return candle.body <= 0.16 * (candle.high - candle.low) or candle.body < 0.2


def turns(first: Candle, second: Candle, third: Candle) -> bool:
    """A long falling body, a small one low, and a rising one that wins back half of the first."""
    return (
        not first.rises
        and third.rises
        and first.body >= 0.7
        and second.body <= 0.55 * first.body
        and (second.open + second.close) / 2 <= first.close + 0.25 * first.body
        and third.close >= first.close + 0.4 * first.body
    )


def marches(first: Candle, second: Candle, third: Candle) -> bool:
    """Three long rising bodies in a row."""
    return all(c.rises and c.body >= 0.62 for c in (first, second, third)) and (
        first.close < second.close < third.close
    )


def found(series) -> list[tuple[str, int, int]]:
    """Every pattern in a series as (name, first candle, number of candles), loosely defined."""
    patterns = []
    for index, candle in enumerate(series):
        if hesitates(candle):
            patterns.append(("doji", index, 1))
        elif hangs(candle):
            patterns.append(("hammer", index, 1))
        elif hangs(candle.mirrored()):
            patterns.append(("shooting star", index, 1))
        for length, rule, rising, falling in (
            (2, engulfs, "bullish engulfing", "bearish engulfing"),
            (3, turns, "morning star", "evening star"),
            (3, marches, "three white soldiers", "three black crows"),
        ):
            run = series[index - length + 1 : index + 1] if index + 1 >= length else []
            if run and rule(*run):
                patterns.append((rising, index - length + 1, length))
            elif run and rule(*(c.mirrored() for c in run)):
                patterns.append((falling, index - length + 1, length))
    return patterns


# MARK: - Generation


def usual(rng, before: float, drift: float) -> Candle:
    """A candle of a random walk: body and wicks of usual lengths, now and then a gap."""
    rises = rng.random() < 0.5 + 0.38 * drift
    body = min(2.0, max(0.32, rng.lognormvariate(-0.35, 0.5)))
    gap = rng.gauss(0, 0.06) if rng.random() < 0.85 else rng.uniform(-0.5, 0.5)
    start = before + gap
    stop = start + (body if rises else -body)
    upper = body * rng.uniform(0, 0.95) * rng.random()
    lower = body * rng.uniform(0, 0.95) * rng.random()
    return Candle(start, max(start, stop) + upper, min(start, stop) - lower, stop)


def candle(start, stop, upper, lower) -> Candle:
    """A candle from opening and closing price and the lengths of its wicks."""
    return Candle(start, max(start, stop) + upper, min(start, stop) - lower, stop)


def bullish(rng, name: str, before: float) -> list[Candle]:
    """The candles of a pattern that ends a decline, or of a doji, following a close of `before`."""

    def wick(most=0.2):
        return rng.uniform(0.02, most)

    if name == "bullish engulfing":
        start = before + rng.gauss(0, 0.05)
        body = rng.uniform(0.4, 0.9)
        second = start - body - rng.uniform(0.2, 0.4)
        stop = max(second + 1.2, start + rng.uniform(0.25, 0.8))
        return [
            candle(start, start - body, wick(), wick()),
            candle(second, stop, wick(0.3), wick(0.3)),
        ]
    if name == "hammer":
        body = rng.uniform(0.3, 0.5)
        start = before - rng.uniform(0.0, 0.2)
        stop = start + (body if rng.random() < 0.6 else -body)
        return [candle(start, stop, rng.uniform(0, 0.1), body * rng.uniform(2.6, 4.2))]
    if name == "doji":
        start = before + rng.gauss(0, 0.15)
        stop = start + rng.uniform(-0.03, 0.03)
        return [candle(start, stop, rng.uniform(0.5, 1.1), rng.uniform(0.5, 1.1))]
    if name == "morning star":
        start = before + rng.gauss(0, 0.05)
        fall, star = rng.uniform(1.2, 1.9), rng.uniform(0.3, 0.42)
        top = start - fall - rng.uniform(0.2, 0.5)
        second = (top - star, top) if rng.random() < 0.5 else (top, top - star)
        third = top + rng.uniform(0.1, 0.4)
        stop = max(third + 1.1, start - fall * rng.uniform(0.05, 0.4))
        return [
            candle(start, start - fall, wick(), wick()),
            candle(second[0], second[1], wick(0.15), wick(0.15)),
            candle(third, stop, wick(), wick()),
        ]
    if name == "three white soldiers":
        run, start = [], before + rng.uniform(-0.1, 0.2)
        for _ in range(3):
            body = rng.uniform(0.95, 1.5)
            run.append(candle(start, start + body, wick(0.15), wick(0.15)))
            start += body * rng.uniform(0.6, 0.92)
        return run
    raise ValueError(f"no pattern '{name}'")


TALLEST = 10.5
"""The greatest price range of a series: in a taller one the candles would be too small to read."""

MIRRORS = {
    "bearish engulfing": "bullish engulfing",
    "shooting star": "hammer",
    "evening star": "morning star",
    "three black crows": "three white soldiers",
}
"""Patterns that are another one upside down."""


def series(rng, name=None, counts=(30, 40)):
    """A checked series: (candles, first candle of the pattern, its number of candles).

    Half of all series are walked downwards first and then mirrored, so that nothing but the candles
    tells rising patterns from falling ones.
    """
    while True:
        made = attempt(rng, name, counts)
        if made is not None:
            return made


def attempt(rng, name, counts=(30, 40)):
    """A series or nothing, when the walk got stuck or the check failed."""
    flip = name in MIRRORS or (name in (None, "doji") and rng.random() < 0.5)
    wanted = MIRRORS.get(name, name)
    length = {"hammer": 1, "doji": 1, "bullish engulfing": 2}.get(wanted, 3 if wanted else 0)
    count = rng.randint(*counts)
    # A series without a pattern has a decline as well: it must not be a sign of one.
    first = rng.randint(6, count - max(1, length) - 1)
    decline = rng.randint(4, 7)
    walk, before, drift = [], 0.0, rng.uniform(-0.6, 0.6)
    while len(walk) < count:
        if wanted and len(walk) == first:
            run = bullish(rng, wanted, before)
            walk += run
            before = run[-1].close
            drift = rng.uniform(-0.3, 0.9)
            continue
        if rng.random() < 0.15:
            drift = rng.uniform(-0.8, 0.8)
        steep = wanted != "doji" and first - decline <= len(walk) < first
        for _ in range(30):
            homeward = min(1.0, max(-1.0, drift - 0.22 * before))
            following = usual(rng, before, -0.95 if steep else homeward)
            recent = walk[-2:] + [following]
            offset = len(walk) - len(recent) + 1
            hits = [
                hit
                for hit in found(recent)
                if not (
                    wanted
                    and first <= hit[1] + offset
                    and hit[1] + offset + hit[2] <= first + length
                )
            ]
            if not hits:
                break
        else:
            return None
        walk.append(following)
        before = following.close
    if wanted and walk[first - 1].close > walk[first - 5].open - 1.0 and wanted != "doji":
        return None
    if max(c.high for c in walk) - min(c.low for c in walk) > TALLEST:
        return None
    if flip:
        walk = [c.mirrored() for c in walk]
    expected = [(name, first, length)] if name else []
    return (walk, first, length) if found(walk) == expected else None
