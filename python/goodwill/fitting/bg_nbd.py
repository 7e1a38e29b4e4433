"""BG/NBD: customers order at a rate of their own, and may leave after each order but the first.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: order rates are gamma(r, alpha), the
probability to leave after an order is beta(a, b).
"""

from __future__ import annotations

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.fitting.histories import Drawn, Histories, everyone, usual_rate

NEAR_ONE = 1e-4
"""Nearer to 1, where formulas in a are 0 / 0, they are interpolated."""


class BgNbd:
    title = "BG/NBD"
    names = ("r", "alpha", "a", "b")
    discrete = False

    def start(self, known: Histories) -> list[float]:
        return [1.0, 1 / usual_rate(known), 1.0, 3.0]

    def loglik(self, p: Numbers, known: Histories) -> tuple[float, Numbers]:
        from scipy.special import digamma, gammaln

        r, alpha, a, b = p
        x, n = known.orders, known.customers
        staying, leaving = _log_parts(p, known)
        both = np.logaddexp(staying, leaving)
        each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + both
        each += gammaln(b + x) - gammaln(a + b + x) - gammaln(b) + gammaln(a + b)
        stay = np.exp(staying - both)
        leave = 1 - stay
        end, last = alpha + known.age, alpha + known.recency
        all_of_them = digamma(a + b) - digamma(a + b + x)
        slopes = [
            digamma(r + x) - digamma(r) + np.log(alpha) - stay * np.log(end) - leave * np.log(last),
            r / alpha - (r + x) * (stay / end + leave / last),
            all_of_them + leave / a,
            all_of_them + digamma(b + x) - digamma(b) - leave / np.where(x > 0, b + x - 1, 1),
        ]
        return float(n @ each), np.array([n @ slope for slope in slopes])

    def alive(self, p: Numbers, known: Histories) -> Numbers:
        staying, leaving = _log_parts(p, known)
        return np.asarray(np.exp(staying - np.logaddexp(staying, leaving)))

    def rate(self, p: Numbers, known: Histories) -> Numbers:
        return np.asarray((p[0] + known.orders) / (p[1] + known.age))

    def ahead(self, p: Numbers, known: Histories, periods: Numbers) -> Numbers:
        """Their equation (10). Of the hypergeometric function the form after Euler's transformation is exact
        however many the orders, but overflows where a and b are large; theirs is exact there."""
        if abs(p[2] - 1) < NEAR_ONE:
            sides = [np.array([p[0], p[1], a, p[3]]) for a in (1 - 2 * NEAR_ONE, 1 + 2 * NEAR_ONE)]
            low, high = (self.ahead(side, known, periods) for side in sides)
            return np.asarray(low + (p[2] - 1 + 2 * NEAR_ONE) / (4 * NEAR_ONE) * (high - low))
        from scipy.special import hyp2f1

        r, alpha, a, b = p
        x = known.orders[:, None]
        z = periods / (alpha + known.age[:, None] + periods)
        c = a + b + x - 1
        with np.errstate(over="ignore", invalid="ignore"):
            rest = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, c, z)
            lost = ~np.isfinite(rest)
            if lost.any():
                rest = np.where(lost, (1 - z) ** (r + x) * hyp2f1(r + x, b + x, c, z), rest)
        if_alive = c / (a - 1) * (1 - rest)
        return np.asarray(self.alive(p, known)[:, None] * if_alive)

    def surviving(self, p: Numbers, ages: Numbers) -> Numbers:
        """Given their rate and probability they leave at rate times probability, so that the share is the
        mean of (alpha / (alpha + probability * age)) ** r."""
        from scipy.special import hyp2f1

        r, alpha, a, b = p
        ages = np.asarray(ages, dtype=float)
        return np.asarray((alpha / (alpha + ages)) ** r * hyp2f1(r, b, a + b, ages / (alpha + ages)))

    def spread(self, p: Numbers) -> float:
        return float(p[0])

    def drawn(self, p: Numbers, known: Histories, luck: np.random.Generator) -> Drawn:
        r, alpha, a, b = p
        alive = luck.random(known.n) < everyone(self.alive(p, known), known)
        x = everyone(known.orders, known)
        rate = luck.gamma(r + x, 1 / (alpha + everyone(known.age, known)))
        leaves = luck.beta(a, b + x)
        with np.errstate(divide="ignore", over="ignore"):
            life = luck.standard_exponential(len(rate)) / (rate * leaves)
        return Drawn(rate * (1 - leaves), np.where(alive, life, 0.0), True)


def _log_parts(p: Numbers, known: Histories) -> tuple[Numbers, Numbers]:
    """Logarithms of the two ways to get to such a history: still there, or left after the last order; without
    what they have in common."""
    r, alpha, a, b = p
    x = known.orders
    staying = -(r + x) * np.log(alpha + known.age)
    with np.errstate(divide="ignore"):
        odds = np.where(x > 0, np.log(a) - np.log(np.where(x > 0, b + x - 1, 1)), -np.inf)
    return staying, odds - (r + x) * np.log(alpha + known.recency)
