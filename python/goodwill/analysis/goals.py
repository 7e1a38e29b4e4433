"""The goals of a model: whether each world of a study meets them, and how surely."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.model import core_of
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult
from goodwill.results.tables import ratio
from goodwill.text import figures
from goodwill.text.arguments import checked_names

Counter = Callable[[str], Numbers]

INDICATORS: dict[str, Callable[[Counter], Numbers]] = {
    "nps": lambda of: 100 * ratio(of("promoters") - of("detractors"), of("surveyed")),
    "measured_nps": lambda of: (
        100 * ratio(of("measured_promoters") - of("measured_detractors"), of("responses"))
    ),
    "csat": lambda of: ratio(of("surveyed") - of("detractors"), of("surveyed")),
    "satisfaction": lambda of: ratio(of("sum_satisfaction"), of("end")),
    "trust": lambda of: ratio(of("sum_trust"), of("end")),
    "churn": lambda of: ratio(of("lost"), of("start")),
    "conversion": lambda of: ratio(of("won"), of("prospects_start")),
    "customers": lambda of: of("end"),
    "completion": lambda of: ratio(of("completed"), of("walks")),
    "ces": lambda of: ratio(of("sum_effort"), of("efforts")),
}
"""Indicators of the whole firm in one period, from the counters that a study keeps of each unit."""

RATES = ("churn", "conversion")
"""Shares of a period: what a model asks of them has a unit of time."""
SHARES = ("csat", "completion", *RATES)
NOTHING = {
    "conversion": "nobody is a prospect",
    "completion": "nobody begins a journey",
    "ces": "no contact takes an effort",
}
"""Why an indicator has no value, where that is not because nobody was asked."""


def in_words(name: str, value: float) -> str:
    """An indicator as people read it: shares in percent, customers whole, points with one decimal."""
    if name in SHARES:
        return figures.percent(value)
    if name == "customers":
        return figures.count(value)
    if value == round(value):
        return figures.count(value)
    return figures.decimal(value, 2 if name in ("satisfaction", "trust", "ces") else 1)


def wanted(row: dict[Any, Any], period: str) -> str:
    """What a row of the table of goals asks for, and by when: `at most 2.00 % / month, month 36`."""
    unit = f" / {period}" if row["goal"] in RATES else ""
    ends = (("at least", row["at_least"]), ("at most", row["at_most"]))
    asked = [f"{word} {in_words(row['goal'], end)}{unit}" for word, end in ends if not math.isnan(end)]
    return ", ".join([*asked, f"{period} {row['period']}"])


def shown(study: StudyResult) -> pd.DataFrame:
    """A table with a row for each goal and a column for each world: the value, and whether it meets the
    goal."""
    table = goals(study)
    rows: dict[str, dict[str, str]] = {}
    for row in table.to_dict("records"):
        name = f"{row['goal']} {wanted(row, study.model.period)}"
        if row["met"] is None:
            text = row["reason"]
        else:
            text = f"{in_words(row['goal'], row['value'])} {'met' if row['met'] else 'missed'}"
            if not math.isnan(row["probability"]):
                text += f" (met in {figures.percent(row['probability'], 0)} of the draws)"
            elif row["reason"]:
                text += " (too close to be sure)"
        rows.setdefault(name, {"goal": name})[row["scenario"]] = text
    return pd.DataFrame(list(rows.values()))


COLUMNS = (
    *("goal", "scenario", "period", "at_least", "at_most"),
    *("value", "value_low", "value_high", "met"),
    *("probability", "probability_low", "probability_high", "reason"),
)


def goals(study: StudyResult) -> pd.DataFrame:
    """See `Study.goals`."""
    said: Any = study.model["goals"] or {}  # None: the model has none
    rows = [_row(study, world, name, goal) for name, goal in said.items() for world in study.result.worlds]
    return pd.DataFrame(rows, columns=COLUMNS)


def indicator(study: StudyResult, world: str, name: str, period: int) -> Numbers:
    """An indicator of the whole firm in a period (from 1), by unit; NPS in points, shares as fractions."""
    checked_names("indicator", name, INDICATORS)
    checked_names("scenario", world, study.result.worlds)
    kept = study.world(world).firm
    index = {counter: k for k, counter in enumerate(study.world(world).counters[: kept.shape[1]])}
    return INDICATORS[name](lambda counter: kept[:, index[counter], period - 1])


def _row(study: StudyResult, world: str, name: str, goal: dict[str, float]) -> dict[str, Any]:
    last = study.terms.periods_within(study.result.periods, study.model.periods_per_year)
    period = int(goal.get("by") or last)
    least, most = goal.get("at_least", -np.inf), goal.get("at_most", np.inf)
    row: dict[str, Any] = {"goal": name, "scenario": world, "period": period}
    row |= {"at_least": goal.get("at_least", np.nan), "at_most": goal.get("at_most", np.nan)}
    units = indicator(study, world, name, period)
    nothing = dict.fromkeys(("probability", "probability_low", "probability_high"), np.nan)
    if not np.isfinite(units).all():
        there = indicator(study, world, "customers", period).all()
        why = NOTHING.get(name, "nobody was asked" if there else "nobody is there to ask")
        nothing |= dict.fromkeys(("value", "value_low", "value_high"), np.nan)
        return {**row, **nothing, "met": None, "reason": f"{why} in period {period}"}
    uncertain = study.uncertain and _core.is_uncertain(core_of(study.model), world)
    by_draw = units.reshape(study.result.draws if uncertain else 1, -1)
    value, low, high = _core.mean_interval(by_draw, study.level)
    row |= {"value": value, "value_low": low, "value_high": high, "met": bool(least <= value <= most)}
    row |= {**nothing, "reason": ""}
    if uncertain and _core.varies(by_draw):
        p = _core.probability_within(by_draw, least, most, study.level)
        row |= dict(zip(nothing, p, strict=True))
    elif any(low < end < high for end in (least, most)):
        row["reason"] = "by the mean; its interval reaches across the goal"
    return row
