"""One scenario simulated as often as an answer needs: on its own luck, and at draws of the assumptions."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.calls import simulated_as_long
from goodwill.engine.size import Size
from goodwill.results.ledger import Numbers, World


class Pooled:
    """What tables ask of a simulation, summed over several at draws of the assumptions, in real customers and
    currency units: every weight is 1. The rest is that of the first."""

    SUMS = ("total", "values", "value_sums", "cohorts", "run_off", "left")

    def __init__(self) -> None:
        self.replications = 0
        self._simulations = 0
        self._sums: dict[str, list[Numbers]] = {}
        self._flows: list[Any] = []
        self._acquisition: Any = 0.0

    def add(self, simulation: _core.Simulation, with_values: bool) -> None:
        if not self._simulations:
            self._first = simulation
            self.weights = np.ones(len(simulation.segments))
        weights = np.asarray(simulation.weights)
        for name in self.SUMS if with_values else self.SUMS[:1]:
            parts = getattr(simulation, name)(0)
            arrays = list(parts) if isinstance(parts, tuple) else [parts]
            real = [np.asarray(x) * weights.reshape(-1, *[1] * (np.ndim(x) - 1)) for x in arrays]
            known = self._sums.setdefault(name, [np.zeros_like(x) for x in real])
            self._sums[name] = [a + b for a, b in zip(known, real, strict=True)]
        flows = simulation.investment_flows(0)
        before = self._flows or [(name, event, 0.0, 0.0) for name, event, _, _ in flows]
        self._flows = [
            (name, event, up + one, run + other)
            for (name, event, up, run), (_, _, one, other) in zip(before, flows, strict=True)
        ]
        self._acquisition = self._acquisition + np.asarray(simulation.acquisition_cost(0))
        self.replications += simulation.replications
        self._simulations += 1

    def investment_flows(self, _: int) -> list[Any]:
        n = self._simulations
        return [(name, event, up / n, run / n) for name, event, up, run in self._flows]

    def acquisition_cost(self, _: int) -> Numbers:
        return np.asarray(self._acquisition) / self._simulations

    def cells(self, *_: int) -> Numbers:
        raise ValueError(
            "at draws of the assumptions no single replications are kept; draws=0 runs the best values"
        )

    def __getattr__(self, name: str) -> Any:
        if name in Pooled.SUMS:
            sums = self._sums[name]
            return lambda _: sums[0] if len(sums) == 1 else tuple(sums)
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._first, name)


class OneUnit(World):
    """One replication of a world, as tables take it."""

    def __init__(self, world: World, number: int) -> None:
        self.__dict__.update(copy.copy(world.__dict__))
        self.number = number
        self.replications = 1
        self.__dict__["mean"] = world.replication(number)


Measure = Callable[[OneUnit], Numbers]


@dataclass(frozen=True)
class Lives:
    """A world, means over all units, and what was measured of each unit."""

    world: World
    units: Numbers
    """Draws x batches x measures, or one row of replications."""
    size: Size
    status: str
    """`fixed`: as long as asked; with a precision `reached`, `capped`, `degenerate` (nothing varies)."""
    uncertain: bool
    """Whether the assumptions were drawn and can make a difference to this scenario."""

    def bands(self, name: str, units: Numbers) -> dict[str, float]:
        """The mean of a measure (draws x batches), the interval of that mean `_low` to `_high`, and 80 % of
        the draws without the error of the simulation, `_p10` to `_p90` (NaN where nothing is uncertain)."""
        mean, low, high = _core.mean_interval(units, self.size.level)
        found = {name: mean, f"{name}_low": low, f"{name}_high": high}
        p10 = p90 = np.nan
        if self.uncertain and np.isfinite(units).all() and _core.varies(units):
            p10, p90 = np.quantile(np.asarray(_core.corrected(units)), (0.1, 0.9))
        return {**found, f"{name}_p10": float(p10), f"{name}_p90": float(p90)}


def ratio_units(above: Numbers, below: Numbers) -> Numbers:
    """Units whose mean is the ratio of the means of two, and whose spread is its error (delta method)."""
    total = below.mean()
    ratio = above.mean() / total if total else np.nan
    return np.asarray(ratio + (above - ratio * below) / (total or np.nan))


def live(
    firm: Anchored,
    scenario: str,
    size: Size,
    threads: int,
    measure: Measure,
    *,
    title: str,
    key: Callable[[Numbers], Numbers],
    **options: Any,
) -> Lives:
    """Simulates a scenario until what `key` says of the measures is as precise as asked.

    Replications and draws are those of a longer run, too: it extends a shorter one bit for bit. `options` are
    those of the simulation.
    """
    status = "fixed"
    while True:
        found = _once(firm, scenario, size, threads, measure, title, options)
        if size.precision is None:
            break
        target = _core.Target(size.precision[0], relative=size.precision[1], floor=0.0)
        status, wanted = _core.next_size(key(found.units), target, size.level, size.most_replications)
        if status:
            break
        size = size.grown(wanted)
    return replace(found, status=status)


def _once(
    firm: Anchored,
    scenario: str,
    size: Size,
    threads: int,
    measure: Measure,
    title: str,
    options: dict[str, Any],
) -> Lives:
    uncertain = size.draws > 0 and _core.is_uncertain(firm.core, scenario)
    units: list[Numbers] = []
    pooled, worlds = Pooled(), []
    for simulation in simulated_as_long(firm, scenario, size, threads, title, **options):
        world = World(simulation, 0, firm.model.periods_per_year)
        units += [measure(OneUnit(world, r)) for r in range(simulation.replications)]
        if size.draws:
            pooled.add(simulation, bool(options.get("values")))
        else:
            worlds.append(world)
    if size.draws:
        worlds = [World(cast(_core.Simulation, pooled), 0, firm.model.periods_per_year)]
    measured = np.array(units)
    rows = size.draws if uncertain else 1
    return Lives(worlds[0], measured.reshape(rows, -1, *measured.shape[1:]), size, "fixed", uncertain)


def table_of_bands(lives: Lives, rows: list[dict[str, Any]], units: dict[str, list[Numbers]]) -> pd.DataFrame:
    """Rows with the bands of their measures: by name, draws x batches of each row."""
    for name, of_rows in units.items():
        for row, values in zip(rows, of_rows, strict=True):
            row |= lives.bands(name, values)
    return pd.DataFrame(rows)
