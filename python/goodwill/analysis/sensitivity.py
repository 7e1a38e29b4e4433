"""Which factors of a sweep matter: Sobol's indices and Morris's measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.analysis.indices import (
    RESAMPLES,
    elementary_effects,
    morris_measures,
    sobol_indices,
    sobol_parts,
)
from goodwill.analysis.measures import amount, measure_name
from goodwill.analysis.surface import Surface, draws_of, surface
from goodwill.engine.world import Numbers
from goodwill.sweeps.designs import MORRIS, SALTELLI, saltelli, trajectories
from goodwill.sweeps.result import SweepResult, scenario_of
from goodwill.text import figures
from goodwill.text.arguments import checked_seed, whole
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table

SOBOL_MEASURES = ("first", "total")
MORRIS_MEASURES = ("mu_star", "mu", "sigma")
LEAST_R2 = 0.5
"""Of a response surface that speaks for the simulation. Below it, most of what varies is not in it."""
MOST_POINTS = 2_000
"""At which a surface is drawn together: the time grows with the third power."""


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
    """Which factors matter to a measure of one scenario."""

    kind: str
    """`sobol` or `morris`."""
    measures: tuple[str, ...]
    """Columns of the table that have intervals; the first orders its rows."""
    level: float
    about: str
    """The sentence that says what was found."""
    note: str
    found: pd.DataFrame

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each factor, the most important first, with intervals `_low` to `_high` at the level of
        the sweep.

        Of `sobol`: `first`, the share of the variance that the factor explains alone, and `total`, with all
        that it does together with others; they order the rows by `total`. Of `morris`: `mu_star`, the mean
        size of what a step from one end of the factor to the other changes, in the unit of the measure; `mu`,
        with its sign; `sigma`, how much that depends on the other factors; `noise`, the standard error of one
        such change. The estimates are not forced into 0 to 1.
        """
        return self.found.copy()

    def __repr__(self) -> str:
        return blocks([self.about], text_table(self._shown()), [self.note])

    def _repr_html_(self) -> str:
        return result_html([self.about], html_table(self._shown())) + result_html([self.note], "")

    def _shown(self) -> pd.DataFrame:
        size = figures.common_size(self.found[self.measures[0]].to_list(), least=1e-3)

        def text(value: float, low: float, high: float) -> str:
            if self.kind == "sobol":
                return figures.percent_between(value, low, high)
            return figures.amount_between(value, low, high, size=size)

        columns: dict[str, object] = {"factor": self.found["factor"]}
        for name in self.measures:
            ends = self.found[[name, f"{name}_low", f"{name}_high"]].to_numpy(float)
            columns[name] = [text(*row) for row in ends.tolist()]
        if "noise" in self.found:
            columns["noise"] = [figures.amount(x, size=size) for x in self.found["noise"]]
        return pd.DataFrame(columns)


def sensitivity(
    sweep: SweepResult,
    scenario: str | None = None,
    measure: str = "npv",
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Sensitivity:
    """See `Sweep.sensitivity`."""
    resamples = whole("resamples", resamples, 20, 100_000, "a whole number from 20 to 100,000")
    seed = checked_seed(seed)
    design = sweep.design
    if design.kind not in (SALTELLI, MORRIS):
        return _by_surface(sweep, surface(sweep, scenario, measure, seed), resamples, seed)
    y = sweep.outcomes(scenario, measure)
    if design.n < 2:
        raise ValueError(f"the design has n = {design.n}; an interval needs 2, and good ones need 50 or more")
    y = y.reshape(design.n, -1, y.shape[1])
    if design.kind == SALTELLI:
        found, half = sobol_indices(y, sweep.level, resamples, seed)
        return _sobol(sweep, scenario, measure, found, found - half, found + half, BOOTSTRAP)
    units = trajectories(len(design.rows), design.n, design.seed, design.levels)
    found, half = morris_measures(elementary_effects(y, units), sweep.level, resamples, seed)
    return _morris(sweep, scenario, measure, found, half)


BOOTSTRAP = "a bootstrap of base points and of replications"


def _by_surface(sweep: SweepResult, found: Surface, resamples: int, seed: int) -> Sensitivity:
    """Indices of functions that a response surface holds possible (Le Gratiet, Cannamela and Iooss 2014): the
    spread between them is what the surface does not know, resampled points what so few of them do."""
    if found.r2 < LEAST_R2:
        raise ValueError(
            f"the response surface of {len(sweep.design):,} points explains "
            f"{figures.percent(max(found.r2, 0), 0)} of points left out; below "
            f"{figures.percent(LEAST_R2, 0)} its indices say nothing: take more points or replications, or a "
            "design of gw.saltelli, which needs no surface"
        )
    rows, asked = sweep.design.rows, sweep.design.factors
    factors: dict[str, object] = {name: asked.get(name, rows[name]) for name in rows}
    n = min(512, MOST_POINTS // (len(factors) + 2))
    y = draws_of(found, saltelli(factors, n=n, seed=seed), resamples, seed)
    y = y.reshape(n, -1, resamples)
    luck = np.random.default_rng(seed)
    parts = np.stack([sobol_parts(y[luck.integers(0, n, n), :, d : d + 1]) for d in range(resamples)])
    indices = (parts[:, :-1] / parts[:, -1:]).reshape(resamples, 2, -1)
    tail = (1 - sweep.level) / 2
    low, high = np.quantile(indices, (tail, 1 - tail), axis=0)
    how = f"draws of a response surface, which explains {figures.percent(found.r2)} of points left out"
    return _sobol(sweep, found.scenario, found.measure, indices.mean(axis=0), low, high, how)


def _table(
    names: list[str], measures: tuple[str, ...], found: Numbers, low: Numbers, high: Numbers
) -> pd.DataFrame:
    columns: dict[str, object] = {"factor": names}
    for k, name in enumerate(measures):
        columns |= {name: found[k], f"{name}_low": low[k], f"{name}_high": high[k]}
    return pd.DataFrame(columns)


def _sobol(
    sweep: SweepResult,
    scenario: str | None,
    measure: str,
    found: Numbers,
    low: Numbers,
    high: Numbers,
    how: str,
) -> Sensitivity:
    name = scenario_of(sweep, scenario)
    table = _table(list(sweep.design.rows), SOBOL_MEASURES, found, low, high)
    ranked = table.sort_values("first", ascending=False, kind="stable").iloc[0]
    part = "Most" if ranked["first_low"] > 0.5 else "The largest part"
    share = figures.percent_between(*(float(ranked[end]) for end in ("first", "first_low", "first_high")))
    about = (
        f"{part} of the variance of the {measure_name(measure)} of {name!r} comes from {ranked['factor']} "
        f"({share.replace(' (', ', ').removesuffix(')')})"
    )
    together = 1 - float(table["first"].sum())
    if together > 0.05:
        about += f"; about {figures.percent(together, 0)} comes from factors that act together"
    note = (
        "first: alone, total: with all that it does together with others, as shares of the variance over "
        "the ranges of the design, without the luck of the simulation. "
        f"{100 * sweep.level:g} % intervals by {how}."
    )
    table = table.sort_values("total", ascending=False, kind="stable", ignore_index=True)
    return Sensitivity("sobol", SOBOL_MEASURES, sweep.level, f"{about}.", note, table)


def _morris(
    sweep: SweepResult, scenario: str | None, measure: str, found: Numbers, half: Numbers
) -> Sensitivity:
    low, high = found[:3] - half, found[:3] + half
    low[[0, 2]] = np.maximum(low[[0, 2]], 0)  # sizes
    table = _table(list(sweep.design.rows), MORRIS_MEASURES, found[:3], low, high).assign(noise=found[3])
    table = table.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)
    top = table.iloc[0]
    about = (
        f"The {measure_name(measure)} of {scenario_of(sweep, scenario)!r} depends most on {top['factor']}: "
        "from one end of its range to the other it changes by "
        f"{amount(sweep, measure, float(top['mu_star']))} on average"
    )
    lucky = table.loc[table["mu_star"] <= table["noise"], "factor"].tolist()
    if lucky:
        about += f". No larger than luck: {figures.listed(lucky)}"
    note = (
        "mu_star: mean size of the change over the range of the factor; mu: with its sign; sigma: how much "
        f"it depends on the others; noise: the luck of one change. {100 * sweep.level:g} % intervals by a "
        "bootstrap of trajectories and of replications."
    )
    return Sensitivity("morris", MORRIS_MEASURES, sweep.level, f"{about}.", note, table)
