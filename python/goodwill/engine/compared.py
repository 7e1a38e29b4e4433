"""What a comparison of scenarios found, as plain arrays, so that the simulator can be freed at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from goodwill import _core
from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers, Ran, World


@dataclass(frozen=True, eq=False)
class Flows(Plain):
    """Incremental money of one comparison, mean over units."""

    lines: dict[str, Numbers]
    """Each line by period of the model's horizon."""
    beyond: Numbers
    """Contribution by period of the run-off."""
    taxes: Numbers
    """By period of the horizon, the run-off, and as long as something is written off."""
    tax: float
    """Present value of the tax within the horizon of the terms."""
    years: Numbers
    """When `cash` comes in, in years from today."""
    cash: Numbers
    """After tax, within the horizon of the terms."""

    def line(self, name: str) -> Numbers:
        return self.lines[name]


@dataclass(frozen=True, eq=False)
class Comparison(Plain):
    """One scenario beside what it is compared with."""

    row: dict[str, Any]
    """The row of the table of the study."""
    npv_units: Numbers
    """Draws x batches; one row where nothing is uncertain."""
    npv_draws: Numbers
    """By draw, freed from the error of the simulation; empty where nothing is uncertain."""
    payback_by_draw: Numbers
    flows: Flows


@dataclass(frozen=True, eq=False)
class StudyWorld(World):
    """One world of a study: means over its units; single units are kept for the whole firm only."""

    firm: Numbers = field(default_factory=lambda: np.zeros((0, 0, 0)))
    """Units x fixed counters x periods."""
    run_off: Numbers = field(default_factory=lambda: np.zeros((0, 0, 0, 3)))
    """Segment x origin x period after the horizon x (present, revenue, contribution)."""
    left: Numbers = field(default_factory=lambda: np.zeros(0))
    """Customers at the end of the run-off, by unit."""

    def replication(self, number: int) -> Numbers:
        raise ValueError("a study keeps no single replications; take them from goodwill.run")


@dataclass(frozen=True, eq=False)
class Compared(Plain):
    """All that a study found."""

    comparisons: list[Comparison]
    by_world: dict[str, StudyWorld]
    status: str
    units: int
    draws: int
    values: Numbers
    """Values of the assumptions: draws x assumptions."""
    survival_weights: bool
    ran: Ran = field(compare=False)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [one.row for one in self.comparisons]

    @property
    def worlds(self) -> list[str]:
        return list(self.by_world)

    @property
    def any_world(self) -> StudyWorld:
        return next(iter(self.by_world.values()))

    @property
    def periods(self) -> int:
        return self.any_world.periods

    @property
    def run_off_periods(self) -> int:
        return int(self.any_world.run_off.shape[2])


@dataclass(frozen=True, eq=False)
class Worth:
    """What a scenario is worth within the horizon, and from which money."""

    npv: Numbers
    """Draws x batches; one row where nothing is uncertain."""
    lines: dict[str, Numbers]
    """Incremental money by period, mean over units; as `Flows.lines`."""


def lines_of(flows: _core.Flows) -> dict[str, Numbers]:
    return {name: flows.line(name) for name in flows.names}


def compared_of(found: _core.Study, terms: _core.Terms, periods_per_year: float) -> Compared:
    names = found.segments, found.origins, found.counters, periods_per_year
    begun = {name: np.moveaxis(found.begun(name), -1, 0).copy() for name in found.worlds}
    worlds = {
        name: StudyWorld(
            name,
            *names,
            found.cells(name),
            flows=found.investment_flows(name),
            teams=found.teams,
            team_costs=found.team_costs(name),
            team_use=found.team_use(name),
            events=found.events(name),
            event_odds=found.odds(name),
            event_begun=begun[name][0],
            event_first=begun[name][1],
            firm=found.firm(name),
            run_off=found.run_off(name),
            left=found.left(name),
        )
        for name in found.worlds
    }
    comparisons = [
        Comparison(
            row,
            found.npv_units(k),
            found.npv_draws(k),
            found.payback_by_draw(k),
            _flows(found.flows(k), terms, periods_per_year),
        )
        for k, row in enumerate(found.rows)
    ]
    return Compared(
        comparisons,
        worlds,
        found.status,
        found.units,
        found.draws,
        found.values,
        found.survival_weights,
        Ran.of(found),
    )


def _flows(flows: _core.Flows, terms: _core.Terms, periods_per_year: float) -> Flows:
    years, cash = flows.cash(terms, periods_per_year, False)
    return Flows(
        lines_of(flows),
        flows.beyond,
        flows.taxes(terms, periods_per_year),
        flows.present_value(terms, periods_per_year)["tax"],
        years,
        cash,
    )
