"""Churn, base, arrivals and fee from a table of subscriptions: `from_subscriptions`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.data.calendar import RECENT, elapsed
from goodwill.data.churn import ALL, ChurnFit, assembled, checked_cuts
from goodwill.data.fit import as_name
from goodwill.data.frames import RAISE, Rows, currency_code, day, fingerprint, frame, period_days
from goodwill.data.group import Group, curve_of, doubts
from goodwill.engine.world import Numbers
from goodwill.fitting.lives import Flags, lives
from goodwill.fitting.survival import METHODS
from goodwill.text import figures
from goodwill.text.arguments import checked_names, keywords_checked, shown
from goodwill.text.display import tabled

MANY = 50
"""Segments are few; more different names are probably ids."""


@dataclass(frozen=True, eq=False, repr=False)
class Subscriptions(ChurnFit):
    """What `goodwill.data.from_subscriptions` estimates."""

    @tabled
    def churn(self) -> pd.DataFrame:
        """Customers lost beside revenue lost: one row for each segment, and `all` if there are several.

        `left` of so many `customers` are the `logo_churn`; what those who left paid is `revenue_churn`, a
        share of what all paid. `churn_rate` and `revenue_rate` are the same per period (events, or the fees
        lost, over the customer-periods, or the fees, at risk). `fee_left` and `fee_stayed` are mean fees per
        period. NaN where no `fee` was given.
        """
        rows = [_lost(group.name, [group]) for group in self.groups]
        return pd.DataFrame(rows + ([_lost(ALL, self.groups)] if len(self.groups) > 1 else []))

    @tabled
    def base(self) -> pd.DataFrame:
        """Who is there at the end of the data, one row for each segment: `customers`, their `mean_age`, its
        quartiles (`age_q25`, `age_q50`, `age_q75`), in periods; `arrivals` per period and how many
        `periods` before the end they are averaged over (NaN without dates); the mean `fee` per period and its
        coefficient of variation, `fee_cv` (NaN without fees).
        """
        rows = []
        for group in self.groups:
            there = group.there
            ages = group.lives.time[there]
            quartiles = np.quantile(ages, [0.25, 0.5, 0.75]) if len(ages) else np.full(3, np.nan)
            paid = group.fee[there] if group.fee is not None and len(ages) else np.array([np.nan])
            came, periods = group.arrivals or (np.nan, np.nan)
            rows.append(
                {
                    "segment": group.name,
                    "customers": group.present,
                    "mean_age": group.mean_age if len(ages) else np.nan,
                    **{f"age_q{q}": value for q, value in zip((25, 50, 75), quartiles, strict=True)},
                    "arrivals": came / periods,
                    "periods": periods,
                    "fee": float(paid.mean()),
                    "fee_cv": float(paid.std() / paid.mean()) if paid.mean() > 0 else np.nan,
                }
            )
        return pd.DataFrame(rows)

    @tabled
    def ages(self) -> pd.DataFrame:
        """Ages of those who are there at the end of the data: `customers` by `segment` and whole `age`, in
        periods."""
        parts = []
        for group in self.groups:
            ages = np.floor(group.lives.time[group.there]).astype(int)
            age, count = np.unique(ages, return_counts=True)
            parts.append(pd.DataFrame({"segment": group.name, "age": age, "customers": count}))
        return pd.concat(parts, ignore_index=True)

    def sentences(self) -> list[str]:
        said = super().sentences()
        if all(group.fee is not None for group in self.groups):
            lost = _lost(ALL, self.groups)
            said.insert(
                1,
                f"Logo churn {figures.percent(lost['logo_churn'])}, revenue churn "
                f"{figures.percent(lost['revenue_churn'])}: those who left paid "
                f"{figures.amount(lost['fee_left'], self.currency)} a {self.period}, those who stayed "
                f"{figures.amount(lost['fee_stayed'], self.currency)}.",
            )
        return said


def _lost(name: str, groups: list[Group]) -> dict[str, Any]:
    event = np.concatenate([group.lives.event for group in groups])
    lived = np.concatenate([group.lives.time - group.lives.entry for group in groups])
    row: dict[str, Any] = {
        "segment": name,
        "customers": len(event),
        "left": int(event.sum()),
        "logo_churn": float(event.mean()),
        "churn_rate": float(event.sum() / lived.sum()),
    }
    fees = [group.fee for group in groups if group.fee is not None]
    fee = np.concatenate(fees) if len(fees) == len(groups) else np.full(len(event), np.nan)
    total = fee.sum()
    return row | {
        "revenue_churn": float(fee[event].sum() / total) if total else np.nan,
        "revenue_rate": float(fee[event].sum() / (fee * lived).sum()) if total else np.nan,
        "fee_left": float(fee[event].mean()) if event.any() else np.nan,
        "fee_stayed": float(fee[~event].mean()) if (~event).any() else np.nan,
    }


@dataclass(frozen=True)
class _Read:
    """Columns of the table, row by row."""

    entry: Numbers
    time: Numbers
    event: Flags
    follow: Numbers | None
    """Age each customer has, or would have, at `asof`."""


@keywords_checked
def from_subscriptions(
    data: pd.DataFrame,
    *,
    period: str,
    id: str | None = None,
    start: str | None = None,
    end: str | None = None,
    asof: object = None,
    tenure: str | None = None,
    event: str | None = None,
    entry: str | None = None,
    segment: str | None = None,
    fee: str | None = None,
    currency: str | None = None,
    method: str | None = None,
    bands: Iterable[float | str] | None = None,
    bad_rows: str = RAISE,
) -> Subscriptions:
    """Churn by age, the base of today, arrivals and fees, from one row for each subscription.

    Arguments name columns. With dates: `start`, `end` (empty: still there) and the date `asof` up to which
    the table knows (all of that day). Without: `tenure`, a number of periods, and `event`, whether the
    customer left at its end (true and false, 1 and 0, or "yes" and "no"). Both in the unit `period`: day,
    week, month or year; months and years are those of the calendar. If customers are in the table only
    because they were still there at some date, `entry` is that date (or that tenure): what they lived before
    is not held for proof that nobody leaves early (late entry).

    `id` is checked for doubles; `segment` should be what was known when a customer joined; `fee` is what they
    pay per period, in the `currency` (a code such as EUR, or a column of codes, all the same).

    `method` is `beta` (shifted beta geometric: each customer has a churn of their own), `weibull` or
    `piecewise` (constant between the ages `bands`: `[0, 12, 24]`; without it, ages between which at least 20
    leave). Without `method`, each segment has the one that foretells the later ages best from the first 60 %.

    Rows that cannot be used are refused with a `ValueError` that counts and shows them, or left out with
    `bad_rows="drop"`. Raises `ValueError` too if a segment has nobody who leaves.
    """
    table = frame(data)
    period_days(period)
    wanted = None if bands is None else checked_cuts("bands", bands)
    if method is not None:
        checked_names("method", method, METHODS)
    dated = _asks_for_dates(start, end, asof, tenure, event)
    rows = Rows(table)
    if id is not None:
        ids = rows.names(id, "id")
        rows.refuse(f"{id!r} comes more than once", (ids.duplicated(keep=False) & ids.notna()).to_numpy())
    read = _dates(rows, start, end, asof, entry, period) if dated else _tenures(rows, tenure, event, entry)
    paid = None if fee is None else rows.numbers(fee, "fee")
    if paid is not None:
        rows.refuse(f"{fee!r} is negative", paid < 0)
    code = currency_code(rows, currency, "fees")
    labels = None if segment is None else rows.names(segment, "segment")
    kept, warnings = rows.kept(bad_rows)
    if labels is not None and labels[kept].nunique() > MANY:
        raise ValueError(f"segment: column {segment!r} has {labels[kept].nunique()} values; at most {MANY}")
    groups = []
    for name, mask in _masks(labels, kept).items():
        groups.append(_group(name, mask, read, paid, wanted, method, period))
    for group in groups:
        others = [other.lives for other in groups if other.name != group.name]
        warnings += doubts(group, others, period)
    used = [c for c in (id, start, end, tenure, event, entry, segment, fee) if c is not None]
    source = f"subscriptions, {figures.plural(int(kept.sum()), 'customer')}"
    return Subscriptions(
        parameters=assembled(groups),
        loglik=sum(group.curve.loglik for group in groups),
        n=int(kept.sum()),
        period=period,
        source=f"{source} ({fingerprint({name: table[name][kept] for name in used})})",
        warnings=warnings,
        groups=groups,
        currency=code,
        on_hold_out=method is None,
    )


def _asks_for_dates(start: Any, end: Any, asof: Any, tenure: Any, event: Any) -> bool:
    dates = {"start": start, "end": end, "asof": asof}
    plain = {"tenure": tenure, "event": event}
    given = [name for name, value in (dates | plain).items() if value is not None]
    if set(given) not in (set(dates), set(plain)):
        told = f"given: {', '.join(given)}" if given else "none of these is given"
        raise ValueError(f"ages come from start, end and asof, or from tenure and event ({told})")
    return "start" in given


def _dates(rows: Rows, start: Any, end: Any, asof: Any, entry: Any, period: str) -> _Read:
    today = np.floor(day(asof, "asof"))
    first = np.floor(rows.days(start, "start"))
    last = np.floor(rows.days(end, "end", missing=True))
    rows.refuse(f"{end!r} is before {start!r}", last < first)
    rows.refuse(f"{end!r} is the day of {start!r}: they never were customers", last == first)
    rows.refuse(f"{start!r} is after asof, {asof}", first > today)
    rows.refuse(f"{end!r} is after asof, {asof} (leave it empty: they are still there)", last > today)
    left = np.isfinite(last)
    follow = elapsed(first, np.full(len(first), today), period)
    time = np.where(left, elapsed(first, last, period), follow)
    seen = np.zeros(len(first))
    if entry is not None:
        date = np.floor(rows.days(entry, "entry"))
        rows.refuse(f"{entry!r} is before {start!r}", date < first)
        rows.refuse(f"{entry!r} is after asof, {asof}", date > today)
        rows.refuse(f"{entry!r} is not before {end!r}", date >= last)
        seen = elapsed(first, date, period)
    return _Read(seen, time, left, follow)


def _tenures(rows: Rows, tenure: Any, event: Any, entry: Any) -> _Read:
    time = rows.numbers(tenure, "tenure")
    left = _truths(rows, event)
    rows.refuse(f"{tenure!r} is negative", time < 0)
    rows.refuse(f"{tenure!r} is 0 and {event!r} true: they never were customers", (time == 0) & left)
    seen = np.zeros(len(time))
    if entry is not None:
        seen = rows.numbers(entry, "entry")
        rows.refuse(f"{entry!r} is negative", seen < 0)
        rows.refuse(f"{entry!r} is not before {tenure!r}", (seen >= time) & (seen > 0))
    return _Read(seen, time, left, None)


TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _truths(rows: Rows, name: Any) -> Flags:
    """A column of true and false, however it is written."""
    values = rows.names(name, "event")
    words = values.map(lambda value: str(int(value)) if value in (0, 1) else str(value).strip().lower())
    known = words.isin(list(TRUTHS)).to_numpy()
    rows.refuse(
        f"{name!r} is neither true or false, 1 or 0, nor yes or no", ~known & values.notna().to_numpy()
    )
    return np.array([TRUTHS.get(word, False) for word in words], dtype=bool)


def _masks(labels: pd.Series | None, kept: Flags) -> dict[str, Flags]:
    """Rows of each segment, by a name that models take."""
    if labels is None:
        return {ALL: kept}
    found: dict[str, Flags] = {}
    values: dict[str, Any] = {}
    for value in sorted(labels[kept].unique(), key=str):
        name = as_name(value)
        if name in found:
            raise ValueError(
                f"segment: {shown(values[name])} and {shown(value)} would both be {name!r} in a model"
            )
        found[name], values[name] = kept & (labels == value).to_numpy(), value
    return found


def _group(
    name: str, mask: Flags, read: _Read, paid: Numbers | None, wanted: Any, method: Any, period: str
) -> Group:
    life = lives(read.entry[mask], read.time[mask], read.event[mask])
    follow = None if read.follow is None else read.follow[mask]
    curve, scores, split = curve_of(life, method, wanted, name)
    ages = life.time[~life.event]
    arrivals = None
    if follow is not None:
        periods = float(min(RECENT[period], max(np.floor(read.follow.max()), 1.0)))  # type: ignore[union-attr]
        arrivals = (float((follow < periods).sum()), periods)
    return Group(
        name,
        life,
        wanted,
        curve,
        scores,
        split,
        follow,
        int((~life.event).sum()),
        float(ages.mean()) if len(ages) else 0.0,
        arrivals,
        None if paid is None else paid[mask],
    )
