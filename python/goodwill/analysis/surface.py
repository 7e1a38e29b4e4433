"""A response surface: what a sweep would have found between its points, and where that is 0."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.analysis.features import Features
from goodwill.analysis.measures import amount, measure_name
from goodwill.engine.world import Numbers
from goodwill.sweeps.designs import Design, checked_design
from goodwill.sweeps.result import SweepResult, scenario_of
from goodwill.text.arguments import checked_seed, keywords_checked, missing, unknown
from goodwill.text.display import blocks, tabled

MOST = 2_000
"""Points of a surface: its time grows with the third power."""
SEARCHED = 250
"""Points, taken by chance, from which the length scales are searched; the surface goes through all."""
LEAST = 5
FINE, COARSE = 401, 41
"""Points at which a line is searched for its roots; lines of a frontier."""
RESTARTS = 2
"""Of the search, from random places."""


class GaussianProcess:
    """A Gaussian process through answers with known noise, on plain arrays (Rasmussen and Williams 2006).

    `x` is points x columns, each from 0 to 1; `y` is points x replications, and replication r has the same
    luck at all points. Each column has a length scale of its own (Matern kernel, nu = 5/2). The noise of each
    point is known: the squared standard error of its mean, beyond what all points of a replication share,
    which moves the surface as a whole.
    """

    def __init__(self, x: Numbers, y: Numbers, seed: int = 1) -> None:
        try:
            from scipy.linalg import cho_solve
            from sklearn.exceptions import ConvergenceWarning
            from sklearn.gaussian_process import GaussianProcessRegressor
            from sklearn.gaussian_process.kernels import ConstantKernel, Matern
        except ImportError:
            raise ImportError(missing("a response surface needs", "scikit-learn")) from None
        self._solve = cho_solve
        self.x, self.y = x, y
        means = y.mean(axis=1)
        self._middle, self._spread = means.mean(), means.std()
        if not self._spread > 0:
            raise ValueError("nothing varies between the points; a surface would be flat")
        own = (y - y.mean(axis=0)).var(axis=1, ddof=1) / y.shape[1] if y.shape[1] > 1 else np.zeros(len(y))
        self.noise = own / self._spread**2
        kernel = ConstantKernel(1.0, (1e-2, 1e4)) * Matern(np.ones(x.shape[1]), (0.05, 100.0), nu=2.5)
        scaled, alpha = (means - self._middle) / self._spread, self.noise + 1e-8
        some = np.random.default_rng(seed).permutation(len(x))[:SEARCHED]
        search = GaussianProcessRegressor(
            kernel, alpha=alpha[some], n_restarts_optimizer=RESTARTS, random_state=seed
        )
        with warnings.catch_warnings():  # a scale at its bound: a column that changes nothing
            warnings.simplefilter("ignore", ConvergenceWarning)
            search.fit(x[some], scaled[some])
        process = GaussianProcessRegressor(search.kernel_, alpha=alpha, optimizer=None).fit(x, scaled)
        self._kernel, self._root = process.kernel_, process.L_
        self._weights = np.asarray(process.alpha_)

    def predict(self, x: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """The mean, the standard error from not knowing the function between points, and that from luck.

        The mean is a weighted sum of the answers, so that its luck is seen in the replications, whatever
        points share; the rest of the posterior variance is what is not known.
        """
        across = self._kernel(x, self.x)
        mean = self._middle + self._spread * (across @ self._weights)
        w = self._solve((self._root, True), across.T)
        posterior = self._kernel.diag(x) - np.einsum("ij,ji->i", across, w)
        between = self._spread * np.sqrt(np.maximum(posterior - self.noise @ w**2, 0))
        n = self.y.shape[1]
        if n == 1:
            return mean, between, np.zeros(len(x))
        shared = self.y.mean(axis=0)
        luck = (shared + w.T @ (self.y - shared)).std(axis=1, ddof=1) / np.sqrt(n)
        return mean, between, luck

    def interval(self, x: Numbers, level: float) -> tuple[Numbers, Numbers]:
        """Means, and half the widths of their intervals."""
        from scipy.stats import norm, t

        mean, between, luck = self.predict(x)
        n, p = self.y.shape[1], (1 + level) / 2
        return mean, np.hypot(norm.ppf(p) * between, t.ppf(p, max(n - 1, 1)) * luck)

    def draws(self, x: Numbers, n: int, seed: int) -> Numbers:
        """Functions that are possible, at these points: points x n."""
        across = self._kernel(x, self.x)
        covariance = self._kernel(x) - across @ self._solve((self._root, True), across.T)
        covariance[np.diag_indices(len(x))] += 1e-8 + 1e-10 * len(x)
        root = np.linalg.cholesky(covariance)
        luck = np.random.default_rng(seed).standard_normal((len(x), n))
        drawn = (across @ self._weights)[:, None] + root @ luck
        return np.asarray(self._middle + self._spread * drawn)

    def left_out(self) -> Numbers:
        """The error at each point of the surface through all others, with the same scales (Rasmussen and
        Williams 2006, 5.12)."""
        inverse = self._solve((self._root, True), np.eye(len(self.x)))
        return np.asarray(self._spread * self._weights / np.diag(inverse))


def roots(x: Numbers, y: Numbers, half: Numbers) -> list[tuple[float, float, float, float]]:
    """Where a line through points is 0: root, its interval (delta method), slope there."""
    found = []
    for k in np.flatnonzero((y[:-1] < 0) != (y[1:] < 0)):
        slope = (y[k + 1] - y[k]) / (x[k + 1] - x[k])
        share = -y[k] / (y[k + 1] - y[k])
        root = x[k] + share * (x[k + 1] - x[k])
        width = ((1 - share) * half[k] + share * half[k + 1]) / abs(slope)
        found.append((float(root), float(root - width), float(root + width), float(slope)))
    return found


@dataclass(frozen=True, eq=False, repr=False)
class Surface:
    """A measure of one scenario as a function of the factors, by a Gaussian process."""

    scenario: str
    measure: str
    level: float
    features: Features
    process: GaussianProcess
    about: str
    r2: float
    """The share of the variance that it predicts at points it was not shown (leave one out)."""
    rmse: float
    """The root mean square of its errors there, in the unit of the measure."""

    @tabled
    @keywords_checked
    def predict(self, table: Design | pd.DataFrame) -> pd.DataFrame:
        """The table, which has a column for each factor, with the mean of the measure, its interval `_low` to
        `_high` at the level of the sweep (what is not known between the points, and the luck of the
        simulation), and whether the point is `outside` the ranges of the design, where the surface knows
        nothing. Raises `ValueError` for tables that do not fit."""
        numbers = self.features.numbers(table)
        units = self.features.units(numbers)
        mean, half = self.process.interval(units, self.level)
        outside = ((units < -1e-9) | (units > 1 + 1e-9)).any(axis=1)
        name = self.measure
        columns: dict[str, Any] = {
            name: mean,
            f"{name}_low": mean - half,
            f"{name}_high": mean + half,
            "outside": outside,
        }
        return checked_design(table).table().assign(**columns)

    @tabled
    @keywords_checked
    def break_even(
        self, factor: str, by: str | None = None, at: Mapping[str, object] | None = None
    ) -> pd.DataFrame:
        """Where the measure is 0 as a factor goes through its range: one row per `root`, with its interval
        `root_low` to `root_high` (delta method) and the `slope` of the measure there.

        With `by`, another factor, the frontier of the two: the roots at 41 of its values. The others stand at
        the middle of their ranges (choices: at their first value), or at what `at` says. No row: the measure
        keeps its sign. Raises `ValueError` for factors that are no numbers.
        """
        low, high = self.features.range_of("factor", factor)
        x = np.linspace(low, high, FINE)
        lines: list[dict[str, Any]] = [{}]
        if by is not None:
            ends = self.features.range_of("by", by)
            if by == factor:
                raise ValueError(f"by is {by!r}; it must be another factor than the one that is solved for")
            lines = [{by: float(value)} for value in np.linspace(*ends, COARSE)]
        middle = _middle(self.features, at)
        rows = []
        for line in lines:
            y, half = _along(self, {**middle, **line}, factor, x)
            rows += [(*line.values(), *found) for found in roots(x, y, half)]
        columns = [*lines[0], "root", "root_low", "root_high", "slope"]
        return pd.DataFrame(rows, columns=columns, dtype=float)

    def __repr__(self) -> str:
        return blocks([self.about])


def field_of(
    surface: Surface, x: str, y: str, at: Mapping[str, object] | None = None, points: int = COARSE
) -> tuple[Numbers, Numbers, Numbers]:
    """The means over two factors: values of x, of y, and an array y x x."""
    xs, ys = (
        np.linspace(*surface.features.range_of(name, factor), points) for name, factor in (("x", x), ("y", y))
    )
    if x == y:
        raise ValueError(f"y is {y!r}; it must be another factor than x")
    middle = _middle(surface.features, at)
    rows = [_along(surface, {**middle, y: float(value)}, x, xs)[0] for value in ys]
    return xs, ys, np.stack(rows)


def draws_of(surface: Surface, design: Design, n: int, seed: int) -> Numbers:
    """Functions that the surface holds possible, at the points of a design: points x n."""
    features = surface.features
    return surface.process.draws(features.units(features.numbers(design)), n, seed)


def _middle(features: Features, at: Mapping[str, object] | None) -> dict[str, Any]:
    for name in at or {}:
        if name not in features.factors:
            raise ValueError(f"at: {unknown('factor', str(name), features.factors)}")
    return {**features.middle(), **(at or {})}


def _along(surface: Surface, here: dict[str, Any], factor: str, x: Numbers) -> tuple[Numbers, Numbers]:
    table = pd.DataFrame({name: pd.Series([value] * len(x), dtype=object) for name, value in here.items()})
    numbers = surface.features.numbers(table.assign(**{factor: x}))
    return surface.process.interval(surface.features.units(numbers), surface.level)


def surface(sweep: SweepResult, scenario: str | None = None, measure: str = "npv", seed: int = 1) -> Surface:
    """See `Sweep.surface`."""
    seed, features = checked_seed(seed), Features.of(sweep.design)
    points = len(sweep.design)
    if not LEAST <= points <= MOST:
        raise ValueError(f"the design has {points:,} points; a response surface needs {LEAST} to {MOST:,}")
    y = sweep.outcomes(scenario, measure)
    process = GaussianProcess(features.units(features.numbers(sweep.design)), y, seed)
    errors = process.left_out()
    means = y.mean(axis=1)
    r2 = 1 - float((errors**2).sum() / ((means - means.mean()) ** 2).sum())
    rmse = float(np.sqrt((errors**2).mean()))
    name = scenario_of(sweep, scenario)
    about = (
        f"A response surface of the {measure_name(measure)} of {name!r} through {points:,} points. Each "
        f"point, left out, it predicts with an error of {amount(sweep, measure, rmse)} (root mean square), "
        f"R2 = {r2:.4f}."
    )
    return Surface(name, measure, sweep.level, features, process, about, r2, rmse)
