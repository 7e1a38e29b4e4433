"""Recurring revenue: the fees due in each period, and what became of them since the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from goodwill.engine.world import Numbers
from goodwill.results.tables import ratio
from goodwill.text.vocabulary import INITIAL, ORIGINS, PERIOD, SEGMENT, YEAR

MONEY = OPENING, NEW, EXPANSION, CONTRACTION, CHURNED = (
    *("opening", "new", "expansion", "contraction", "churned"),
)
COUNTS = PAYING, LEFT, CAME = ("paying", "left", "came")


def changes(present: Mapping[str, Any], periods: int, segments: int) -> dict[str, Numbers]:
    """Sums over customers by period and segment, of rows that say who is here in a period, and the fee due at
    its start.

    A customer whose fee is 0 does not pay. What the base owes in the first period was there before.
    """
    order = np.lexsort((present["period"], present["id"]))
    customer, period, segment, origin, fee = (
        present[name][order] for name in ("id", "period", "segment", "origin", "fee")
    )
    same = np.zeros(len(customer), bool)
    same[1:] = (customer[1:] == customer[:-1]) & (period[1:] == period[:-1] + 1)
    before = np.where(same, np.roll(fee, 1), 0.0)
    base = (period == 1) & (origin == ORIGINS.index(INITIAL))
    before[base] = fee[base]
    stays = np.append(same[1:], False)
    # Who is not here a period later has left: they are no row of that period, so they are given one.
    ends = ~stays & (period < periods)
    all_periods = np.concatenate([period, period[ends] + 1])
    all_segments = np.concatenate([segment, segment[ends]])
    was = np.concatenate([before, fee[ends]])
    now = np.concatenate([fee, np.zeros(ends.sum())])
    inside = all_periods <= periods
    cell = ((all_periods - 1) * segments + all_segments)[inside]
    was, now = was[inside], now[inside]

    def total(values: Any) -> Numbers:
        found = np.bincount(cell, weights=values, minlength=periods * segments)
        return np.asarray(found.reshape(periods, segments))

    paid, pays = was > 0, now > 0
    return {
        OPENING: total(was),
        NEW: total(np.where(paid, 0, now)),
        EXPANSION: total(np.where(paid & pays, np.maximum(now - was, 0), 0)),
        CONTRACTION: total(np.where(paid & pays, np.maximum(was - now, 0), 0)),
        CHURNED: total(np.where(paid & ~pays, was, 0)),
        PAYING: total(paid.astype(float)),
        LEFT: total((paid & ~pays).astype(float)),
        CAME: total((~paid & pays).astype(float)),
    }


def table(
    sums: Mapping[str, Numbers], by: Sequence[str], segments: Sequence[str], years: Sequence[int]
) -> pd.DataFrame:
    """The waterfall by period or year, and by segment if asked; `sums` are periods x segments."""
    if SEGMENT not in by:
        sums = {name: values.sum(axis=1, keepdims=True) for name, values in sums.items()}
    n_periods, n_groups = sums[OPENING].shape
    closing = sums[OPENING] + sums[NEW] + sums[EXPANSION] - sums[CONTRACTION] - sums[CHURNED]
    payers = sums[PAYING] + sums[CAME] - sums[LEFT]
    stay = {
        "logo": 1 - ratio(sums[LEFT], sums[PAYING]),
        "revenue": 1 - ratio(sums[CHURNED], sums[OPENING]),
        "gross": 1 - ratio(sums[CHURNED] + sums[CONTRACTION], sums[OPENING]),
        "net": 1 - ratio(sums[CHURNED] + sums[CONTRACTION] - sums[EXPANSION], sums[OPENING]),
    }
    if YEAR in by:
        names, starts = np.unique(np.asarray(years), return_index=True)
    elif PERIOD in by:
        names, starts = np.arange(1, n_periods + 1), np.arange(n_periods)
    else:
        names, starts = np.zeros(1, int), np.zeros(1, int)
    ends = np.append(starts[1:], n_periods) - 1
    columns: dict[str, Any] = {}
    if YEAR in by or PERIOD in by:
        columns[YEAR if YEAR in by else PERIOD] = np.repeat(names, n_groups)
    if SEGMENT in by:
        columns[SEGMENT] = list(segments) * len(names)
    added = {
        name: np.add.reduceat(sums[name], starts, axis=0) for name in (NEW, EXPANSION, CONTRACTION, CHURNED)
    }
    kept = {name: np.multiply.reduceat(values, starts, axis=0) for name, values in stay.items()}
    columns |= {
        "opening": sums[OPENING][starts],
        **added,
        "closing": closing[ends],
        "customers": payers[ends],
        "arpu": ratio(closing[ends], payers[ends]),
        "logo_churn": 1 - kept["logo"],
        "revenue_churn": 1 - kept["revenue"],
        "gross_retention": kept["gross"],
        "net_retention": kept["net"],
    }
    return pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})
