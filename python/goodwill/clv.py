"""What customers are worth over their whole lives: today's, acquired and referred; and customer equity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill import _core, figures, tables
from goodwill._arguments import (
    checked_names,
    checked_replications,
    checked_seed,
    checked_threads,
    fraction,
    keywords_checked,
    number,
    text,
)
from goodwill._progress import progress_bar
from goodwill.display import blocks, html_table, result_html, tabled, text_table
from goodwill.ledger import Numbers, World
from goodwill.model import Model, anchored, core_of
from goodwill.run_off import about_left, worth_after
from goodwill.running import QUANTILES
from goodwill.tables import COSTS, MARGINS
from goodwill.terms import Terms, as_dict, checked_terms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SERVING = tuple(counter for counter in COSTS.values() if counter != "acquisition")
NAMES = {"initial": "today's", "acquired": "acquired", "referred": "referred"}


class Clv:
    """The results of `goodwill.clv`: real customers and currency units, after the tax of its terms."""

    def __init__(self, model: Model, terms: _core.Terms, simulation: _core.Simulation, seed: int) -> None:
        self.model = model
        self.terms = terms
        self.seed = seed
        self.scenario: str = simulation.scenarios[0]
        self._world = World(simulation, 0, model.periods_per_year)
        self._values()

    def _values(self) -> None:
        """Present values at t = 0 and customers, each [segment, origin]."""
        world, simulation = self._world, self._world.simulation
        weights = np.asarray(simulation.weights)[:, None] / world.replications
        cells, at = world.mean, world.index
        recurring, in_run_off = np.split(np.asarray(simulation.discount_recurring), [world.periods])
        acquiring = np.asarray(simulation.discount_acquisition)[: world.periods]
        counts = np.arange(world.periods) < self.terms.periods_within(world.periods, world.periods_per_year)
        self._recurring, self._acquiring = recurring * counts, acquiring * counts
        contribution = sum(cells[..., at[name]] for name in MARGINS) - sum(
            cells[..., at[name]] for name in SERVING
        )
        money = contribution * recurring[:, None] - cells[..., at["acquisition"]] * acquiring[:, None]
        self._within: Numbers = money[:, counts].sum(axis=1)
        run_off = np.asarray(simulation.run_off(0))[..., 2]
        self._beyond: Numbers = money[:, ~counts].sum(axis=1) + run_off @ in_run_off * weights
        # Today's are those who are customers now, the others those who are customers at some time.
        self._customers: Numbers = np.asarray(simulation.values(0)).sum(axis=2) * weights
        run_off_money = (run_off * weights[..., None]).sum(axis=(0, 1)) * in_run_off
        self.left_worth = worth_after(run_off_money)
        """About what those bring who are `left` at the end of the run-off: in no other figure."""
        self._worth: Numbers = np.asarray(simulation.value_sums(0)) * weights
        self.left = float((np.asarray(simulation.left(0)) * weights).sum())

    @keywords_checked
    @tabled
    def table(self, by: str = "segment", quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """Customer lifetime value of today's, acquired and referred customers; one row per `by` and origin.

        `by` is `segment`, `origin` (the whole firm) or `cohort`. `clv` is per customer over the whole life:
        of today's as of t = 0 (acquisition is sunk), of newcomers as of the day they join, less the
        acquisition cost of all who joined, of leads that never became customers too; a mean of sums, with
        quantiles over customers (each exact to 1.6 %). `present_value` is that of all of them at t = 0,
        prospects and lapsed included, `within_horizon` (that of the terms) + `beyond_horizon`. By cohort (the
        period of joining, 0: today's): `within_horizon` is per customer and as of joining. Costs of
        investments are not part of it. Profit is taxed at the rate of the terms when recurring money falls
        due, acquisition being an expense, and losses are credited at once.
        """
        checked_names("key", by, ("segment", "origin", "cohort"), "values can be broken down by")
        for level in quantiles:
            if not 0 <= level <= 1:
                raise ValueError(f"quantiles holds {level!r}; each must be between 0 and 1")
        if by == "cohort":
            return self._by_cohort()
        keys = ["segment", "origin"] if by == "segment" else ["origin"]
        spread = tables.quantiles(tables.distribution(self._world, keys), keys, quantiles)
        spread = spread.drop(columns=["customers", "mean"])
        rows = []
        groups = [(s, [k]) for k, s in enumerate(self._world.segments)]
        for name, members in groups if by == "segment" else [("", list(range(len(groups))))]:
            for o, origin in enumerate(self._world.origins):
                row: dict[str, object] = {"segment": name} if by == "segment" else {}
                within, beyond = self._within[members, o].sum(), self._beyond[members, o].sum()
                customers = self._customers[members, o].sum()
                worth = self._worth[members, o].sum()  # as of joining: not from the bins
                row |= {
                    "origin": origin,
                    "customers": customers,
                    "clv": worth / customers if customers else math.nan,
                }
                row |= {"present_value": within + beyond, "within_horizon": within, "beyond_horizon": beyond}
                rows.append(row)
        table = pd.DataFrame(rows).merge(spread, on=keys, how="left")
        table["origin"] = table["origin"].map(NAMES)
        order = [*keys, "customers", "clv", "present_value", "within_horizon", "beyond_horizon"]
        return table[[*order, *(name for name in table.columns if name not in order)]]

    def _by_cohort(self) -> pd.DataFrame:
        paid = self._world.mean[..., self._world.index["acquisition"]].sum(axis=2)
        dated = np.asarray(self._world.simulation.discount_dated)
        rows = []
        for _, part in self.cohorts().groupby(["segment", "joined"], sort=False):
            segment, joined = str(part["segment"].iloc[0]), int(part["joined"].iloc[0])
            s, since = self._world.segments.index(segment), max(joined, 1)
            value = float(self._recurring[since - 1 :] @ part["contribution"])
            if joined > 0:
                value -= paid[s, since - 1] * self._acquiring[since - 1]
            people = float(part["became"].iloc[0])
            each = value / dated[since - 1] / people if people else np.nan
            rows.append((segment, joined, people, part["kept"].iloc[-1], each))
        return pd.DataFrame(rows, columns=["segment", "cohort", "customers", "kept", "within_horizon"])

    @tabled
    def cohorts(self) -> pd.DataFrame:
        """Customers by the period they joined in (0: today's) and age: how many, kept, revenue, contribution.

        Money of each period as it is due: not discounted, before tax and without acquisition.
        """
        return tables.cohorts(self._world)

    @tabled
    def equity(self) -> pd.DataFrame:
        """Customer equity: the present value at t = 0 of everybody, once; within the horizon and beyond it.

        Newcomers are net of their acquisition cost. `memo: referral value` is what those referred within the
        horizon are worth if nobody of them would have come otherwise: part of the equity already, so never
        added to it. `referrals` says what it is if some would.
        """
        within, beyond = self._within.sum(axis=0), self._beyond.sum(axis=0)
        lines = [NAMES[origin] for origin in self._world.origins]
        table = pd.DataFrame({"line": lines, "within_horizon": within, "beyond_horizon": beyond})
        total = pd.DataFrame([("customer equity", within.sum(), beyond.sum())], columns=table.columns)
        memo = pd.DataFrame([("memo: referral value", within[2], beyond[2])], columns=table.columns)
        table = pd.concat([table, total, memo], ignore_index=True)
        table["present_value"] = table["within_horizon"] + table["beyond_horizon"]
        return table

    @keywords_checked
    @tabled
    def referrals(self, joined_anyway: float | str = 0.0, later: float | str = "1 year") -> pd.DataFrame:
        """What referrals are worth, by segment of those referred and in total: a memo, never added to equity.

        `joined_anyway` is the share of those referred who would also have come by themselves, `later` (a
        duration as in a model, a plain number is periods). The model has no market of those who have yet to
        come, so this share is an assumption of yours and no answer of the model.

        `value` is the present value of those referred within the horizon, and the sum of three: `expansion`,
        of those who would not have come; `acceleration`, of those who would: their value less the same value
        that much later; and `had_come_anyway`, that later value, which is not the referrers' doing (Libai,
        Muller and Peres 2013). `saved_acquisition` is what acquiring those would have cost, that much later
        (Kumar, Petersen and Leone 2007), at the acquisition cost of their segment when they joined.
        `referral_value` is expansion + acceleration + saved acquisition.
        """
        share = fraction("joined_anyway", joined_anyway)
        if not 0 <= share <= 1:
            raise ValueError(f"joined_anyway is {joined_anyway!r}; it must be between 0 and 1")
        wait = text("later", later) if isinstance(later, str) else repr(number("later", later))
        periods = core_of(self.model).duration("later", wait)
        if periods < 0:
            raise ValueError(f"later is {later!r}; it must be 0 or more")
        yearly = (1 + self.terms.inflation) / (1 + self.terms.discount)
        then = yearly ** (periods / self.model.periods_per_year)
        world, simulation, referred = (
            self._world,
            self._world.simulation,
            self._world.origins.index("referred"),
        )
        of_referred = world.mean[:, :, referred, :]
        joined = of_referred[..., world.index["joined"]] + of_referred[..., world.index["leads"]]
        factors = np.asarray(simulation.discount_acquisition)[: world.periods]
        value = self._within[:, referred] + self._beyond[:, referred]
        customers = self._customers[:, referred]
        table = pd.DataFrame({"segment": world.segments, "customers": customers, "value": value})
        table["expansion"] = (1 - share) * value
        table["acceleration"] = share * value * (1 - then)
        table["had_come_anyway"] = share * value * then
        table["saved_acquisition"] = share * then * (joined * simulation.acquisition_cost(0)) @ factors
        table["referral_value"] = table[["expansion", "acceleration", "saved_acquisition"]].sum(axis=1)
        total = table.drop(columns="segment").sum()
        table.loc[len(table)] = {"segment": "(total)", **total}
        return table

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from."""
        from goodwill.provenance import provenance

        simulation = self._world.simulation
        found = provenance(self.model, simulation, self.seed)
        found |= {"run_off": simulation.run_off_periods, **as_dict(self.terms)}
        return {"scenario": self.scenario, "values": self._taxed(), **found}

    @property
    def plot(self) -> ClvPlots:
        """Charts, which need matplotlib: `clv.plot.distribution()`."""
        return ClvPlots(self)

    def _taxed(self) -> str:
        return f"after tax of {100 * self.terms.tax:g} %" if self.terms.tax else "before tax"

    def _sentence(self) -> str:
        currency, first = self.model.currency, self.table(by="origin").iloc[0]
        equity = self.equity().iloc[3]
        one = (
            f"One of today's {figures.count(first['customers'])} customers is worth "
            f"{figures.amount(first['clv'], currency)}; customer equity is "
            if first["customers"]
            else "The firm has no customers today; customer equity is "
        )
        return one + (
            f"{figures.amount(equity['present_value'], currency)}, of which "
            f"{figures.amount(equity['beyond_horizon'], currency)} beyond the horizon "
            f"(scenario {self.scenario!r}, {100 * self.terms.discount:g} % a year, "
            f"timing {self.terms.timing}, {self._taxed()})."
        )

    def _left(self) -> str:
        """What is to be known about who is there at the end of the run-off."""
        years = self._world.simulation.run_off_periods / self.model.periods_per_year
        value = float(self._within.sum() + self._beyond.sum())
        return about_left(self.left, years, self.left_worth, value, self.model.currency)

    def sentences(self) -> list[str]:
        """What was found, in words; with a warning if customers worth more than 1 % of the equity are left at
        the end of the run-off."""
        return [text for text in (self._sentence(), self._left()) if text]

    def __repr__(self) -> str:
        return blocks(self.sentences(), *(text_table(table) for table in self._shown()))

    def _repr_html_(self) -> str:
        return result_html(self.sentences(), "".join(html_table(table) for table in self._shown()))

    def _shown(self) -> list[pd.DataFrame]:
        return [self.table(quantiles=(0.05, 0.5, 0.95)), self.equity()]


class ClvPlots:
    """Charts of customer lifetime value."""

    def __init__(self, clv: Clv) -> None:
        self._clv = clv

    @keywords_checked
    def distribution(self, *, ax: Axes | None = None) -> Axes:
        """How many customers have which lifetime value, by origin; the outer 1 % on both sides are cut."""
        from goodwill import plots

        table = tables.distribution(self._clv._world, ["origin"])
        if table.empty:
            return plots.nothing(ax, "there are no customers")
        cut = tables.quantiles(tables.distribution(self._clv._world, []), [], (0.01, 0.99)).iloc[0]
        edges = np.linspace(cut["q1"], max(cut["q99"], cut["q1"] + 1), 41)
        ax = plots._axes(ax)
        for origin, part in table.groupby("origin", sort=False):
            ax.hist(
                part["value"], list(edges), weights=part["customers"], alpha=0.6, label=NAMES[str(origin)]
            )
        ax.legend(frameon=False)
        plots._in_words(ax)
        plots._in_words(ax, axis="x")
        return plots._dressed(ax, "Lifetime value", self._clv.model.currency or "money", "customers")


@keywords_checked
def clv(
    model: Model,
    *,
    terms: Terms | None = None,
    scenario: str = "baseline",
    seed: int = 1,
    replications: int = 1,
    threads: int = 0,
) -> Clv:
    """The lifetime value of customers, followed through run-off until 99.9 % have left (100 years at most).

    Values are over whole lives; the horizon of the terms (the model's without it) only divides them into
    what is within and beyond, as in `compare`. They are after tax if the terms have one; depreciation plays
    no part. Raises `ModelError` if the model uses what cannot be run yet or ends before the horizon of the
    terms, `ValueError` for an unknown scenario.
    """
    core = core_of(model)
    checked_names("scenario", scenario, ["baseline", *core.scenarios])
    used = checked_terms(terms).for_model(core)
    used.periods_within(core.horizon, core.periods_per_year)  # a horizon too long is refused at once
    seed, threads = checked_seed(seed), checked_threads(threads)
    replications = checked_replications(replications)
    anchoring = anchored(model, threads)
    # Money does not move customers: the anchoring stays. Customers' values need the terms in the model.
    finance = {"discount": used.discount, "timing": used.timing}
    if used.nominal:
        finance |= {"prices": "nominal", "inflation": used.inflation}
    elif terms is not None and terms.prices is not None:
        finance |= {"prices": "real"}
    on_terms = core.assign([(f"finance.{name}", value) for name, value in finance.items()])
    with progress_bar("Values") as progress:
        simulation = _core.simulate(
            on_terms,
            anchoring,
            [scenario],
            seed=seed,
            replications=replications,
            threads=threads,
            values=True,
            run_off=True,
            values_at_joining=True,
            tax=used.tax,
            progress=progress,
        )
    return Clv(model, used, simulation, seed)
