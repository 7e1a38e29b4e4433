"""From the simulator's whole numbers to numbers of real customers, added up as a table asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill import _core
from goodwill.text.arguments import checked_names
from goodwill.text.vocabulary import KEYS, ORIGIN, PERIOD, REPLICATION, SEGMENT, YEAR

Numbers: TypeAlias = npt.NDArray[np.float64]

COUNTERS: dict[str, str] = {name: role for name, role, _ in _core.counters}
"""The fixed counters of the core, in their order, and their roles: everything that is added up follows."""


def of_role(role: str) -> list[str]:
    """The counters of a role: revenue, margin, cost_to_serve, acquisition, ..."""
    return [name for name, its in COUNTERS.items() if its == role]


def checked_by(by: str | Iterable[str]) -> list[str]:
    names = checked_names("key", by, KEYS, "a table can be broken down by")
    if YEAR in names and PERIOD in names:
        raise ValueError("a table is broken down by year or by period, not by both")
    return names


@dataclass(frozen=True)
class Grouped:
    """A table's rows before they have columns: sums over each group, and the first and last period in it."""

    keys: pd.DataFrame
    sums: Numbers
    first: Numbers
    last: Numbers
    index: dict[str, int]

    def sum(self, name: str) -> Numbers:
        return self.sums[:, self.index[name]]


class World:
    """One scenario as [segment, period, origin, counter] in real customers and currency units."""

    def __init__(self, simulation: _core.Simulation, scenario: int, periods_per_year: float) -> None:
        self.simulation = simulation
        self.scenario = scenario
        self.periods_per_year = periods_per_year
        self.segments = simulation.segments
        self.origins = simulation.origins
        self.periods = simulation.periods
        self.replications = simulation.replications
        self.index = {name: k for k, name in enumerate(simulation.counters)}

    def _real(self, cells: Numbers) -> Numbers:
        weights = np.asarray(self.simulation.weights, dtype=np.float64)[:, None, None, None]
        return np.asarray(cells * weights)

    @cached_property
    def mean(self) -> Numbers:
        """The mean over replications."""
        return self._real(self.simulation.total(self.scenario)) / self.replications

    def replication(self, number: int) -> Numbers:
        return self._real(self.simulation.cells(self.scenario, number))

    def flows(self) -> list[tuple[str, bool, Numbers, Numbers]]:
        """What each investment and event costs the firm: name, whether an event, upfront, running."""
        return self.simulation.investment_flows(self.scenario)

    def names(self, prefix: str) -> list[str]:
        """What stands after a prefix in the names of counters, for instance the stages of `stage.`."""
        return [name.removeprefix(prefix) for name in self.index if name.startswith(prefix)]

    def years(self) -> npt.NDArray[np.int64]:
        """The year of each period, from 1."""
        return np.floor(np.arange(self.periods) / self.periods_per_year + 1e-9).astype(np.int64) + 1

    def _starts(self, by: list[str]) -> tuple[str | None, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Groups of periods: the key that names them, its values, and the first period (from 0) of each."""
        if PERIOD in by:
            return PERIOD, np.arange(1, self.periods + 1), np.arange(self.periods)
        if YEAR in by:
            names, starts = np.unique(self.years(), return_index=True)
            return YEAR, names, starts
        return None, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)

    def grouped(self, by: list[str]) -> Grouped:
        """Sums over what `by` does not name; rows in the order replication, period, segment, origin."""
        if REPLICATION in by:
            rest = [name for name in by if name != REPLICATION]
            parts = [self._grouped(self.replication(r), rest) for r in range(self.replications)]
            for r, part in enumerate(parts):
                part.keys.insert(0, REPLICATION, r)
            joined = pd.concat([part.keys for part in parts], ignore_index=True)
            return Grouped(
                joined,
                np.concatenate([part.sums for part in parts]),
                np.concatenate([part.first for part in parts]),
                np.concatenate([part.last for part in parts]),
                self.index,
            )
        return self._grouped(self.mean, by)

    def _grouped(self, cells: Numbers, by: list[str]) -> Grouped:
        word, values, starts = self._starts(by)
        ends = np.append(starts[1:], self.periods) - 1
        levels: dict[str, list[Any]] = {}
        if word:
            levels[word] = list(values)
        if SEGMENT in by:
            levels[SEGMENT] = list(self.segments)
        if ORIGIN in by:
            levels[ORIGIN] = list(self.origins)
        if levels:
            keys = pd.MultiIndex.from_product(list(levels.values()), names=list(levels)).to_frame(index=False)
            if word == YEAR:
                lengths = np.append(starts[1:], self.periods) - starts
                keys.insert(1, "periods", np.repeat(lengths, len(keys) // len(lengths)))
        else:
            keys = pd.DataFrame(index=pd.RangeIndex(1))
        return Grouped(
            keys,
            _rows(np.add.reduceat(cells, starts, axis=1), by),
            _rows(cells[:, starts], by),
            _rows(cells[:, ends], by),
            self.index,
        )

    def add_up(self, cells: Numbers, by: list[str]) -> Numbers:
        """Rows of sums, in the order of a table's rows."""
        return _rows(np.add.reduceat(cells, self._starts(by)[2], axis=1), by)


class StudyWorld(World):
    """One world of a study: means over its units, which are not kept apart."""

    def __init__(self, result: _core.Study, name: str, periods_per_year: float) -> None:
        self.result = result
        self.name = name
        self.periods_per_year = periods_per_year
        self.segments = result.segments
        self.origins = result.origins
        self.periods = result.periods
        self.replications = 1
        self.index = {name: k for k, name in enumerate(result.counters)}

    @cached_property
    def mean(self) -> Numbers:
        return self.result.cells(self.name)

    def replication(self, number: int) -> Numbers:
        raise ValueError("a study keeps no single replications; take them from goodwill.run")

    def flows(self) -> list[tuple[str, bool, Numbers, Numbers]]:
        return self.result.investment_flows(self.name)


def _rows(cells: Numbers, by: list[str]) -> Numbers:
    if SEGMENT not in by:
        cells = cells.sum(axis=0, keepdims=True)
    if ORIGIN not in by:
        cells = cells.sum(axis=2, keepdims=True)
    return np.ascontiguousarray(cells.transpose(1, 0, 2, 3)).reshape(-1, cells.shape[3])
