"""What customers bring over their whole lives, from the counters of a world."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from goodwill import _core
from goodwill.engine.world import Numbers, World
from goodwill.results.ledger import of_role
from goodwill.text.vocabulary import ACQUIRED, INITIAL, REFERRED

NAMES = {INITIAL: "today's", ACQUIRED: "acquired", REFERRED: "referred"}
"""The names of origins in tables of values."""


def _within(world: World, terms: _core.Terms) -> npt.NDArray[np.bool_]:
    """Which periods lie within the horizon of the terms."""
    return np.arange(world.periods) < terms.periods_within(world.periods, world.periods_per_year)


def factors(world: World, terms: _core.Terms) -> tuple[Numbers, Numbers, Numbers]:
    """What one unit of money of each period is worth at t = 0: recurring money and acquisition within the
    model's horizon (0 after that of the terms), and recurring money of the run-off."""
    recurring, in_run_off = np.split(world.whole_lives.recurring, [world.periods])
    acquiring = world.whole_lives.acquiring[: world.periods]
    counts = _within(world, terms)
    return recurring * counts, acquiring * counts, in_run_off


def values(world: World, terms: _core.Terms) -> Numbers:
    """4 x segment x origin: present value at t = 0 within the horizon of the terms, present value beyond it
    (both in currency units), number of customers, and the sum of their values as of joining."""
    lives, weights = world.whole_lives, world.weights[:, None] / world.replications
    cells, at = world.mean, world.index
    recurring, in_run_off = np.split(lives.recurring, [world.periods])
    acquiring = lives.acquiring[: world.periods]
    counts = _within(world, terms)
    margins, serving, acquired = (
        sum(cells[..., at[name]] for name in of_role(role))
        for role in ("margin", "cost_to_serve", "acquisition")
    )
    money = (margins - serving) * recurring[:, None] - acquired * acquiring[:, None]
    run_off = lives.run_off[..., 2]
    return np.array(
        [
            money[:, counts].sum(axis=1),
            money[:, ~counts].sum(axis=1) + run_off @ in_run_off * weights,
            # Of today's only those who are customers now count, of the others all who ever become customers.
            lives.values.sum(axis=2) * weights,
            lives.value_sums * weights,
        ]
    )


def equity(units: Numbers) -> Numbers:
    return np.asarray(units[..., :2, :, :].sum(axis=(-3, -2, -1)))
