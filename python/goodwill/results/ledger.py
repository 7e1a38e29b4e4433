"""The counters of a world, added up into the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill import _core
from goodwill.engine.world import Numbers, World
from goodwill.text.arguments import checked_names
from goodwill.text.vocabulary import KEYS, ORIGIN, PERIOD, REPLICATION, SEGMENT, YEAR

COUNTERS: dict[str, str] = {name: role for name, role, _ in _core.counters}
"""The fixed counters of the core with their roles, in their order; all sums of counters follow from them."""


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
    """The rows of a table: keys, sums of all counters over each group, and its first and last period (rows x
    counters)."""

    keys: pd.DataFrame
    sums: Numbers
    first: Numbers
    last: Numbers
    index: dict[str, int]

    def sum(self, name: str) -> Numbers:
        return self.sums[:, self.index[name]]


def starts_of(world: World, by: list[str]) -> tuple[str | None, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Groups of periods: the key that names them, its values, and the first period (from 0) of each."""
    if PERIOD in by:
        return PERIOD, np.arange(1, world.periods + 1), np.arange(world.periods)
    if YEAR in by:
        names, starts = np.unique(world.years(), return_index=True)
        return YEAR, names, starts
    return None, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)


def grouped(world: World, by: list[str]) -> Grouped:
    """Sums over what `by` does not name; rows in the order replication, period, segment, origin."""
    if REPLICATION in by:
        rest = [name for name in by if name != REPLICATION]
        parts = [_grouped(world, world.replication(r), rest) for r in range(world.replications)]
        for r, part in enumerate(parts):
            part.keys.insert(0, REPLICATION, r)
        joined = pd.concat([part.keys for part in parts], ignore_index=True)
        return Grouped(
            joined,
            np.concatenate([part.sums for part in parts]),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.last for part in parts]),
            world.index,
        )
    return _grouped(world, world.mean, by)


def _grouped(world: World, cells: Numbers, by: list[str]) -> Grouped:
    word, values, starts = starts_of(world, by)
    ends = np.append(starts[1:], world.periods) - 1
    levels: dict[str, list[Any]] = {}
    if word:
        levels[word] = list(values)
    if SEGMENT in by:
        levels[SEGMENT] = list(world.segments)
    if ORIGIN in by:
        levels[ORIGIN] = list(world.origins)
    if levels:
        keys = pd.MultiIndex.from_product(list(levels.values()), names=list(levels)).to_frame(index=False)
        if word == YEAR:
            lengths = np.append(starts[1:], world.periods) - starts
            keys.insert(1, "periods", np.repeat(lengths, len(keys) // len(lengths)))
    else:
        keys = pd.DataFrame(index=pd.RangeIndex(1))
    return Grouped(
        keys,
        _rows(np.add.reduceat(cells, starts, axis=1), by),
        _rows(cells[:, starts], by),
        _rows(cells[:, ends], by),
        world.index,
    )


def add_up(world: World, cells: Numbers, by: list[str]) -> Numbers:
    """Sums of cells over each group: rows in the order of the table's."""
    return _rows(np.add.reduceat(cells, starts_of(world, by)[2], axis=1), by)


def _rows(cells: Numbers, by: list[str]) -> Numbers:
    if SEGMENT not in by:
        cells = cells.sum(axis=0, keepdims=True)
    if ORIGIN not in by:
        cells = cells.sum(axis=2, keepdims=True)
    return np.ascontiguousarray(cells.transpose(1, 0, 2, 3)).reshape(-1, cells.shape[3])
