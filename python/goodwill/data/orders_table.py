"""Orders read from a table of transactions, and histories of customers made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.data.calendar import elapsed
from goodwill.data.frames import DAY, MONTH, WEEK, Rows, day
from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.fitting.histories import Histories, compressed
from goodwill.text import figures
from goodwill.text.arguments import shown

ONE, SEPARATE = SAME_DAY = ("one order", "separate orders")
REFUSE, DROP, NET = REFUNDS = ("refuse", "drop", "net")
SUNDAY = 3
"""Days since 1970 of a Sunday: weeks end on it."""


@dataclass(frozen=True, eq=False)
class Orders(Plain):
    """One row for each order, by customer and date."""

    ids: npt.NDArray[Any]
    """By customer."""
    customer: npt.NDArray[np.intp]
    """Of each order: its place in `ids`."""
    day: Numbers
    """Of each order, since 1970."""
    amount: Numbers | None
    asof: float
    """Day up to which the orders are known."""

    @property
    def first(self) -> Numbers:
        """By customer, the day of the first order."""
        found = np.full(len(self.ids), np.inf)
        np.minimum.at(found, self.customer, self.day)
        return found

    @property
    def later(self) -> npt.NDArray[np.bool_]:
        """Which orders are not the first of their customer."""
        found = np.ones(len(self.customer), bool)
        found[np.unique(self.customer, return_index=True)[1]] = False
        return found

    def until(self, asof: float) -> Orders:
        """What was known at the end of an earlier day."""
        return self._of(self.day <= asof, asof)

    def since(self, date: Any) -> tuple[Orders, list[str]]:
        """Those of customers whose first order is not before a date, and what was left out."""
        new = self.first >= np.floor(day(date, "since"))
        if not new.any():
            raise ValueError(f"since is {shown(date)}; no customer has their first order then or later")
        if new.all():
            return self, []
        said = (
            f"{figures.plural(int((~new).sum()), 'customer')} left out, whose first order is before {date}."
        )
        return self._of(new[self.customer], self.asof), [said]

    def _of(self, which: npt.NDArray[np.bool_], asof: float) -> Orders:
        kept, customer = np.unique(self.customer[which], return_inverse=True)
        amount = None if self.amount is None else self.amount[which]
        return Orders(self.ids[kept], customer.ravel(), self.day[which], amount, asof)


@dataclass(frozen=True, eq=False)
class Buyers(Plain):
    """What a model takes of each customer, one row each."""

    ids: npt.NDArray[Any]
    orders: Numbers
    """After the first one."""
    recency: Numbers
    age: Numbers
    customers: Numbers
    """Customers of a row."""
    mean_amount: Numbers | None
    """Of the orders after the first one; NaN where there are none."""

    def histories(self) -> tuple[Histories, npt.NDArray[np.intp]]:
        """The different ones, and which each row has."""
        return compressed(self.orders, self.recency, self.age, self.customers)


def read_orders(
    rows: Rows,
    id: str,
    date: str,
    amount: str | None,
    asof: Any,
    same_day: str | None,
    refunds: str,
    bad_rows: str,
) -> tuple[Orders, list[str]]:
    """The orders of a table, and warnings. Raises `ValueError` for rows that cannot be used, and where it is
    not said what orders on the same day are."""
    names = rows.names(id, "id")
    today = np.floor(day(asof, "asof"))
    times = rows.days(date, "date")
    days = np.floor(times)
    rows.refuse(f"{date!r} is after asof, {asof}", days > today)
    values = None if amount is None else rows.numbers(amount, "amount")
    refund = np.zeros(len(days), bool) if values is None else values < 0
    if refunds == REFUSE:
        why = (
            f"{amount!r} is negative (refunds='drop' leaves refunds out, 'net' takes them off earlier orders)"
        )
        rows.refuse(why, refund)
    kept, warnings = rows.kept(bad_rows)
    codes, ids = pd.factorize(names, use_na_sentinel=True)
    if refunds == DROP and refund.any():
        kept &= ~refund
        warnings.append(f"{figures.plural(int(refund.sum()), 'refund')} left out: the orders count in full.")
        if not kept.any():
            raise ValueError("all rows are refunds, so that there are no orders")
    twice = rows.data[kept].duplicated([name for name in (id, date, amount) if name is not None])
    if amount is not None and twice.any():
        some = ", ".join(str(label) for label in twice.index[twice][:5])
        warnings.append(
            f"{figures.plural(int(twice.sum()), 'row')} are the same as an earlier one in customer, date and "
            f"amount; were they exported twice? (rows {some})"
        )
    # Of what happened at the same time, or on the same day where there are no times, orders come first.
    order = np.lexsort((refund, times, codes))
    order = order[kept[order]]
    customer, days = codes[order], days[order]
    values = None if values is None else values[order]
    gone = np.zeros(len(order), bool)
    if refunds == NET and values is not None:
        values, gone, said = _netted(customer, values)
        warnings += said
    customer, days = customer[~gone], days[~gone]
    values = None if values is None else values[~gone]
    if not len(days):
        raise ValueError("nothing is left of the orders after refunds")
    again = np.zeros(len(days), bool)
    again[1:] = (customer[1:] == customer[:-1]) & (days[1:] == days[:-1])
    if again.any() and same_day is None:
        raise ValueError(
            f"{again.sum():,} orders are on the day of another one of the same customer; say what they are: "
            "same_day='one order' or same_day='separate orders'"
        )
    if same_day == ONE and again.any():
        begins = np.flatnonzero(~again)
        values = None if values is None else np.add.reduceat(values, begins)
        customer, days = customer[begins], days[begins]
    known, customer = np.unique(customer, return_inverse=True)
    return Orders(np.asarray(ids)[known], customer.ravel(), days, values, float(today)), warnings


def _netted(
    customer: npt.NDArray[np.intp], values: Numbers
) -> tuple[Numbers, npt.NDArray[np.bool_], list[str]]:
    """Refunds taken off the orders before them, the last one first; an order of which nothing is left is
    none."""
    left, gone = values.copy(), values < 0
    unknown = 0
    for at in np.flatnonzero(values < 0):
        due, back = -values[at], at - 1
        while due > 1e-9 and back >= 0 and customer[back] == customer[at]:
            if left[back] > 0:
                taken = min(due, left[back])
                left[back] -= taken
                due -= taken
                gone[back] |= left[back] <= 1e-9
            back -= 1
        unknown += due > 1e-9
    refunds = int((values < 0).sum())
    said = [f"{figures.plural(refunds, 'refund')} taken off earlier orders."] if refunds else []
    if unknown:
        said.append(
            f"{figures.plural(unknown, 'refund')} of more than the orders before: the rest has no effect."
        )
    return left, gone, said


def buyers(orders: Orders, period: str) -> Buyers:
    """Histories in periods since each customer's first order."""
    n = len(orders.ids)
    first = orders.first
    last = np.full(n, -np.inf)
    np.maximum.at(last, orders.customer, orders.day)
    count = np.asarray(np.bincount(orders.customer, minlength=n) - 1, dtype=float)
    recency = elapsed(first, last, period)
    age = elapsed(first, np.full(n, orders.asof), period)
    return Buyers(orders.ids, count, recency, age, np.ones(n), _means(orders, count, orders.later))


def opportunities(orders: Orders, period: str) -> Buyers:
    """Histories in whole periods of the calendar, in each of which there is an order or none. That of the
    first order does not count, nor one that has not ended yet."""
    n = len(orders.ids)
    first = place(orders.first, period)
    ended = place(np.array([orders.asof + 1]), period)[0] - 1
    when = place(orders.day, period) - first[orders.customer]
    counts = (when > 0) & (when <= (ended - first)[orders.customer])
    pairs = np.unique(np.column_stack([orders.customer[counts], when[counts]]), axis=0)
    who = pairs[:, 0].astype(int)
    count = np.bincount(who, minlength=n).astype(float)
    last = np.zeros(n)
    np.maximum.at(last, who, pairs[:, 1])
    means = _means(orders, count, counts)
    there = ended > first
    if not there.any():
        raise ValueError(f"no whole {period} has ended since the first orders, so that nothing is known")
    means = None if means is None else means[there]
    return Buyers(
        orders.ids[there], count[there], last[there], (ended - first)[there], np.ones(there.sum()), means
    )


def place(days: Numbers, period: str) -> Numbers:
    """The number of the day, week (Monday to Sunday), month or year in which each of these days lies."""
    if period == DAY:
        return days
    if period == WEEK:
        return np.floor((days + SUNDAY) / 7)
    unit = "M" if period == MONTH else "Y"
    return np.asarray(days.astype("datetime64[D]").astype(f"datetime64[{unit}]"), dtype=float)


def _means(orders: Orders, count: Numbers, which: npt.NDArray[np.bool_]) -> Numbers | None:
    """The mean amount of these orders by customer."""
    if orders.amount is None:
        return None
    total = np.bincount(orders.customer[which], weights=orders.amount[which], minlength=len(orders.ids))
    return np.asarray(np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0))


def read_summary(
    rows: Rows,
    id: str | None,
    orders: str,
    recency: str,
    age: str,
    customers: str | None,
    amount: str | None,
    bad_rows: str,
) -> tuple[Buyers, list[str]]:
    """Histories from a table that has them already, in periods."""
    count = rows.numbers(orders, "orders")
    last = rows.numbers(recency, "recency")
    seen = rows.numbers(age, "age")
    people = np.ones(len(count)) if customers is None else rows.numbers(customers, "customers")
    values = None if amount is None else rows.numbers(amount, "amount", missing=True)
    names = np.arange(len(count)) if id is None else rows.names(id, "id").to_numpy()
    if id is not None:
        doubles = pd.Series(names).duplicated(keep=False) & pd.Series(names).notna()
        rows.refuse(f"{id!r} comes more than once", doubles)
    rows.refuse(f"{orders!r} is no whole number from 0 on", (count < 0) | (count % 1 != 0))
    rows.refuse(f"{age!r} is negative", seen < 0)
    rows.refuse(f"{recency!r} is negative", last < 0)
    rows.refuse(f"{recency!r} is greater than {age!r}", last > seen)
    rows.refuse(
        f"{recency!r} is not 0, though there are no orders after the first", (count == 0) & (last > 0)
    )
    rows.refuse(f"{customers!r} is no whole number from 1 on", (people < 1) | (people % 1 != 0))
    if values is not None:
        rows.refuse(f"{amount!r} is missing, though there are orders", np.isnan(values) & (count > 0))
        rows.refuse(f"{amount!r} is negative", values < 0)
        values = np.where(count > 0, values, np.nan)
    kept, warnings = rows.kept(bad_rows)
    found = Buyers(
        names[kept],
        count[kept],
        last[kept],
        seen[kept],
        people[kept],
        None if values is None else values[kept],
    )
    return found, warnings


def checked_opportunities(found: Buyers) -> None:
    """Raises `ValueError` where a history does not fit one order at most in each period."""
    odd = (found.recency % 1 != 0) | (found.age % 1 != 0)
    more = (found.orders > found.recency) | ((found.orders == 0) & (found.recency > 0))
    for mask, why in (
        (odd, "recency and age are whole numbers"),
        (more, "there are as many orders as periods at most"),
    ):
        if mask.any():
            at = int(np.flatnonzero(mask)[0])
            told = f"orders {found.orders[at]:g}, recency {found.recency[at]:g}, age {found.age[at]:g}"
            raise ValueError(f"model is 'bg_bb', in which {why}; row {found.ids[at]} has {told}")
