"""Designs: which points a sweep visits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.text.arguments import checked_seed, fraction, keywords_checked, shown, text, whole

Factor: TypeAlias = "tuple[float, float, str] | list[Any]"
"""A range (low, high, scale), or the values to choose from."""
SCALES = PLAIN, LOG = ("plain", "log")
GRID, LATIN, SOBOL, SALTELLI, MORRIS, TABLE, SEVERAL = (
    *("grid", "latin_hypercube", "sobol", "saltelli", "morris"),
    *("table", "several"),
)
MOST = 10_000_000


@dataclass(frozen=True, eq=False, repr=False)
class Design(Plain):
    """Points of a sweep: a row each, with a column for each factor. Designs can be added: `a + b`."""

    kind: str
    """`grid`, `latin_hypercube`, `sobol`, `saltelli`, `morris`, `table`, or `several` that were added."""
    rows: dict[str, list[Any]]
    """By factor the value at each point; None: what the model says."""
    factors: dict[str, Factor] = field(default_factory=dict)
    """What was asked; empty for tables and several."""
    n: int = 0
    """As asked: points, or trajectories of `morris`, or base points of `saltelli`."""
    seed: int = 0
    levels: int = 0
    places: dict[str, tuple[str, int, int]] = field(default_factory=dict, compare=False)
    """Where a file names each factor: file, line, column."""

    def __len__(self) -> int:
        return len(next(iter(self.rows.values()), []))

    def table(self) -> pd.DataFrame:
        """One row for each point, one column for each factor; None: what the model says."""
        return pd.DataFrame(
            {name: pd.Series(column, dtype=object) for name, column in self.rows.items()}
        ).infer_objects()

    def __add__(self, other: object) -> Design:
        if not isinstance(other, Design):
            return NotImplemented
        rows = {
            name: [*self.rows.get(name, [None] * len(self)), *other.rows.get(name, [None] * len(other))]
            for name in {**self.rows, **other.rows}
        }
        return Design(SEVERAL, rows)

    def extended(self, n: int) -> Design:
        """The same design with `n` instead of its points, which it keeps. Raises `ValueError` unless points
        of a Sobol sequence (`sobol`, `saltelli`) are asked for."""
        if self.kind not in (SOBOL, SALTELLI):
            raise ValueError(
                f"a design of kind {self.kind!r} has no more points; add another one: design + gw.sobol(...)"
            )
        n = checked_points(n)
        if n < self.n:
            raise ValueError(f"n is {n}; the design has {self.n} already")
        longer = (sobol if self.kind == SOBOL else saltelli)(dict(self.factors), n=n, seed=self.seed)
        return replace(longer, places=self.places)

    def __repr__(self) -> str:
        return f"{self.kind} of {len(self):,} points over {', '.join(self.rows)}"


@keywords_checked
def grid(factors: Mapping[str, object]) -> Design:
    """Every combination of values: `gw.grid({"bot.failure": [0.2, 0.3], "better_bot.start": [1, 4]})`.

    Factors are paths of the model (those of investments and events too, as `model.paths()` lists them),
    `terms.discount` and the like, `assumptions.NAME`, and `scenarios.NAME.PART`: True or False, whether an
    investment is in. The last factor varies fastest. Raises `ValueError`.
    """
    asked = _factors(factors)
    for name, factor in asked.items():
        if isinstance(factor, tuple):
            raise ValueError(f"{name} is a range, which has no end of values; a grid takes a list of them")
        if twice := next((value for value in factor if factor.count(value) > 1), None):
            raise ValueError(f"{name} has the value {shown(twice)} twice")
    size = math.prod(len(values) for values in asked.values())
    checked_points(size)
    points = list(itertools.product(*asked.values()))
    return Design(GRID, {name: [point[k] for point in points] for k, name in enumerate(asked)}, asked, size)


@keywords_checked
def latin_hypercube(factors: Mapping[str, object], n: int, seed: int = 1) -> Design:
    """`n` points that are spread evenly over the range of each factor (McKay, Beckman and Conover 1979).

    A factor is a range `(low, high)`, in numbers per period or percent (`("15 %", "45 %")`), on the log scale
    with `(low, high, "log")`, or a list of values to choose from. Factors are named as in `grid`. Raises
    `ValueError`.
    """
    asked, n, seed = _factors(factors), checked_points(n), checked_seed(seed)
    return Design(LATIN, _spread(asked, _core.latin_hypercube(seed, len(asked), n)), asked, n, seed)


@keywords_checked
def sobol(factors: Mapping[str, object], n: int, seed: int = 1) -> Design:
    """`n` points of a Sobol sequence with a random shift: they fill all ranges together (L'Ecuyer and Lemieux
    2002). More points extend fewer; a power of 2 is best. Factors as in `latin_hypercube`. Raises
    `ValueError`.
    """
    asked, n, seed = _factors(factors), checked_points(n), checked_seed(seed)
    return Design(SOBOL, _spread(asked, _core.sobol_points(seed, len(asked), n)), asked, n, seed)


@keywords_checked
def saltelli(factors: Mapping[str, object], n: int, seed: int = 1) -> Design:
    """Points from which `sweep.sensitivity()` estimates Sobol's indices without a model of the answer
    (Saltelli et al. 2010): two samples of `n` points, and for each of k factors one of them with that factor
    taken from the other, `n * (k + 2)` in all. Factors as in `latin_hypercube`. Raises `ValueError`.
    """
    asked, n, seed = _factors(factors), checked_points(n), checked_seed(seed)
    k = len(asked)
    checked_points(n * (k + 2))
    both = _core.sobol_points(seed, 2 * k, n)
    a, b = both[:, :k], both[:, k:]
    crossed = np.repeat(a[:, None, :], k, axis=1)
    crossed[:, np.arange(k), np.arange(k)] = b
    points = np.concatenate([a[:, None, :], crossed, b[:, None, :]], axis=1)
    return Design(SALTELLI, _spread(asked, points.reshape(-1, k)), asked, n, seed)


@keywords_checked
def morris(factors: Mapping[str, object], n: int, seed: int = 1, levels: int = 4) -> Design:
    """`n` trajectories (Morris 1991), each of k + 1 points for k factors that move one factor at a time by
    half of its range or more: a first look at which factors matter, with few points. Factors as in
    `latin_hypercube`. Raises `ValueError`.
    """
    asked, n, seed = _factors(factors), checked_points(n), checked_seed(seed)
    levels = whole("levels", levels, 2, 1000, "an even number from 2 to 1,000")
    if levels % 2:
        raise ValueError(f"levels is {levels}; it must be an even number from 2 to 1,000")
    checked_points(n * (len(asked) + 1))
    points = trajectories(len(asked), n, seed, levels).reshape(-1, len(asked))
    return Design(MORRIS, _spread(asked, points), asked, n, seed, levels)


def trajectories(k: int, n: int, seed: int, levels: int) -> Numbers:
    """Those of `morris` in the unit cube: trajectories x points x factors."""
    luck = _core.latin_hypercube(seed, 3 * k, n).reshape(n, 3, k)
    step = levels / 2 / (levels - 1)
    up = luck[:, 1] < 0.5
    at = np.floor(luck[:, 0] * levels / 2) / (levels - 1) + np.where(up, 0, step)
    order = np.argsort(luck[:, 2], axis=1, kind="stable")
    points = [at.copy()]
    rows = np.arange(n)
    for turn in range(k):
        moved = order[:, turn]
        at[rows, moved] += np.where(up[rows, moved], step, -step)
        points.append(at.copy())
    return np.stack(points, 1)


def of_table(table: pd.DataFrame) -> Design:
    """A design of any points: a row each, a column for each factor; missing is what the model says."""
    names = [text("a column of the design", name) for name in table.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the design has two columns {twice!r}")
    if not names or table.empty:
        raise ValueError("the design is empty; it has a row for each point, a column for each factor")
    checked_points(len(table))
    rows = {name: [_said(name, value) for value in table.iloc[:, k]] for k, name in enumerate(names)}
    return Design(TABLE, rows)


def checked_design(design: object) -> Design:
    if isinstance(design, Design):
        return design
    if isinstance(design, pd.DataFrame):
        return of_table(design)
    raise ValueError(
        f"design is {shown(design)}; it must be a table, or what gw.grid, gw.sobol, gw.latin_hypercube, "
        "gw.saltelli or gw.morris gave"
    )


def _said(name: str, value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (tuple, list, np.ndarray)):
        return [_said(name, item) for item in value]
    if isinstance(value, Mapping):
        return {text(name, key): _said(name, item) for key, item in value.items()}
    if not isinstance(value, (bool, int, float, str)):
        raise ValueError(
            f"{name} has the value {shown(value)}; it must be a number, a text, a list or a mapping"
        )
    return value


def checked_points(n: object) -> int:
    """How many points there are. Raises `ValueError`."""
    return whole("n", n, 1, MOST, "a whole number from 1 to 10,000,000 (points in all)")


def _factors(factors: Mapping[str, object]) -> dict[str, Factor]:
    if not factors:
        raise ValueError("a design needs a factor, for instance {'customer.fee': [25, 30]}")
    return {text("a factor", name): factor_of(name, asked) for name, asked in factors.items()}


def factor_of(name: str, asked: object) -> Factor:
    """What a factor is asked to be. Raises `ValueError`."""
    if isinstance(asked, Mapping):
        known = {"low", "high", "scale"}
        if not {"low", "high"} <= set(asked) <= known:
            raise ValueError(
                f"{name} is {shown(asked)}; a range is {{low: .., high: ..}}, perhaps scale: log"
            )
        asked = (asked["low"], asked["high"], asked.get("scale", PLAIN))
    if isinstance(asked, tuple):
        if len(asked) not in (2, 3):
            raise ValueError(f"{name} is {shown(asked)}; a range is (low, high) or (low, high, 'log')")
        low, high = (fraction(f"{name}: {end}", x) for end, x in zip(("low", "high"), asked, strict=False))
        scale = asked[2] if len(asked) == 3 else PLAIN
        if scale not in SCALES:
            raise ValueError(f"{name}: scale is {shown(scale)}; it must be 'plain' or 'log'")
        if low >= high:
            raise ValueError(f"{name}: low is {low:g} and high {high:g}; low must be below high")
        if scale == LOG and low <= 0:
            raise ValueError(f"{name}: low is {low:g}; on the log scale it must be above 0")
        return low, high, scale
    if isinstance(asked, Iterable) and not isinstance(asked, (str, bytes)):
        values = [_said(name, value) for value in asked]
        if not values:
            raise ValueError(f"{name} is empty; it must have a value")
        return values
    raise ValueError(f"{name} is {shown(asked)}; it must be a range (low, high) or a list of values")


def _spread(factors: Mapping[str, Factor], unit: Numbers) -> dict[str, list[Any]]:
    """Values of the factors at points of the unit cube."""
    return {
        name: list(map(at(factor), unit[:, k].tolist())) for k, (name, factor) in enumerate(factors.items())
    }


def at(factor: Factor) -> Callable[[float], Any]:
    """What a factor is, from 0 to 1 of its range."""
    if isinstance(factor, tuple):
        low, high, scale = factor
        if scale == LOG:
            return lambda u: math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
        return lambda u: low + u * (high - low)
    values: Sequence[Any] = factor
    return lambda u: values[min(int(u * len(values)), len(values) - 1)]
