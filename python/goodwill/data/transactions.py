"""How customers order, leave and spend, from a table of orders: `from_transactions`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from goodwill.data.buying import Transactions
from goodwill.data.buying_split import BG_BB, KINDS, MODELS, PARETO_NBD, estimated
from goodwill.data.frames import RAISE, Rows, currency_code, fingerprint, frame, period_days
from goodwill.data.order_values import correlation
from goodwill.data.orders_table import (
    REFUNDS,
    REFUSE,
    SAME_DAY,
    Buyers,
    buyers,
    checked_opportunities,
    opportunities,
    read_orders,
    read_summary,
)
from goodwill.fitting import gamma_gamma
from goodwill.fitting.likelihood import Maximum, maximise
from goodwill.fitting.parameters import LOG, joined
from goodwill.text import figures
from goodwill.text.arguments import checked_names, keywords_checked

FEW = 50
"""Fewer customers who ordered again say little."""
APART = 0.05
"""A correlation of orders and their value that is surely greater than this contradicts Gamma-Gamma."""


@keywords_checked
def from_transactions(
    data: pd.DataFrame,
    *,
    period: str,
    id: str | None = None,
    date: str | None = None,
    asof: object = None,
    amount: str | None = None,
    model: str = PARETO_NBD,
    same_day: str | None = None,
    refunds: str = REFUSE,
    currency: str | None = None,
    since: str | None = None,
    orders: str | None = None,
    recency: str | None = None,
    age: str | None = None,
    customers: str | None = None,
    bad_rows: str = RAISE,
) -> Transactions:
    """How often customers order, whether they have left, and what they spend, from one row for each order.

    Arguments name columns: `id` and `date` of each order, and its `amount`. `asof` is the date up to which
    the table knows (all of that day), and `period` the unit of time of the estimates: day, week, month or
    year. Times are days: `same_day` says what several orders of a customer on one day are, "one order" or
    "separate orders"; it must be given where there are any. `refunds` (negative amounts) are refused, left
    out ("drop"), or taken off the orders before them ("net"). `currency` is a code such as EUR, or a column
    of codes, all the same. With `since`, customers whose first order is before that date are left out: where
    a table begins in the middle of a firm's life, the first order it has of a customer is often not their
    first.

    `model` is `pareto_nbd` (customers leave at a rate of their own, at any time), `bg_nbd` (they leave after
    an order) or `bg_bb` (one order at most in each period of the calendar, as donations each year). With
    amounts, Gamma-Gamma says what an order is worth. All by maximum likelihood.

    Instead of `id`, `date` and `asof`, a table may hold histories: `orders` after the first one, `recency`
    (periods from the first to the last one), `age` (periods from the first one to the end), how many
    `customers` have this history, and as `amount` the mean of these orders.

    Rows that cannot be used are refused with a `ValueError` that counts and shows them, or left out with
    `bad_rows="drop"`. Raises `ValueError` too if nobody ordered a second time.
    """
    table = frame(data)
    period_days(period)
    checked_names("model", model, KINDS)
    checked_names("refunds", refunds, REFUNDS, "ways")
    if same_day is not None:
        checked_names("same_day", same_day, SAME_DAY, "ways")
    rows = Rows(table)
    code = currency_code(rows, currency, "amounts")
    known: Buyers
    if _holds_orders(id, date, asof, orders, recency, age):
        if customers is not None:
            raise ValueError("customers: how many have a history can be said of a table of histories only")
        read, warnings = read_orders(rows, str(id), str(date), amount, asof, same_day, refunds, bad_rows)
        if since is not None:
            read, said = read.since(since)
            warnings += said
        known = opportunities(read, period) if model == BG_BB else buyers(read, period)
        what = f"{figures.plural(len(read.day), 'order')} of {figures.plural(len(read.ids), 'customer')}"
        parts: list[Any] = [
            read.ids[read.customer],
            read.day,
            *([] if read.amount is None else [read.amount]),
        ]
    else:
        if since is not None or same_day is not None or refunds != REFUSE:
            raise ValueError(
                "since, same_day and refunds are about orders with dates; this table has histories"
            )
        read = None
        known, warnings = read_summary(
            rows, id, str(orders), str(recency), str(age), customers, amount, bad_rows
        )
        if model == BG_BB:
            checked_opportunities(known)
        what = f"histories of {figures.plural(int(known.customers.sum()), 'customer')}"
        parts = [known.orders, known.recency, known.age, known.customers]
    histories, _ = known.histories()
    fit = estimated(MODELS[model], histories)
    spending = None if known.mean_amount is None else _spending(known, warnings)
    warnings += _doubts(known, fit, spending, MODELS[model].title)
    both = [fit.parameters] + ([] if spending is None else [spending.parameters])
    return Transactions(
        parameters=joined(both),
        loglik=fit.loglik + (0.0 if spending is None else spending.loglik),
        n=histories.n,
        period=period,
        source=f"{what} ({fingerprint(parts)})",
        warnings=warnings,
        kind=model,
        buyers=known,
        orders=read,
        buying=fit.parameters,
        spending=None if spending is None else spending.parameters,
        currency=code,
    )


def _holds_orders(id: Any, date: Any, asof: Any, orders: Any, recency: Any, age: Any) -> bool:
    """Whether the table has an order in each row, or a history."""
    dated = {"date": date, "asof": asof}
    plain = {"orders": orders, "recency": recency, "age": age}
    given = [name for name, value in (dated | plain).items() if value is not None]
    if set(given) == set(plain):
        return False
    if set(given) != set(dated) or id is None:
        given = ["id"] * (id is not None) + given
        told = f"given: {', '.join(given)}" if given else "none of these is given"
        raise ValueError(
            f"a table of orders needs id, date and asof; one of histories orders, recency and age ({told})"
        )
    return True


def _spending(known: Buyers, warnings: list[str]) -> Maximum | None:
    """Gamma-Gamma, from customers who ordered again and paid something."""
    mean = np.nan_to_num(known.mean_amount)  # type: ignore[arg-type]
    again, paid = known.orders > 0, mean > 0
    if (again & ~paid).any():
        free = figures.plural(int(known.customers[again & ~paid].sum()), "customer")
        warnings.append(
            f"{free} paid nothing for any order after the first one: left out of the value of orders."
        )
    use = again & paid
    if use.sum() < 3:
        warnings.append("Too few customers ordered again to say anything about the value of orders.")
        return None
    orders, means, people = known.orders[use], mean[use], known.customers[use]
    start = gamma_gamma.start(orders, means)
    return maximise(
        lambda p: gamma_gamma.loglik(p, orders, means, people),
        start,
        gamma_gamma.NAMES,
        [LOG] * 3,
        int(people.sum()),
        slopes=True,
    )


def _doubts(known: Buyers, fit: Maximum, spending: Maximum | None, title: str) -> list[str]:
    found = []
    again = int(known.customers[known.orders > 0].sum())
    if again < FEW:
        found.append(
            f"Only {figures.plural(again, 'customer')} ordered again; below {FEW} estimates say little."
        )
    if fit.open:
        found.append(f"{title}: the data hardly restrict {' and '.join(fit.open)}; their doubt is wide.")
    if spending is None:
        return found
    if spending.open:
        found.append(
            f"Gamma-Gamma: the data hardly restrict {' and '.join(spending.open)}; their doubt is wide."
        )
    q = spending.parameters.values["q"]
    if q < 2.01:
        found.append(
            f"Customers spend so differently (q is {q:.3g}) that Gamma-Gamma has no finite spread of values; "
            "a model is written with mean and spread of what customers paid on average."
        )
    ratio, error = correlation(known)
    if abs(ratio) - 2 * error > APART:
        more = "more" if ratio > 0 else "less"
        found.append(
            f"Customers who order often pay {more} per order: orders and their mean value correlate by "
            f"{ratio:.2f} ± {error:.2f}. Gamma-Gamma and the model take them as independent, so the value of "
            f"frequent customers is {'under' if ratio > 0 else 'over'}stated."
        )
    return found
