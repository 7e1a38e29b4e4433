"""One scenario as counters of each replication, with survival weights where they serve: for means alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.progress import progress_bar
from goodwill.engine.terms import Terms
from goodwill.engine.world import Numbers


@dataclass(frozen=True, eq=False)
class Counts:
    """What was counted, in real customers and currency units."""

    segments: list[str]
    counters: list[str]
    cells: Numbers
    """Replication x segment x period x counter."""
    team_costs: Numbers
    """Replication x period: the fixed cost of all teams."""

    @cached_property
    def index(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.counters)}


def counts(firm: Anchored, scenario: str, seed: int, replications: int, threads: int) -> Counts:
    """A scenario at best values of the assumptions, within the horizon.

    Each replication is a study of its own: a study keeps no replications apart by segment, but it alone has
    survival weights, which make the means smooth in the numbers of the model.
    """
    terms = Terms().for_model(firm.core)
    cells, costs = [], []
    with progress_bar("Simulating") as progress:
        for replication in range(replications):
            found = _core.compare(
                firm.core,
                firm.levels,
                [scenario],
                terms,
                threads=threads,
                seed=seed,
                first_replication=replication,
                replications=1,
                run_off=False,
            )
            cells.append(found.cells(scenario).sum(axis=2))
            costs.append(found.team_costs(scenario).sum(axis=0) if found.teams else np.zeros(found.periods))
            progress((replication + 1) / replications)
    return Counts(found.segments, found.counters, np.array(cells), np.array(costs))
