"""Forecasts of the orders of a base of customers, and draws of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.fitting.backtest import CONSTANT, Forecast, forecast, last_value, poisson_rate
from goodwill.fitting.histories import Buying, Drawn, Histories, everyone, fresh, newcomers
from goodwill.fitting.likelihood import Maximum

KNOTS = 15
FAR = 100.0
"""Draws of parameters that the data leave open go no further from their estimates than by this factor."""
BY_AGE = "by age"
"""What such forecasts are called that know the ages of customers, but not how often each has ordered."""


def forecasts(
    fits: Sequence[tuple[Buying, Maximum]],
    known: Histories,
    recent: float,
    periods: int,
    *,
    draws: int,
    seed: int,
) -> list[Forecast]:
    """Of each model, given every customer's history and given their age alone; then the simple methods: all
    go on ordering at the mean rate (constant hazard), and as many orders as in the last period, `recent`."""
    found = []
    for model, fit in fits:
        estimate = np.exp(fit.parameters.estimate)
        drawn = np.clip(fit.parameters.draws(draws, seed), estimate / FAR, estimate * FAR)
        for name, expected, outcome in (
            (model.title, expected_ahead, outcome_ahead),
            (f"{model.title} {BY_AGE}", expected_by_age, outcome_by_age),
        ):
            found.append(_forecast(name, estimate, drawn, expected, outcome, (model, known, periods), seed))
    orders, exposure = float(known.orders @ known.customers), float(known.age @ known.customers)
    ahead = np.full(periods, float(known.n))
    found.append(poisson_rate(CONSTANT, orders, exposure, ahead, draws=draws, seed=seed))
    found.append(last_value(recent, periods, draws=draws, seed=seed))
    return found


def _forecast(
    name: str,
    estimate: Numbers,
    drawn: Numbers,
    expected: Callable[[Buying, Numbers, Histories, int], Numbers],
    outcome: Callable[[Buying, Numbers, Histories, int, np.random.Generator], Numbers],
    of: tuple[Buying, Histories, int],
    seed: int,
) -> Forecast:
    model, known, periods = of

    def mean(p: Numbers) -> Numbers:
        return expected(model, p, known, periods)

    def once(p: Numbers, luck: np.random.Generator) -> Numbers:
        return outcome(model, p, known, periods, luck)

    return forecast(name, estimate, drawn, mean, once, seed)


def expected_ahead(model: Buying, p: Numbers, known: Histories, periods: int) -> Numbers:
    """Expected orders of all in each of the next periods, given their histories.

    Their sum up to a time is smooth: where there are many periods it is computed at a few and interpolated.
    """
    until = np.arange(periods + 1.0)
    if model.discrete or periods < KNOTS:
        return np.diff(known.customers @ model.ahead(p, known, until))
    from scipy.interpolate import CubicSpline

    knots = periods * np.linspace(0, 1, KNOTS) ** 1.5
    return np.diff(CubicSpline(knots, known.customers @ model.ahead(p, known, knots))(until))


def expected_by_age(model: Buying, p: Numbers, known: Histories, periods: int) -> Numbers:
    """The same, given their ages alone."""
    age, which = np.unique(known.age, return_inverse=True)
    customers = np.bincount(which.ravel(), weights=known.customers)
    until = age[:, None] + np.arange(periods + 1.0)
    ages, back = np.unique(until, return_inverse=True)
    orders = fresh(model, p, ages)[back.reshape(until.shape)]
    return np.diff(customers @ orders)


def outcome_ahead(
    model: Buying, p: Numbers, known: Histories, periods: int, luck: np.random.Generator
) -> Numbers:
    """Orders of all in each of the next periods: one draw, given their histories."""
    return orders_of(model, model.drawn(p, known, luck), np.zeros(known.n), periods, luck)


def outcome_by_age(
    model: Buying, p: Numbers, known: Histories, periods: int, luck: np.random.Generator
) -> Numbers:
    """The same, given their ages alone: they live once more from their first order on."""
    return orders_of(
        model, model.drawn(p, newcomers(known.n), luck), everyone(known.age, known), periods, luck
    )


def orders_of(
    model: Buying, drawn: Drawn, begin: Numbers, periods: int, luck: np.random.Generator
) -> Numbers:
    """Orders in each of so many periods, of customers who live on from a time `begin` of their own."""
    left = np.maximum(drawn.life - begin, 0.0)
    if model.discrete:
        ages = np.arange(periods)
        there = left[:, None] > ages
        orders = luck.random((len(left), periods)) < drawn.rate[:, None]
        return np.asarray((there & orders).sum(axis=0), dtype=float)
    seen = np.minimum(left, periods)
    within = np.repeat(seen, luck.poisson(drawn.rate * seen))
    times = luck.random(len(within)) * within
    if drawn.last:
        times = np.concatenate([times, left[(left > 0) & (left < periods)]])
    return np.bincount(times.astype(int), minlength=periods)[:periods].astype(float)
