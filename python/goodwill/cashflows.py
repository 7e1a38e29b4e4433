"""Money of a scenario less that of its comparison, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from goodwill._arguments import checked_names
from goodwill.ledger import Numbers

if TYPE_CHECKING:
    from goodwill.study import Study

DATED = ("acquisition", "event_once", "upfront", "per_customer")
"""Lines due at the start of their period, whatever the timing of recurring money."""
LINES = {
    "revenue": ("revenue",),
    "cost_of_sales": ("cost_of_sales",),
    "cost_to_serve": ("cost_to_serve",),
    "acquisition": ("acquisition",),
    "events": ("event_once", "event_running"),
    "upfront": ("upfront",),
    "running": ("running", "use", "per_customer"),
}
"""Columns of a table of flows, and the lines of the core that each adds up."""


@dataclass(frozen=True)
class Dates:
    """When money is due on the terms of a study, period by period within the model's horizon."""

    within: int
    """Periods of the terms' horizon."""
    dated: Numbers
    """Growth of prices until money is due that is dated."""
    recurring: Numbers
    dated_factor: Numbers
    """What one unit of it, in prices of t = 0, is worth at t = 0; 0 after the horizon of the terms."""
    recurring_factor: Numbers

    def growth(self, line: str) -> Numbers:
        return self.dated if line in DATED else self.recurring

    def factor(self, line: str) -> Numbers:
        return self.dated_factor if line in DATED else self.recurring_factor


def dates(study: Study, periods: int | None = None) -> Dates:
    """The factors of `scenarios/terms.cpp`: annual effective rate, dated and recurring money apart."""
    terms, a_year = study.terms, study.model.periods_per_year
    periods = study.result.periods if periods is None else periods
    within = round(terms.horizon * a_year) if terms.horizon else study.result.periods
    shift = {"start": 1.0, "mid": 0.5, "end": 0.0}[terms.timing]
    k = np.arange(periods)
    at, later = k / a_year, (k + 1 - shift) / a_year
    inflation = np.log1p(terms.inflation) if terms.nominal else 0.0
    rate = np.log1p(terms.discount)
    counts = k < within
    return Dates(
        within,
        np.exp(inflation * at),
        np.exp(inflation * later),
        np.exp((inflation - rate) * at) * counts,
        np.exp((inflation - rate) * later) * counts,
    )


def flows(study: Study, scenario: str, by: str = "year") -> pd.DataFrame:
    """One row a year or period, and a last one for what comes after the horizon; see `Study.flows`."""
    (key,) = checked_names("key", by, ("year", "period"), "flows can be broken down by")
    found = study.result.flows(study.number(scenario))
    taxes = np.asarray(found.taxes(study.terms, study.model.periods_per_year))
    all_dates = dates(study, max(len(taxes), study.result.periods))
    horizon, within = study.result.periods, all_dates.within
    columns: dict[str, Numbers] = {}
    for column, lines in LINES.items():
        columns[column] = sum(
            (np.asarray(found.line(name)) * all_dates.growth(name)[:horizon] for name in lines),
            start=np.zeros(horizon),
        )
    table = pd.DataFrame(columns)
    costs = ["cost_of_sales", "cost_to_serve", "acquisition", "events"]
    table["contribution"] = table["revenue"] - table[costs].sum(axis=1)
    table["tax"] = taxes[:horizon]
    table.insert(0, "period", np.arange(1, horizon + 1))
    if key == "year":
        years = np.floor(np.arange(horizon) / study.model.periods_per_year + 1e-9).astype(np.int64) + 1
        table.insert(0, "year", years)
        table = table.drop(columns="period")
    inside, after = table.iloc[:within], table.iloc[within:]
    inside = inside.groupby(key, sort=True, as_index=False).sum()
    run_off = np.asarray(found.beyond)
    beyond = {column: float(after[column].sum()) for column in ("contribution", "upfront", "running")}
    beyond["contribution"] += float(run_off @ all_dates.recurring[horizon : horizon + len(run_off)])
    beyond["tax"] = float(taxes[within:].sum())
    result = pd.concat([inside, pd.DataFrame([beyond])], ignore_index=True)
    result[key] = result[key].astype("Int64")
    result["net"] = result["contribution"] - result["upfront"] - result["running"] - result["tax"]
    order = ["revenue", *costs, "contribution", "upfront", "running", "tax", "net"]
    result.insert(1, "horizon", ["within"] * len(inside) + ["beyond"])
    return result[[key, "horizon", *order]]
