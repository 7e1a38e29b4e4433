"""Scenario discovery in a sweep: the box of worlds in which a plan fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.analysis.features import Features
from goodwill.analysis.prim import Box, prim
from goodwill.analysis.tree import loses, rule
from goodwill.sweeps.result import SweepResult, scenario_of
from goodwill.text import figures
from goodwill.text.arguments import fraction, keywords_checked, number, shown, whole
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table


@dataclass(frozen=True, eq=False, repr=False)
class Discovery:
    """The boxes that PRIM found, from all points to the densest."""

    scenario: str
    measure: str
    below: float
    words: str
    """What makes a point one of interest: `loses money`."""
    features: Features
    boxes: list[Box]
    chosen: int
    """The step with the greatest harmonic mean of coverage and density."""

    @tabled
    def table(self) -> pd.DataFrame:
        """The trajectory, one row for each `step`: its `kind` (`all`, `peel`, `paste`), `coverage` (the share
        of all points of interest that is in the box), `density` (the share of the box that is of interest),
        `mass` (the share of all points that is in the box), `restricted` (how many factors), and the `box` in
        words."""
        rows = [
            (k, box.kind, box.coverage, box.density, box.mass, len(self._factors(box)), self._rule(box))
            for k, box in enumerate(self.boxes)
        ]
        columns = ["step", "kind", "coverage", "density", "mass", "restricted", "box"]
        return pd.DataFrame(rows, columns=columns)

    @tabled
    @keywords_checked
    def box(self, step: int | None = None) -> pd.DataFrame:
        """The box of a step, without it the chosen one: a row for each restricted factor, with its bounds
        `low` and `high` (missing: that of the design), or the `choices` that are left."""
        most = len(self.boxes) - 1
        if step is not None:
            step = whole("step", step, 0, most, f"a step of the trajectory, from 0 to {most}")
        box = self.boxes[self.chosen if step is None else step]
        rows = []
        for name in self._factors(box):
            at = [k for k, column in enumerate(self.features.columns) if column.factor == name]
            low, high, left = np.nan, np.nan, ""
            if self.features.columns[at[0]].is_number:
                low, high = (
                    float(end) if np.isfinite(end) else np.nan for end in (box.low[at[0]], box.high[at[0]])
                )
            else:
                left = ", ".join(shown(self.features.columns[k].choice) for k in at if box.high[k] == np.inf)
            rows.append((name, low, high, left))
        return pd.DataFrame(rows, columns=["factor", "low", "high", "choices"])

    def _factors(self, box: Box) -> list[str]:
        named = [
            column.factor
            for column, is_restricted in zip(self.features.columns, box.restricted, strict=True)
            if is_restricted
        ]
        return list(dict.fromkeys(named))

    def _rule(self, box: Box) -> str:
        return rule(self.features.columns, box.low, box.high)

    def sentence(self) -> str:
        """What the chosen box says, in words."""
        everywhere, box = self.boxes[0], self.boxes[self.chosen]
        share = figures.percent(everywhere.density, 0)
        density, coverage, mass = (figures.percent(x, 0) for x in (box.density, box.coverage, box.mass))
        about = f"{self.scenario!r} {self.words} at {share} of {everywhere.points:,} points"
        if not box.restricted.any():
            return f"{about}; no box holds them better than the whole."
        return (
            f"{about}; in the box of {self._rule(box)} it is {density} (density). The box has {mass} of the "
            f"points, and {coverage} of those where it {self.words} (coverage)."
        )

    def __repr__(self) -> str:
        return blocks([self.sentence()], text_table(self._shown()))

    def _repr_html_(self) -> str:
        return result_html([self.sentence()], html_table(self._shown()))

    def _shown(self) -> pd.DataFrame:
        return self.box()


def scenario_discovery(
    sweep: SweepResult,
    scenario: str | None = None,
    measure: str = "npv",
    below: float | str = 0.0,
    peel: float | str = 0.05,
    least_mass: float | str = 0.05,
) -> Discovery:
    """See `Sweep.scenario_discovery`."""
    threshold = number("below", below)
    parts = [_part("peel", peel, 0.5), _part("least_mass", least_mass, 1.0)]
    features = Features.of(sweep.design)
    values = sweep.outcomes(scenario, measure).mean(axis=1)
    interest = values < threshold
    name, words = scenario_of(sweep, scenario), loses(sweep, measure, threshold)
    if interest.all() or not interest.any():
        often = "every" if interest.all() else "no"
        raise ValueError(
            f"{name!r} {words} at {often} point; there is nothing to tell apart: give another threshold "
            "(below)"
        )
    choices = np.array([not column.is_number for column in features.columns])
    boxes = prim(features.numbers(sweep.design), interest, choices, *parts)
    chosen = max(range(len(boxes)), key=lambda k: boxes[k].balance)
    return Discovery(name, measure, threshold, words, features, boxes, chosen)


def _part(name: str, value: Any, most: float) -> float:
    found = fraction(name, value)
    if not 0 < found < most:
        raise ValueError(f"{name} is {shown(value)}; it must be above 0 and below {most:g}")
    return found
