"""What was counted, as plain arrays, so that the simulator can be freed at once."""

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
"""What an investment or event costs the firm: name, whether it is an event, upfront, running (by period)."""

TEAM_USE = ("load", "capacity", "unserved", "waited")
"""Contacts that came, that there was time for and that found no room; minutes waited by those served."""

ODDS = ("chance_at_least_one", "expected")
"""Within the horizon: that it begins at least once, and how often it is expected to. NaN: by what is seen."""

MEANS = ("team_use", "event_odds", "event_begun", "event_first")
"""What of a `World` is a mean over replications, whatever the weights."""

STANDINGS = ("promoter", "passive", "detractor")
"""How customers of the base stand to the firm, by what they would have answered at the start."""
ROOTS = (*STANDINGS, "other", "acquired")
"""How a line of customers began: others of the base are no customers at the start."""

WAYS = ("by themselves", "arrived", "referred")
"""How people come out of a market."""

LIFELONG_SUMS = ("values", "value_sums", "run_off", "lineages", "left", "standing")
"""What of `Lifelong` is a sum over simulated customers, by segment."""

RESULTS = 1
"""Rises whenever the bits of a result change."""


@dataclass(frozen=True, eq=False)
class Ran(Plain):
    """The version and the machine that computed a result; threads and instruction set change only its
    speed."""

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
    """What was counted of customers' whole lives: sums over replications of simulated customers.

    In the world of a `Pool` they are sums over real customers, each of weight 1.
    """

    values: npt.NDArray[Any]
    """Segment x origin x bin: customers by their value."""
    value_sums: Numbers
    """Segment x origin: their values added up, in currency units."""
    bin_centers: Numbers
    run_off: Numbers
    """Segment x origin x period after the horizon x (present, revenue, contribution)."""
    dated: Numbers
    """By period, what one unit of dated money is worth at t = 0; likewise recurring money and acquisition."""
    recurring: Numbers
    acquiring: Numbers
    lineages: Numbers = field(default_factory=lambda: np.zeros((0, 0, len(ROOTS), 0, 3)))
    """Segment x segment of the root x `ROOTS` x generation x (people, customers, value): people of any time,
    and who of them ever were customers."""
    left: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """Segment x origin: customers at the end of the run-off. This and the rest are not kept by
    replication."""
    acquisition_cost: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """Segment x period: of one customer."""
    prospects: list[Numbers] = field(default_factory=list)
    """By segment, prospect x (period of joining, `WAYS`, first period as a customer; value at t = 0 within
    the periods asked for and in the whole life): of one replication, where they were asked for. A period of 0
    is never."""
    standing: Numbers = field(default_factory=lambda: np.zeros((0, len(STANDINGS), 4)))
    """Segment x `STANDINGS` x (customers, sums of their satisfaction, expectation, trust): at the start."""
    cohorts: list[npt.NDArray[Any]] = field(default_factory=list)
    """Segment x period of joining x period: customers, revenue, contribution; then segment x period of
    joining: those who ever became customers."""


@dataclass(frozen=True, eq=False)
class World(Plain):
    """One scenario as [segment, period, origin, counter] in real customers and currency units."""

    scenario: str
    segments: list[str]
    origins: list[str]
    counters: list[str]
    periods_per_year: float
    mean: Numbers
    """Mean over replications."""
    flows: list[Flow] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    team_costs: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """Team x period: fixed cost."""
    team_use: Numbers = field(default_factory=lambda: np.zeros((0, 0, len(TEAM_USE))))
    """Period x team x `TEAM_USE`, mean over replications; empty where no touchpoint has a team."""
    events: list[str] = field(default_factory=list)
    """Events and investments that begin by chance or by what the firm sees."""
    event_odds: Numbers = field(default_factory=lambda: np.zeros((0, len(ODDS))))
    """Event x `ODDS`, exact."""
    event_begun: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """Event x period: how often it began, mean over replications."""
    event_first: Numbers = field(default_factory=lambda: np.zeros((0, 0)))
    """Event x period: the share of the replications in which it began for the first time."""
    replications: int = 1
    weights: Numbers = field(default_factory=lambda: np.ones(1))
    """By segment, how many real customers a simulated one stands for."""
    cells: Numbers | None = None
    """The same as `mean` for each replication, if they are kept."""
    firm_money: list[tuple[list[Flow], Numbers]] = field(default_factory=list)
    """`flows` and `team_costs` for each replication, where they differ in what begins when."""
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
                "single replications are not kept at draws of the assumptions; draws=0 runs the best values"
            )
        return np.asarray(self.cells[number])

    def single(self, number: int) -> World:
        """One replication as a world of its own."""
        flows, team_costs = self.firm_money[number] if self.firm_money else (self.flows, self.team_costs)
        return replace(
            self,
            mean=self.replication(number),
            flows=flows,
            team_costs=team_costs,
            replications=1,
            cells=None,
            firm_money=[],
        )

    @property
    def whole_lives(self) -> Lifelong:
        if self.lifelong is None:
            raise ValueError("the whole lives of these customers were not kept")
        return self.lifelong

    def names(self, prefix: str) -> list[str]:
        """The rest of the counters' names after a prefix: for `stage.` the stages."""
        return [name.removeprefix(prefix) for name in self.counters if name.startswith(prefix)]

    def years(self) -> npt.NDArray[np.int64]:
        """The year of each period, from 1."""
        return years_of(self.periods, self.periods_per_year)


def years_of(periods: int, periods_per_year: float) -> npt.NDArray[np.int64]:
    """The year of each period, from 1."""
    return np.floor(np.arange(periods) / periods_per_year + 1e-9).astype(np.int64) + 1


def _real(cells: Numbers, weights: Numbers) -> Numbers:
    return np.asarray(cells * weights.reshape(-1, *[1] * (cells.ndim - 1)))


def world_of(found: _core.Simulation, scenario: int, periods_per_year: float, whole: bool = False) -> World:
    """The world of a scenario with each replication; `whole` adds what was counted of whole lives."""
    weights = np.asarray(found.weights, dtype=np.float64)
    mean = _real(found.total(scenario), weights) / found.replications
    cells = np.empty((found.replications, *mean.shape))
    for r in range(found.replications):
        cells[r] = _real(found.cells(scenario, r), weights)
    begun, first = np.moveaxis(found.begun(scenario).mean(axis=0), -1, 0).copy()
    return World(
        found.scenarios[scenario],
        found.segments,
        found.origins,
        found.counters,
        periods_per_year,
        mean=mean,
        flows=found.investment_flows(scenario),
        teams=found.teams,
        team_costs=found.team_costs(scenario),
        team_use=found.team_use(scenario).mean(axis=0),
        events=found.events(scenario),
        event_odds=found.odds(scenario),
        event_begun=begun,
        event_first=first,
        replications=found.replications,
        weights=weights,
        cells=cells,
        firm_money=[
            (found.investment_flows(scenario, r), found.team_costs(scenario, r))
            for r in range(found.replications)
            if found.varies(scenario)
        ],
        lifelong=_lifelong(found, scenario) if whole else None,
    )


def _lifelong(found: _core.Simulation, scenario: int, *replication: int) -> Lifelong:
    kept: list[Any] = [found.values, found.value_sums, found.run_off, found.lineages]
    values, sums, run_off, lineages = (one(scenario, *replication) for one in kept)
    factors = found.discount_dated, found.discount_recurring, found.discount_acquisition
    one = Lifelong(values, sums, found.bin_centers, run_off, *factors, lineages)
    if replication:
        lives = found.prospect_lives(scenario, *replication)
        return replace(one, prospects=np.split(lives, np.cumsum(found.prospects)[:-1]))
    return replace(
        one,
        left=found.left(scenario),
        acquisition_cost=found.acquisition_cost(scenario),
        cohorts=list(found.cohorts(scenario)),
        standing=found.standing,
    )


def units_of(world: World, found: _core.Simulation, whole: bool, scenario: int = 0) -> Iterator[World]:
    """Each replication of a scenario of a simulation as a world of its own."""
    for r in range(found.replications):
        lives = _lifelong(found, scenario, r) if whole else None
        yield replace(world.single(r), lifelong=lives)


class Pool:
    """Adds up simulations at draws of the assumptions, in real customers and currency units, so that every
    weight of its world is 1. What is the same in all simulations is taken from the first."""

    def __init__(self) -> None:
        self._sums: dict[Any, Any] = {}
        self._simulations = self._replications = 0

    def add(self, found: _core.Simulation, world: World) -> None:
        if not self._simulations:
            self.first, self.ran = replace(world, cells=None, firm_money=[]), Ran.of(found)
        self._simulations += 1
        self._replications += found.replications
        self._add("total", _real(found.total(0), world.weights))
        for k, (_, _, *money) in enumerate(world.flows):
            self._add(("flow", k), np.array(money))
        self._add("team_costs", world.team_costs)
        for name in MEANS:
            self._add(name, getattr(world, name))
        if world.lifelong is None:
            return
        for name in LIFELONG_SUMS:
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
            **{name: sums[name] for name in LIFELONG_SUMS},
            acquisition_cost=sums["acquisition_cost"] / n,
            cohorts=[sums["cohort", k] for k in range(4)],
        )
        return replace(
            first,
            mean=sums["total"] / self._replications,
            flows=[(name, event, *(sums["flow", k] / n)) for k, (name, event, *_) in enumerate(first.flows)],
            team_costs=sums["team_costs"] / n,
            **{name: sums[name] / n for name in MEANS},
            replications=self._replications,
            weights=np.ones(len(first.segments)),
            lifelong=lives,
        )
