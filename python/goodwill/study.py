"""Scenarios compared: what an investment returns, and how sure that is; all that a study can be asked."""

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
from goodwill.analysis.events import events
from goodwill.analysis.events import sentences as event_sentences
from goodwill.analysis.gaps import gaps
from goodwill.analysis.goal_seek import BreakEven, break_even
from goodwill.analysis.goals import goals
from goodwill.analysis.goals import shown as goals_shown
from goodwill.analysis.growth import Growth, growth
from goodwill.analysis.journeys import journeys
from goodwill.analysis.savings import savings
from goodwill.analysis.teams import teams
from goodwill.analysis.tornado import tornado
from goodwill.analysis.uncertainty import Uncertainty, acceptability, uncertainty
from goodwill.analysis.variants import size_of
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
        """The run of one scenario, with the tables of `goodwill.run`, on the luck and draws of the study."""
        checked_names("scenario", scenario, self.result.worlds)
        lives = simulate(self.question.anchored, scenario, size_of(self), self.result.ran.threads)
        return Run(self.question.anchored, scenario, lives)

    @keywords_checked
    def rerun(self, threads: int = 0) -> Study:
        """The same question once more: the same bits, whatever the number of threads."""
        return Study(self.question, self.question.answer(checked_threads(threads)))

    @keywords_checked
    def winner(self, threads: int = 0) -> Study:
        """A study of the scenario with the highest NPV, on luck that no study has used.

        The best of several is partly the luckiest, so the study that chose it overstates it; this one does
        not. Doing nothing is one of the choices: if every scenario loses, the winner is the baseline, which
        is worth 0. A scenario that is compared with another one counts with its value against the baseline.
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
        """What was found, in words, one sentence for each scenario and for each event or
        investment that begins by chance or by what the firm sees."""
        return [*words.sentences(self), *event_sentences(self)]

    def remarks(self) -> list[str]:
        """What readers of the table need to know: why a ROI, IRR or payback does not exist or is not what it
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
        """Incremental money by `year` (with its number of `periods`) or by `period`, in currency units, not
        discounted.

        Each column is positive for what its name says: `revenue` comes in, costs go out. `running` is all the
        cost of investments that is not upfront; `contribution` is revenue less cost of sales, cost to serve,
        acquisition and events; `net` is contribution less upfront, running and tax. The last row (`horizon` =
        `beyond`, no year) is everything after the horizon of the terms; its contribution is not split (NaN).
        Amounts are in the prices of the terms. Raises `ValueError` for an unknown scenario.
        """
        return cashflows.flows(self, scenario, by)

    @keywords_checked
    @tabled
    def bridge(self, scenario: str, by: str | Iterable[str] = (ORIGIN,)) -> pd.DataFrame:
        """Where the NPV comes from: present values in currency units whose sum is the NPV, to the cent.

        `customers` is customer-periods kept times contribution per customer-period in the comparison world;
        `fees`, `orders`, `earnings` (margins) and `cost_to_serve` are their change per customer-period times
        the customer-periods of the scenario; both are taken cell by cell (period, segment, origin). Then come
        `acquisition` and what belongs to the `(firm)`: `events`, the cost of investments (`upfront`,
        `running`) and `tax`. `by` takes origin and segment. `customer_periods` (not discounted) is how many
        were kept. Raises `ValueError` for an unknown scenario.
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
        """Probability that each scenario would still pay if it cost so much more at t = 0.

        Columns: budget (currency units), scenario, probability with its interval `_low` to `_high`. The
        probability is over the declared assumptions, freed from the error of the simulation; the interval
        covers that error. Scenarios to which no assumption makes a difference are left out. Raises
        `ValueError` if the assumptions were not drawn, or make no difference to a scenario named.
        """
        return acceptability(self, budgets, scenarios)

    @keywords_checked
    @tabled
    def shapley(self, scenario: str, *, permutations: int = 64, threads: int = 0) -> pd.DataFrame:
        """The NPV of a bundle shared among its investments (Shapley 1953): the shares sum to the NPV.

        Of up to 8 investments all subsets are simulated on the luck of the study; of more, `permutations`
        orders are drawn, half of them the reverses of the others (Mitchell et al. 2022). Columns in currency
        units: investment, shapley with its interval `_low` to `_high` (the error of simulation and of
        sampling), `alone` and `last` (what it adds as the first and as the last of the bundle), `order_low`
        and `order_high` (the least and the most it adds in any order, or in those drawn). The row `(events)`
        is what the scenario changes besides. Raises `ValueError` if the scenario has no investments of its
        own.
        """
        return shapley(self, scenario, permutations, threads)

    @keywords_checked
    @tabled
    def tornado(
        self, scenario: str, *, structure: bool = True, replications: int | None = None, threads: int = 0
    ) -> pd.DataFrame:
        """NPV with each assumption at its 10 and 90 % quantile, all others at their best, on the same luck.

        One row per assumption, the largest swing first. `kind` is `declared` or `structural`. Structural
        assumptions are inner workings that the firm's data cannot tell: loss aversion, learning, and every
        effect on a response (leaving, moves, starts of journeys, orders, referrals, answers) that is not
        declared an assumption. Their ranges are wide, and each end is anchored anew, so that the firm's
        observed figures stay what they are; P(NPV > 0) does not cover them. `npv_at_low`, `npv_at_best`,
        `npv_at_high` and `swing` (high less low) are in currency units, with intervals `_low` to `_high` over
        `replications` (10, or those of the study if fewer). `extremes_at_ends` is False where the best value
        gives more, or less, than both ends: the bar then hides the range. All scenarios of the study are
        simulated together, once: a second one costs nothing. Raises `ValueError` for an unknown scenario.
        """
        return tornado(self, scenario, structure, replications, threads)

    @tabled
    def goals(self) -> pd.DataFrame:
        """The goals of the model in each world: one row per goal and scenario, the baseline among them.

        `value` is the mean of the indicator over the whole firm in `period`: NPS in points, churn a fraction,
        csat the share of everybody's answers that are 7 or more, completion that of the walks of all journeys
        that reached their end, ces the mean effort of contacts. It has an interval `_low` to `_high`; `met`
        compares the mean with `at_least` and `at_most`. If an assumption makes a difference to the world,
        `probability` is the share of the draws that meet the goal, freed from the error of the simulation,
        with an interval of its own; otherwise `reason` says whether the interval reaches across the goal. If
        nobody is left to ask, there is a `reason` and no verdict.
        """
        return goals(self)

    @keywords_checked
    @tabled
    def savings(self, scenario: str) -> pd.DataFrame:
        """What a scenario saves a year (mean over the horizon of the terms, not discounted), in two kinds of
        rows.

        `cashable` is money no longer spent: avoidable cost of contacts, recoveries and service, in currency
        units. `released capacity` is work no longer needed: contacts at each touchpoint. It is worth money
        only as far as its cost is avoidable, and that is in the cashable rows already: never add the two.
        `saved` is `before` less `after`; below 0, more is spent, for instance on customers who stay. Raises
        `ValueError` for an unknown scenario.
        """
        return savings(self, scenario)

    @keywords_checked
    def growth(self, scenario: str, *, threads: int = 0) -> Growth:
        """Whom a scenario wins in a market, and who only comes earlier; only where `market:` has a `size`.

        Prospects have the same luck in every scenario, so both worlds know of each when they come. The result
        has `.table()`: those who come earlier, later, only here or only there, and what that is worth, which
        adds up to the contribution of the scenario. Both worlds are simulated once more, on the luck of the
        study and with everybody in the run-off. Raises `ValueError` for an unknown scenario or a model
        without such a market.
        """
        return growth(self, scenario, threads)

    @keywords_checked
    @tabled
    def journeys(self, scenario: str) -> pd.DataFrame:
        """How each journey ends and what it takes, in a scenario and, `_before`, in the world it is compared
        with.

        Means over the horizon of the model. `walks` a year; `completion` is the share of them that reached
        their end (neither by `lost`, nor cut off, nor right after a failure or a full team);
        `contacts_per_issue` the mean number of contacts of a walk, `minutes` the mean time waited in one by
        those served, `effort` the mean over contacts at touchpoints with an effort, 1 to 7. Raises
        `ValueError` for an unknown scenario.
        """
        return journeys(self, scenario)

    @keywords_checked
    @tabled
    def teams(self, scenario: str) -> pd.DataFrame:
        """How busy each team is in a scenario and, `_before`, in the world it is compared with.

        Means over the horizon of the model. `load` counts the contacts a year that came and `capacity` those
        there was time for; `use` is their quotient. `unserved` is the share that found no room, `wait` the
        mean wait in minutes of those served, `overloaded` the number of periods in which more came than there
        was time for. Raises `ValueError` for an unknown scenario.
        """
        return teams(self, scenario)

    @tabled
    def events(self) -> pd.DataFrame:
        """How often what has a chance or a `when` begins within the horizon of the model, world by world.

        `chance_at_least_one` and `expected` (the number of beginnings) are exact, and missing where it begins
        by what the firm sees. `simulated` is the mean number over replications, `share` the share of them in
        which it began, `first` the period in which it then began first, on average. Where assumptions are
        drawn, all are means over the draws.
        """
        return events(self)

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
        of what was `expected`, `delivered` and `felt` (0 to 10; felt is the experience after comparison with
        the expectation); `gap` is delivered less expected. `worth` is what one point more of quality at this
        touchpoint alone, for all segments and from the first period on, would add to the contribution of
        these customers, in currency units a year (mean over the model's horizon, not discounted, at best
        values), with its interval over `replications` (10, or those of the study if fewer). If the scale has
        no room for a whole point, a smaller step is simulated and scaled up; at the top of the scale `worth`
        is NaN. The simulation is kept: a second breakdown costs nothing. Raises `ValueError` for an unknown
        scenario.
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

        If a part of the scenario changes the number at `path` (`bot.failure`), that change is varied
        (`investments.better_bot.changes.bot.failure.times`); otherwise the number at the path, with the
        levels anchored for the firm as it is. Assumptions are at their best. The NPV is simulated
        (`replications`: 30, or those of the study if fewer) at `points` values from `low` to `high`, by
        default three times the value to both sides, as far as the model accepts it; then every change of sign
        between two neighbours is narrowed down. The result has `.roots` with intervals (delta method),
        `.unique`, `.reason` (no root in range, several roots) and `.curve`. Raises `ValueError` for a path
        that means several numbers or none.
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
        """The business case as one HTML page that needs no network; see `goodwill.report`.

        `analyses` adds what needs further simulation: gaps, the tornado of each scenario and the shares of
        bundles of up to 8 investments. The file is written whole, at the end, or not at all; its path is
        returned. Raises `ValueError` if it cannot be written, and `ImportError` without matplotlib.
        """
        return report.to_html(self, file, analyses=analyses)

    @keywords_checked
    def to_excel(self, file: str | os.PathLike[str], *, analyses: bool = True) -> Path:
        """The tables of `to_html` as a workbook; errors as there, but it needs openpyxl, not matplotlib."""
        return report.to_excel(self, file, analyses=analyses)
