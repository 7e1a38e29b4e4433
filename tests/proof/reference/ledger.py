"""What is counted: sums over customers, each times its weight, per period, segment and origin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .customers import ORIGINS, Customers, Floats, Ints
from .definition import Path

COUNTED = {"good_word": "good_words", "bad_word": "bad_words"}  # the columns of messages said


class Ledger:
    """Columns of shape (periods, segments, origins)."""

    def __init__(self, periods: int, segments: Sequence[str]) -> None:
        self.shape = (periods, len(segments), len(ORIGINS))
        self.columns: dict[str, Floats] = {}
        # answers before bias, and the weight of their response: anchoring the NPS needs them
        self.answers: list[tuple[Floats, Floats]] = []

    def page(self, customers: Customers, t: int) -> Page:
        """Where the sums of period t go (1 is the first)."""
        return Page(self, customers, t)

    def book(self, name: str, t: int, segment: Ints, origin: Ints, amount: Floats) -> None:
        """Add amounts, already weighted."""
        column = self.columns.setdefault(name, np.zeros(self.shape))
        _, segments, origins = self.shape
        row = np.bincount(segment * origins + origin, weights=amount, minlength=segments * origins)
        column[t - 1] += row.reshape(segments, origins)


class Page:
    """One period of a ledger, or a page that forgets (a lived past has no ledger)."""

    def __init__(self, ledger: Ledger | None, customers: Customers, t: int) -> None:
        self.ledger, self.customers, self.t = ledger, customers, t
        self.visits: list[
            tuple[Path, Ints]
        ] = []  # who was at which touchpoint: some investments pay for that
        self.loads: dict[str, float] = {}  # real customers who came to each team, served or not
        self.effort, self.efforts = np.zeros((2, len(customers)))  # points, and the contacts they are of
        self.said = {word: np.zeros(len(customers)) for word in COUNTED}  # by each of them

    def add(self, name: str, rows: Ints, amount: Floats | Ints | float = 1.0) -> None:
        """Add an amount per customer for these customers, times their weight."""
        if self.ledger is not None:
            c = self.customers
            weighted = c.weight[rows] * amount
            self.ledger.book(name, self.t, c.segment[rows], c.origin[rows], weighted)

    def say(self, word: str, rows: Ints, messages: Floats) -> None:
        """These customers say so many messages each."""
        self.add(COUNTED[word], rows, messages)
        np.add.at(self.said[word], rows, messages)

    def come(self, team: str, rows: Ints) -> None:
        """These customers come to a team."""
        self.loads[team] = self.loads.get(team, 0.0) + float(np.sum(self.customers.weight[rows]))

    def money(self, rows: Ints, revenue: Floats, margin: Floats) -> None:
        """Revenue, and the contribution it leaves."""
        self.add("revenue", rows, revenue)
        self.add("contribution", rows, revenue * margin)

    def cost(self, name: str, rows: Ints, amount: Floats) -> None:
        """A cost, which lowers contribution."""
        self.add(name, rows, amount)
        self.add("contribution", rows, -amount)
