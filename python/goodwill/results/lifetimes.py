"""What customers bring over their whole lives, from the counters of a world."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

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


def acquisition(world: World, values: Numbers, cohorts: pd.DataFrame) -> pd.DataFrame:
    """By segment and in total: customers whom the firm won, what winning one cost, what one brings, and after
    how many periods those who join have covered it."""
    origin, lives = world.origins.index(ACQUIRED), world.whole_lives
    paid = world.mean[:, :, origin, [world.index[name] for name in of_role("acquisition")]].sum(axis=-1)
    as_of_joining = paid @ (lives.acquiring / lives.dated)[: world.periods]
    everybody = list(range(len(world.segments)))
    rows = []
    for name, members in [
        *zip(world.segments, [[k] for k in everybody], strict=True),
        ("(total)", everybody),
    ]:
        _, _, customers, worth = values[:, members, origin].sum(axis=1)
        cac = paid[members].sum() / customers if customers and paid[members].any() else math.nan
        ltv = (worth + as_of_joining[members].sum()) / customers if customers else math.nan
        some = cohorts[cohorts["segment"].isin([world.segments[k] for k in members])]
        rows.append((name, customers, cac, ltv, ltv / cac, _payback(some, cac)))
    return pd.DataFrame(rows, columns=["segment", "customers", "cac", "ltv", "ltv_to_cac", "payback"])


def _payback(cohorts: pd.DataFrame, cac: float) -> float:
    """Periods after which the mean contribution of those who joined covers `cac`, evenly within a period."""
    if math.isnan(cac):
        return math.nan
    by_age = cohorts[cohorts["joined"] > 0].groupby("age")[["contribution", "became"]].sum()
    gained = (by_age["contribution"] / by_age["became"]).cumsum().to_numpy()
    covered = np.flatnonzero(gained >= cac)
    if len(covered) == 0:
        return math.inf
    age = int(covered[0])
    before = gained[age - 1] if age else 0.0
    return float(age + (cac - before) / (gained[age] - before))
