"""Histories of customers who buy, as estimators of their next orders take them; and what those have in
common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers


@dataclass(frozen=True, eq=False)
class Histories(Plain):
    """Different histories, and how many customers have each. Time runs from a customer's first order on, in
    periods."""

    orders: Numbers
    """Orders after the first one."""
    recency: Numbers
    """Time of the last order; 0 if it is the first one."""
    age: Numbers
    """Time observed."""
    customers: Numbers

    @property
    def n(self) -> int:
        """Customers."""
        return int(self.customers.sum())


def compressed(
    orders: Numbers, recency: Numbers, age: Numbers, customers: Numbers | None = None
) -> tuple[Histories, npt.NDArray[np.intp]]:
    """The different histories among these, and which of them each row has."""
    rows = np.column_stack([orders, recency, age])
    order = np.lexsort(rows.T)
    ordered = rows[order]
    first = np.ones(len(rows), bool)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    which = np.empty(len(rows), np.intp)
    which[order] = np.cumsum(first) - 1
    kept = ordered[first]
    counts = np.bincount(which, weights=customers, minlength=len(kept)).astype(float)
    return Histories(kept[:, 0], kept[:, 1], kept[:, 2], counts), which


class Buying(Protocol):
    """A model of orders of customers who leave without saying so. `p` are its parameters, in the order of
    `names`; all are positive."""

    @property
    def title(self) -> str: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def discrete(self) -> bool:
        """Whether there is one order at most in each period."""

    def start(self, known: Histories) -> list[float]:
        """Where the search for the maximum begins."""

    def loglik(self, p: Numbers, known: Histories) -> tuple[float, Numbers]:
        """Log-likelihood of all customers, and its derivatives by the parameters."""

    def alive(self, p: Numbers, known: Histories) -> Numbers:
        """By history, the probability that they have not left at the end of what was observed."""

    def rate(self, p: Numbers, known: Histories) -> Numbers:
        """By history, expected orders per period now, of those who have not left."""

    def ahead(self, p: Numbers, known: Histories, periods: Numbers) -> Numbers:
        """Histories x periods: expected orders from the end of what was observed until so many periods
        later, whether they have left or not."""

    def surviving(self, p: Numbers, ages: Numbers) -> Numbers:
        """The share of new customers who have not left at these ages."""

    def spread(self, p: Numbers) -> float:
        """Shape of the gamma distribution of order rates between customers."""

    def drawn(self, p: Numbers, known: Histories, luck: np.random.Generator) -> Drawn:
        """What each of the customers with these histories will do: one draw."""


@dataclass(frozen=True, eq=False)
class Drawn(Plain):
    """A row for each customer."""

    rate: Numbers
    """Orders per period until they leave; a probability where there is one order at most in each period."""
    life: Numbers
    """Periods until they leave; 0 if they have left."""
    last: bool
    """Whether they leave after one more order, which the rate does not count."""


def newcomers(n: int) -> Histories:
    """Customers who have just ordered for the first time."""
    return Histories(np.zeros(1), np.zeros(1), np.zeros(1), np.full(1, float(n)))


def fresh(model: Buying, p: Numbers, ages: Numbers) -> Numbers:
    """Expected orders of a new customer after the first one, up to these ages."""
    return np.asarray(model.ahead(p, newcomers(1), np.asarray(ages, dtype=float))[0])


def everyone(values: Numbers, known: Histories) -> Numbers:
    """A row for each customer instead of each history."""
    return np.repeat(values, known.customers.astype(int), axis=0)


def usual_rate(known: Histories) -> float:
    """Orders after the first one per customer and period. Raises `ValueError` if nobody has any."""
    orders = float(known.orders @ known.customers)
    if orders <= 0:
        raise ValueError("nobody ordered a second time, so nothing can be said about rates or churn")
    return orders / float(known.age @ known.customers)
