"""Scenarios compared: what an investment returns, and how sure that is."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill import _core, cashflows, run_off
from goodwill._arguments import (
    checked_names,
    checked_replications,
    checked_threads,
    keywords_checked,
    whole,
)
from goodwill.bridge import bridge
from goodwill.bundle import kind_of, shapley
from goodwill.display import blocks, html_table, result_html, tabled, text_table
from goodwill.ensemble import Size
from goodwill.gaps import Touchpoints, gaps, touchpoints
from goodwill.goal_seek import BreakEven, break_even
from goodwill.goals import goals
from goodwill.goals import shown as goals_shown
from goodwill.ledger import Numbers, StudyWorld
from goodwill.model import Model, core_of
from goodwill.provenance import study_provenance
from goodwill.running import Run
from goodwill.savings import savings
from goodwill.tables import walks_cut_off
from goodwill.tornado import tornado
from goodwill.uncertainty import Uncertainty, acceptability, uncertainty
from goodwill.words import common_size, length, note, reasons, sentence, shown

if TYPE_CHECKING:
    from goodwill.comparing import Question
    from goodwill.plots import StudyPlots

COLUMNS = (
    *("scenario", "against", "npv", "npv_low", "npv_high", "npv_p10", "npv_p90"),
    *("p_npv_positive", "p_npv_positive_low", "p_npv_positive_high"),
    *(
        "roi",
        "roi_low",
        "roi_high",
        "roi_p10",
        "roi_p90",
        "roi_bounded",
        "irr",
        "mirr",
        "payback",
        "payback_discounted",
    ),
    *("beyond_horizon", "beyond_horizon_low", "beyond_horizon_high"),
    *("contribution", "contribution_low", "contribution_high", "cost", "cost_low", "cost_high", "tax"),
    *("correlation", "p_positive", "p_zero", "p_negative", "replications", "kind"),
    *("payback_last", "payback_beyond", "roi_reason", "irr_reason", "payback_reason"),
    "payback_discounted_reason",
)

FRESH = 1 << 31
"""Replications from here on are never used by a study, unless it asks for fresh luck."""


class Study:
    """The results of `goodwill.compare`."""

    def __init__(self, question: Question, result: _core.Study) -> None:
        self.question = question
        self.result = result
        self._worlds: dict[str, StudyWorld] = {}
        # What took further simulation is kept, by what was asked: tables, charts and documents share it.
        self._tornados: dict[tuple[bool, int], dict[str, pd.DataFrame]] = {}
        self._shares: dict[tuple[str, int], pd.DataFrame] = {}
        self._touchpoints: dict[tuple[str, int], Touchpoints] = {}
        table = pd.DataFrame(result.rows)
        self.irr_rates: dict[str, list[float]] = dict(zip(table["scenario"], table["irr_rates"], strict=True))
        table["kind"] = [kind_of(self.model, *names) for names in table[["scenario", "against"]].to_numpy()]
        table["replications"] = result.units
        self._table = table[list(COLUMNS)]

    @property
    def model(self) -> Model:
        return self.question.model

    @property
    def seed(self) -> int:
        return self.question.seed

    @property
    def level(self) -> float:
        return self.question.level

    @property
    def scenarios(self) -> list[str]:
        return list(self._table["scenario"])

    @property
    def status(self) -> str:
        """`fixed`: as long as asked; with a precision `reached`, `capped`, `degenerate` (nothing varies)."""
        return self.result.status

    @property
    def replications(self) -> int:
        """Paired units: replications, or batches of all draws."""
        return self.result.units

    @property
    def uncertain(self) -> bool:
        """Whether the assumptions were drawn. `table()` says to which scenarios they make a difference."""
        return self.question.draws > 0

    @cached_property
    def terms(self) -> _core.Terms:
        """The terms as they were used: the model's where `compare` was told nothing."""
        return self.question.terms.for_model(core_of(self.model))

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from: version, model, seed, agents, threads, instruction set, conventions."""
        return study_provenance(self)

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each scenario: present values in currency units, with intervals `_low` to `_high`.

        `npv` is incremental contribution less cost of investments and tax, within the horizon;
        `beyond_horizon` is what comes after it, never part of the others. The intervals are of the means: the
        error of the simulation and, where assumptions were drawn, of having only so many draws; a longer
        study makes them narrower. `_p10` to `_p90` of `npv` and `roi`, and `p_npv_positive` (with an interval
        of its own), are the uncertainty of the declared assumptions, freed from the error of the simulation;
        a longer study leaves it as it is. NaN where no assumption makes a difference to the scenario.

        `roi` is (contribution - cost) / cost before tax, NaN without cost, and has bounds (`roi_bounded`)
        unless the interval of the cost contains 0. `irr` (a year; NaN when there is none or more than one),
        `mirr` and `payback` (years from the first outflow; infinite: never within the horizon) are those of
        the mean flow; `payback_last` is when its sum stays above 0, `payback_beyond` the payback with what
        lies beyond the horizon. Where nothing is laid out, because a scenario saves cost against what it is
        compared with or costs nothing, there is no ROI, IRR or payback (NaN), and its net benefit, the `npv`,
        stands for them: `roi_reason`, `irr_reason` and `payback_reason` say so, and whatever else is to be
        known about the three. `correlation` is that of the two worlds over replications; `p_positive`,
        `p_zero` and `p_negative` are shares of replications. `kind` is `event` where no investment makes the
        difference: nobody proposes it, so it has no chance to pay.
        """
        return self._table.copy()

    @tabled
    def npv_draws(self) -> pd.DataFrame:
        """NPV by draw of the assumptions (rows) and scenario, freed from the error of the simulation.

        Each scenario for itself, whatever stands beside it; those to which no assumption makes a difference
        are left out.
        """
        if not self.uncertain:
            raise ValueError("nothing is uncertain in this study: it was run at best values")
        rows = self.result.rows
        draws = {row["scenario"]: self.result.npv_draws(k) for k, row in enumerate(rows) if row["uncertain"]}
        index = pd.RangeIndex(self.result.draws, name="draw")
        return pd.DataFrame(draws, index=index)

    def npv_units(self, scenario: str) -> Numbers:
        """NPV unit by unit, before any correction: draws x batches, or one row of replications."""
        return self.result.npv_units(self.number(scenario)).reshape(self.result.draws, -1)

    @tabled
    def assumption_draws(self) -> pd.DataFrame:
        """Values of the assumptions by draw, in the unit of their uses and per period."""
        return pd.DataFrame(self.result.values, columns=core_of(self.model).assumptions).rename_axis("draw")

    @keywords_checked
    def number(self, scenario: str) -> int:
        """The place of a scenario in the study. Raises `ValueError` with the nearest name."""
        checked_names("scenario", scenario, self.scenarios)
        return self.scenarios.index(scenario)

    @keywords_checked
    def against(self, scenario: str) -> str:
        return str(self._table["against"].iloc[self.number(scenario)])

    @keywords_checked
    def kind(self, scenario: str) -> str:
        """`event` where only events make the difference to what a scenario is compared with, else
        `investment`."""
        return str(self._table["kind"].iloc[self.number(scenario)])

    @keywords_checked
    def world(self, name: str) -> StudyWorld:
        """Means of one world over all units, as tables take them."""
        checked_names("scenario", name, self.result.worlds)
        if name not in self._worlds:
            self._worlds[name] = StudyWorld(self.result, name, self.model.periods_per_year)
        return self._worlds[name]

    @keywords_checked
    def run(self, scenario: str = "baseline") -> Run:
        """The run of one scenario, with the tables of `goodwill.run`: the lives of the study.

        Where assumptions are drawn, at the same draws.
        """
        checked_names("scenario", scenario, self.result.worlds)
        asked = self.question
        size = Size(
            asked.seed,
            self.replications,
            self.result.draws if self.uncertain else 0,
            asked.batches,
            asked.level,
            first_replication=asked.first_replication,
        )
        return Run(self.model, scenario, size, self.result.threads)

    @keywords_checked
    def rerun(self, threads: int = 0) -> Study:
        """The same question once more: the same bits, whatever the number of threads."""
        return self.question.answer(checked_threads(threads))

    @keywords_checked
    def winner(self, threads: int = 0) -> Study:
        """The scenario with the highest NPV, on luck that no study has used.

        The best of several is partly the luckiest: its own study overstates it. This one does not. Doing
        nothing is one of them: where every scenario loses, the winner is the baseline, which is worth 0.
        What is compared with another scenario counts with its value against the baseline.
        """
        values = {row["scenario"]: row["npv_against_baseline"] for row in self.result.rows}
        best = max({"baseline": 0.0, **values}.items(), key=lambda one: one[1])[0]
        question = replace(self.question, scenarios=(best,), first_replication=FRESH)
        return question.answer(checked_threads(threads))

    def __eq__(self, other: object) -> bool:
        """Whether two studies have the same answer, unit by unit, bit for bit."""
        if not isinstance(other, Study) or not self._table.equals(other._table):
            return False
        return all(
            np.array_equal(self.result.npv_units(k), other.result.npv_units(k))
            for k in range(len(self.scenarios))
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def plot(self) -> StudyPlots:
        """Charts, which need matplotlib: `study.plot.npv()`, `study.plot.flow("all")`."""
        from goodwill.plots import StudyPlots

        return StudyPlots(self)

    def sentences(self) -> list[str]:
        """What was found, in words, one sentence for each scenario."""
        currency, of_years, size = self.model.currency, length(self), common_size(self)
        return [sentence(row, currency, of_years, size) for row in self._table.to_dict("records")]

    def remarks(self) -> list[str]:
        """What is to be known to read the table: why a ROI, IRR or payback does not exist or is not what it
        seems, and warnings where much is left at the end of the run-off or walks were cut off."""
        cut = {name: walks_cut_off(self.world(name)) for name in self.result.worlds}
        walks = [f"Warning: {what} (scenario {name!r})." for name, found in cut.items() for what in found]
        return [*reasons(self), *run_off.warnings(self), *walks]

    def __repr__(self) -> str:
        tables = [text_table(table) for table in self._shown()]
        return blocks([*self.sentences()], *tables, [*self.remarks(), note(self)])

    def _repr_html_(self) -> str:
        tables = "".join(html_table(table) for table in self._shown())
        return result_html(self.sentences(), tables) + result_html([*self.remarks(), note(self)], "")

    def _shown(self) -> list[pd.DataFrame]:
        """The scenarios, and which of the goals they meet."""
        reached = goals_shown(self)
        return [shown(self)] + ([] if reached.empty else [reached])

    @keywords_checked
    @tabled
    def flows(self, scenario: str, by: str = "year") -> pd.DataFrame:
        """Incremental money by `year` (with its number of `periods`) or `period`, in currency units, not
        discounted; the rest is one row.

        Each column is positive for what its name says: `revenue` comes in, costs go out. `running` holds
        everything under the cost of investments that is not upfront; `contribution` is revenue less cost of
        sales, cost to serve, acquisition and events; `net` is contribution less upfront, running and tax. The
        last row (`horizon` = `beyond`, no year) is what comes after the horizon, known as a whole: its
        contribution is not split (NaN). Amounts are in the prices of the terms.
        """
        return cashflows.flows(self, scenario, by)

    @keywords_checked
    @tabled
    def bridge(self, scenario: str, by: str | Iterable[str] = ("origin",)) -> pd.DataFrame:
        """Where the NPV comes from: present values in currency units whose sum is the NPV, to the cent.

        `customers` is customer-periods kept times contribution per customer-period in the comparison world;
        `fees`, `orders`, `earnings` (margins) and `cost_to_serve` are their change per customer-period times
        the customer-periods of the scenario; both are taken cell by cell (period, segment, origin). Then
        `acquisition`, `events`, the cost of investments (`upfront`, `running`) and `tax`, which belong to
        the `(firm)`. `by` takes origin and segment. `customer_periods` (not discounted) is how many were
        kept.
        """
        return bridge(self, scenario, by)

    @keywords_checked
    def uncertainty(self, scenario: str) -> Uncertainty:
        """What the assumptions do to the NPV: `.table()` (quantiles, source, share of variance, value
        of information), `.parameter_variance` and `.simulation_variance`, `.evpi`, `.p_npv_positive`,
        `.p_payback(years)`. Raises `ValueError` if the assumptions were not drawn.
        """
        return uncertainty(self, scenario)

    @keywords_checked
    @tabled
    def acceptability(
        self, budgets: Iterable[float | str], *, scenarios: str | Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Probability that each scenario would still pay with so much more to spend at t = 0.

        Columns: budget (currency units), scenario, probability with its interval `_low` to `_high`; over the
        declared assumptions, freed from the error of the simulation, which is in the interval. Scenarios to
        which no assumption makes a difference are left out. Raises `ValueError` if the assumptions were not
        drawn, or make no difference to a scenario named.
        """
        return acceptability(self, budgets, scenarios)

    @keywords_checked
    @tabled
    def shapley(self, scenario: str, *, permutations: int = 64, threads: int = 0) -> pd.DataFrame:
        """The NPV of a bundle shared among its investments (Shapley 1953): the shares sum to the NPV.

        All subsets of up to 8 investments are simulated on the luck of the study; of more, `permutations`
        orders are drawn, each with its reverse. Columns in currency units: investment, shapley with its
        interval `_low` to `_high` (the error of simulation and of sampling), `alone` and `last` (what it adds
        as the first and as the last of the bundle), `order_low` and `order_high` (over all orders, or those
        drawn). What the scenario does besides is the row `(events)`. Raises `ValueError` if the scenario has
        no investments of its own.
        """
        self.number(scenario)
        permutations = whole("permutations", permutations, 2, 10_000, "a whole number from 2 to 10,000")
        if (scenario, permutations) not in self._shares:
            self._shares[scenario, permutations] = shapley(self, scenario, permutations, threads)
        return self._noted(self._shares[scenario, permutations])

    @keywords_checked
    @tabled
    def tornado(
        self, scenario: str, *, structure: bool = True, replications: int | None = None, threads: int = 0
    ) -> pd.DataFrame:
        """NPV with each assumption at its 10 and 90 % quantile, all others at their best, on the same luck.

        One row per assumption, the largest swing first. `kind` is declared or structural: inner workings that
        no data of the firm say, over wide ranges, each end anchored anew so that the firm's observed figures
        stay what they are. These are loss aversion and learning, and every effect on a response (leaving,
        moves, starts of journeys, orders, referrals, answers) that is not declared an assumption.
        P(NPV > 0) does not cover the structural ones. `npv_at_low`, `npv_at_best`, `npv_at_high` and `swing`
        (high less low) are in currency units, with intervals `_low` to `_high` over `replications` (10, or
        those of the study if fewer). `extremes_at_ends` is False where the best value gives more or less
        than both ends: the bar then hides the range. All scenarios of the study are simulated together, once:
        a second one costs nothing.
        """
        self.number(scenario)
        wanted = min(self.replications, 10) if replications is None else replications
        asked = (bool(structure), checked_replications(wanted, least=2))
        if asked not in self._tornados:
            self._tornados[asked] = tornado(self, *asked, checked_threads(threads))
        return self._noted(self._tornados[asked][scenario])

    @tabled
    def goals(self) -> pd.DataFrame:
        """The goals of the model in each world: one row per goal and scenario, the baseline among them.

        `value` is the mean of the indicator over the whole firm in `period`: NPS in points, churn a fraction,
        csat the share of everybody's answers that is 7 or more.
        `value` has an interval `_low` to `_high`, and `met` compares its mean with `at_least` and `at_most`.
        Where no assumption makes a difference to the world a goal is met or missed, and `reason` says where
        the interval reaches across it. Otherwise `probability` is the share of the draws of the assumptions
        that meet it, freed from the error of the simulation, with an interval of its own. Where nobody is
        left to ask there is a `reason` and no verdict.
        """
        return goals(self)

    @keywords_checked
    @tabled
    def savings(self, scenario: str) -> pd.DataFrame:
        """What a scenario saves a year (mean over the horizon of the terms, not discounted), in two kinds of
        rows.

        `cashable` is money no longer spent: avoidable cost of contacts, recoveries and service, in currency
        units. `released capacity` is work no longer asked for: contacts at each touchpoint. It is worth money
        only as far as its cost is avoidable, and that is in the cashable rows already: never add the two.
        `saved` is `before` less `after`; below 0, more is spent, for instance on customers who stay.
        """
        return savings(self, scenario)

    @keywords_checked
    @tabled
    def gaps(
        self,
        scenario: str = "baseline",
        *,
        by: str | Iterable[str] = ("segment",),
        replications: int | None = None,
        threads: int = 0,
    ) -> pd.DataFrame:
        """Each touchpoint in a world, by segment (`by=[]`: the whole firm): what is expected and delivered.

        `contacts` a year, the share with a `failure` (recovered ones among them), and the means over contacts
        of what was `expected`, `delivered` and `felt` (0 to 10; felt is what is left of an experience after
        comparison with the expectation); `gap` is delivered less expected. `worth` is what one point more of
        quality at this touchpoint alone, for all segments and from the first period on, would add to the
        contribution of these customers, in currency units a year (mean over the model's horizon, not
        discounted, at best values), with its interval over `replications` (10, or those of the study if
        fewer). Where the scale has no room for a point in this scenario, it is scaled up from what there is,
        and NaN at the top. The simulation is kept: a second breakdown costs nothing.
        """
        checked_names("scenario", scenario, ["baseline", *self.model.scenarios])
        wanted = min(self.replications, 10) if replications is None else replications
        asked = (scenario, checked_replications(wanted, least=2))
        if asked not in self._touchpoints:
            self._touchpoints[asked] = touchpoints(self, *asked, checked_threads(threads))
        return self._noted(gaps(self._touchpoints[asked], by, self.level))

    def _noted(self, table: pd.DataFrame) -> pd.DataFrame:
        """A copy that says below it what its intervals are of, where assumptions stand at their best."""
        best = ", with the assumptions at their best values" if self.uncertain else ""
        noted = table.copy()
        noted.attrs["note"] = (
            f"From _low to _high: {100 * self.level:g} % intervals, the error of the simulation{best}."
        )
        return noted

    @keywords_checked
    def break_even(
        self,
        scenario: str,
        path: str,
        *,
        target: float | str = 0.0,
        low: float | None = None,
        high: float | None = None,
        points: int = 9,
        replications: int | None = None,
        threads: int = 0,
    ) -> BreakEven:
        """Where the NPV is 0 (or `target`, in currency units) when one number changes, on common luck.

        Where a part of the scenario changes what stands at `path` (`bot.failure`), the number varied is that
        change (`investments.better_bot.changes.bot.failure.times`); otherwise the one at the path, with the
        levels anchored for the firm as it is. Assumptions are at their best. `points` values from `low` to
        `high` (three times the value on both sides, as far as the model accepts it) are looked at, and every
        change of sign between two neighbours is narrowed down. The result has `.roots` with intervals (delta
        method), `.unique`, `.reason` (no root in range, several roots) and `.curve`. Raises `ValueError` for
        a path that means several numbers or none.
        """
        return break_even(
            self,
            scenario,
            path,
            target=target,
            low=low,
            high=high,
            points=points,
            replications=replications,
            threads=threads,
        )

    @keywords_checked
    def to_html(self, file: str | os.PathLike[str], *, analyses: bool = True) -> Path:
        """The business case as one page that needs no network (with matplotlib); see `goodwill.report`.

        `analyses` adds what needs further simulation: gaps, the tornado of each scenario and the shares of
        bundles of up to 8 investments. The file is written whole, at the end, or not at all.
        """
        from goodwill.report import to_html

        return to_html(self, file, analyses=analyses)

    @keywords_checked
    def to_excel(self, file: str | os.PathLike[str], *, analyses: bool = True) -> Path:
        """The same tables as a workbook (with openpyxl); see `goodwill.report` and `to_html`."""
        from goodwill.report import to_excel

        return to_excel(self, file, analyses=analyses)
