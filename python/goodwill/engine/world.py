"""What was counted, as plain arrays: taken out of the simulator at once, which is then let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from goodwill import _core
from goodwill.engine.plain import Plain

Numbers: TypeAlias = npt.NDArray[np.float64]
Flow: TypeAlias = tuple[str, bool, Numbers, Numbers]
"""What an investment or event costs the firm: name, whether an event, upfront, running."""

RESULTS = 1
"""Rises whenever the bits of a result change."""


@dataclass(frozen=True, eq=False)
class Ran(Plain):
    """What computed it; the same on any machine but for its speed."""

    goodwill: str
    results: int
    threads: int
    instruction_set: str
    agents: dict[str, int]
    """Simulated customers of the base, by segment."""

    @classmethod
    def of(cls, found: _core.Simulation | _core.Study) -> Ran:
        agents = {name: int(n) for name, n in zip(found.segments, found.agents, strict=True)}
        return cls(_core.version, RESULTS, found.threads, found.instruction_set, agents)


@dataclass(frozen=True, eq=False)
class Lifelong(Plain):
    """What is known of customers' whole lives, as counted: sums over replications of simulated customers."""

    values: npt.NDArray[Any]
    """Segment x origin x bin: customers by the value of each."""
    value_sums: Numbers
    bin_centers: Numbers
    run_off: Numbers
    """Segment x origin x period after the horizon x (customers, revenue, contribution)."""
    dated: Numbers
    """What money of each period is worth at t = 0."""
    recurring: Numbers
    acquiring: Numbers
    left: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """Segment x origin: customers at the end of the run-off. Like the rest, not kept by replication."""
    acquisition_cost: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """Segment x period."""
    cohorts: list[npt.NDArray[Any]] = field(default_factory=list)
    """Segment x period of joining x period: customers, revenue, contribution; and who ever became one."""


@dataclass(frozen=True, eq=False)
class World(Plain):
    """One scenario as [segment, period, origin, counter] in real customers and currency units."""

    scenario: str
    segments: list[str]
    origins: list[str]
    counters: list[str]
    periods_per_year: float
    mean: Numbers
    """Over replications."""
    flows: list[Flow] = field(default_factory=list)
    replications: int = 1
    weights: Numbers = field(default_factory=lambda: np.ones(1))
    """Real customers that a simulated one stands for, by segment."""
    cells: Numbers | None = None
    """Of each replication, where they are kept."""
    lifelong: Lifelong | None = None

    @property
    def periods(self) -> int:
        return int(self.mean.shape[1])

    @cached_property
    def index(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.counters)}

    def replication(self, number: int) -> Numbers:
        if self.cells is None:
            raise ValueError(
                "at draws of the assumptions no single replications are kept; draws=0 runs the best values"
            )
        return np.asarray(self.cells[number])

    @property
    def whole_lives(self) -> Lifelong:
        if self.lifelong is None:
            raise ValueError("of these customers no whole lives were kept")
        return self.lifelong

    def names(self, prefix: str) -> list[str]:
        """What stands after a prefix in the names of counters, for instance the stages of `stage.`."""
        return [name.removeprefix(prefix) for name in self.counters if name.startswith(prefix)]

    def years(self) -> npt.NDArray[np.int64]:
        """The year of each period, from 1."""
        return np.floor(np.arange(self.periods) / self.periods_per_year + 1e-9).astype(np.int64) + 1


def _real(cells: Numbers, weights: Numbers) -> Numbers:
    return np.asarray(cells * weights.reshape(-1, *[1] * (cells.ndim - 1)))


def world_of(found: _core.Simulation, scenario: int, periods_per_year: float, whole: bool = False) -> World:
    """With each replication; `whole`: with what is known of whole lives."""
    weights = np.asarray(found.weights, dtype=np.float64)
    mean = _real(found.total(scenario), weights) / found.replications
    cells = np.empty((found.replications, *mean.shape))
    for r in range(found.replications):
        cells[r] = _real(found.cells(scenario, r), weights)
    return World(
        found.scenarios[scenario],
        found.segments,
        found.origins,
        found.counters,
        periods_per_year,
        mean=mean,
        flows=found.investment_flows(scenario),
        replications=found.replications,
        weights=weights,
        cells=cells,
        lifelong=_lifelong(found, scenario) if whole else None,
    )


def _lifelong(found: _core.Simulation, scenario: int, *replication: int) -> Lifelong:
    kept: list[Any] = [found.values, found.value_sums, found.run_off]
    values, sums, run_off = (one(scenario, *replication) for one in kept)
    factors = found.discount_dated, found.discount_recurring, found.discount_acquisition
    one = Lifelong(values, sums, found.bin_centers, run_off, *factors)
    if replication:
        return one
    rest = found.left(scenario), found.acquisition_cost(scenario), list(found.cohorts(scenario))
    return replace(one, left=rest[0], acquisition_cost=rest[1], cohorts=rest[2])


def units_of(world: World, found: _core.Simulation, whole: bool) -> Iterator[World]:
    """Each replication of a simulation of one scenario as a world of its own."""
    for r in range(found.replications):
        lives = _lifelong(found, 0, r) if whole else None
        yield replace(world, mean=world.replication(r), replications=1, cells=None, lifelong=lives)


class Pool:
    """Sums over simulations at draws of the assumptions, in real customers and currency units: every weight
    of the world that comes out is 1. What does not differ is that of the first."""

    def __init__(self) -> None:
        self._sums: dict[Any, Any] = {}
        self._simulations = self._replications = 0

    def add(self, found: _core.Simulation, world: World) -> None:
        if not self._simulations:
            self.first, self.ran = replace(world, cells=None), Ran.of(found)
        self._simulations += 1
        self._replications += found.replications
        self._add("total", _real(found.total(0), world.weights))
        for k, (_, _, *money) in enumerate(world.flows):
            self._add(("flow", k), np.array(money))
        if world.lifelong is None:
            return
        for name in ("values", "value_sums", "run_off", "left"):
            self._add(name, _real(getattr(world.lifelong, name), world.weights))
        for k, cohort in enumerate(world.lifelong.cohorts):
            self._add(("cohort", k), _real(cohort, world.weights))
        self._add("acquisition_cost", world.lifelong.acquisition_cost)

    def _add(self, name: Any, numbers: Any) -> None:
        self._sums[name] = self._sums[name] + numbers if name in self._sums else 0.0 + numbers

    @property
    def world(self) -> World:
        first, sums, n = self.first, self._sums, self._simulations
        lives = first.lifelong and replace(
            first.lifelong,
            **{name: sums[name] for name in ("values", "value_sums", "run_off", "left")},
            acquisition_cost=sums["acquisition_cost"] / n,
            cohorts=[sums["cohort", k] for k in range(4)],
        )
        return replace(
            first,
            mean=sums["total"] / self._replications,
            flows=[(name, event, *(sums["flow", k] / n)) for k, (name, event, *_) in enumerate(first.flows)],
            replications=self._replications,
            weights=np.ones(len(first.segments)),
            lifelong=lives,
        )
