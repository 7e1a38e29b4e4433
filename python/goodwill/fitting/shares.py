"""Shares from counts: what is known of them, on the log-odds scale."""

from __future__ import annotations

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.fitting.parameters import LOGIT, to_link
from goodwill.text.arguments import missing

JEFFREYS = 0.5
"""Prior count of each outcome (Jeffreys 1946): what never came about is rare, not impossible."""


def shares(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Log-odds of the shares of a multinomial, and their covariance.

    The posterior of the shares is Dirichlet, that of each one beta; its median and the width between its
    10 and 90 % quantiles give a normal on the log-odds scale. Correlations are those of multinomial shares.
    A single share is beta-binomial: `shares([k, n - k])[0][0]`.
    """
    try:
        from scipy.special import betaincinv
    except ImportError:
        raise ImportError(missing("estimates need", "scipy")) from None
    known = np.asarray(counts, dtype=float) + JEFFREYS
    rest = known.sum() - known
    low, middle, high = (to_link(LOGIT, betaincinv(known, rest, q)) for q in (0.1, 0.5, 0.9))
    error = (high - low) / (2 * 1.2815515655446004)
    odds = known / rest
    correlation = -np.sqrt(np.outer(odds, odds))
    np.fill_diagonal(correlation, 1.0)
    return middle, correlation * np.outer(error, error)


def share(k: float, n: float) -> tuple[float, float]:
    """Log-odds of a share of which `k` of `n` are an instance, and their variance."""
    middle, covariance = shares(np.array([k, n - k]))
    return float(middle[0]), float(covariance[0, 0])
