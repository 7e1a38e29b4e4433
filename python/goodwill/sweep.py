"""Sweeps: many points of a model, in a folder that survives."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from goodwill import _core
from goodwill.analysis.discovery import Discovery, scenario_discovery
from goodwill.analysis.indices import RESAMPLES
from goodwill.analysis.robust import Robust, robust
from goodwill.analysis.sensitivity import Sensitivity, sensitivity
from goodwill.analysis.surface import Surface, surface
from goodwill.analysis.tree import Tree, tree
from goodwill.engine.anchoring import anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.question import (
    check_shards,
    check_survival_weights,
    checked_scenarios,
    with_scenarios,
)
from goodwill.engine.size import REPLICATIONS, SHARDS
from goodwill.engine.terms import Terms, as_dict, checked_terms
from goodwill.plots import SweepPlots
from goodwill.sweeps.designs import Design, checked_design
from goodwill.sweeps.execution import Estimate, estimated, work_through
from goodwill.sweeps.finished import FAILED, OK, PENDING, Finished
from goodwill.sweeps.folder import Folder
from goodwill.sweeps.points import Meaning, Point, SweepQuestion
from goodwill.sweeps.result import SweepResult
from goodwill.sweeps.tables import MOST_SHOWN, as_xarray, shown, sweep_table
from goodwill.text import figures
from goodwill.text.arguments import (
    checked_level,
    checked_replications,
    checked_seed,
    checked_shards,
    checked_threads,
    file_name,
    keywords_checked,
    truth,
)
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table

if TYPE_CHECKING:
    import xarray


class Sweep(SweepResult):
    """Scenarios of a model at each point of a design, kept in a folder.

    The folder is the truth: kill the process at any moment and start the same script again, and it goes on
    where it was; the numbers are those of an undisturbed run, bit for bit. A point is known by what it means,
    so that points that were done for another design of the same model, scenarios, seed and terms are not done
    again.

    `design` is a table (a row for each point, a column for each factor) or made by `gw.grid`, `gw.sobol`,
    `gw.latin_hypercube`, `gw.saltelli` or `gw.morris`. All points are simulated on the same luck, at best
    values of the assumptions, with the levels that are anchored for the firm as it is: a point says what is
    done to this firm, and an observed average that it changes moves its level. Points that differ only in
    their terms are simulated once. `run_off` follows customers beyond the horizon, for `beyond_horizon`.
    `shards` is for very large populations: so many parts of the customers of each replication are units of
    work of their own, and added up without any loss, so that the numbers are the same bits. It is no part of
    what is asked: the same folder may go on with other shards.

    Raises `ModelError` for factors that mean nothing, and `ValueError` for a folder that holds another sweep,
    with what differs, and for shards of customers who influence one another.
    """

    @keywords_checked
    def __init__(
        self,
        model: Model,
        design: Design | pd.DataFrame,
        scenarios: str | list[str] | None = None,
        *,
        folder: str | os.PathLike[str],
        replications: int = REPLICATIONS,
        terms: Terms | None = None,
        seed: int = 1,
        run_off: bool = False,
        survival_weights: bool | None = None,
        level: float = 0.95,
        shards: int = SHARDS,
        threads: int = 0,
    ) -> None:
        core = core_of(model)
        names = checked_scenarios(core, scenarios, "a sweep")
        terms = checked_terms(terms)
        terms.for_model(core)
        design, level = checked_design(design), checked_level(level)
        replications, seed = checked_replications(replications, least=2), checked_seed(seed)
        firm = with_scenarios(anchored(model, checked_threads(threads)))
        check_survival_weights(firm, names, survival_weights)
        shards = checked_shards(shards)
        check_shards(firm, names, shards)
        question = SweepQuestion(firm, tuple(names), terms, seed, truth("run_off", run_off), survival_weights)
        points = list(Meaning(question, design).points())
        place = Folder(Path(file_name("folder", folder)))
        place.adopt(question)
        self._open(place, question, design, points, replications, level, shards)
        place.keep_asked(design, replications)

    def _open(
        self,
        folder: Folder,
        question: SweepQuestion,
        design: Design,
        points: list[Point],
        replications: int,
        level: float,
        shards: int,
    ) -> None:
        self.question, self.design, self.replications, self.level = question, design, replications, level
        self.shards = shards
        self._points = points
        self._finished = Finished(folder)

    @classmethod
    @keywords_checked
    def open(
        cls,
        folder: str | os.PathLike[str],
        *,
        replications: int | None = None,
        level: float = 0.95,
        shards: int = SHARDS,
    ) -> Sweep:
        """The sweep in a folder, with the design and the number of replications that were asked for last.
        Raises `ValueError` if there is none."""
        place = Folder(Path(file_name("folder", folder)))
        question, asked = place.question(), place.asked()
        n = asked.replications if replications is None else checked_replications(replications, least=2)
        sweep = cls.__new__(cls)
        points = list(Meaning(question, asked.design).points())
        shards = checked_shards(shards)
        check_shards(question.anchored, list(question.scenarios), shards)
        sweep._open(place, question, asked.design, points, n, checked_level(level), shards)
        return sweep

    @property
    def provenance(self) -> dict[str, Any]:
        """What the numbers came from: version, model, seed, conventions, design."""
        core, question = self.question.anchored.core, self.question
        return {
            "goodwill": _core.version,
            "model": core.name,
            **{
                f"{name}_hash" if name in ("model", "levels") else name: x
                for name, x in question.asked.items()
            },
            "replications": self.replications,
            "design": repr(self.design),
            "level": self.level,
            "horizon": core.horizon,
            "period": core.period,
            "currency": core.currency,
            **as_dict(question.terms.for_model(core)),
        }

    @keywords_checked
    def run(self, *, threads: int = 0, executor: Executor | None = None, client: Any = None) -> Sweep:
        """Does what is pending, and returns this sweep.

        In this process with `threads` (0: all cores); or by an `executor` of `concurrent.futures`; or by
        `client`, a `dask.distributed.Client`. The bits are the same. A point that fails is recorded with its
        error and stops nothing; `retry` does it again. What is finished is in the folder at once; an
        interrupted run loses the units of work at hand, which take about two to ten seconds each, or a shard
        of a replication.
        """
        return self._work(False, threads, executor, client)

    @keywords_checked
    def retry(self, *, threads: int = 0, executor: Executor | None = None, client: Any = None) -> Sweep:
        """Does what is pending and what failed, and returns this sweep."""
        return self._work(True, threads, executor, client)

    def _work(self, again: bool, threads: int, executor: Executor | None, client: Any) -> Sweep:
        threads = checked_threads(threads)
        if executor is not None and client is not None:
            raise ValueError("give an executor or a client, not both")
        self._finished.update()
        pieces = list(self._finished.pieces(self._points, self.replications, again))
        work_through(
            self.question,
            self._finished,
            pieces,
            threads=threads,
            executor=executor,
            client=client,
            shards=self.shards,
        )
        return self

    @keywords_checked
    def extend(
        self,
        *,
        n: int | None = None,
        replications: int | None = None,
        design: Design | pd.DataFrame | None = None,
    ) -> Sweep:
        """Asks for more, and returns this sweep: `n` points of a Sobol sequence or `replications` in all, or
        the points of one more design. Nothing that is finished is done again. Call `run` after it. Raises
        `ValueError` where there would be less, or where a design has no more points.
        """
        longer, points = self.design, self._points
        if n is not None:
            longer = longer.extended(n)
        if design is not None:
            longer = longer + checked_design(design)
        if longer is not self.design:
            points = list(Meaning(self.question, longer).points())
        more = self.replications if replications is None else checked_replications(replications, least=2)
        if more < self.replications:
            raise ValueError(f"replications is {more}; the sweep has {self.replications} already")
        self.design, self._points, self.replications = longer, points, more
        self._finished.folder.keep_asked(self.design, self.replications)
        return self

    @keywords_checked
    def estimate(self, *, threads: int = 0) -> Estimate:
        """What the pending work will take: `.seconds` on so many threads, `.memory` and `.disk` in megabytes.

        A few seconds of it, or a shard, are done to find out, and not kept.
        """
        self._finished.update()
        pieces = list(self._finished.pieces(self._points, self.replications, False))
        return estimated(self.question, self._finished, pieces, checked_threads(threads), self.shards)

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each point and scenario: factors, status, and money with intervals `_low` to `_high`.

        `npv`, `roi`, `contribution`, `cost`, `tax` and `beyond_horizon` (with `run_off`) are those of
        `Study.table()`, in currency units: of the scenario against what it is compared with, means over
        replications, the intervals at `level`. (Whom of many customers a run-off follows depends on the terms
        of the sweep, so that `beyond_horizon` of a point with terms of its own has other luck.)
        `customers_gained` and `nps_gained` are differences at the end of the horizon; `value` is the present
        value of the scenario's own world, `customers` and `nps` are in it at the end of the horizon. A point
        that failed or is pending has a row too, with its `status`, the `error` and no numbers.
        """
        self._finished.update()
        return sweep_table(
            self._finished, self.design, self._points, self.question, self.replications, self.level
        )

    @keywords_checked
    def sensitivity(
        self,
        scenario: str | None = None,
        measure: str = "npv",
        *,
        resamples: int = RESAMPLES,
        seed: int = 1,
    ) -> Sensitivity:
        """Which factors matter to a measure: a table and a sentence.

        A design of `gw.saltelli` gives Sobol's first-order and total indices (Saltelli et al. 2010; Jansen
        1999), one of `gw.morris` Morris's mu_star, mu and sigma, without the luck of the simulation as far as
        replications tell it apart; the intervals are from `resamples` bootstraps of base points or
        trajectories, and of replications. Any other design gives Sobol's indices of its response surface
        (`surface`), with intervals by draws of it. Raises `ValueError` while points are pending or failed,
        and where the design does not allow an answer.
        """
        return sensitivity(self, scenario, measure, resamples, seed)

    @keywords_checked
    def tree(
        self,
        scenario: str | None = None,
        measure: str = "npv",
        *,
        depth: int = 3,
        below: float | str = 0.0,
        seed: int = 1,
    ) -> Tree:
        """In which worlds a measure is low: a regression tree (Breiman et al. 1984) as rules, with the share
        of points, the mean, and the share of points where the measure is below `below`.

        A rule has 5 % of the points or more. Needs scikit-learn. Raises `ValueError` as `sensitivity`, and
        `ImportError`.
        """
        return tree(self, scenario, measure, depth, below, seed)

    @keywords_checked
    def scenario_discovery(
        self,
        scenario: str | None = None,
        measure: str = "npv",
        *,
        below: float | str = 0.0,
        peel: float | str = 0.05,
        least_mass: float | str = 0.05,
    ) -> Discovery:
        """The box of worlds in which a measure is below `below`, by PRIM (Friedman and Fisher 1999; Bryant
        and Lempert 2010): peeling takes the share `peel` off one side of the box at a time, down to the share
        `least_mass` of all points, and pasting gives back what does no harm.

        Of all steps the one with the greatest harmonic mean of coverage and density is chosen; the table has
        all. Raises `ValueError` as `sensitivity`, and if every point is of interest, or none.
        """
        return scenario_discovery(self, scenario, measure, below, peel, least_mass)

    @keywords_checked
    def surface(self, scenario: str | None = None, measure: str = "npv", *, seed: int = 1) -> Surface:
        """A measure as a function of the factors: a Gaussian process with a length scale for each factor and
        the known noise of each point (Rasmussen and Williams 2006).

        It predicts at other points (`predict`), finds where the measure is 0 (`break_even`), and says how
        well it predicts a point it was not shown (`r2`, `rmse`). `seed` is that of the search for the scales.
        For 5 to 2,000 points. Needs scikit-learn. Raises `ValueError` as `sensitivity`, and `ImportError`.
        """
        return surface(self, scenario, measure, seed)

    @keywords_checked
    def robust(self, scenarios: str | Iterable[str] | None = None, measure: str = "npv") -> Robust:
        """Which scenario to choose, if the points of the design are the worlds that may come: by the mean, by
        the worst case (maximin), by regret (minimax), by the share of worlds in which it is best. Doing
        nothing is one of the choices.

        `measure` is `npv`, `contribution`, `customers_gained` or `nps_gained`. Raises `ValueError` as
        `sensitivity`, and for a scenario with events, which nobody chooses, or one that the model compares
        with another scenario.
        """
        return robust(self, scenarios, measure)

    @property
    def plot(self) -> SweepPlots:
        """Charts, which need matplotlib: `sweep.plot.sensitivity()`, `sweep.plot.robust()`."""
        return SweepPlots(self)

    def to_xarray(self) -> xarray.Dataset:
        """The numbers of `table` over the factors of a grid and the scenarios; of another design over points
        and scenarios, with the factors as coordinates. Raises `ImportError` without xarray."""
        return as_xarray(self.table(), self.design)

    def __repr__(self) -> str:
        return blocks([self._sentence()], text_table(shown(self.table(), self.design)), [self._note()])

    def _repr_html_(self) -> str:
        table = html_table(shown(self.table(), self.design))
        return result_html([self._sentence()], table) + result_html([self._note()], "")

    def _note(self) -> str:
        rows = len(self._points) * len(self.scenarios)
        cut = f"The first {MOST_SHOWN} of {rows:,} rows; sweep.table() has all. " if rows > MOST_SHOWN else ""
        return (
            f"{cut}npv: against what the scenario is compared with, in "
            f"{self.model.currency or 'currency units'}. From _low to _high: {100 * self.level:g} % "
            "intervals, the error of the simulation; assumptions that do not vary are at their best."
        )

    def _sentence(self) -> str:
        found = self.status()
        said = [f"{found[OK]:,} of {len(self._points):,} points are done"]
        if found[FAILED]:
            said.append(f"{found[FAILED]:,} failed (sweep.table() says why, sweep.retry() does them again)")
        if found[PENDING]:
            said.append(f"{found[PENDING]:,} are pending (sweep.run() goes on)")
        each = figures.plural(self.replications, "replication")
        return f"{', '.join(said)}. Scenarios: {figures.listed(self.scenarios)}; {each} each."
