"""What customers are worth over their whole lives: today's, acquired and referred; and customer equity.

One file, because it lists all that can be asked about values, each with a description of its answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.analysis.bands import ShownWithBands, amount_of, cell_of, without_bands
from goodwill.analysis.run_off import about_left, worth_after
from goodwill.engine.anchoring import anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.size import BATCHES, checked_size
from goodwill.engine.terms import Terms, as_dict, checked_terms
from goodwill.engine.world import Numbers
from goodwill.plots.clv import ClvPlots
from goodwill.results import lifetimes, tables
from goodwill.results.ledger import of_role
from goodwill.results.lifetimes import NAMES
from goodwill.results.lives import BAND_ENDS, live, ratio_units
from goodwill.results.provenance import provenance
from goodwill.running import QUANTILES
from goodwill.text import figures
from goodwill.text.arguments import (
    checked_names,
    checked_threads,
    fraction,
    keywords_checked,
    number,
    text,
)
from goodwill.text.display import tabled
from goodwill.text.vocabulary import BASELINE, ORIGIN, REFERRED, SEGMENT

COHORT = "cohort"


@dataclass(frozen=True, eq=False, repr=False)
class Clv(ShownWithBands):
    """The results of `goodwill.clv`: real customers and currency units, after the tax of its terms."""

    asked: Terms

    @cached_property
    def terms(self) -> _core.Terms:
        """The terms as they were used: the model's where `clv` was told nothing."""
        return self.asked.for_model(self.anchored.core)

    @cached_property
    def _values(self) -> Numbers:
        """(within the horizon, beyond it, customers, worth as of joining) x segment x origin."""
        return lifetimes.values(self._world, self.terms)

    @property
    def _run_off_periods(self) -> int:
        return int(self._world.whole_lives.run_off.shape[2])

    @property
    def left(self) -> float:
        """Customers who are still there at the end of the run-off."""
        weights = self._world.weights[:, None] / self._world.replications
        return float((self._world.whole_lives.left * weights).sum())

    @property
    def left_worth(self) -> float:
        """About what the customers `left` at the end of the run-off bring later, as a present value in
        currency units. It is in no other figure."""
        weights = self._world.weights[:, None] / self._world.replications
        _, _, in_run_off = lifetimes.factors(self._world, self.terms)
        run_off = self._world.whole_lives.run_off[..., 2]
        return worth_after((run_off * weights[..., None]).sum(axis=(0, 1)) * in_run_off)

    def _bands(self, members: list[int], origins: list[int]) -> dict[str, float]:
        """The bands of the value of one of these customers, and of the present value of all of them."""
        units = self.lives.units[..., members, :][..., origins].sum(axis=(-2, -1))
        within, beyond, customers, worth = np.moveaxis(units, -1, 0)
        found = self.lives.bands("present_value", within + beyond)
        if customers.any():
            found |= self.lives.bands("clv", ratio_units(worth, customers))
        return {name: value for name, value in found.items() if name not in ("clv", "present_value")}

    @keywords_checked
    @tabled
    def table(self, by: str = SEGMENT, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """Customer lifetime value of today's, acquired and referred customers; one row per `by` and origin.

        `by` is `segment`, `origin` (the whole firm) or `cohort`; money is in currency units. `clv` is per
        customer over the whole life: for today's customers as of t = 0 (their acquisition is sunk); for
        newcomers as of the day they join, less the acquisition cost of all who joined, leads that never
        became customers among them. It is a ratio of sums, with quantiles over customers (each exact to 1.6
        %). `present_value` is that of all of them at t = 0, prospects and lapsed customers included:
        `within_horizon` (that of the terms) + `beyond_horizon`. By cohort (the period of joining, 0: today's)
        `within_horizon` is per customer and as of joining. The costs of investments are not part of it.
        Profit is taxed at the rate of the terms when recurring money falls due; acquisition is an expense,
        and losses are credited at once.

        By segment and origin `clv` and `present_value` have two bands: `_low` to `_high`, the interval of the
        mean (the error of the simulation and, where assumptions are drawn, of having only so many draws), and
        `_p10` to `_p90`, 80 % of the draws without that error (NaN where nothing is uncertain). Raises
        `ValueError` for an unknown `by` or a quantile outside 0 to 1.
        """
        checked_names("key", by, (SEGMENT, ORIGIN, COHORT), "values can be broken down by")
        for level in quantiles:
            if not 0 <= level <= 1:
                raise ValueError(f"quantiles holds {level!r}; each must be between 0 and 1")
        if by == COHORT:
            return self._by_cohort()
        keys = [SEGMENT, ORIGIN] if by == SEGMENT else [ORIGIN]
        spread = tables.quantiles(self._world, keys, quantiles)
        spread = spread.drop(columns=["customers", "mean"])
        of_within, of_beyond, of_customers, of_worth = self._values
        rows = []
        groups = [(s, [k]) for k, s in enumerate(self._world.segments)]
        for name, members in groups if by == SEGMENT else [("", list(range(len(groups))))]:
            for o, origin in enumerate(self._world.origins):
                row: dict[str, object] = {SEGMENT: name} if by == SEGMENT else {}
                within, beyond = of_within[members, o].sum(), of_beyond[members, o].sum()
                customers = of_customers[members, o].sum()
                worth = of_worth[members, o].sum()  # as of joining: not from the bins
                row |= {
                    "origin": origin,
                    "customers": customers,
                    "clv": worth / customers if customers else math.nan,
                }
                row |= {"present_value": within + beyond, "within_horizon": within, "beyond_horizon": beyond}
                rows.append(row | self._bands(members, [o]))
        table = pd.DataFrame(rows).merge(spread, on=keys, how="left")
        table["origin"] = table["origin"].map(NAMES)
        bands = [f"{name}_{end}" for name in ("clv", "present_value") for end in BAND_ENDS]
        table = table.reindex(columns=list(dict.fromkeys([*table.columns, *bands])))
        order = [*keys, "customers", "clv", *bands[:4], "present_value", *bands[4:]]
        order += ["within_horizon", "beyond_horizon"]
        return table[[*order, *(name for name in table.columns if name not in order)]]

    def _by_cohort(self) -> pd.DataFrame:
        of_acquisition = [self._world.index[name] for name in of_role("acquisition")]
        paid = self._world.mean[..., of_acquisition].sum(axis=(2, 3))
        dated = self._world.whole_lives.dated
        recurring, acquiring, _ = lifetimes.factors(self._world, self.terms)
        rows = []
        for _, part in self.cohorts().groupby(["segment", "joined"], sort=False):
            segment, joined = str(part["segment"].iloc[0]), int(part["joined"].iloc[0])
            s, since = self._world.segments.index(segment), max(joined, 1)
            value = float(recurring[since - 1 :] @ part["contribution"])
            if joined > 0:
                value -= paid[s, since - 1] * acquiring[since - 1]
            people = float(part["became"].iloc[0])
            each = value / dated[since - 1] / people if people else np.nan
            rows.append((segment, joined, people, part["kept"].iloc[-1], each))
        return pd.DataFrame(rows, columns=["segment", "cohort", "customers", "kept", "within_horizon"])

    @tabled
    def cohorts(self) -> pd.DataFrame:
        """Customers by the period they joined in (0: today's) and age: how many, kept, revenue, contribution.

        Money is in currency units per period: not discounted, before tax and without acquisition.
        """
        return tables.cohorts(self._world)

    @tabled
    def acquisition(self) -> pd.DataFrame:
        """What it costs to win a customer and what that brings, by segment and for the firm.

        `customers` were won by the firm itself, `cac` is what all arrivals cost per customer won, `ltv` the
        value of one over the whole life as of joining, before that cost (currency units, on the terms), and
        `ltv_to_cac` their ratio. `payback` is the number of periods after which the contribution of those who
        join (not discounted, before tax; those referred among them) has covered `cac`; infinite if it has not
        within the horizon. NaN where nobody is won, or winning costs nothing.
        """
        return lifetimes.acquisition(self._world, self._values, self.cohorts())

    @tabled
    def equity(self) -> pd.DataFrame:
        """Customer equity: the present value at t = 0 of everybody, once; within the horizon and beyond it.

        In currency units; newcomers are net of their acquisition cost. `memo: referral value` is what the
        customers referred within the horizon are worth if none of them would have come otherwise. It is part
        of the equity already, so never add it. `referrals` says what it is if some would have come.
        """
        within, beyond = self._values[:2].sum(axis=1)
        lines = [NAMES[origin] for origin in self._world.origins]
        table = pd.DataFrame({"line": lines, "within_horizon": within, "beyond_horizon": beyond})
        total = pd.DataFrame([("customer equity", within.sum(), beyond.sum())], columns=table.columns)
        memo = pd.DataFrame([("memo: referral value", within[2], beyond[2])], columns=table.columns)
        table = pd.concat([table, total, memo], ignore_index=True)
        table["present_value"] = table["within_horizon"] + table["beyond_horizon"]
        everybody, origins = list(range(len(self._world.segments))), list(range(len(lines)))
        of_lines = [self._bands(everybody, some) for some in ([0], [1], [2], origins, [2])]
        for end in BAND_ENDS:
            table[f"present_value_{end}"] = [row[f"present_value_{end}"] for row in of_lines]
        return table

    @keywords_checked
    @tabled
    def referrals(self, joined_anyway: float | str = 0.0, later: float | str = "1 year") -> pd.DataFrame:
        """What referrals are worth, by segment of those referred and in total: a memo, never added to equity.

        `joined_anyway` is the share of those referred who would also have come by themselves, but `later` (a
        duration as in a model; a plain number is periods). Without a market a model does not know the people
        who have yet to come, so this share is your assumption and not a result of the model. With `market:
        {size: ..}` it can be simulated: compare with a scenario without referrals and ask `Study.growth`.

        `value` (currency units) is the present value of those referred within the horizon. It is the sum of
        three: `expansion`, from those who would not have come; `acceleration`, from those who would: their
        value less the same value that much later; and `had_come_anyway`, that later value, which is not the
        referrers' doing (Libai, Muller and Peres 2013). `saved_acquisition` is what it would have cost to
        acquire those who would have come, that much later (Kumar, Petersen and Leone 2007), at the
        acquisition cost of their segment when they joined. `referral_value` is expansion + acceleration +
        saved acquisition. Raises `ValueError` for a share outside 0 to 1 or a `later` below 0.
        """
        share = fraction("joined_anyway", joined_anyway)
        if not 0 <= share <= 1:
            raise ValueError(f"joined_anyway is {joined_anyway!r}; it must be between 0 and 1")
        wait = text("later", later) if isinstance(later, str) else repr(number("later", later))
        periods = core_of(self.model).duration("later", wait)
        if periods < 0:
            raise ValueError(f"later is {later!r}; it must be 0 or more")
        then = float(_core.Dates(self.terms, self.model.periods_per_year).worth([periods])[0])
        world, lives = self._world, self._world.whole_lives
        referred = world.origins.index(REFERRED)
        of_referred = world.mean[:, :, referred, :]
        joined = of_referred[..., world.index["joined"]] + of_referred[..., world.index["leads"]]
        factors = lives.acquiring[: world.periods]
        within, beyond, customers, _ = self._values[..., referred]
        value = within + beyond
        table = pd.DataFrame({"segment": world.segments, "customers": customers, "value": value})
        table["expansion"] = (1 - share) * value
        table["acceleration"] = share * value * (1 - then)
        table["had_come_anyway"] = share * value * then
        table["saved_acquisition"] = share * then * (joined * lives.acquisition_cost) @ factors
        table["referral_value"] = table[["expansion", "acceleration", "saved_acquisition"]].sum(axis=1)
        total = table.drop(columns="segment").sum()
        table.loc[len(table)] = {"segment": "(total)", **total}
        return table

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from."""
        n = self._world.replications
        found = provenance(self.anchored, self.lives.ran, self.seed, n, self.scenario)
        found |= {"run_off": self._run_off_periods, **as_dict(self.terms)}
        return {"scenario": self.scenario, "values": self._taxed(), **found}

    @property
    def plot(self) -> ClvPlots:
        """Charts, which need matplotlib: `clv.plot.distribution()`."""
        return ClvPlots(self._world, self.model.currency)

    def _taxed(self) -> str:
        return f"after tax of {100 * self.terms.tax:g} %" if self.terms.tax else "before tax"

    def _sentence(self) -> str:
        currency, first = self.model.currency, self.table(by=ORIGIN).iloc[0]
        equity = self.equity().iloc[3]
        one = (
            f"One of today's {figures.count(first['customers'])} customers is worth "
            f"{amount_of(first, 'clv', currency)}; customer equity is "
            if first["customers"]
            else "The firm has no customers today; customer equity is "
        )
        return one + (
            f"{amount_of(equity, 'present_value', currency)}, of which "
            f"{figures.amount(equity['beyond_horizon'], currency)} beyond the horizon "
            f"(scenario {self.scenario!r}, {100 * self.terms.discount:g} % a year, "
            f"timing {self.terms.timing}, {self._taxed()})"
            + ("." if self.uncertain else "; all numbers were taken as certain.")
            + self._beside()
        )

    def _beside(self) -> str:
        """What today's prospects and lapsed customers are worth, who do not count as customers."""
        if not tables.other_kinds(tables.customers_and_money(self._world, [])):
            return ""
        within, beyond, _, worth = self._values[..., 0]
        rest = float((within + beyond - worth).sum())
        text = figures.amount(rest, self.model.currency)
        return f" Of the equity, {text} is that of today's prospects and lapsed customers."

    def _left(self) -> str:
        """A sentence about the customers who are left at the end of the run-off, if there are any."""
        years = self._run_off_periods / self.model.periods_per_year
        within, beyond, _, _ = self._values
        value = float(within.sum() + beyond.sum())
        return about_left(self.left, years, self.left_worth, value, self.model.currency)

    def sentences(self) -> list[str]:
        """What was found, in words; with a warning if customers worth more than 1 % of the equity are left at
        the end of the run-off."""
        return [text for text in (self._sentence(), self._left(), self._dependent()) if text]

    def _dependent(self) -> str:
        """What a value means where customers influence one another."""
        if not self._shared:
            return ""
        return (
            f"Customers share {self._shared}, so what one is worth depends on the others: it is no value to "
            "multiply by customers to be won."
        )

    def _shown(self) -> list[pd.DataFrame]:
        values, equity = self.table(quantiles=(0.05, 0.5, 0.95)), self.equity()
        found = []
        for table, column in ((values, "clv"), (equity, "present_value")):
            size = figures.common_size(table[column])
            texts = [cell_of(row, column, size) for _, row in table.iterrows()]
            found.append(without_bands(table).assign(**{column: texts}))
        return found


@keywords_checked
def clv(
    model: Model,
    *,
    terms: Terms | None = None,
    scenario: str = BASELINE,
    seed: int = 1,
    replications: int | None = None,
    draws: int | None = None,
    batches: int = BATCHES,
    precision: float | str | None = None,
    most_replications: int = 2_000,
    threads: int = 0,
    level: float = 0.95,
) -> Clv:
    """The lifetime value of customers, followed through run-off until 99.9 % have left (100 years at most).

    Values are over whole lives; the horizon of the terms (the model's without it) only divides them into
    what is within and beyond, as in `compare`. They are after tax if the terms have one; depreciation plays
    no part. `replications`, `draws` and `batches` are as in `run`; with `precision`, money or a share, the
    simulation goes on until the mean customer equity has that half-width at `level`, or `most_replications`
    units are used. Raises `ModelError` if the model uses what cannot be run yet or ends before the horizon of
    the terms, `ValueError` for an unknown scenario.
    """
    core = core_of(model)
    checked_names("scenario", scenario, [BASELINE, *core.scenarios])
    asked = checked_terms(terms)
    used = asked.for_model(core)
    used.periods_within(core.horizon, core.periods_per_year)  # a horizon too long is refused at once
    threads = checked_threads(threads)
    size = checked_size(
        core,
        scenario,
        seed,
        replications,
        draws,
        batches=batches,
        precision=precision,
        most_replications=most_replications,
        level=level,
    )
    firm = anchored(model, threads)
    lives = live(
        firm,
        scenario,
        size,
        threads,
        lambda world: lifetimes.values(world, used),
        title="Values",
        key=lifetimes.equity,
        values=True,
        run_off=True,
        values_at_joining=True,
        terms=used,
    )
    return Clv(firm, scenario, lives, asked)
