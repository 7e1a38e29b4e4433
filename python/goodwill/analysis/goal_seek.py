"""Where the NPV reaches a target as one number of the model changes: break-even on any path, on common
luck."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill._core import ModelError
from goodwill.analysis.uncertainty import register
from goodwill.analysis.variants import at_best, checked_length, half_width, values_of
from goodwill.engine.model import Model
from goodwill.engine.progress import composite
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.arguments import checked_threads, number, whole
from goodwill.text.display import wrapped

ROOT_STEPS = 12
"""About so many simulations find a root and its slope."""
STEPS = 40
"""The most steps of regula falsi; a root is found when a step or the bracket is below 1e-6 of the range."""


@dataclass(frozen=True)
class BreakEven:
    """Values of one number at which the NPV of a scenario is the target, with assumptions at best values."""

    scenario: str
    path: str
    """Full path of the number that was varied: a change of an investment, or the number itself."""
    now: float
    target: float
    roots: pd.DataFrame
    """One row per root: root, its interval low to high (delta method), slope of the NPV there."""
    level: float
    """Level of the intervals, which cover the error of the simulation."""
    uncertain: bool
    """Whether assumptions were drawn in the study; here they stand at their best values."""
    curve: pd.DataFrame
    """The points simulated: value, npv, npv_low, npv_high. Two roots between neighbours are not seen."""

    @property
    def unique(self) -> bool:
        return len(self.roots) == 1

    @property
    def reason(self) -> str:
        """Why there is no single answer; empty when there is one."""
        low, high = figures_of(self.curve["value"].iloc[0]), figures_of(self.curve["value"].iloc[-1])
        if len(self.roots) == 0:
            side = "above" if (self.curve["npv"] > self.target).all() else "below"
            if (self.curve["npv"] == self.curve["npv"].iloc[0]).all():
                return f"no root in range: {self.path} does not change the value"
            return f"no root in range: from {low} to {high} the value stays {side} the target"
        return f"{len(self.roots)} roots from {low} to {high}" if len(self.roots) > 1 else ""

    def __repr__(self) -> str:
        if not len(self.roots):
            return wrapped(f"{self.scenario!r}: {self.reason}")
        found = [
            f"{figures_of(row.root)} ({figures_of(row.low)} to {figures_of(row.high)})"
            for row in self.roots.itertuples()
        ]
        goal = "breaks even" if self.target == 0 else f"is worth {figures.amount(self.target)}"
        best = ", all assumptions at their best" if self.uncertain else ""
        text = (
            f"{self.scenario!r} {goal} at {self.path} = {figures.listed(found)}{best}; now "
            f"{figures_of(self.now)}. In brackets: {100 * self.level:g} % interval, the error of the "
            "simulation alone"
        )
        return wrapped(f"{text}; {self.reason}." if self.reason else f"{text}.")


def figures_of(value: Any) -> str:
    return figures.assumption(float(value), False)


@dataclass(frozen=True)
class Dial:
    """The number that is varied, and how to set it. A change is set by assigning its whole block."""

    path: str
    now: float
    block: str = ""
    changed: str = ""
    operation: str = ""

    def values(self, model: Model, x: float) -> dict[str, object]:
        if not self.block:
            return {self.path: x}
        changes: Any = dict(model[self.block])
        changes[self.changed] = {**changes[self.changed], self.operation: x}
        return {self.block: changes}


def dial(model: Model, scenario: str, path: str) -> Dial:
    """The change by which a part of the scenario alters the number at the path; otherwise the number itself.

    The path may also be the full path of a change. Raises `ValueError` if it could mean several numbers.
    """
    changes = _changes(model, scenario)
    named = [one for one in changes if one.path == path]
    if named:
        return named[0]
    places = model.resolve(path)
    if len(places) > 1:
        raise ValueError(f"path is {path!r}; it means several numbers, write one of: {', '.join(places)}")
    meant = [one for one in changes if places[0] in model.resolve(one.changed)]
    if len(meant) > 1:
        listed = ", ".join(one.path for one in meant)
        raise ValueError(f"path is {path!r}; {scenario!r} changes it more than once, write one of: {listed}")
    return meant[0] if meant else Dial(places[0], _number(model, places[0], model[places[0]]))


def _changes(model: Model, scenario: str) -> list[Dial]:
    found = []
    for part in model.scenarios.get(scenario, []):
        block = f"{'investments' if part in model.investments else 'events'}.{part}.changes"
        said: Any = {}
        if block in model:  # a part without changes has no such path
            said = model[block] or {}  # None: the block is empty
        for changed, operations in said.items():
            for operation, value in operations.items():
                path = f"{block}.{changed}.{operation}"
                found.append(Dial(path, _number(model, path, value), block, changed, operation))
    return found


def _number(model: Model, path: str, value: Any) -> float:
    if isinstance(value, str) and value.startswith("$"):
        return float(register(model).set_index("assumption")["best"][value[1:]])
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"path is {path!r}; it must be that of a number, but {value!r} stands there")
    return float(value)


def break_even(
    study: StudyResult,
    scenario: str,
    path: str,
    *,
    target: float | str,
    low: float | None,
    high: float | None,
    points: int,
    replications: int | None,
    threads: int,
) -> BreakEven:
    """See `Study.break_even`."""
    study.number(scenario)
    wanted, threads = number("target", target), checked_threads(threads)
    if abs(wanted) > 1e18:
        raise ValueError(f"target is {target!r}; it must be an amount of money up to 1e18")
    points = whole("points", points, 2, 1000, "a whole number from 2 to 1,000")
    question = at_best(study, checked_length(study, replications, 30))
    wheel = dial(study.model, scenario, path)
    now = wheel.now
    known: dict[float, Numbers] = {}

    def gap(x: float) -> float:
        """NPV less target at x, always on the same luck, so that it is as smooth in x as the model."""
        if x not in known:
            variant = question.anchored.changed(wheel.values(study.model, x))
            known[x] = values_of(question, variant, [scenario], threads)[scenario] - wanted
        return float(known[x].mean())

    span = _range(study.model, wheel, low, high)
    grid = sorted({*np.linspace(*span, points).tolist(), *([now] if span[0] < now < span[1] else [])})
    for value in grid:
        if not _accepted(study.model, wheel, value):
            if not float(value).is_integer() and _accepted(study.model, wheel, math.floor(value)):
                raise ValueError(
                    f"path is {path!r}; only whole numbers may stand there, so that no value between them "
                    "can be found; compare a model for each of them"
                )
            raise ValueError(
                f"path is {path!r}; the model does not take every number from {figures_of(span[0])} to "
                f"{figures_of(span[1])} there ({figures_of(value)} is refused), so that it cannot be varied"
            )
    with composite("Break-even", len(grid) + ROOT_STEPS):
        values = [gap(x) for x in grid]
        roots = [x for x, value in zip(grid, values, strict=True) if value == 0 and any(values)]
        for a, b in zip(range(len(grid) - 1), range(1, len(grid)), strict=True):
            if values[a] * values[b] < 0:
                roots.append(_root(gap, grid[a], grid[b], 1e-6 * (span[1] - span[0])))
        rows = [_with_interval(gap, known, x, span, study.level) for x in sorted(roots)]
    curve = [
        (x, value + wanted, value + wanted - half, value + wanted + half)
        for x, value in zip(grid, values, strict=True)
        for half in [half_width(known[x], study.level)]
    ]
    return BreakEven(
        scenario,
        wheel.path,
        now,
        wanted,
        roots=pd.DataFrame(rows, columns=["root", "low", "high", "slope"]),
        level=study.level,
        uncertain=study.uncertain,
        curve=pd.DataFrame(curve, columns=["value", "npv", "npv_low", "npv_high"]),
    )


def _accepted(model: Model, wheel: Dial, value: float) -> bool:
    try:
        model.assign(wheel.values(model, value))
    except ModelError:
        return False
    return True


def _range(model: Model, wheel: Dial, low: float | None, high: float | None) -> tuple[float, float]:
    """The range to search: as asked, or three times the value to either side, as far as the model accepts
    it."""
    ends = []
    now = wheel.now
    for name, asked, sign in (("low", low, -1), ("high", high, 1)):
        if asked is not None:
            end = number(name, asked)
            model.assign(wheel.values(model, end))  # raises ModelError if the model refuses it
        else:
            reach = 3 * abs(now) or 1.0
            end = now + sign * reach
            if not _accepted(model, wheel, end):
                inside, outside = 0.0, 1.0
                for _ in range(50):
                    middle = (inside + outside) / 2
                    fits = _accepted(model, wheel, now + sign * reach * middle)
                    inside, outside = (middle, outside) if fits else (inside, middle)
                end = now + sign * reach * inside
                end = next((n for n in (round(end, 9),) if _accepted(model, wheel, n)), end)
        ends.append(end)
    if ends[0] >= ends[1]:
        raise ValueError(f"low is {ends[0]:g} and high {ends[1]:g}; low must be below high")
    return ends[0], ends[1]


def _root(gap: Callable[[float], float], a: float, b: float, width: float) -> float:
    """Regula falsi with the Illinois rule: a and b always bracket the root."""
    at_a, at_b = gap(a), gap(b)
    x = a
    for _ in range(STEPS):
        before, x = x, (a * at_b - b * at_a) / (at_b - at_a)
        at_x = gap(x)
        if at_x == 0 or abs(x - before) < width or abs(b - a) < width:
            return x
        if at_x * at_b < 0:
            a, at_a = b, at_b
        else:
            at_a /= 2
        b, at_b = x, at_x
    return x


def _with_interval(
    gap: Callable[[float], float],
    known: dict[float, Numbers],
    root: float,
    span: tuple[float, float],
    level: float,
) -> tuple[float, float, float, float]:
    """The root with its interval and slope. By the delta method the half-width is that of the NPV at the
    root, divided by the slope there."""
    gap(root)
    step = 0.01 * (span[1] - span[0])
    a, b = max(span[0], root - step), min(span[1], root + step)
    slope = (gap(b) - gap(a)) / (b - a)
    error = half_width(known[root], level)
    half = error / abs(slope) if slope else math.inf
    return root, root - half, root + half, slope
