"""Money of a scenario less that of its comparison, year by year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult
from goodwill.text.arguments import checked_names
from goodwill.text.vocabulary import PERIOD, YEAR

DATED = frozenset(_core.Flows.dated)
"""Lines that are due at the start of their period, with any timing of recurring money."""
LINES = {
    "revenue": ("revenue",),
    "cost_of_sales": ("cost_of_sales",),
    "cost_to_serve": ("cost_to_serve",),
    "team_cost": ("team_cost",),
    "acquisition": ("acquisition",),
    "events": ("event_once", "event_running"),
    "upfront": ("upfront",),
    "running": ("running", "use", "per_customer"),
}
"""Columns of a table of flows, each with the lines of the core that it adds up."""
COSTS = ["cost_of_sales", "cost_to_serve", "team_cost", "acquisition", "events"]
COLUMNS = ["revenue", *COSTS, "contribution", "upfront", "running", "tax", "net"]


@dataclass(frozen=True)
class Dates:
    """What money of each period is worth on the terms of a study; arrays by period."""

    within: int
    """Number of periods within the horizon of the terms."""
    dated: Numbers
    """Growth of prices from t = 0 until dated money is due; 1 in real prices."""
    recurring: Numbers
    dated_factor: Numbers
    """Worth at t = 0 of one unit of dated money in prices of t = 0; 0 after the horizon of the terms."""
    recurring_factor: Numbers

    def growth(self, line: str) -> Numbers:
        return self.dated if line in DATED else self.recurring

    def factor(self, line: str) -> Numbers:
        return self.dated_factor if line in DATED else self.recurring_factor


def dates(study: StudyResult, periods: int | None = None) -> Dates:
    """The `Dates` of so many periods: by default those of the model's horizon."""
    return dates_on(study.terms, study.model, periods)


def dates_on(terms: _core.Terms, model: Model, periods: int | None = None) -> Dates:
    """The `Dates` on these terms; see `dates`."""
    a_year, horizon = model.periods_per_year, model.horizon
    periods = horizon if periods is None else periods
    within = terms.periods_within(horizon, a_year)
    of_terms = _core.Dates(terms, a_year)
    dated, recurring = (of_terms.due(dated, periods) for dated in (True, False))
    counts = np.arange(periods) < within
    return Dates(
        within,
        of_terms.growth(dated),
        of_terms.growth(recurring),
        of_terms.worth(dated) * counts,
        of_terms.worth(recurring) * counts,
    )


def added_up(lines: dict[str, Numbers], column: str, factor: Callable[[str], Numbers]) -> Numbers:
    """A column of `LINES` by period: its lines of the core, each times its factor."""
    return np.asarray(np.sum([lines[line] * factor(line) for line in LINES[column]], axis=0))


def by_period(study: StudyResult, scenario: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables of the money of each period of the model's horizon: as paid, and its present value.

    Columns are those of `Study.flows`, in currency units, each positive for what its name says. Amounts are
    in the prices of the terms; present values are 0 after the horizon of the terms.
    """
    found = study.comparison(scenario).flows
    horizon = study.result.periods
    when = dates(study)
    paid, present = pd.DataFrame(index=range(horizon)), pd.DataFrame(index=range(horizon))
    for column in LINES:
        paid[column] = added_up(found.lines, column, when.growth)
        present[column] = added_up(found.lines, column, when.factor)
    # Tax falls due with the recurring money and is already in the prices of that time.
    taxes = found.taxes[:horizon]
    paid["tax"] = taxes
    present["tax"] = taxes * when.recurring_factor / when.recurring
    for table in (paid, present):
        table["contribution"] = table["revenue"] - table[COSTS].sum(axis=1)
        table["net"] = table["contribution"] - table[["upfront", "running", "tax"]].sum(axis=1)
    shown = [name for name in COLUMNS if name != "team_cost" or study.result.any_world.teams]
    return paid[shown], present[shown]


def flows(study: StudyResult, scenario: str, by: str = YEAR) -> pd.DataFrame:
    """A row for each year or period, and a last one for what comes after the horizon; see `Study.flows`."""
    (key,) = checked_names("key", by, (YEAR, PERIOD), "flows can be broken down by")
    paid, _ = by_period(study, scenario)
    number = np.arange(1, len(paid) + 1) if key == PERIOD else study.world(scenario).years()
    paid.insert(0, key, number)
    if key == YEAR:
        paid.insert(1, "periods", 1)
    within = dates(study).within
    inside = paid.iloc[:within].groupby(key, sort=True, as_index=False).sum()
    result = pd.concat([inside, pd.DataFrame([_beyond(study, scenario, paid.iloc[within:])])])
    whole = [name for name in (key, "periods") if name in result]
    result[whole] = result[whole].astype("Int64")
    result.insert(1, "horizon", ["within"] * len(inside) + ["beyond"])
    return result.reset_index(drop=True)


def _beyond(study: StudyResult, scenario: str, after: pd.DataFrame) -> dict[str, float]:
    """The row of what comes after the horizon of the terms: the rest of the model's horizon, and the
    run-off."""
    found = study.comparison(scenario).flows
    taxes = found.taxes
    run_off = found.beyond
    horizon = study.result.periods
    prices = dates(study, horizon + len(run_off)).recurring[horizon:]
    row = {column: float(after[column].sum()) for column in ("contribution", "upfront", "running")}
    row["contribution"] += float(run_off @ prices)
    row["tax"] = float(taxes[horizon - len(after) :].sum())
    row["net"] = row["contribution"] - row["upfront"] - row["running"] - row["tax"]
    return row


def cumulative(study: StudyResult, scenario: str) -> tuple[Numbers, Numbers, Numbers]:
    """Years from today, and the incremental cash after tax added up until then: as paid, and discounted.

    From the mean flow within the horizon, in currency units; the last discounted sum is the NPV.
    """
    found, terms = study.comparison(scenario).flows, study.terms
    years, amounts = found.years, found.cash
    a_year = study.model.periods_per_year
    discounted = amounts * _core.Dates(terms, a_year).discount(years * a_year)
    return years, np.cumsum(amounts), np.cumsum(discounted)
