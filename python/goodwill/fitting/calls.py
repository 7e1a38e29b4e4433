"""What the intervals of a call centre say: handling, patience, and how many agents a model needs to be as
busy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill import _core
from goodwill.engine.world import Numbers

DAY = np.array([0.6, 0.8, 1, 1.2, 1.3, 1.25, 1.15, 1.05, 0.9, 0.75])
"""Callers by tenths of the opening hours in a model (`sim/plan/teams.cpp`; a test compares the two)."""
BLOCKS = 40
"""Parts of the days that are left out in turn."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """Calls of equal intervals. Times are in minutes."""

    length: float
    day: npt.NDArray[np.int64]
    """Number of the day, from 0 on without gaps."""
    slot: npt.NDArray[np.int64]
    """Number of the time of day, from 0 on without gaps."""
    offered: Numbers
    abandoned: Numbers
    handling: Numbers
    """Mean of the calls that were served; NaN: none."""
    wait: Numbers
    """Mean; NaN: no calls."""
    agents: Numbers
    wait_of_all: bool
    """Whether `wait` is that of all calls, those who gave up among them; else of those who were served."""

    @property
    def served(self) -> Numbers:
        return self.offered - self.abandoned

    def part(self, rows: npt.NDArray[np.bool_]) -> Intervals:
        """Some intervals alone."""
        again = [np.unique(of[rows], return_inverse=True)[1].astype(np.int64) for of in (self.day, self.slot)]
        rest = [of[rows] for of in (self.offered, self.abandoned, self.handling, self.wait, self.agents)]
        return Intervals(
            self.length, again[0], again[1], rest[0], rest[1], rest[2], rest[3], rest[4], self.wait_of_all
        )


@dataclass(frozen=True)
class Team:
    """Of a model."""

    handling: float
    patience: float
    agents: float


def mean_handling(calls: Intervals) -> float:
    """Minutes of a call that was served."""
    return float(np.nansum(calls.handling * calls.served) / calls.served[np.isfinite(calls.handling)].sum())


def rates(calls: Intervals) -> Numbers:
    """Calls of each interval as they could be expected: those of the day, divided as on all days. The calls
    that came scatter about them by luck, which would pass for rushes and lulls."""
    of_slot = np.bincount(calls.slot, calls.offered) / np.bincount(calls.slot)
    expected = of_slot[calls.slot]
    total = np.bincount(calls.day, calls.offered) / np.maximum(np.bincount(calls.day, expected), 1e-12)
    return np.asarray(expected * total[calls.day])


def predicted(calls: Intervals, patience: float) -> tuple[Numbers, Numbers, Numbers]:
    """By Erlang A with the agents on duty (Palm 1957), each interval a steady state of its own: the share
    that gives up, the mean wait of all, and that of those who are served."""
    handling = mean_handling(calls)
    keys = np.column_stack([np.round(rates(calls), 3), calls.agents])
    different, of = np.unique(keys, axis=0, return_inverse=True)
    found = np.array(
        [_core.erlang_a(n / calls.length * handling, a, handling, patience, [1.0])[:4] for n, a in different]
    )
    return found[of, 0], found[of, 2], found[of, 3]


def patience_of(calls: Intervals) -> float:
    """Mean minutes after which callers give up: the time waited by all for each who gave up.

    That is the maximum likelihood of exponential patience, for which those who were served are censored
    (Brown et al. 2005). Where only the waits of the served are known, Erlang A says how much longer those who
    gave up waited in all.
    """
    gone = float(calls.abandoned.sum())
    if calls.wait_of_all:
        return float(np.nansum(calls.wait * calls.offered)) / gone
    waited = float(np.nansum(calls.wait * calls.served))
    expected = rates(calls)
    patience = 2 * waited / gone
    for _ in range(30):
        unserved, of_all, of_served = predicted(calls, patience)
        all_time, served_time = expected @ of_all, expected @ ((1 - unserved) * of_served)
        before, patience = patience, float(waited * all_time / served_time / gone)
        if abs(patience / before - 1) < 1e-6:
            break
    return patience


def agents_of(load: float, handling: float, patience: float, unserved: float) -> float:
    """Agents with whom a model's team leaves this share unserved over its day, at a mean load in erlangs."""
    low, high = 0.0, 2 * load + 20
    day = list(DAY / DAY.mean())
    for _ in range(50):
        middle = (low + high) / 2
        few = _core.erlang_a(load, middle, handling, patience, day)[0] > unserved
        low, high = (middle, high) if few else (low, middle)
    return (low + high) / 2


def team(calls: Intervals) -> Team:
    """As in a model: its day has one shape and one number of agents, so the number is that with which as many
    give up as did."""
    handling, patience = mean_handling(calls), patience_of(calls)
    load = float(calls.offered.sum()) / (len(calls.offered) * calls.length) * handling
    unserved = float(calls.abandoned.sum() / calls.offered.sum())
    return Team(handling, patience, agents_of(load, handling, patience, unserved))


def covariance(calls: Intervals) -> Numbers:
    """Of the logarithms of handling, patience, agents and the calls of a day: the days are left out in turn,
    in blocks (the jackknife; Efron 1982). Days differ, and the calls of one day hang together."""
    days = int(calls.day.max()) + 1
    blocks = min(days, BLOCKS)
    of_block = calls.day % blocks
    without = []
    for k in range(blocks):
        part = calls.part(of_block != k)
        if part.abandoned.sum() == 0:
            continue
        found = team(part)
        a_day = part.offered.sum() / len(np.unique(part.day))
        without.append(np.log([found.handling, found.patience, found.agents, a_day]))
    values = np.array(without)
    centred = values - values.mean(axis=0)
    n = len(values)
    return np.asarray((n - 1) / n * centred.T @ centred)
