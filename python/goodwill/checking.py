"""Does the baseline reproduce the firm's own numbers?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core, figures
from goodwill._arguments import checked_seed, checked_threads, keywords_checked
from goodwill._progress import progress_bar
from goodwill.display import html_table, result_html, text_table
from goodwill.ledger import World
from goodwill.model import Model, anchored, core_of
from goodwill.provenance import provenance

DRIFT = 0.2
"""Mean satisfaction that moves more than this in the first year was not at rest."""
MISS = 0.05
"""A figure that is missed by more than this share of what was asked."""
NPS_MISS = 2.0
"""The same for the NPS, in points."""


class Check:
    """What the model says is observed beside what an ordinary run of the baseline gives; see `goodwill.check`."""

    def __init__(self, model: Model, figures_: pd.DataFrame, drift: pd.DataFrame, warnings: list[str]) -> None:
        self.model = model
        self.drift = drift
        self.warnings = warnings
        self.provenance: dict[str, Any] = {}
        self._figures = figures_

    @property
    def ok(self) -> bool:
        return not self.warnings

    def table(self) -> pd.DataFrame:
        """Columns segment, figure, asked, got and miss (got / asked - 1; points for the NPS), per period."""
        return self._figures.copy()

    def _sentences(self) -> list[str]:
        name = self.model.name or "The model"
        n = len(self._figures)
        if n == 0:
            first = f"{name} states no observed figures: nothing to reproduce."
        else:
            first = f"{name}: {figures.plural(n, 'observed figure')}, asked and got in the first year of the baseline."
        low, high = self.drift["start"], self.drift["end"]
        moves = [
            f"{s} {figures.decimal(a)} to {figures.decimal(b)}"
            for s, a, b in zip(self.drift["segment"], low, high, strict=True)
        ]
        return [first, f"Mean satisfaction in the first year: {'; '.join(moves)}."]

    def _shown(self) -> pd.DataFrame:
        rows = []
        for row in self._figures.itertuples(index=False):
            text = _figure_text(str(row.figure), self.model.period)
            missed = f"{row.miss:+.1f}" if row.figure == "survey.nps" else f"{100 * float(row.miss):+.1f} %"
            rows.append(
                {
                    "segment": row.segment or "all",
                    "figure": row.figure,
                    "asked": text(float(row.asked)),
                    "got": text(float(row.got)),
                    "miss": "-" if math.isnan(float(row.miss)) else missed,
                }
            )
        return pd.DataFrame(rows, columns=["segment", "figure", "asked", "got", "miss"])

    def __repr__(self) -> str:
        first, second = self._sentences()
        parts = [first, "", text_table(self._shown()), "", second] if len(self._figures) else [first, second]
        parts += [f"Warning: {warning}" for warning in self.warnings]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        table = html_table(self._shown()) if len(self._figures) else ""
        first, second = self._sentences()
        return result_html([first], table) + result_html([second, *(f"Warning: {w}" for w in self.warnings)], "")


def _figure_text(path: str, period: str) -> Any:
    if path == "survey.nps":
        return lambda x: figures.decimal(x, 1)
    if path.endswith(".tenure"):
        return lambda x: "-" if math.isnan(x) else f"{x:,.1f} {period}s"
    return figures.percent


def _first_year(world: World) -> int:
    return min(world.periods, max(1, round(world.periods_per_year)))


def _total(world: World, counter: str, segments: list[int], periods: slice) -> float:
    return float(world.mean[segments, periods, :, world.index[counter]].sum())


def _measured(world: World, segment: str, path: str, anchored_got: float) -> float:
    """The figure as the baseline's first year has it; mean tenure at the start is what the base was built with."""
    everywhere = list(range(len(world.segments)))
    where = [world.segments.index(segment)] if segment else everywhere
    year = slice(0, _first_year(world))
    if path == "survey.nps":
        answers = _total(world, "responses", where, year)
        net = _total(world, "measured_promoters", where, year) - _total(world, "measured_detractors", where, year)
        return 100 * net / answers if answers else math.nan
    if f"exposure.{path}" in world.index:
        exposed = _total(world, f"exposure.{path}", where, year)
        return _total(world, f"expected.{path}", where, year) / exposed if exposed else math.nan
    return anchored_got


def _drift(world: World) -> pd.DataFrame:
    """Mean satisfaction at the ends of the first period and of the first year, by segment."""
    at, ends = world.index["sum_satisfaction"], world.index["end"]
    by_segment = world.mean.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = by_segment[:, :, at] / by_segment[:, :, ends]
    start, end = means[:, 0], means[:, _first_year(world) - 1]
    return pd.DataFrame({"segment": world.segments, "start": start, "end": end, "drift": end - start})


def _warnings(world: World, anchoring: _core.Anchoring, asked: pd.DataFrame, drift: pd.DataFrame) -> list[str]:
    found = []
    if not anchoring.converged:
        found.append(f"the asked figures were not all reached in {anchoring.rounds} rounds")
    for row in asked.itertuples(index=False):
        where = f"{row.segment}: {row.figure}" if row.segment else str(row.figure)
        if math.isnan(float(row.got)):
            found.append(f"{where} was asked, but nobody was exposed to it in the first year")
        elif abs(float(row.miss)) > (NPS_MISS if row.figure == "survey.nps" else MISS):
            found.append(f"{where} is not reproduced")
    for row in drift.itertuples(index=False):
        if abs(float(row.drift)) > DRIFT:
            found.append(
                f"mean satisfaction of {row.segment} moves from {float(row.start):.2f} to {float(row.end):.2f} in the "
                f"first year; the model does not start at rest"
            )
    for journey in world.names("truncated."):
        number = float(world.mean[..., world.index[f"truncated.{journey}"]].sum())
        if number > 0:
            found.append(f"{figures.count(max(number, 1))} walks of the journey {journey} were cut off after 64 steps")
    return found


@keywords_checked
def check(model: Model, *, seed: int = 1, threads: int = 0) -> Check:
    """Anchors the model, runs its baseline, and sets what was asked beside what came out in the first year.

    Warns when a figure is missed, when mean satisfaction drifts by more than 0.2 in the first year, and when walks are
    cut off. Raises `ModelError` if the model uses what cannot be run yet.
    """
    core = core_of(model)
    seed, threads = checked_seed(seed), checked_threads(threads)
    anchoring = anchored(model, threads)
    with progress_bar("Checking") as progress:
        simulation = _core.simulate(core, anchoring, ["baseline"], seed=seed, threads=threads, progress=progress)
    world = World(simulation, 0, core.periods_per_year)
    rows = []
    for segment, path, asked, got in anchoring.figures:
        measured = _measured(world, segment, path, got)
        miss = measured - asked if path == "survey.nps" else (measured / asked - 1 if asked else math.nan)
        rows.append((segment, path, asked, measured, miss))
    table = pd.DataFrame(rows, columns=["segment", "figure", "asked", "got", "miss"])
    drift = _drift(world)
    result = Check(model, table, drift, _warnings(world, anchoring, table, drift))
    result.provenance = {"scenario": "baseline", **provenance(model, simulation, seed)}
    return result
