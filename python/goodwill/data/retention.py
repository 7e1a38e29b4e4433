"""Churn by age from a table of who was kept: `from_retention`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.data.churn import ALL, ChurnFit, assembled, checked_cuts
from goodwill.data.fit import as_name
from goodwill.data.frames import RAISE, Rows, fingerprint, frame, period_days
from goodwill.data.group import Group, curve_of, doubts
from goodwill.engine.world import Numbers
from goodwill.fitting.lives import Flags, Lives, lives
from goodwill.fitting.survival import METHODS
from goodwill.text import figures
from goodwill.text.arguments import checked_names, keywords_checked, number, shown
from goodwill.text.display import tabled

SHARES = 1.5
"""Percentages that are all below it are probably shares."""


@dataclass(frozen=True, eq=False, repr=False)
class Retention(ChurnFit):
    """What `goodwill.data.from_retention` estimates."""

    cohorts: pd.DataFrame
    """Of each segment and cohort: customers at age 0, the greatest age observed, and the share kept there."""

    @tabled
    def customers(self) -> pd.DataFrame:
        """One row for each segment and cohort: its `customers` at age 0, the greatest `age` observed, and the
        share `kept` at it."""
        return self.cohorts


@keywords_checked
def from_retention(
    data: pd.DataFrame,
    *,
    period: str,
    counts: bool | None = None,
    cohort: str | None = None,
    age: str | None = None,
    kept: str | None = None,
    customers: str | float | None = None,
    segment: str | None = None,
    method: str | None = None,
    bands: Iterable[float | str] | None = None,
    bad_rows: str = RAISE,
) -> Retention:
    """Churn by age from cohorts: who was still there after each period.

    `data` is long, with a row for each `cohort` (a column; without it there is one) and `age`, in whole
    periods of the unit `period` (day, week, month or year), and how many were `kept`. Or it is a triangle: a
    row for each cohort (its name in the index), a column for each age, empty where an age is not reached.

    `counts` says whether customers are counted or these are percentages of the cohort (0 to 100). How sure
    the estimates are depends on how many customers stand behind percentages, so `customers` says it: one
    number for each cohort, or a column of the table (in a triangle beside the ages). Counts begin at age 0
    with all of the cohort, or `customers` says how many those were. Where percentages begin after age 0, the
    cohort had 100 % then.

    `segment` is a column of names: each has a curve of its own. `method`, `bands` and `bad_rows` are as in
    `from_subscriptions`. Raises `ValueError` where retention rises, an age is missing or comes twice, or
    nobody leaves.
    """
    table = frame(data)
    period_days(period)
    if counts is None:
        raise ValueError("counts is not given; it must be True (customers) or False (percentages, 0 to 100)")
    wanted = None if bands is None else checked_cuts("bands", bands)
    if method is not None:
        checked_names("method", method, METHODS)
    if age is None and kept is None:
        if cohort is not None or segment is not None:
            raise ValueError("a triangle has cohorts in its index; give age and kept for a long table")
        table = _long(table, customers if isinstance(customers, str) else None)
        cohort, age, kept = "cohort", "age", "kept"
    elif age is None or kept is None:
        missing = "age" if age is None else "kept"
        raise ValueError(f"{missing} is not given; a long table has age and kept, a triangle neither")
    rows = Rows(table)
    ages, share = rows.numbers(age, "age"), rows.numbers(kept, "kept")
    rows.refuse(f"{age!r} is no whole number of periods", np.isfinite(ages) & (ages != np.round(ages)))
    rows.refuse(f"{age!r} is negative", ages < 0)
    rows.refuse(f"{kept!r} is negative", share < 0)
    if not counts:
        rows.refuse(f"{kept!r} is above 100 %", share > 100)
        largest = np.nanmax(share, initial=0.0)
        if largest <= SHARES:
            raise ValueError(
                f"kept: the largest percentage in {kept!r} is {largest:g}; if these are shares, multiply "
                "them by 100"
            )
    size = _sizes(rows, customers, counts)
    labels = pd.DataFrame(
        {
            "segment": ALL if segment is None else rows.names(segment, "segment"),
            "cohort": ALL if cohort is None else rows.names(cohort, "cohort"),
        },
        index=table.index,
    )
    twice = labels.assign(age=ages).duplicated(keep=False).to_numpy()
    rows.refuse("the cohort has this age twice", twice & np.isfinite(ages))
    rows.refuse("more are kept than at the age before", _rises(labels, ages, share))
    use, warnings = rows.kept(bad_rows)
    read = labels[use].assign(age=ages[use], kept=share[use], size=size[use])
    groups, cohorts = [], []
    named: dict[str, Any] = {}
    for name in read["segment"].unique():
        other = named.setdefault(as_name(name), name)
        if other != name:
            raise ValueError(
                f"segment: {shown(other)} and {shown(name)} would both be {as_name(name)!r} in a model"
            )
    for name, part in read.groupby("segment", sort=True):
        found, told = _group(as_name(name), part, counts, wanted, method)
        groups.append(found)
        cohorts.append(told)
    for group in groups:
        warnings += doubts(group, [other.lives for other in groups if other is not group], period)
    n = round(sum(group.lives.customers for group in groups))
    all_cohorts = pd.concat(cohorts, ignore_index=True)
    of = figures.plural(len(all_cohorts), "cohort")
    return Retention(
        parameters=assembled(groups),
        loglik=sum(group.curve.loglik for group in groups),
        n=n,
        period=period,
        source=f"retention of {of}, {figures.plural(n, 'customer')} ({fingerprint(read)})",
        warnings=warnings,
        groups=groups,
        currency="",
        on_hold_out=method is None,
        cohorts=all_cohorts,
    )


def _long(triangle: pd.DataFrame, customers: str | None) -> pd.DataFrame:
    """A row for each cohort and age of a triangle."""
    ages: dict[Any, float] = {}
    for name in triangle.columns:
        if name == customers:
            continue
        try:
            ages[name] = number("age", str(name))
        except ValueError:
            raise ValueError(
                f"the triangle has the column {shown(name)}; its columns are ages (0, 1, 2, ..). For a long "
                "table give age and kept"
            ) from None
    if not triangle.index.is_unique:
        twice = triangle.index[triangle.index.duplicated()][0]
        raise ValueError(f"the triangle has the cohort {shown(twice)} twice")
    parts = []
    for name, age in ages.items():
        part = pd.DataFrame({"cohort": triangle.index.astype(str), "age": age, "kept": triangle[name].array})
        if customers is not None and customers in triangle.columns:
            part[customers] = triangle[customers].array
        parts.append(part[part["kept"].notna()])
    found = pd.concat(parts, ignore_index=True)
    found.index = pd.Index([f"{c} at age {a:g}" for c, a in zip(found["cohort"], found["age"], strict=True)])
    return found


def _sizes(rows: Rows, customers: Any, counts: bool) -> Numbers:
    """Customers of the cohort of each row at age 0; NaN where counts say it themselves."""
    if customers is None:
        if counts:
            return np.full(len(rows.data), np.nan)
        raise ValueError(
            "percentages do not say how many customers stand behind them, and how sure the estimates are "
            "depends on it: customers=1_000, or the name of a column"
        )
    if isinstance(customers, str) and not customers.replace("_", "").isdigit():
        size = rows.numbers(customers, "customers")
        rows.refuse(f"{customers!r} is not above 0", size <= 0)
        return size
    size_of_each = number("customers", customers)
    if not 1 <= size_of_each <= 1e12:
        raise ValueError(f"customers is {shown(customers)}; it must be a number from 1 on, or a column")
    return np.full(len(rows.data), size_of_each)


def _rises(labels: pd.DataFrame, ages: Numbers, share: Numbers) -> Flags:
    """Rows whose cohort had fewer customers at the age before."""
    order = labels.assign(age=ages, kept=share, row=np.arange(len(ages))).sort_values(
        ["segment", "cohort", "age"]
    )
    before = order.groupby(["segment", "cohort"], sort=False)["kept"].shift()
    found = np.zeros(len(ages), bool)
    found[order["row"].to_numpy()] = (order["kept"] > before + 1e-9).to_numpy()
    return found


def _group(
    name: str, read: pd.DataFrame, counts: bool, wanted: Any, method: Any
) -> tuple[Group, pd.DataFrame]:
    """One segment: its lives, each row of which stands for those of a cohort who left at an age, or not."""
    parts, told = [], []
    for cohort, part in read.groupby("cohort", sort=True):
        ages, kept, size = _cohort(str(cohort), part.sort_values("age"), counts)
        parts.append((ages, kept))
        told.append((name, cohort, size, int(ages[-1]), kept[-1] / size))
    life, follow = _lives(parts)
    curve, scores, split = curve_of(life, method, wanted, name)
    group = Group(
        name=name,
        lives=life,
        wanted=wanted,
        curve=curve,
        scores=scores,
        split=split,
        follow=follow,
        present=round(life.customers),
        mean_age=0.0,
        arrivals=None,
        fee=None,
    )
    return group, pd.DataFrame(told, columns=["segment", "cohort", "customers", "age", "kept"])


def _cohort(name: str, part: pd.DataFrame, counts: bool) -> tuple[Numbers, Numbers, float]:
    """Ages from 0 on, customers kept at each, and those at age 0."""
    where = "" if name == ALL else f"cohort {name!r}: "
    ages, kept = part["age"].to_numpy(float), part["kept"].to_numpy(float)
    sizes = part["size"].dropna().unique()
    if len(sizes) > 1:
        raise ValueError(f"{where}customers are {sizes[0]:g} and {sizes[1]:g}; a cohort has one number")
    if counts:
        if not len(sizes) and ages[0] != 0:
            raise ValueError(
                f"{where}counts begin at age {ages[0]:g}; say how many there were at age 0: customers=.."
            )
        size = float(sizes[0]) if len(sizes) else float(kept[0])
    else:
        size = float(sizes[0])
        kept = kept / 100 * size
    if ages[0] != 0:
        ages, kept = np.append(0.0, ages), np.append(size, kept)
    gap = np.flatnonzero(np.diff(ages) > 1)
    if len(gap):
        raise ValueError(
            f"{where}age {ages[gap[0]] + 1:g} is missing, between {ages[gap[0]]:g} and {ages[gap[0] + 1]:g}"
        )
    if kept[0] > size * (1 + 1e-9):
        raise ValueError(f"{where}{kept[0]:g} are kept of {size:g} customers")
    if len(ages) < 2:
        raise ValueError(f"{where}has only the age {ages[0]:g}")
    return ages, kept, size


def _lives(cohorts: list[tuple[Numbers, Numbers]]) -> tuple[Lives, Numbers]:
    """Lives, and how long each is followed."""
    time, event, weight, follow = [], [], [], []
    for ages, kept in cohorts:
        lost = -np.diff(kept)
        time += [*ages[1:], ages[-1]]
        event += [True] * len(lost) + [False]
        weight += [*lost, kept[-1]]
        follow += [ages[-1]] * (len(lost) + 1)
    some = np.array(weight) > 0
    n = int(some.sum())
    found = lives(np.zeros(n), np.array(time)[some], np.array(event)[some], np.array(weight)[some])
    return found, np.array(follow)[some]
