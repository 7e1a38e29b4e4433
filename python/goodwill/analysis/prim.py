"""PRIM on plain arrays: a box in which most points are of interest (Friedman and Fisher 1999)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers

Truths = npt.NDArray[np.bool_]
ALL, PEEL, PASTE = "all", "peel", "paste"


@dataclass(frozen=True, eq=False)
class Box:
    """One step of a trajectory: the bounds of each column, and what lies between them."""

    kind: str
    low: Numbers
    high: Numbers
    points: int
    coverage: float
    """The share of all points of interest that is in the box."""
    density: float
    """The share of the box that is of interest."""
    mass: float
    """The share of all points that is in the box."""

    @property
    def restricted(self) -> Truths:
        return np.isfinite(self.low) | np.isfinite(self.high)

    @property
    def balance(self) -> float:
        """The harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2 * self.coverage * self.density / both if both else 0.0


def prim(x: Numbers, interest: Truths, choices: Truths, share: float, least: float) -> list[Box]:
    """The trajectory, from all points by peeling to the smallest box, and from there by pasting.

    `x` is points x columns; `choices` says which columns are 0 or 1, whether a choice is taken, of which
    peeling takes one away. A peel takes `share` of the points of the box off one side, or what is tied there;
    the side is the one that raises the density most per point that is lost (the lenient rule of Kwakkel and
    Jaxa-Rozen 2016). Peeling ends before the box has less than `least` of all points, or when all of its
    points are of interest; pasting adds to a side as long as the density does not fall.
    """
    everything = np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf)
    boxes = [_box(ALL, x, interest, *everything)]
    while boxes[-1].density < 1:
        now = boxes[-1]
        best = _best(
            now,
            (_box(PEEL, x, interest, *ends) for ends in _peels(x, choices, now, share)),
            lambda box, now: (box.density - now.density) / (now.points - box.points),
            lambda box, now: box.mass >= least,
        )
        if best is None:
            break
        boxes.append(best)
    while True:
        now = boxes[-1]
        best = _best(
            now,
            (_box(PASTE, x, interest, *ends) for ends in _pastes(x, choices, now, share)),
            lambda box, now: box.density,
            lambda box, now: box.points > now.points and box.density >= now.density,
        )
        if best is None:
            return boxes
        boxes.append(best)


def _best(
    now: Box, boxes: Iterator[Box], gain: Callable[[Box, Box], float], allowed: Callable[[Box, Box], bool]
) -> Box | None:
    found = [box for box in boxes if box.points and box.points != now.points and allowed(box, now)]
    return max(found, key=lambda box: gain(box, now), default=None)


def inside(x: Numbers, low: Numbers, high: Numbers) -> Truths:
    return np.asarray(((low < x) & (x <= high)).all(axis=1))


def _box(kind: str, x: Numbers, interest: Truths, low: Numbers, high: Numbers) -> Box:
    within = inside(x, low, high)
    points, hits = int(within.sum()), int(interest[within].sum())
    coverage, density = hits / int(interest.sum()), hits / points if points else 0.0
    return Box(kind, low, high, points, coverage, density, points / len(x))


def _with(ends: Numbers, column: int, value: float) -> Numbers:
    changed = ends.copy()
    changed[column] = value
    return changed


def _peels(x: Numbers, choices: Truths, box: Box, share: float) -> Iterator[tuple[Numbers, Numbers]]:
    within = x[inside(x, box.low, box.high)]
    several = max(1, int(share * len(within)))
    for column, values in enumerate(within.T):
        if choices[column]:
            if box.high[column] == np.inf:
                yield box.low, _with(box.high, column, 0.5)
            continue
        for sign in (1, -1):
            cut = _between(np.sort(sign * values), several)
            if cut is not None and sign == 1:
                yield _with(box.low, column, cut), box.high
            elif cut is not None:
                yield box.low, _with(box.high, column, -cut)


def _pastes(x: Numbers, choices: Truths, box: Box, share: float) -> Iterator[tuple[Numbers, Numbers]]:
    several = max(1, int(share * box.points))
    for column in np.flatnonzero(box.restricted).tolist():
        low, high = _with(box.low, column, -np.inf), _with(box.high, column, np.inf)
        if choices[column]:
            yield box.low, high
            continue
        values = x[inside(x, low, high), column]
        below, above = values[values <= box.low[column]], values[values > box.high[column]]
        if len(below):
            cut = _between(np.sort(-below), several)
            yield _with(box.low, column, -np.inf if cut is None else -cut), box.high
        if len(above):
            cut = _between(np.sort(above), several)
            yield box.low, _with(box.high, column, np.inf if cut is None else cut)


def _between(ordered: Numbers, several: int) -> float | None:
    """A bound after the first `several` values and those tied with them; None: nothing comes after."""
    last = ordered[min(several, len(ordered)) - 1]
    after = int(np.searchsorted(ordered, last, side="right"))
    return float(ordered[after - 1] + ordered[after]) / 2 if after < len(ordered) else None
