"""Scores that people give: whole numbers on a scale with ends, of something that has neither steps nor ends.

What is measured is normal; the answer is that value, rounded to a step of the scale and held at its ends.
Each score is therefore an interval (Tobin 1958; Stewart 1983). All values are on the scale of models, 0 to
10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers
from goodwill.fitting.likelihood import Maximum, maximise
from goodwill.fitting.parameters import LOG, PLAIN
from goodwill.text.arguments import missing

TOP = 10.0
"""Of the scale of models."""


@dataclass(frozen=True)
class Scale:
    """The scale on which people answer, and how its answers stand on that from 0 to 10."""

    low: float
    high: float
    step: float
    """Between two answers; 0: they may be any number."""

    def to_ten(self, score: Numbers) -> Numbers:
        return (score - self.low) * TOP / (self.high - self.low)

    def holds(self, score: Numbers) -> Numbers:
        """Which scores are on the scale."""
        inside = (score >= self.low) & (score <= self.high)
        if not self.step:
            return np.asarray(inside)
        steps = (score - self.low) / self.step
        return np.asarray(inside & (np.abs(steps - np.round(steps)) < 1e-6))

    def intervals(self, ten: Numbers) -> tuple[Numbers, Numbers]:
        """Between which values what was measured lies, for answers on the scale from 0 to 10. Without steps
        an answer inside the scale is a value of its own."""
        half = self.step * TOP / (self.high - self.low) / 2
        low = np.where(ten <= 1e-9, -np.inf, ten - half)
        return low, np.where(ten >= TOP - 1e-9, np.inf, ten + half)


def log_likelihoods(scale: Scale, ten: Numbers, mean: Numbers | float, sd: Numbers | float) -> Numbers:
    """Of answers on the scale from 0 to 10 to what is normal with this mean and standard deviation."""
    special = _special()
    low, high = scale.intervals(ten)
    a, b = (low - mean) / sd, (high - mean) / sd
    density = -0.5 * ((ten - mean) / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi))
    # In the upper tail both ends are mirrored, where the distribution function has its digits.
    swap = a + b > 0
    lower, upper = np.where(swap, -b, a), np.where(swap, -a, b)
    top, bottom = special.log_ndtr(upper), special.log_ndtr(lower)
    within = top + np.log1p(-np.exp(np.minimum(bottom - top, -1e-300)))
    return np.asarray(np.where(high > low, within, density))


def normal_scores(scale: Scale, ten: Numbers, noise: float = 0.0) -> Maximum:
    """Mean and standard deviation of what was measured, by maximum likelihood.

    The answers scatter about it with the standard deviation `noise`, which is taken out of the `sd`. Raises
    `ValueError` if no maximum is found.
    """
    values, counts = np.unique(ten, return_counts=True)

    def loglik(p: Numbers) -> float:
        return float(counts @ log_likelihoods(scale, values, p[0], np.hypot(p[1], noise)))

    spread = max(float(ten.std()) ** 2 - noise**2, 0.01) ** 0.5
    return maximise(loglik, [float(ten.mean()), spread], ["mean", "sd"], [PLAIN, LOG], len(ten))


def mean_of_lesser(limit: float, mean: float, sd: float) -> float:
    """E min(limit, e) of an experience e: normal, held on the scale from 0 to 10."""
    limit = min(max(limit, 0.0), TOP)
    # The integral of P(e > x) from 0 to the limit.
    return _integral((limit - mean) / sd, sd) - _integral(-mean / sd, sd)


def _integral(z: float, sd: float) -> float:
    """An antiderivative of P(Z > z), times sd."""
    special = _special()
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return float(sd * (z * special.ndtr(-z) - density))


def limit_of_recovered(average: float, mean: float, sd: float) -> float:
    """The limit at which the lesser of it and the experience has this average: `quality_recovered`, from the
    scores of contacts that failed and were made good. 10 where they are scored as high as those that went
    well."""
    if average >= mean_of_lesser(TOP, mean, sd):
        return TOP
    low, high = 0.0, TOP
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if mean_of_lesser(middle, mean, sd) < average else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Nps:
    """Net promoter score of answers from 0 to 10, in points."""

    value: float
    error: float
    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors


def net_promoter_score(ten: Numbers, who: npt.NDArray[np.int64]) -> Nps:
    """With its standard error: that of a multinomial, where `who` gave several answers with them together.

    The classes are those of Reichheld (2003): promoters 9 to 10, detractors 0 to 6.
    """
    points = 100.0 * ((ten >= 9).astype(float) - (ten <= 6))
    value = float(points.mean())
    _, of = np.unique(np.asarray(who), return_inverse=True)
    together = np.bincount(of, points - value)
    people = len(together)
    widened = people / (people - 1) if people > 1 else np.inf
    error = float(np.sqrt(widened * (together**2).sum()) / len(points))
    promoters, detractors = int((ten >= 9).sum()), int((ten <= 6).sum())
    return Nps(value, error, promoters, len(ten) - promoters - detractors, detractors)


def _special() -> Any:
    try:
        from scipy import special
    except ImportError:
        raise ImportError(missing("estimates need", "scipy")) from None
    return special
