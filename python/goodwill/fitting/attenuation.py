"""From a regression to a model: effects in the unit of time of the model, freed from noise in what was
measured."""

from __future__ import annotations

import numpy as np

from goodwill.engine.world import Numbers

LINKS = LOGIT, CLOGLOG, LOG = ("logit", "cloglog", "log")


def period_factor(link: str, probability: float, periods: float) -> float:
    """What an effect on an outcome `within` so many periods is multiplied by to act on the log-odds of one
    period.

    If each of k periods has the probability p, an outcome within them has P = 1 - (1 - p)^k. The slope of
    logit P divided by that of logit p, both with respect to whatever moves p, is p k / P. So a logit
    coefficient is multiplied by P / (k p): 1 where P is small, 0.85 at 30 % in a year of months. One of a
    complementary log-log, whose scale knows no length of time, is multiplied by -ln(1 - p) / p. `probability`
    is P. Rates (log) change with time in proportion, their effects not at all.
    """
    if link == LOG:
        return 1.0
    hazard = -np.log1p(-probability) / periods
    p = -np.expm1(-hazard)
    return float(hazard / p if link == CLOGLOG else probability / (periods * p))


def calibration(variances: Numbers, reliability: Numbers, covariance: Numbers | None = None) -> Numbers:
    """The matrix that takes coefficients on what was measured to those on the truth.

    Of regressors with these variances the share `reliability` is truth, the rest noise that depends on
    nothing. With S the covariance of what was measured and N that of its noise, coefficients on the truth
    are (S - N)^-1 S times those on what was measured (regression calibration; Carroll, Ruppert, Stefanski
    and Crainiceanu 2006, chapter 4): exact for a linear model, and for a log link with normal regressors;
    nearly exact for a logit with rare events or modest effects. Without a `covariance` regressors are taken
    to be uncorrelated. Raises `ValueError` where the noise would be more than all that a regressor has of its
    own.
    """
    measured = np.diag(variances) if covariance is None else covariance
    truth = measured - np.diag((1 - reliability) * np.diag(measured))
    if np.linalg.eigvalsh(truth / np.sqrt(np.outer(np.diag(measured), np.diag(measured)))).min() < 1e-3:
        raise ValueError(
            "reliability: the regressors are so correlated that their noise would be all that tells "
            "them apart"
        )
    return np.asarray(np.linalg.solve(truth, measured))
