"""Forecasts of what was held out: how far off they are, and how often their bands hold what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers

SOURCES = LUCK, PARAMETERS, BOTH = ("luck", "parameters", "both")
"""Why what happens differs from a forecast: chance at the estimates, doubt about the estimates, or both."""
LEVELS = (0.5, 0.8, 0.95)
CONSTANT, LAST = "constant hazard", "last value"
"""The two methods that each back-test has beside the others, because they take no effort."""


@dataclass(frozen=True, eq=False)
class Forecast(Plain):
    """Of one method: what it expects of each period that was held out, and what it thinks possible."""

    method: str
    expected: Numbers
    """At the estimates, by period."""
    possible: dict[str, Numbers]
    """By source of doubt (`SOURCES`): draws x periods."""

    def band(self, source: str, level: float) -> tuple[Numbers, Numbers]:
        """The ends of the central band that holds this share of the draws, by period."""
        low, high = np.quantile(self.possible[source], [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high

    def total(self) -> Forecast:
        """The forecast of the sum over periods, as one period."""
        sums = {source: draws.sum(axis=1, keepdims=True) for source, draws in self.possible.items()}
        return Forecast(self.method, self.expected.sum(keepdims=True), sums)

    def cumulated(self) -> Forecast:
        """The forecast of the sums up to each period."""
        sums = {source: draws.cumsum(axis=1) for source, draws in self.possible.items()}
        return Forecast(self.method, self.expected.cumsum(), sums)


@dataclass(frozen=True, eq=False)
class Held(Plain):
    """What was held out from one origin on, and the forecasts of it."""

    group: str
    """A segment, or `all`."""
    origin: str
    """Where the data were split, in words."""
    at: Numbers
    """Where the periods stand, for charts: ages or periods after the split."""
    observed: Numbers
    """By period."""
    forecasts: list[Forecast]


def forecast(
    method: str,
    estimate: Numbers,
    draws: Numbers,
    expected: Callable[[Numbers], Numbers],
    outcome: Callable[[Numbers, np.random.Generator], Numbers],
    seed: int,
) -> Forecast:
    """A forecast from a vector of parameters and joint draws of it (draws x parameters).

    `expected(parameters)` gives the mean by period, `outcome(parameters, generator)` one draw of what
    happens.
    """
    luck = np.random.default_rng([seed, 1])
    both = np.random.default_rng([seed, 2])
    possible = {
        LUCK: np.array([outcome(estimate, luck) for _ in draws], dtype=float),
        PARAMETERS: np.array([expected(drawn) for drawn in draws], dtype=float),
        BOTH: np.array([outcome(drawn, both) for drawn in draws], dtype=float),
    }
    return Forecast(method, np.asarray(expected(estimate), dtype=float), possible)


def poisson_rate(
    method: str, events: float, exposure: float, ahead: Numbers, *, draws: int, seed: int
) -> Forecast:
    """Events at a constant rate: so many in this exposure, and as many per exposure in each period `ahead`.

    The outcome is Poisson; the rate has its posterior after Jeffreys, gamma(events + 1/2, exposure).
    """
    rates = np.random.default_rng([seed, 0]).gamma(events + 0.5, 1 / exposure, (draws, 1))
    return forecast(
        method,
        np.array([events / exposure]),
        rates,
        lambda rate: rate[0] * ahead,
        lambda rate, luck: luck.poisson(rate[0] * ahead),
        seed,
    )


def last_value(value: float, periods: int, *, draws: int, seed: int) -> Forecast:
    """The count of the last period before the split, again in each period after it."""
    return poisson_rate(LAST, value, 1.0, np.ones(periods), draws=draws, seed=seed)


def scores(observed: Numbers, expected: Numbers) -> dict[str, float]:
    """How far a forecast is off; errors are forecast less observed.

    `total` and `forecast` are sums over the periods, `total_error` their relative difference; `bias` is the
    mean error of a period, `mae` the mean size of an error, `rmse` the root of the mean square.
    `cumulative_error` is the largest gap between the two sums up to any period, as a share of the total.
    NaN where a share is one of nothing.
    """
    error = expected - observed
    total = float(observed.sum())
    share = 1 / total if total > 0 else np.nan
    return {
        "total": total,
        "forecast": float(expected.sum()),
        "total_error": float(error.sum() * share),
        "bias": float(error.mean()),
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "cumulative_error": float(np.abs(error.cumsum()).max() * share),
    }


def inside(observed: Numbers, told: Forecast, source: str, level: float) -> Numbers:
    """By period, 1 where the band holds what happened, else 0."""
    low, high = told.band(source, level)
    slack = 1e-9 * (1 + np.abs(observed))  # sums of equal terms in another order
    return np.asarray((observed >= low - slack) & (observed <= high + slack), dtype=float)


def rolling(first: float, end: float, origins: int) -> list[float]:
    """So many origins from the first on, evenly apart, none of them at the end."""
    return [float(at) for at in np.linspace(first, end, origins, endpoint=False)]
