"""Scenarios compared: what an investment returns, and how sure that is.

Longer than others because it is the list of what a study can be asked, and says of each what comes out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from goodwill import report
from goodwill.analysis import cashflows, words
from goodwill.analysis.bridge import bridge
from goodwill.analysis.bundle import shapley
from goodwill.analysis.gaps import gaps
from goodwill.analysis.goal_seek import BreakEven, break_even
from goodwill.analysis.goals import goals
from goodwill.analysis.goals import shown as goals_shown
from goodwill.analysis.savings import savings
from goodwill.analysis.tornado import tornado
from goodwill.analysis.uncertainty import Uncertainty, acceptability, uncertainty
from goodwill.engine.size import Size
from goodwill.plots import StudyPlots
from goodwill.results.study import StudyResult
from goodwill.running import Run, simulate
from goodwill.text.arguments import checked_names, checked_threads, keywords_checked
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE, ORIGIN, SEGMENT, YEAR

FRESH = 1 << 31
"""Replications from here on are never used by a study, unless it asks for fresh luck."""


@dataclass(frozen=True, eq=False, repr=False)
class Study(StudyResult):
    """The results of `goodwill.compare`."""

    @keywords_checked
    def run(self, scenario: str = BASELINE) -> Run:
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
        lives = simulate(asked.anchored, scenario, size, self.result.ran.threads)
        return Run(asked.anchored, scenario, lives)

    @keywords_checked
    def rerun(self, threads: int = 0) -> Study:
        """The same question once more: the same bits, whatever the number of threads."""
        return Study(self.question, self.question.answer(checked_threads(threads)))

    @keywords_checked
    def winner(self, threads: int = 0) -> Study:
        """The scenario with the highest NPV, on luck that no study has used.

        The best of several is partly the luckiest: its own study overstates it. This one does not. Doing
        nothing is one of them: where every scenario loses, the winner is the baseline, which is worth 0.
        What is compared with another scenario counts with its value against the baseline.
        """
        values = {row["scenario"]: row["npv_against_baseline"] for row in self.result.rows}
        best = max({BASELINE: 0.0, **values}.items(), key=lambda one: one[1])[0]
        question = replace(self.question, scenarios=(best,), first_replication=FRESH)
        return Study(question, question.answer(checked_threads(threads)))

    @property
    def plot(self) -> StudyPlots:
        """Charts, which need matplotlib: `study.plot.npv()`, `study.plot.flow("all")`."""
        return StudyPlots(self)

    def sentences(self) -> list[str]:
        """What was found, in words, one sentence for each scenario."""
        return words.sentences(self)

    def remarks(self) -> list[str]:
        """What is to be known to read the table: why a ROI, IRR or payback does not exist or is not what it
        seems, and warnings where much is left at the end of the run-off or walks were cut off."""
        return words.remarks(self)

    def __repr__(self) -> str:
        tables = [text_table(table) for table in self._shown()]
        return blocks([*self.sentences()], *tables, [*self.remarks(), words.note(self)])

    def _repr_html_(self) -> str:
        tables = "".join(html_table(table) for table in self._shown())
        return result_html(self.sentences(), tables) + result_html([*self.remarks(), words.note(self)], "")

    def _shown(self) -> list[pd.DataFrame]:
        """The scenarios, and which of the goals they meet."""
        reached = goals_shown(self)
        return [words.shown(self)] + ([] if reached.empty else [reached])

    @keywords_checked
    @tabled
    def flows(self, scenario: str, by: str = YEAR) -> pd.DataFrame:
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
    def bridge(self, scenario: str, by: str | Iterable[str] = (ORIGIN,)) -> pd.DataFrame:
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
        return shapley(self, scenario, permutations, threads)

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
        return tornado(self, scenario, structure, replications, threads)

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
        scenario: str = BASELINE,
        *,
        by: str | Iterable[str] = (SEGMENT,),
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
        return gaps(self, scenario, by, replications, threads)

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
        return report.to_html(self, file, analyses=analyses)

    @keywords_checked
    def to_excel(self, file: str | os.PathLike[str], *, analyses: bool = True) -> Path:
        """The same tables as a workbook (with openpyxl); see `goodwill.report` and `to_html`."""
        return report.to_excel(self, file, analyses=analyses)
