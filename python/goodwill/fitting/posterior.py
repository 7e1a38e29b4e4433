"""Draws of any origin: on which scale they are nearly normal, and how far from it they are."""

from __future__ import annotations

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.fitting.parameters import LOG, LOGIT, PLAIN


def support(draws: Numbers) -> str:
    """The link of what lies between 0 and 1 (logit), of what is positive (log), and of all else (plain)."""
    if (draws > 0).all():
        return LOGIT if (draws < 1).all() else LOG
    return PLAIN


def skewness(y: Numbers) -> float:
    """The third standardised moment: 0 for a normal, 2 for an exponential distribution."""
    centred = y - y.mean()
    sd = centred.std()
    return float((centred**3).mean() / sd**3) if sd > 0 else 0.0


def off_by(y: Numbers) -> float:
    """How far the 10 and 90 % quantiles of a normal with the same mean and standard deviation lie from those
    of the draws, at most, in standard deviations."""
    sd = y.std()
    if sd == 0:
        return 0.0
    normal = y.mean() + sd * np.array([-1.2815515655446004, 1.2815515655446004])
    return float(np.abs(np.quantile(y, [0.1, 0.9]) - normal).max() / sd)


def split_r_hat(chains: Numbers) -> float:
    """Spread between half chains over that within them: chains x draws (Gelman et al. 2013, section 11.4).
    Above 1.01 they have not come to agree (Vehtari et al. 2021)."""
    half = chains.shape[1] // 2
    if half < 2:
        return float("nan")
    parts = np.concatenate([chains[:, :half], chains[:, -half:]])
    within = float(parts.var(axis=1, ddof=1).mean())
    between = float(half * parts.mean(axis=1).var(ddof=1))
    return float(np.sqrt(((half - 1) / half * within + between / half) / within)) if within > 0 else 1.0
