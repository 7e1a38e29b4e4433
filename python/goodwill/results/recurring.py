"""Recurring revenue: the fees due in each period, and what becomes of them until the next one."""

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
COUNTS = PAYING, LEFT = ("paying", "left")


def changes(present: Mapping[str, Any], periods: int, segments: int) -> dict[str, Numbers]:
    """Sums over customers by period and segment, of rows that say who is here in a period (and after the last
    one), and the fee due at its start.

    A customer whose fee is 0 does not pay. Who pays in a period and not in the next one has left at its end.
    What the base owes in the first period was there before.
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
    after = np.where(np.append(same[1:], False), np.roll(fee, -1), 0.0)
    inside = (period <= periods) & (fee > 0)
    cell = ((period - 1) * segments + segment)[inside]
    before, fee, after = before[inside], fee[inside], after[inside]

    def total(values: Any) -> Numbers:
        found = np.bincount(cell, weights=values, minlength=periods * segments)
        return np.asarray(found.reshape(periods, segments))

    known, leaves = before > 0, after == 0
    return {
        OPENING: total(before),
        NEW: total(np.where(known, 0, fee)),
        EXPANSION: total(np.where(known, np.maximum(fee - before, 0), 0)),
        CONTRACTION: total(np.where(known, np.maximum(before - fee, 0), 0)),
        CHURNED: total(np.where(leaves, fee, 0)),
        PAYING: total(np.ones(len(fee))),
        LEFT: total(leaves.astype(float)),
    }


def table(
    sums: Mapping[str, Numbers], by: Sequence[str], segments: Sequence[str], years: Sequence[int]
) -> pd.DataFrame:
    """The waterfall by period or year, and by segment if asked; `sums` are periods x segments."""
    if SEGMENT not in by:
        sums = {name: values.sum(axis=1, keepdims=True) for name, values in sums.items()}
    n_periods, n_groups = sums[OPENING].shape
    due = sums[OPENING] + sums[NEW] + sums[EXPANSION] - sums[CONTRACTION]
    closing, payers = due - sums[CHURNED], sums[PAYING] - sums[LEFT]
    # Where nobody pays, nothing can be lost; a table of such periods alone has no rates.
    nobody = np.where(due.sum(axis=0, keepdims=True) > 0, 0.0, np.nan)
    stay = 1 - np.where(due > 0, ratio(sums[CHURNED], due), nobody)
    # Nobody who could pay less or more: nothing of it is lost by that.
    less, more = (
        np.nan_to_num(ratio(sums[name], sums[OPENING]), nan=0.0) for name in (CONTRACTION, EXPANSION)
    )
    kept = {
        "logo": 1 - np.where(due > 0, ratio(sums[LEFT], sums[PAYING]), nobody),
        "revenue": stay,
        "gross": stay * (1 - less),
        "net": stay * (1 - less + more),
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
    if YEAR in by:
        columns["periods"] = np.repeat(ends - starts + 1, n_groups)
    if SEGMENT in by:
        columns[SEGMENT] = list(segments) * len(names)
    added = {
        name: np.add.reduceat(sums[name], starts, axis=0) for name in (NEW, EXPANSION, CONTRACTION, CHURNED)
    }
    all_ = {name: np.multiply.reduceat(values, starts, axis=0) for name, values in kept.items()}
    columns |= {
        "opening": sums[OPENING][starts],
        **added,
        "closing": closing[ends],
        "customers": payers[ends],
        "arpu": ratio(closing[ends], payers[ends]),
        "logo_churn": 1 - all_["logo"],
        "revenue_churn": 1 - all_["revenue"],
        "gross_retention": all_["gross"],
        "net_retention": all_["net"],
    }
    return pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})
