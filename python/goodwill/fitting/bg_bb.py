"""BG/BB: at most one order in each period, from customers who may leave before any.

Fader, Hardie and Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual Setting: the
probability to order in a period is beta(alpha, beta), the one to leave before it beta(gamma, delta).
"""

from __future__ import annotations

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.fitting.histories import Drawn, Histories, everyone, usual_rate


class BgBb:
    title = "BG/BB"
    names = ("alpha", "beta", "gamma", "delta")
    discrete = True

    def start(self, known: Histories) -> list[float]:
        share = min(0.95, 1.5 * usual_rate(known))
        return [2 * share, 2 * (1 - share), 1.0, 4.0]

    def loglik(self, p: Numbers, known: Histories) -> tuple[float, Numbers]:
        """Their equation (5): a term for each period after which they may have left, and one for staying."""
        from scipy.special import digamma

        alpha, beta, gamma, delta = p
        x, n = known.orders, known.customers
        terms = _log_terms(p, known)
        top = terms.max(axis=0)
        share = np.exp(terms - top)
        total = share.sum(axis=0)
        share /= total
        seen, left = _periods(known)
        all_a, all_g = alpha + beta + seen, gamma + delta + seen + left
        ends = digamma(all_a) - digamma(alpha + beta)
        goes = digamma(all_g) - digamma(gamma + delta)
        each = (
            digamma(alpha + x) - digamma(alpha) - ends,
            digamma(beta + seen - x) - digamma(beta) - ends,
            left * (digamma(gamma + 1) - digamma(gamma)) - goes,
            digamma(delta + seen) - digamma(delta) - goes,
        )
        slopes = np.array([n @ (share * slope).sum(axis=0) for slope in each])
        return float(n @ (top + np.log(total))), slopes

    def alive(self, p: Numbers, known: Histories) -> Numbers:
        terms = _log_terms(p, known)
        return np.asarray(np.exp(terms[-1] - np.logaddexp.reduce(terms, axis=0)))

    def rate(self, p: Numbers, known: Histories) -> Numbers:
        return np.asarray((p[0] + known.orders) / (p[0] + p[1] + known.age))

    def ahead(self, p: Numbers, known: Histories, periods: Numbers) -> Numbers:
        gamma, delta = p[2:]
        asked = np.asarray(periods, dtype=int)
        later = np.arange(1, int(asked.max(initial=0)) + 1)
        stays = (delta + known.age[:, None] + later - 1) / (gamma + delta + known.age[:, None] + later - 1)
        there = np.cumsum(np.cumprod(stays, axis=1), axis=1)
        until = np.concatenate([np.zeros((len(there), 1)), there], axis=1)[:, asked]
        return np.asarray((self.alive(p, known) * self.rate(p, known))[:, None] * until)

    def surviving(self, p: Numbers, ages: Numbers) -> Numbers:
        from scipy.special import betaln

        gamma, delta = p[2:]
        return np.asarray(np.exp(betaln(gamma, delta + np.asarray(ages)) - betaln(gamma, delta)))

    def spread(self, p: Numbers) -> float:
        """That of a gamma distribution with the coefficient of variation of these probabilities."""
        alpha, beta = p[:2]
        return float(alpha * (alpha + beta + 1) / beta)

    def drawn(self, p: Numbers, known: Histories, luck: np.random.Generator) -> Drawn:
        alpha, beta, gamma, delta = p
        alive = luck.random(known.n) < everyone(self.alive(p, known), known)
        x, n = everyone(known.orders, known), everyone(known.age, known)
        leaves = np.maximum(luck.beta(gamma, delta + n), 1e-15)
        life = luck.geometric(leaves) - 1.0
        return Drawn(luck.beta(alpha + x, beta + n - x), np.where(alive, life, 0.0), False)


def _periods(known: Histories) -> tuple[Numbers, Numbers]:
    """Ways x histories: periods they were there, and 1 where they left after these. The last way is to be
    there still; ways that a history does not have repeat it."""
    most = int((known.age - known.recency).max(initial=0))
    seen = np.minimum(known.recency + np.arange(most + 1)[:, None], known.age)
    left = (np.arange(most + 1)[:, None] < (known.age - known.recency)).astype(float)
    return seen, left


def _log_terms(p: Numbers, known: Histories) -> Numbers:
    from scipy.special import betaln

    alpha, beta, gamma, delta = p
    x = known.orders
    seen, left = _periods(known)
    orders = betaln(alpha + x, beta + seen - x) - betaln(alpha, beta)
    terms = orders + betaln(gamma + left, delta + seen) - betaln(gamma, delta)
    own = left > 0
    own[-1] = True
    return np.where(own, terms, -np.inf)
