"""Exact expectations of a model that is a Markov chain."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill._core import ModelError
from goodwill.engine.anchoring import Anchored, anchored
from goodwill.engine.calls import expected
from goodwill.engine.gallery import with_hint
from goodwill.engine.model import Model, core_of
from goodwill.engine.plain import Plain
from goodwill.engine.world import World
from goodwill.results import tables
from goodwill.text import figures
from goodwill.text.arguments import checked_names, checked_threads, keywords_checked, whole
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE, PERIOD, YEAR

UNKNOWN = (
    "satisfaction",
    "expectation",
    "trust",
    "tenure",
    "nps",
    "nps_measured",
    "ces_measured",
    "investment_cost",
    "event_cost",
)
"""Columns of a run's table that the chain cannot give."""


SURVEYED = (
    *("sum_satisfaction", "sum_expectation", "sum_trust", "sum_tenure", "surveyed", "promoters"),
    *("detractors", "responses", "measured_promoters", "measured_detractors"),
    *("effort_answers", "sum_effort_answers"),
)
"""Counters that a table needs and the chain may not know: NaN then."""


@dataclass(frozen=True, eq=False, repr=False)
class Expectation(Plain):
    """The results of `goodwill.expect`: tables like those of a run, for the whole firm and without error."""

    anchored: Anchored
    scenario: str
    found: dict[str, Any]
    """An array over periods for each counter the chain knows, and single figures."""
    goodwill: str
    """The version that computed it."""

    @cached_property
    def _world(self) -> World:
        """A world that holds the expected counters of the whole firm, so that the tables of a run serve."""
        series = [name for name, value in self.found.items() if isinstance(value, np.ndarray)]
        counters = list(dict.fromkeys([*series, *SURVEYED]))
        nothing = np.full(len(self.found["start"]), np.nan)
        mean = np.stack([self.found.get(name, nothing) for name in counters], axis=1)[None, :, None, :]
        return World(self.scenario, ["all"], ["all"], counters, self.model.periods_per_year, mean)

    @property
    def model(self) -> Model:
        return self.anchored.model

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from; there is no seed, because nothing is drawn."""
        core = self.anchored.core
        return {
            "scenario": self.scenario,
            "goodwill": self.goodwill,
            "model": core.name,
            "model_hash": core.hash,
            "levels_hash": self.anchored.levels_hash,
            "horizon": self._world.periods,
            "period": core.period,
            "currency": core.currency,
            "discount": core.discount,
            "timing": core.timing,
        }

    @property
    def totals(self) -> dict[str, float]:
        """`present_value` of the contribution within the horizon, in currency units; with `infinite` also
        `referral_growth`: how many referred customers one generation of them brings per customer.
        """
        names = ("present_value", "referral_growth")
        return {name: float(self.found[name]) for name in names if name in self.found}

    @keywords_checked
    @tabled
    def table(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Expected customers and money (currency units) by `period` or `year`, or totals (`by=[]`).

        The costs of investments and events are not part of it. Raises `ValueError` for both keys together.
        """
        table = tables.customers_and_money(self._world, _by(by))
        return table.drop(columns=[name for name in UNKNOWN if name in table])

    @keywords_checked
    @tabled
    def stages(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Expected customers in each stage when its fee is due."""
        return tables.per_item(self._world, _by(by), "stage", {"customers": "stage"})

    @keywords_checked
    @tabled
    def moves(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Expected changes of stage at the end of a period, churn among them."""
        return tables.moves(self._world, _by(by))

    @keywords_checked
    @tabled
    def journeys(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Expected journeys, how they end and what they take, with the columns of `Run.journeys`."""
        return tables.journeys(self._world, _by(by))

    @keywords_checked
    @tabled
    def touchpoints(self, by: str | Iterable[str] = (PERIOD,)) -> pd.DataFrame:
        """Expected contacts by outcome at each touchpoint."""
        return tables.touchpoints(self._world, _by(by))

    @tabled
    def values(self) -> pd.DataFrame:
        """Present value over a whole life of one customer who is in a stage now, with tenure 0, by segment.

        In currency units: `value` is the customer's own contribution; `value_with_referrals` adds that of the
        customers they refer, of those these refer, and so on. Raises `ValueError` without `infinite=True`.
        """
        if "referral_growth" not in self.found:
            raise ValueError("values over a whole life need goodwill.expect(model, infinite=True)")
        rows = [
            (
                segment,
                stage,
                float(self.found[f"value.{segment}.{stage}"]),
                float(self.found[f"value_with_referrals.{segment}.{stage}"]),
            )
            for segment in self.model.segments
            for stage in self.model.stages
        ]
        return pd.DataFrame(rows, columns=["segment", "stage", "value", "value_with_referrals"])

    def base_values(self) -> dict[str, float]:
        """Present value of today's customers over their lives, by segment, in currency units.

        Raises `ValueError` without `infinite=True`.
        """
        self.values()
        return {segment: float(self.found[f"base_value.{segment}"]) for segment in self.model.segments}

    def _sentences(self) -> list[str]:
        total, model = self.table(by=[]).iloc[0], self.model
        length = figures.duration(self._world.periods, model.period, model.periods_per_year)
        before, after = figures.count(total["customers_start"]), figures.count(total["customers_end"])
        money = figures.amount(total["contribution"], model.currency)
        value = figures.amount(self.totals["present_value"], model.currency)
        churn, name = figures.percent(total["churn"]), model.name or "The model"
        churned = "" if math.isnan(total["churn"]) else f"churn is {churn} a {model.period}, "
        found = [
            f"{name}, scenario {self.scenario!r}, exactly: {before} customers become {after} in {length}; "
            f"{churned}contribution {money}, present value {value}."
            + tables.beside_customers(total, model.period)
        ]
        if "referral_growth" in self.found:
            base = figures.amount(sum(self.base_values().values()), model.currency)
            found.append(f"Over their whole lives today's customers are worth {base}.")
        if self.scenario != BASELINE:
            found.append("The costs of investments and events are not in contribution and present value.")
        return found

    def _short(self) -> pd.DataFrame:
        columns = [
            "year",
            "customers_start",
            "joined",
            "lost",
            "customers_end",
            "churn",
        ]
        table = self.table(by="year")
        return table[[*columns, *tables.other_kinds(table), "revenue", "contribution"]]

    def _tables(self) -> list[pd.DataFrame]:
        return [self._short(), self.values()] if "referral_growth" in self.found else [self._short()]

    def __repr__(self) -> str:
        return blocks(self._sentences(), *(text_table(table) for table in self._tables()))

    def _repr_html_(self) -> str:
        return result_html(self._sentences(), "".join(html_table(table) for table in self._tables()))


def _by(by: str | Iterable[str]) -> list[str]:
    names = checked_names("key", by, (YEAR, PERIOD), "expectations can be broken down by")
    if len(names) == 2:
        raise ValueError("a table is broken down by year or by period, not by both")
    return names


@keywords_checked
def expect(
    model: Model,
    *,
    scenario: str = BASELINE,
    horizon: int | None = None,
    infinite: bool = False,
    threads: int = 0,
) -> Expectation:
    """Expected customers and money, computed without simulation: what the mean of many runs tends to.

    Only a model without effects, frailty and the like is a Markov chain; otherwise `ModelError` names what
    stands in the way. `horizon` is a number of periods, by default the model's. `infinite=True` adds the
    value of customers over their whole lives (of the baseline only). Raises `ValueError` for a scenario the
    model does not have.
    """
    core = core_of(model)
    checked_names("scenario", scenario, [BASELINE, *core.scenarios])
    threads = checked_threads(threads)
    if horizon is not None:
        horizon = whole("horizon", horizon, 1, 100_000, "a whole number of periods from 1 to 100,000")
    if not isinstance(infinite, bool):
        raise ValueError(f"infinite is {infinite!r}; it must be True or False")
    firm = anchored(model, threads)
    try:
        values = expected(firm, scenario, horizon, infinite)
    except ModelError as error:
        if any("the exact solver takes" in problem.text for problem in error.problems):
            raise with_hint(error, "use run instead: it simulates these too") from None
        raise
    return Expectation(firm, scenario, values, _core.version)
