"""Reads a log of contacts: its columns, what cannot be used, and walks in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.data.fit import as_name
from goodwill.data.frames import Rows, fingerprint, frame
from goodwill.engine.world import Numbers
from goodwill.fitting.journeys import At
from goodwill.fitting.scores import Scale
from goodwill.fitting.walks import OUTCOMES, Contacts
from goodwill.text.arguments import nearest, number, shown

WAITS = {"seconds": 1 / 60, "minutes": 1.0, "hours": 60.0}
"""Minutes of each."""
TAKEN = ("done", "lost", "otherwise")
"""Words that mean something else where a touchpoint is named."""


@dataclass(frozen=True)
class Columns:
    """Names of columns; the last four may be absent."""

    case: str
    time: str
    touchpoint: str
    outcome: str | None
    score: str | None
    wait: str | None
    customer: str | None


@dataclass(frozen=True)
class Log:
    """What was read, in the order of walks and times."""

    contacts: Contacts
    days: Numbers
    """When each contact was, since 1970."""
    score: Numbers
    """From 0 to 10; NaN: none."""
    wait: Numbers | None
    """Minutes."""
    scale: Scale | None
    asof: float
    start_variance: float
    """Of the logarithm of the rate at which walks begin."""
    source: str
    warnings: list[str]

    def at(self, touchpoint: int) -> At:
        """The contacts at a touchpoint."""
        here = self.contacts.touchpoint == touchpoint
        return At(
            self.contacts.outcome[here], self.score[here], None if self.wait is None else self.wait[here]
        )


def read_log(
    log: Any,
    columns: Columns,
    *,
    asof: float,
    outcomes: Mapping[str, object] | None,
    scale: Scale | None,
    wait_unit: str | None,
    settle: Any,
    ties: str,
    bad_rows: str,
) -> Log:
    """The log, checked. Raises `ValueError` with the rows that cannot be used."""
    data = frame(log, "log")
    rows = Rows(data)
    days = rows.days(columns.time, "time")
    case = rows.names(columns.case, "case")
    point = rows.names(columns.touchpoint, "touchpoint")
    # A date without a time means all of that day.
    end = asof + 1 if asof == np.floor(asof) else asof
    rows.refuse(f"{columns.time!r} is after asof", days >= end if end > asof else days > asof)
    happened = _outcomes(rows, columns.outcome, outcomes)
    score = _scores(rows, columns.score, scale)
    wait = _waits(rows, columns.wait, wait_unit)
    who = None if columns.customer is None else rows.names(columns.customer, "customer")
    if ties not in ("raise", "order"):
        raise ValueError(f"ties is {shown(ties)}; it must be 'raise' or 'order'")
    settled = number("settle", settle)
    if settled < 0:
        raise ValueError(f"settle is {shown(settle)}; it must be days, not below 0")
    if ties == "raise":
        same = pd.DataFrame({"case": case, "days": days}).duplicated(keep=False) & case.notna()
        why = f"another contact of the same {columns.case!r} has the same time (ties='order' takes them as "
        rows.refuse(why + "they stand)", same.to_numpy() & np.isfinite(days))
    kept, warnings = rows.kept(bad_rows)
    if who is not None:
        _one_customer(case[kept], who[kept], columns)

    number_of_walk, _ = pd.factorize(case[kept])
    when = days[kept]
    order = np.lexsort((np.arange(len(when)), when, number_of_walk))
    walk = number_of_walk[order].astype(np.int64)
    names, place = _touchpoints(point[kept])
    last = np.append(np.flatnonzero(np.diff(walk)), len(walk) - 1)
    began = when[order][np.append(0, last[:-1] + 1)]
    ended = when[order][last] <= end - settled if settled > 0 else np.ones(len(last), bool)
    contacts = Contacts(tuple(names), walk, place[order], happened[kept][order], began, ended)
    used = [columns.case, columns.time, columns.touchpoint, columns.outcome, columns.score, columns.wait]
    digest = fingerprint([data[name] for name in used if name is not None])
    until = pd.Timestamp(asof, unit="D").date()
    source = f"log of {len(walk):,} contacts until {until} (data {digest})"
    repeats = np.ones(contacts.walks) if who is None else _walks_by_customer(walk, who[kept].iloc[order])
    return Log(
        contacts,
        when[order],
        score[kept][order],
        None if wait is None else wait[kept][order],
        scale,
        end,
        # Customers have walks in clusters: the variance of their total is the sum of the squared clusters.
        float((repeats**2).sum()) / contacts.walks**2,
        source,
        warnings,
    )


def _outcomes(rows: Rows, name: str | None, words: Mapping[str, object] | None) -> Any:
    """Of each contact, as a number; without a column all went well."""
    known = {word: word for word in OUTCOMES}
    for word, means in (words or {}).items():
        if means not in OUTCOMES:
            raise ValueError(
                f"outcomes: {shown(word)} means {shown(means)}; it must be one of {', '.join(OUTCOMES)}"
            )
        known[str(word)] = str(means)
    if name is None:
        if words is not None:
            raise ValueError("outcomes translates words of a column; name it: outcome='...'")
        return np.zeros(len(rows.data), np.int64)
    said = rows.names(name, "outcome").astype(str)
    found = said.map({word: OUTCOMES.index(means) for word, means in known.items()})
    strange = found.isna() & rows.data[name].notna()
    if strange.any():
        first = str(said[strange].iloc[0])
        hint = nearest(first, known)
        rows.refuse(f"{name!r} is none of {', '.join(known)} (found {shown(first)}{hint})", strange)
    return found.fillna(0).to_numpy().astype(np.int64)


def _scores(rows: Rows, name: str | None, scale: Scale | None) -> Numbers:
    if name is None or scale is None:
        return np.full(len(rows.data), np.nan)
    score = rows.numbers(name, "score", missing=True)
    off = np.isfinite(score) & ~scale.holds(score).astype(bool)
    step = f" in steps of {scale.step:g}" if scale.step else ""
    rows.refuse(f"{name!r} is not on the scale from {scale.low:g} to {scale.high:g}{step}", off)
    return scale.to_ten(score)


def _waits(rows: Rows, name: str | None, unit: str | None) -> Numbers | None:
    if name is None:
        if unit is not None:
            raise ValueError("wait_unit is the unit of a column; name it: wait='...'")
        return None
    if unit not in WAITS:
        raise ValueError(f"wait_unit is {shown(unit)}; it must be one of {', '.join(WAITS)}")
    wait = rows.numbers(name, "wait", missing=True)
    rows.refuse(f"{name!r} is negative", wait < 0)
    return wait * WAITS[unit]


def _touchpoints(point: pd.Series) -> tuple[list[str], Any]:
    """Names that model files take, the most frequent first, and which of them each contact is at."""
    counts = point.value_counts(sort=False)
    values = sorted(counts.index, key=lambda value: (-counts[value], str(value)))
    names = [as_name(value) for value in values]
    for k, name in enumerate(names):
        if name in names[:k]:
            raise ValueError(
                f"touchpoint: {shown(values[names.index(name)])} and {shown(values[k])} would both be "
                f"called {name!r}"
            )
        if name in TAKEN:
            raise ValueError(f"touchpoint: {shown(values[k])} has a meaning of its own in models; rename it")
    index = {value: k for k, value in enumerate(values)}
    return names, point.map(index).to_numpy().astype(np.int64)


def _one_customer(case: pd.Series, who: pd.Series, columns: Columns) -> None:
    several = who.groupby(case, sort=False).nunique()
    if (several > 1).any():
        first = several.index[several > 1][0]
        raise ValueError(
            f"{columns.case!r} {shown(first)} belongs to {several[first]} different {columns.customer!r}"
        )


def _walks_by_customer(walk: Any, who: pd.Series) -> Numbers:
    pairs = pd.DataFrame({"walk": walk, "who": who.to_numpy()}).drop_duplicates("walk")
    return np.asarray(pairs["who"].value_counts(sort=False).to_numpy(), dtype=float)
