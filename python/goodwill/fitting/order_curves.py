"""Orders of customers who leave, as a model of churn by age and a rate of orders has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.fitting.histories import Buying, fresh
from goodwill.fitting.parameters import LOG, Parameters

ORDER_RATE, ORDER_SPREAD, CHURN_A, CHURN_B = NAMES = ("order_rate", "order_spread", "churn_a", "churn_b")


@dataclass(frozen=True, eq=False)
class Written(Plain):
    """Churn that is beta distributed between customers, and orders at rates that are gamma distributed."""

    rate: float
    """Mean orders of a customer who is there, per period."""
    spread: float
    """Shape of the gamma distribution."""
    a: float
    b: float

    def surviving(self, ages: Numbers) -> Numbers:
        """The share still there at whole ages: shifted beta geometric (Fader and Hardie 2007)."""
        from scipy.special import betaln

        return np.asarray(np.exp(betaln(self.a, self.b + ages) - betaln(self.a, self.b)))

    def orders(self, ages: Numbers) -> Numbers:
        """Expected orders of a new customer up to whole ages; who leaves in a period leaves at its end."""
        each = self.rate * self.surviving(np.arange(float(np.max(ages, initial=1))))
        return np.asarray(np.concatenate([[0.0], np.cumsum(each)])[np.asarray(ages, dtype=int)])


def written(model: Buying, p: Numbers, periods: int) -> Written:
    """The one whose orders of a new customer in each of so many periods come nearest (least squares).

    Its rate is that of the first period, so that orders are kept though customers who leave within a period
    are let go at its end. Where customers leave after orders (BG/NBD), those who order often leave sooner:
    its churn is that of orders, not of heads.
    """
    from scipy.optimize import least_squares

    each = np.diff(fresh(model, p, np.arange(periods + 1.0)))
    kept = each / each[0]
    ages = np.arange(float(periods))

    def off(y: Numbers) -> Numbers:
        return np.asarray(Written(1.0, 1.0, *np.exp(y)).surviving(ages) - kept)

    lost = min(max(1 - kept[1], 1e-6), 0.9) if periods > 1 else 0.1
    start = np.log([0.7, 0.7 * (1 - lost) / lost])
    found = least_squares(off, start, xtol=1e-14, ftol=1e-14, gtol=1e-14, bounds=(start - 12, start + 12))
    a, b = np.exp(found.x)
    return Written(float(each[0]), model.spread(p), float(a), float(b))


def written_parameters(model: Buying, estimates: Parameters, periods: int, step: float = 1e-3) -> Parameters:
    """Its parameters with their joint uncertainty, which follows from that of the estimates (delta method on
    the log scales)."""

    def logs(y: Numbers) -> Numbers:
        told = written(model, np.exp(y), periods)
        return np.asarray(np.log([told.rate, told.spread, told.a, told.b]))

    at = estimates.estimate
    steps = step * np.eye(len(at))
    slopes = np.array([(logs(at + side) - logs(at - side)) / (2 * step) for side in steps]).T
    covariance = slopes @ estimates.covariance @ slopes.T
    return Parameters(NAMES, (LOG,) * 4, logs(at), (covariance + covariance.T) / 2)
