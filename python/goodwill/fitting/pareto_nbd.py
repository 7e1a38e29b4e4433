"""Pareto/NBD: customers order at a rate of their own, and leave at a rate of their own.

Schmittlein, Morrison and Colombo (1987), Counting Your Customers: order rates are gamma(r, alpha), rates of
leaving gamma(s, beta), independent of each other. Formulas: Fader and Hardie (2005), A Note on Deriving the
Pareto/NBD Model and Related Expressions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers
from goodwill.fitting.histories import Drawn, Histories, everyone, usual_rate

NODES = 24
ROWS = 20_000
"""Histories that are integrated at once, which bounds the memory it takes."""
DEEP = 40.0
"""An integrand that has fallen by this many e-folds adds nothing to a sum of doubles."""


class ParetoNbd:
    title = "Pareto/NBD"
    names = ("r", "alpha", "s", "beta")
    discrete = False

    def start(self, known: Histories) -> list[float]:
        usual = float(known.age @ known.customers) / known.n
        return [1.0, 1 / usual_rate(known), 1.0, usual]

    def loglik(self, p: Numbers, known: Histories) -> tuple[float, Numbers]:
        from scipy.special import digamma, gammaln

        r, alpha, s, beta = p
        x, n = known.orders, known.customers
        staying = _log_staying(p, known)
        leaving, means = _log_leaving(p, known)
        both = np.logaddexp(staying, leaving)
        each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + both
        stay = np.exp(staying - both)
        leave = 1 - stay
        log_a, log_b, over_a, over_b = means
        end_a, end_b = alpha + known.age, beta + known.age
        slopes = [
            digamma(r + x) - digamma(r) + np.log(alpha) - stay * np.log(end_a) - leave * log_a,
            r / alpha - (r + x) * (stay / end_a + leave * over_a),
            np.log(beta) - stay * np.log(end_b) + leave * (1 / s - log_b),
            s / beta - stay * s / end_b - leave * (s + 1) * over_b,
        ]
        return float(n @ each), np.array([n @ slope for slope in slopes])

    def alive(self, p: Numbers, known: Histories) -> Numbers:
        staying = _log_staying(p, known)
        leaving, _ = _log_leaving(p, known)
        return np.asarray(np.exp(staying - np.logaddexp(staying, leaving)))

    def rate(self, p: Numbers, known: Histories) -> Numbers:
        return np.asarray((p[0] + known.orders) / (p[1] + known.age))

    def ahead(self, p: Numbers, known: Histories, periods: Numbers) -> Numbers:
        """Their equation (22): of those alive the rates of leaving are gamma(s, beta + age)."""
        s, beta = p[2:]
        end = (beta + known.age)[:, None]
        decay = np.log1p(np.asarray(periods, dtype=float) / end)
        lived = end * (-np.expm1((1 - s) * decay) / (s - 1) if abs(s - 1) > 1e-9 else decay)
        return np.asarray((self.alive(p, known) * self.rate(p, known))[:, None] * lived)

    def surviving(self, p: Numbers, ages: Numbers) -> Numbers:
        s, beta = p[2:]
        return np.asarray((beta / (beta + np.asarray(ages, dtype=float))) ** s)

    def spread(self, p: Numbers) -> float:
        return float(p[0])

    def drawn(self, p: Numbers, known: Histories, luck: np.random.Generator) -> Drawn:
        r, alpha, s, beta = p
        alive = luck.random(known.n) < everyone(self.alive(p, known), known)
        age = everyone(known.age, known)
        rate = luck.gamma(r + everyone(known.orders, known), 1 / (alpha + age))
        with np.errstate(divide="ignore", over="ignore"):
            life = luck.standard_exponential(len(rate)) / luck.gamma(s, 1 / (beta + age))
        return Drawn(rate, np.where(alive, life, 0.0), False)


def _log_staying(p: Numbers, known: Histories) -> Numbers:
    r, alpha, s, beta = p
    return np.asarray(-(r + known.orders) * np.log(alpha + known.age) - s * np.log(beta + known.age))


def _log_leaving(p: Numbers, known: Histories) -> tuple[Numbers, Numbers]:
    """The logarithm of the integral of s (alpha + u)^-(r + x) (beta + u)^-(s + 1) over the times u between
    the last order and the end, at which they may have left; and means under that integrand of log(alpha + u),
    log(beta + u), 1 / (alpha + u) and 1 / (beta + u), of which derivatives are made.

    The published difference of two hypergeometric functions cancels where they are nearly equal, and is slow.
    All terms of the integral are positive. In w = log(min(alpha, beta) + u) the integrand has no singularity
    nearer than i pi, and falls ever faster, so that Gauss-Legendre with few nodes is exact to 1e-8.
    """
    found, means = np.empty(len(known.orders)), np.empty((4, len(known.orders)))
    for begin in range(0, len(found), ROWS):
        rows = slice(begin, begin + ROWS)
        found[rows], means[:, rows] = _integral(p, known.orders[rows], known.recency[rows], known.age[rows])
    return found, means


def _integral(p: Numbers, x: Numbers, recency: Numbers, age: Numbers) -> tuple[Numbers, Numbers]:
    r, alpha, s, beta = p
    least = min(alpha, beta)
    last = least + recency

    def fallen(w: Numbers, rows: npt.NDArray[np.intp]) -> Numbers:
        """By how many e-folds the integrand has fallen at a distance w from its beginning."""
        more = last[rows] * np.expm1(w)
        falls = (r + x[rows]) * np.log1p(more / (alpha + recency[rows]))
        return np.asarray(falls + (s + 1) * np.log1p(more / (beta + recency[rows])) - w)

    width = np.log1p((age - recency) / last)
    low, high = np.zeros_like(width), width.copy()
    deep = np.flatnonzero(fallen(width, np.arange(len(width))) > DEEP)
    while len(deep):
        middle = (low[deep] + high[deep]) / 2
        at = fallen(middle, deep)
        low[deep] = np.where(at <= DEEP, middle, low[deep])
        high[deep] = np.where(at <= DEEP, high[deep], middle)
        deep = deep[np.abs(at - DEEP) > 4]
    width = np.where(high < width, (low + high) / 2, width)

    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    w = width[:, None] * (nodes + 1) / 2
    u = recency[:, None] + last[:, None] * np.expm1(w)
    log_a, log_b = np.log(alpha + u), np.log(beta + u)
    log_of = (np.log(last)[:, None] + w) - (r + x)[:, None] * log_a - (s + 1) * log_b
    top = log_of.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = weights * np.exp(log_of - top[:, None])
        total = share.sum(axis=1)
        found = top + np.log(total * width / 2) + np.log(s)
    share /= total[:, None]
    means = np.stack(
        [np.einsum("ij,ij->i", share, f) for f in (log_a, log_b, 1 / (alpha + u), 1 / (beta + u))]
    )
    return found, means
