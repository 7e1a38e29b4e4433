"""Whether fits to targets are right: against Bayes in closed form, and how often intervals hold the truth."""

from __future__ import annotations

import os

import goodwill as gw
import numpy as np
from goodwill.analysis.targets import measured
from goodwill.data.targets import read_targets
from goodwill.data.varied import read_varied
from goodwill.engine.anchoring import anchored
from goodwill.engine.counts import counts
from numpy.testing import assert_allclose
from scipy import stats

FULL = os.environ.get("GOODWILL_FULL", "0") not in ("", "0")
ALPHA = 6e-5
"""Of each test: two-sided at four standard errors."""


def test_one_share_has_the_posterior_of_bayes() -> None:
    """Churn observed in n customer-months, and a normal prior on its log-odds: on that scale the precision is
    1 / prior variance + n p (1 - p), and the estimate the mean weighted by precision."""
    model = gw.Model(
        horizon=12, agents=2_000, segments={"all": {"count": 2_000}}, stages={"customer": {"churn": 0.02}}
    )
    n, value = 3_000, 0.03
    found = gw.fit(
        model, [{"indicator": "churn", "value": value, "n": n}], vary={"customer.churn": (0.01, 0.04)}
    )
    share = (n * value + 2) / (n + 4)  # the error is after Agresti and Coull
    information = (value * (1 - value)) ** 2 * n / (share * (1 - share))
    (prior,) = found.varied
    precision = 1 / prior.spread**2 + information
    assert_allclose(found.parameters.errors, precision**-0.5, rtol=0.02)  # linearised about the estimate
    mean = (prior.centre / prior.spread**2 + information * np.log(value / (1 - value))) / precision
    assert_allclose(found.parameters.estimate, mean, atol=0.1 * precision**-0.5)


QUALITY = gw.Model.from_yaml("""
horizon: 3 years
agents: 10_000
segments: {all: {count: 10_000, arrivals: 200 / month}}
stages: {customer: {fee: 30, churn: {base: 2 % / month, satisfaction: -0.4, frailty: 0.3}}}
journeys: {help: {starts: 0.3 / month, touchpoints: {call: {quality: 7, failure: 15 %, cost: 5}}}}
""")


def slope(
    model: gw.Model, path: str, at: float, width: float, seed: int, replications: int
) -> tuple[float, float]:
    """The derivative of the contribution of three years by a number, and its standard error."""
    targets = read_targets([{"indicator": "contribution", "from": 1, "to": 36, "value": 0, "se": 1}], model)
    ends = [
        measured(
            targets, counts(anchored(model.assign({path: at + step}), 0), "baseline", seed, replications, 0)
        )
        for step in (width, -width)
    ]
    units = (ends[0][1] - ends[1][1])[:, 0] / (2 * width)
    mean = (ends[0][0] - ends[1][0])[0] / (2 * width)
    return float(mean), float(units.std(ddof=1) / np.sqrt(replications))


def test_derivatives_on_common_luck_repeat() -> None:
    """With survival weights the derivative of money by quality is known to 0.1 % from 400,000 lives; without
    them it would take twenty times as many. Two seeds agree."""
    replications = 40 if FULL else 10
    found = [slope(QUALITY, "help.call.quality", 7, 0.5, seed, replications) for seed in (1, 2)]
    for mean, error in found:
        assert error < 0.001 * np.sqrt(40 / replications) * mean
    (one, first), (other, second) = found
    assert abs(one - other) < 4 * np.hypot(first, second)


def test_derivatives_are_those_of_the_exact_solver() -> None:
    model = gw.Model.from_yaml("""
horizon: 3 years
agents: 1_000
segments: {all: {count: 10_000, arrivals: 200 / month, tenure: 0}}
stages: {customer: {fee: 30, churn: 2 % / month}}
""")
    found, error = slope(model, "customer.churn", 0.02, 0.002, 1, 4)
    ends = [
        gw.expect(model.assign({"customer.churn": p})).table()["contribution"].sum() for p in (0.022, 0.018)
    ]
    exact = (ends[0] - ends[1]) / 0.004
    # Nothing is left to luck but the arrivals of a fraction of an agent.
    assert_allclose(found, exact, rtol=0.001)
    assert error < 0.001 * abs(exact)


VARY = {"help.call.quality": (6, 8), "customer.churn": (0.01, 0.04), "help.call.failure": (0.08, 0.25)}
ERRORS = {"churn": 0.001, "nps": 2.0, "satisfaction": 0.05, "call.failure": 0.015}
SMALL = gw.Model.from_yaml("""
horizon: 1 year
agents: 2_000
segments: {all: {count: 10_000}}
stages: {customer: {fee: 30, churn: {base: 2 % / month, satisfaction: -0.4}}}
journeys: {help: {starts: 0.5 / month, touchpoints: {call: {quality: 7, failure: 15 %, cost: 5}}}}
""")


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Simulation-based calibration (Cook, Gelman and Rubin 2006): numbers from the prior, targets from other
    luck, with noise. The squared errors, each in units of the posterior, are chi-squared together.
    """
    sets, varied = 200 if FULL else 15, read_varied(VARY, SMALL)
    rng = np.random.default_rng(1)
    squares, inside, misses, freedom = [], [], 0.0, 0.0
    for k in range(sets):
        z = rng.standard_normal(3)
        truth = SMALL.assign({one.path: one.value(x) for one, x in zip(varied, z, strict=True)})
        run = gw.run(truth, seed=1_000 + k, replications=20)
        row = {**run.table(by=[]).iloc[0], "call.failure": run.touchpoints(by=[])["failure"][0]}
        targets = [
            {"indicator": name, "value": float(row[name] + se * rng.standard_normal()), "se": se}
            for name, se in ERRORS.items()
        ]
        found = gw.fit(SMALL, targets, vary=VARY, seed=k, replications=8)
        assert found.fitted.converged
        assert 2 <= found.fitted.rounds <= 6
        off, covariance = found.fitted.at - z, found.fitted.covariance
        squares.append(off @ np.linalg.solve(covariance, off))
        inside.append(np.abs(off) < 1.96 * np.sqrt(np.diag(covariance)))
        misses, freedom = misses + found.chi2, freedom + found.freedom
    low, high = stats.chi2.ppf([ALPHA / 2, 1 - ALPHA / 2], 3 * sets)
    assert low < sum(squares) < high
    low, high = stats.chi2.ppf([ALPHA / 2, 1 - ALPHA / 2], freedom)
    assert low < misses < high
    if FULL:  # 600 intervals of 200 independent sets: one standard error is 0.9 to 1.5 points
        assert 0.92 < np.mean(inside) < 0.98
