"""BG/BB: at most one order in each period, from customers who may leave before any.

Fader, Hardie and Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual Setting: the
probability to order in a period is beta(alpha, beta), the one to leave before it beta(gamma, delta).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers
from goodwill.fitting.histories import Drawn, Histories, everyone, usual_rate

CELLS = 2_000_000
"""Ways times histories that are in memory at once."""


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
        value, slopes = 0.0, np.zeros(4)
        for part in _parts(known):
            terms, ways = _log_terms(p, part)
            top = terms.max(axis=0)
            share = np.exp(terms - top)
            total = share.sum(axis=0)
            value += float(part.customers @ (top + np.log(total)))
            share *= part.customers / total
            at = np.arange(ways.most + 1.0)
            of_a, of_b, of_ab = digamma(alpha + at), digamma(beta + at), digamma(alpha + beta + at)
            of_d, of_gd = digamma(delta + at), digamma(gamma + delta + at)
            left = float((share * ways.left).sum())
            seen = np.bincount(ways.seen.ravel(), share.ravel(), len(at))
            apart = np.bincount((ways.seen - ways.x).ravel(), share.ravel(), len(at))
            gone = np.bincount((ways.seen + ways.left).ravel(), share.ravel(), len(at))
            ends, goes = seen @ (of_ab - of_ab[0]), gone @ (of_gd - of_gd[0])
            orders = np.bincount(ways.x, part.customers, len(at))
            slopes += [
                orders @ (of_a - of_a[0]) - ends,
                apart @ (of_b - of_b[0]) - ends,
                left / gamma - goes,
                seen @ (of_d - of_d[0]) - goes,
            ]
        return value, slopes

    def alive(self, p: Numbers, known: Histories) -> Numbers:
        found = []
        for part in _parts(known):
            terms, _ = _log_terms(p, part)
            top = terms.max(axis=0)
            found.append(np.exp(terms[-1] - top) / np.exp(terms - top).sum(axis=0))
        return np.concatenate(found)

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


@dataclass(frozen=True, eq=False)
class _Ways:
    """Ways x histories: how long they were there. The last way is to be there still."""

    x: npt.NDArray[np.intp]
    seen: npt.NDArray[np.intp]
    """Periods before they left, or those observed."""
    left: npt.NDArray[np.intp]
    """1 where they left."""
    most: int


def _parts(known: Histories) -> Iterator[Histories]:
    """Histories in parts that bound the memory it takes."""
    size = max(1, CELLS // (int((known.age - known.recency).max(initial=0)) + 1))
    for begin in range(0, len(known.orders), size):
        rows = slice(begin, begin + size)
        yield Histories(known.orders[rows], known.recency[rows], known.age[rows], known.customers[rows])


def _log_terms(p: Numbers, known: Histories) -> tuple[Numbers, _Ways]:
    """Logarithms of the probabilities of the ways; of those that a history does not have, minus infinity. All
    beta functions are of whole numbers more than the parameters, and looked up."""
    from scipy.special import gammaln

    alpha, beta, gamma, delta = p
    x, recency, age = (each.astype(int) for each in (known.orders, known.recency, known.age))
    later = np.arange(int((age - recency).max(initial=0)) + 1)[:, None]
    seen = np.minimum(recency + later, age)
    left = (later < age - recency).astype(int)
    most = int(age.max(initial=0))
    at = np.arange(most + 1.0)
    of_a, of_b, of_ab = gammaln(alpha + at), gammaln(beta + at), gammaln(alpha + beta + at)
    of_d, of_gd = gammaln(delta + at), gammaln(gamma + delta + at)
    terms = (of_a[x] - of_a[0]) + (of_b[seen - x] - of_b[0]) - (of_ab[seen] - of_ab[0])
    terms += np.log(gamma) * left + (of_d[seen] - of_d[0]) - (of_gd[seen + left] - of_gd[0])
    own = left > 0
    own[-1] = True
    return np.where(own, terms, -np.inf), _Ways(x, seen, left, most)
