"""What an order is worth, as a model has it, and whether it depends on how often somebody orders."""

from __future__ import annotations

import numpy as np

from goodwill.data.orders_table import Buyers
from goodwill.engine.world import Numbers
from goodwill.fitting import gamma_gamma
from goodwill.fitting.parameters import LOG, Parameters

MOST_SPREAD = 10.0
"""Of `spend: {cv}` in a model."""
ORDER_VALUE, ORDER_VALUE_CV = NAMES = ("order_value", "order_value_cv")


def spend_cv(spending: Parameters) -> float | None:
    """The coefficient of variation between customers; None where Gamma-Gamma has none that is finite."""
    between = gamma_gamma.mean_and_cvs(np.exp(spending.estimate))[2]
    return between if np.isfinite(between) and between <= MOST_SPREAD else None


def value_parameters(spending: Parameters, buyers: Buyers) -> Parameters:
    """Mean of the value of an order, and coefficient of variation of one customer's orders, with their joint
    uncertainty (delta method). Where Gamma-Gamma has no finite spread between customers, mean and coefficient
    of variation of the customers' means."""
    at, step = spending.estimate, 1e-5

    def logs(y: Numbers) -> Numbers:
        return np.log(gamma_gamma.mean_and_cvs(np.exp(y))[:2])

    links = (LOG, LOG)
    if spend_cv(spending) is None:
        again = buyers.orders > 0
        mean, n = buyers.mean_amount[again], float(buyers.customers[again].sum())  # type: ignore[index]
        cv = mean.std() / mean.mean()
        return Parameters(
            NAMES, links, np.log([mean.mean(), cv]), np.diag([cv**2 / n, 1 / (2 * n) + cv**2 / n])
        )
    slopes = np.array([(logs(at + side) - logs(at - side)) / (2 * step) for side in step * np.eye(3)]).T
    return Parameters(NAMES, links, logs(at), slopes @ spending.covariance @ slopes.T)


def correlation(buyers: Buyers) -> tuple[float, float]:
    """Of orders and their mean value, between customers who ordered again, with its standard error."""
    again = (buyers.orders > 0) & (np.nan_to_num(buyers.mean_amount) > 0)  # type: ignore[arg-type]
    weight, n = buyers.customers[again], float(buyers.customers[again].sum())
    covariance = np.cov(buyers.orders[again], buyers.mean_amount[again], aweights=weight)  # type: ignore[index]
    scale = np.sqrt(covariance[0, 0] * covariance[1, 1])
    ratio = float(covariance[0, 1] / scale) if scale > 0 else 0.0
    return ratio, float((1 - ratio**2) / np.sqrt(max(n - 2, 1)))
