"""Effects of regressions in another unit of time and on noisy regressors: recovery, coverage, what bias is
left."""

from __future__ import annotations

import os

import goodwill as gw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from goodwill.fitting.attenuation import calibration, period_factor
from numpy.testing import assert_allclose
from scipy.stats import norm

SETS = 200 if os.environ.get("GOODWILL_FULL") else 40
TRUTH = np.array([-0.40, -0.20])
Array = npt.NDArray[np.float64]


def logit(y: Array, x: Array) -> tuple[Array, Array]:
    """Coefficients of a logistic regression and their covariance, by Newton's steps."""
    b = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ b))
        information = (x * (p * (1 - p))[:, None]).T @ x
        b = b + np.linalg.solve(information, x.T @ (y - p))
    return b, np.linalg.inv(information)


def data(n: int, seed: int, level: float, months: float) -> tuple[Array, pd.DataFrame]:
    """Who left within the months; satisfaction with noise 0.7 and trust, which goes along with it."""
    random = np.random.default_rng(seed)
    satisfaction = random.standard_normal(n)
    trust = 0.5 * satisfaction + random.standard_normal(n)
    monthly = 1 / (1 + np.exp(-(np.log(level / (1 - level)) + TRUTH[0] * satisfaction + TRUTH[1] * trust)))
    left = random.random(n) < 1 - (1 - monthly) ** months
    answer = satisfaction + 0.7 * random.standard_normal(n)
    return left.astype(float), pd.DataFrame({"const": 1.0, "csat": answer, "trust": trust})


def fitted(n: int, seed: int, level: float, months: float) -> gw.data.RegressionFit:
    left, x = data(n, seed, level, months)
    b, covariance = logit(left, x.to_numpy())
    table = pd.DataFrame({"name": x.columns, "coef": b})
    return gw.data.from_regression(
        (table, covariance),
        paths={"csat": "customer.churn.satisfaction", "trust": "customer.churn.trust"},
        period="month",
        link="logit",
        within=months,
        probability=float(left.mean()),
        reliability={"csat": 1 / 1.49},
        regressors=x,
    )


def test_effects_are_recovered_and_covered_where_events_are_rare() -> None:
    """A month's churn of 2 %: regression calibration is exact but for terms of that order."""
    found = [fitted(20_000, seed, 0.02, 1) for seed in range(SETS)]
    reported = np.array([fit.reported for fit in found])
    effects = np.array([list(fit.values.values()) for fit in found])
    # The noisy regressor hides a third of its effect, half of which the other one takes over.
    assert_allclose(reported.mean(axis=0), [-0.249, -0.276], atol=0.02)
    assert (np.abs(effects.mean(axis=0) - TRUTH) < 4 * effects.std(axis=0) / np.sqrt(SETS) + 0.005).all()
    z = np.array([(list(fit.values.values()) - TRUTH) / fit.parameters.errors for fit in found])
    for level in (0.5, 0.8, 0.95):
        inside = (np.abs(z) < norm.ppf(0.5 + level / 2)).mean(axis=0)
        assert (np.abs(inside - level) < 4 * np.sqrt(level * (1 - level) / SETS)).all(), level


@pytest.mark.parametrize(("level", "bias"), [(0.005, 0.01), (0.02, 0.035), (0.05, 0.06)])
def test_what_bias_is_left_of_a_year(level: float, bias: float) -> None:
    """The correction for the unit of time holds at the mean; customers lie on both sides of it. In a year in
    which 6 % leave the effect of a month is right to 1 %, with 22 % to 3.5 %, and with 45 % to 6 %."""
    found = fitted(400_000, 3, level, 12)
    effects = np.array(list(found.values.values()))
    assert (np.abs(effects / TRUTH - 1) < bias + 4 * found.parameters.errors / np.abs(TRUTH)).all()
    uncorrected = effects / found.factor
    if level == 0.05:
        assert (np.abs(uncorrected / TRUTH - 1) > 0.2).all()


@pytest.mark.parametrize("p", [1e-4, 0.01, 0.1])
def test_the_factor_of_time_is_the_ratio_of_two_slopes(p: float) -> None:
    def within(log_odds: float) -> float:
        return 1 - (1 - 1 / (1 + np.exp(-log_odds))) ** 12

    at, step = np.log(p / (1 - p)), 1e-5
    one, other = within(at - step), within(at + step)
    slope = (np.log(other / (1 - other)) - np.log(one / (1 - one))) / (2 * step)
    assert_allclose(period_factor("logit", within(at), 12), 1 / slope, rtol=1e-6)
    slope = (np.log(-np.log(1 - other)) - np.log(-np.log(1 - one))) / (2 * step)
    assert_allclose(period_factor("cloglog", within(at), 12), 1 / slope, rtol=1e-6)
    assert period_factor("log", 0.5, 12) == 1


def test_calibration_is_exact_for_a_linear_model() -> None:
    random = np.random.default_rng(2)
    x = random.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1.25]], 400_000)
    y = x @ TRUTH + 0.1 * random.standard_normal(len(x))
    measured = x + np.array([0.7, 0]) * random.standard_normal(x.shape)
    b = np.linalg.lstsq(measured, y, rcond=None)[0]
    covariance = np.cov(measured.T)
    shares = np.array([1 / 1.49, 1])
    assert_allclose(calibration(np.diag(covariance), shares, covariance) @ b, TRUTH, atol=0.004)
    assert_allclose(calibration(np.array([4.0]), np.array([0.5])), [[2]])


def test_doubt_about_reliability_widens_the_effect() -> None:
    """To first order an effect b / r has the variance (b / r^2)^2 se(r)^2 more."""
    table = pd.DataFrame({"name": ["csat"], "coef": [-0.3], "se": [0.02]})
    asked = {"paths": {"csat": "customer.churn.satisfaction"}, "period": "month", "link": "logit"}
    sure = gw.data.from_regression(table, **asked, reliability={"csat": 0.6})
    unsure = gw.data.from_regression(table, **asked, reliability={"csat": (0.6, 0.05)})
    assert_allclose(sure.parameters.errors, 0.02 / 0.6)
    assert_allclose(unsure.parameters.errors[0] ** 2, (0.02 / 0.6) ** 2 + (0.3 / 0.36 * 0.05) ** 2, rtol=1e-3)
