"""Forecasts of who leaves after a split of the data, by retention curves and by the simple methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.fitting.backtest import CONSTANT, LAST, Forecast, forecast, last_value
from goodwill.fitting.lives import Lives, by_period, summed
from goodwill.fitting.survival import METHODS, PIECEWISE, bands, fitted, log_survival

LogSurvival = Callable[[Numbers], Numbers]


class Ahead(Protocol):
    """What is to be forecast: those who leave in each period after a split."""

    @property
    def periods(self) -> int: ...

    def expected(self, log_survival: LogSurvival) -> Numbers: ...

    def outcome(self, log_survival: LogSurvival, luck: np.random.Generator) -> Numbers: ...


@dataclass(frozen=True, eq=False)
class AtRisk(Plain):
    """Those who leave at each age after `first`, of customers who were at risk then (their number is not
    forecast)."""

    first: int
    exposure: Numbers
    """By period of age."""
    whole: bool

    @property
    def periods(self) -> int:
        return len(self.exposure)

    def expected(self, log_survival: LogSurvival) -> Numbers:
        fall = -np.diff(log_survival(np.arange(self.first, self.first + self.periods + 1.0)))
        return self.exposure * (-np.expm1(-fall) if self.whole else fall)

    def outcome(self, log_survival: LogSurvival, luck: np.random.Generator) -> Numbers:
        mean = self.expected(log_survival)
        if not self.whole:
            return np.asarray(luck.poisson(mean), dtype=float)
        people = np.round(self.exposure).astype(int)
        share = np.divide(mean, self.exposure, out=np.zeros(len(mean)), where=self.exposure > 0)
        return np.asarray(luck.binomial(people, share), dtype=float)


@dataclass(frozen=True, eq=False)
class Base(Plain):
    """Those who leave in each period after the split, of the customers who were there at it."""

    ages: Numbers
    """At the split."""
    customers: Numbers
    """Of each age."""
    ahead: Numbers
    """Periods after the split in which those of each age are observed."""

    @property
    def periods(self) -> int:
        return int(self.ahead.max())

    def shares(self, log_survival: LogSurvival) -> Numbers:
        """Of those of each age (rows), who leave in each period, and at last who do not."""
        after = self.ages[:, None] + np.minimum(np.arange(self.periods + 1.0), self.ahead[:, None])
        found = log_survival(after.ravel()).reshape(after.shape)
        stay = np.exp(found - found[:, :1])
        leave = np.maximum(-np.diff(stay, axis=1), 0.0)
        return np.column_stack([leave, np.maximum(1 - leave.sum(axis=1), 0.0)])

    def expected(self, log_survival: LogSurvival) -> Numbers:
        return np.asarray(self.customers @ self.shares(log_survival)[:, :-1])

    def outcome(self, log_survival: LogSurvival, luck: np.random.Generator) -> Numbers:
        shares = self.shares(log_survival)
        shares /= shares.sum(axis=1, keepdims=True)
        people = np.round(self.customers).astype(int)
        drawn = luck.multinomial(people, shares)[:, :-1].sum(axis=0)
        return np.asarray(drawn, dtype=float)


def base_of(ages: Numbers, customers: Numbers, ahead: Numbers) -> Base:
    """Customers of equal age and time of observation put together."""
    both, which = np.unique(np.column_stack([ages, ahead]), axis=0, return_inverse=True)
    people = summed(which.ravel(), customers, len(both))
    return Base(both[:, 0], people, both[:, 1])


def forecasts(
    known: Lives,
    wanted: Numbers | None,
    split: float,
    ahead: Ahead,
    *,
    draws: int,
    seed: int,
    methods: Sequence[str] = METHODS,
) -> tuple[list[Forecast], list[str]]:
    """Of each method that can be estimated from what was known, and what is wrong with the others.

    The simple ones are always there: the churn of all that was known (constant hazard), and that of the last
    period before the age `split` (last value).
    """
    found, wrong = [], []
    for method in methods:
        try:
            cuts = bands(known, wanted) if method == PIECEWISE else None
            curve = fitted(method, known, cuts)
        except ValueError as error:
            wrong.append(f"{method} has no forecast: {error}.")
            continue
        if curve.open:
            wrong.append(f"{method}: the data before the split hardly restrict {' and '.join(curve.open)}.")
        drawn = curve.parameters.draws(draws, seed)
        found.append(_by_curve(method, curve.estimate, drawn, method, curve.cuts, ahead, seed))
    found.append(_simple(CONSTANT, known.events, known.exposure, known.whole, ahead, draws, seed))
    (events,), (exposure,) = by_period(known, int(split) - 1, int(split))
    if exposure > 0:
        found.append(_simple(LAST, float(events), float(exposure), known.whole, ahead, draws, seed))
    return found, wrong


def with_last_count(found: list[Forecast], count: float, *, draws: int, seed: int) -> list[Forecast]:
    """The forecasts with the count of the period before the split as last value."""
    others = [told for told in found if told.method != LAST]
    periods = len(others[0].expected)
    return [*others, last_value(count, periods, draws=draws, seed=seed)]


def _simple(
    name: str, events: float, exposure: float, whole: bool, ahead: Ahead, draws: int, seed: int
) -> Forecast:
    """Churn that is the same at all ages: a probability, or a rate where customers leave at any time. Its
    posterior is beta or gamma (Jeffreys)."""
    luck = np.random.default_rng([seed, 3])
    share = np.array([events / exposure])
    if whole:
        drawn = luck.beta(events + 0.5, max(exposure - events, 0.0) + 0.5, (draws, 1))
    else:
        share = -np.expm1(-share)
        drawn = -np.expm1(-luck.gamma(events + 0.5, 1 / exposure, (draws, 1)))
    share, drawn = np.minimum(share, 1 - 1e-12), np.minimum(drawn, 1 - 1e-12)
    return _by_curve(name, share, drawn, PIECEWISE, np.zeros(1), ahead, seed)


def _by_curve(
    name: str, estimate: Numbers, drawn: Numbers, method: str, cuts: Numbers, ahead: Ahead, seed: int
) -> Forecast:
    def curve(parameters: Numbers) -> LogSurvival:
        return lambda ages: log_survival(method, parameters, cuts, ages)

    return forecast(
        name,
        estimate,
        drawn,
        lambda parameters: ahead.expected(curve(parameters)),
        lambda parameters, luck: ahead.outcome(curve(parameters), luck),
        seed,
    )
