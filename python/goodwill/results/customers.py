"""Single simulated customers: who was here when, and what they met, ordered and answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.text import figures
from goodwill.text.display import blocks, tabled, text_table
from goodwill.text.vocabulary import INITIAL, ORIGINS

OUTCOMES = ("ok", "failed", "recovered", "full")
CONTACT, ORDER, ANSWER = range(3)
MINUTES = {name: 1440 * days for name, days in (("day", 1), ("week", 7), ("month", 365 / 12), ("year", 365))}
"""In a period."""
MOST_STEPS = 64
"""Of a walk."""
OFFSETS = {"day": "days", "week": "weeks", "month": "months", "year": "years"}


@dataclass(frozen=True, eq=False, repr=False)
class Customers(Plain):
    """Simulated customers one by one, with anonymous numbers, in the form of the firm's own tables.

    Times are in periods since the start of the simulation, or dates if a `start` was given. The simulator
    knows the period of an order, an answer or a walk through a journey; its place within the period is drawn
    evenly, in the order in which things happened. The contacts of a walk follow each other by the minute.
    """

    period: str
    horizon: int
    segments: list[str]
    stages: list[str]
    is_customer: list[bool]
    """By stage: whether it is of kind customer."""
    touchpoints: dict[str, list[str]]
    """Of each journey."""
    start: str | None
    """Date of the start of the first period."""
    seed: int
    present: dict[str, npt.NDArray[Any]] = field(repr=False)
    """At the start of each period, sorted by customer and period; that after the last: who is left."""
    happened: dict[str, npt.NDArray[Any]] = field(repr=False)

    @property
    def n(self) -> int:
        """How many customers there are, prospects among them."""
        return len(np.unique(self.present["customer"]))

    @tabled
    def panel(self) -> pd.DataFrame:
        """One row for each customer and period they were here in: at its start their stage, `fee` (currency
        units a period), tenure (periods), satisfaction, expectation and trust."""
        at = self.present["period"] <= self.horizon
        names = ("customer", "period", "segment", "origin", "stage", "tenure", "fee")
        states = ("satisfaction", "expectation", "trust")
        table = pd.DataFrame({name: self.present[name][at] for name in (*names, *states)})
        return self._named(table)

    @tabled
    def subscriptions(self) -> pd.DataFrame:
        """One row for each customer: when they `joined` and `left` (missing: they had not by the end), and
        since when they are observed (`entry`: the base is known only as those who stayed until the start).

        `tenure` is in periods, until they left or the end; `churned` says whether they left; `fee` is the
        last they paid (currency units a period). Prospects who never became customers have no row, and who
        lapses has left.
        """
        stage, period = self.present["stage"], self.present["period"]
        paying = pd.DataFrame(
            {
                "customer": self.present["customer"],
                "period": period,
                "segment": self.present["segment"],
                "origin": self.present["origin"],
                "tenure": self.present["tenure"],
                "fee": self.present["fee"],
            }
        )[np.array(self.is_customer, dtype=bool)[stage]]
        inside = paying[paying["period"] <= self.horizon]
        by_customer = inside.groupby("customer", sort=True)
        first, last = by_customer.first(), by_customer.last()
        left_over = np.isin(first.index, paying.loc[paying["period"] > self.horizon, "customer"])
        # Prospects who became customers joined then, whatever their tenure as a person is.
        from_start = (first["period"] == 1) & (first["origin"] == ORIGINS.index(INITIAL))
        joined = first["period"] - 1 - np.where(from_start, first["tenure"], 0)
        ended = np.where(left_over, self.horizon, last["period"])
        table = pd.DataFrame(
            {
                "customer": first.index,
                "segment": first["segment"],
                "origin": first["origin"],
                "joined": self._times(joined.to_numpy(float)),
                "entry": self._times(np.maximum(joined.to_numpy(float), 0)),
                "left": pd.Series(self._times(ended.astype(float)), index=first.index).mask(left_over),
                "tenure": ended - joined,
                "churned": ~left_over,
                "fee": last["fee"],
            }
        )
        return self._named(table.reset_index(drop=True))

    @tabled
    def orders(self) -> pd.DataFrame:
        """One row for each order: `customer`, `time`, `amount` (currency units)."""
        at = self._of(ORDER)
        return pd.DataFrame(
            {
                "customer": at["customer"],
                "time": self._times(self._within(at, ORDER)),
                "amount": at["value"],
            }
        )

    @tabled
    def contacts(self) -> pd.DataFrame:
        """One row for each contact: `case` (one walk of a customer through a journey), customer, journey,
        touchpoint, `time`, `outcome` (ok, failed, recovered, full), `score` (how good it was, 0 to 10) and
        `wait` (minutes)."""
        at = self._of(CONTACT)
        walk = np.column_stack([at[name] for name in ("customer", "period", "journey", "walk")])
        _, first, inverse = np.unique(walk, axis=0, return_index=True, return_inverse=True)
        case = np.argsort(np.argsort(first))[inverse.reshape(-1)]
        begun = self._within({name: at[name][np.sort(first)] for name in ("customer", "period")}, CONTACT)
        journeys = list(self.touchpoints)
        names = [(j, t) for j in journeys for t in self.touchpoints[j]]
        starts = np.cumsum([0, *(len(self.touchpoints[j]) for j in journeys)])
        which = starts[at["journey"]] + at["touchpoint"]
        return pd.DataFrame(
            {
                "case": case + 1,
                "customer": at["customer"],
                "journey": [names[k][0] for k in which],
                "touchpoint": [names[k][1] for k in which],
                "time": self._times(begun[case] + at["step"] / MINUTES[self.period]),
                "outcome": [OUTCOMES[k] for k in at["outcome"]],
                "score": at["value"],
                "wait": at["wait"],
            }
        )

    @tabled
    def answers(self) -> pd.DataFrame:
        """One row for each answer to the survey: `customer`, `time`, `score` (0 to 10)."""
        at = self._of(ANSWER)
        return pd.DataFrame(
            {
                "customer": at["customer"],
                "time": self._times(self._within(at, ANSWER)),
                "score": at["value"].astype(np.int64),
            }
        )

    def _of(self, kind: int) -> dict[str, npt.NDArray[Any]]:
        at = self.happened["kind"] == kind
        return {name: column[at] for name, column in self.happened.items()}

    def _within(self, at: dict[str, npt.NDArray[Any]], kind: int) -> Numbers:
        """Periods since the start at which things began, which are sorted by customer and period and keep
        their order within them."""
        u = np.random.default_rng([self.seed, kind]).random(len(at["period"]))
        evenly = u[np.lexsort((u, at["period"], at["customer"]))]
        longest = MOST_STEPS / MINUTES[self.period]
        return np.asarray(at["period"] - 1 + (1 - longest) * evenly)

    def _times(self, periods: Numbers) -> Any:
        """Periods since the start, or dates."""
        if self.start is None or len(periods) == 0:
            return periods
        first, last = int(np.floor(periods.min())), int(np.ceil(periods.max())) + 1
        begin = pd.Timestamp(self.start)
        step: Any = {OFFSETS[self.period]: 1}
        edges = pd.DatetimeIndex([begin + k * pd.DateOffset(**step) for k in range(first, last + 1)])
        seconds = np.interp(periods, np.arange(first, last + 1), (edges - begin) / pd.Timedelta(seconds=1))
        return begin + pd.to_timedelta(np.round(seconds), unit="s")

    def _named(self, table: pd.DataFrame) -> pd.DataFrame:
        names = {"segment": self.segments, "origin": list(ORIGINS), "stage": self.stages}
        for column, known in names.items():
            if column in table:
                table[column] = [known[k] for k in table[column]]
        return table

    def __repr__(self) -> str:
        kinds = self.happened["kind"]
        counts = [
            figures.plural(int((kinds == kind).sum()), word)
            for kind, word in ((CONTACT, "contact"), (ORDER, "order"), (ANSWER, "answer"))
        ]
        sentence = (
            f"{figures.plural(self.n, 'customer')} over {figures.plural(self.horizon, self.period)}: "
            f"{', '.join(counts)}."
        )
        return blocks([sentence], text_table(self.subscriptions().head(5)))


def customers_of(
    present: dict[str, npt.NDArray[Any]], happened: dict[str, npt.NDArray[Any]], **facts: Any
) -> Customers:
    """Customers with numbers from 1 on, in the order in which they came."""
    here = np.lexsort((present["id"], present["segment"], present["origin"], present["period"]))
    ids, first = np.unique(present["id"][here], return_index=True)
    number = np.empty(len(ids), dtype=np.int64)
    number[np.argsort(first)] = np.arange(1, len(ids) + 1)

    def sorted_by_customer(rows: dict[str, npt.NDArray[Any]], *within: str) -> dict[str, npt.NDArray[Any]]:
        customer = number[np.searchsorted(ids, rows["id"])]
        order = np.lexsort((*(rows[name] for name in within), rows["period"], customer))
        columns = {name: column[order] for name, column in rows.items() if name != "id"}
        return {"customer": customer[order], **columns}

    # What happens to one customer in a period is logged in its order, which a stable sort keeps.
    return Customers(present=sorted_by_customer(present), happened=sorted_by_customer(happened), **facts)
