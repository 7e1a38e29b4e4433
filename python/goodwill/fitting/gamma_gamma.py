"""Gamma-Gamma: what a customer spends on an order, whose mean differs between customers.

Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value: values of a customer's orders are
gamma(p, nu) with nu gamma(q, v) between customers, independent of how often they order.
"""

from __future__ import annotations

import numpy as np

from goodwill.engine.world import Numbers

NAMES = ("p", "q", "v")


def start(orders: Numbers, mean: Numbers) -> list[float]:
    """Where the search for the maximum begins: the mean that is observed."""
    return [4.0, 3.0, 2.0 * float(np.average(mean, weights=orders)) / 4.0]


def loglik(parameters: Numbers, orders: Numbers, mean: Numbers, customers: Numbers) -> tuple[float, Numbers]:
    """Log-likelihood of the `mean` value of so many `orders`, and its derivatives by p, q and v."""
    from scipy.special import digamma, gammaln

    p, q, v = parameters
    px, total = p * orders, orders * mean
    log_all = np.log(v + total)
    each = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
    each += (px - 1) * np.log(mean) + px * np.log(orders) - (px + q) * log_all
    both = digamma(px + q)
    slopes = [
        orders * (both - digamma(px) + np.log(total) - log_all),
        both - digamma(q) + np.log(v) - log_all,
        q / v - (px + q) / (v + total),
    ]
    return float(customers @ each), np.array([customers @ slope for slope in slopes])


def expected(parameters: Numbers, orders: Numbers, mean: Numbers) -> Numbers:
    """The expected value of an order, given the mean of so many: between that and the mean of all. Infinite
    where there are no orders and q is 1 or less."""
    p, q, v = parameters
    weight = p * orders + q - 1
    with np.errstate(divide="ignore"):
        return np.asarray(
            np.where(weight > 0, p * (v + orders * mean) / np.where(weight > 0, weight, 1), np.inf)
        )


def mean_and_cvs(parameters: Numbers) -> tuple[float, float, float]:
    """The mean value of an order, infinite from q = 1 downwards, and two coefficients of variation: of one
    customer's orders, and of the customers' means, infinite from q = 2 downwards."""
    p, q, v = parameters
    mean = p * v / (q - 1) if q > 1 else np.inf
    return mean, float(p**-0.5), float((q - 2) ** -0.5) if q > 2 else np.inf
