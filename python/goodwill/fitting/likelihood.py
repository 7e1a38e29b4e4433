"""Maximum likelihood: estimates, their covariance from the observed information, and what data leave open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.fitting.parameters import Parameters, from_link, slope, to_link
from goodwill.text.arguments import missing

FLAT = 1e-6
"""Curvature of the mean log-likelihood below which it says nothing about a direction."""
WIDEST = 3.0
"""The largest standard error of a direction on the link scales: a factor of 20 upwards and downwards."""


@dataclass(frozen=True)
class Maximum:
    """Of a likelihood."""

    parameters: Parameters
    loglik: float
    open: tuple[str, ...]
    """Parameters that the data hardly restrict, alone or together."""


def maximise(
    loglik: Callable[[Numbers], float] | Callable[[Numbers], tuple[float, Numbers]],
    start: Sequence[float],
    names: Sequence[str],
    links: Sequence[str],
    n: int,
    *,
    slopes: bool = False,
) -> Maximum:
    """The maximum of a log-likelihood of `n` customers, which takes the parameters on their natural scales.

    It is searched on the link scales from `start` by quasi-Newton steps (L-BFGS-B, then BFGS); the
    covariance is the inverse of the observed information there (Hessian by central differences). With
    `slopes` the log-likelihood comes with its derivatives by the parameters, which is faster and more exact.
    Raises `ValueError` if no maximum is found.
    """
    try:
        from scipy.optimize import minimize
    except ImportError:
        raise ImportError(missing("estimates need", "scipy")) from None

    def natural(y: Numbers) -> Numbers:
        return np.array([from_link(link, value) for link, value in zip(links, y, strict=True)])

    def loss(y: Numbers) -> float:
        with np.errstate(all="ignore"):
            found: Any = loglik(natural(y))
        value = found[0] if slopes else found
        return -value / n if np.isfinite(value) else 1e10

    def loss_and_slopes(y: Numbers) -> tuple[float, Numbers]:
        p = natural(y)
        with np.errstate(all="ignore"):
            found: Any = loglik(p)
        by_y = found[1] * [slope(link, value) for link, value in zip(links, p, strict=True)]
        fine = np.isfinite(found[0]) and np.isfinite(by_y).all()
        return (-found[0] / n, -by_y / n) if fine else (1e10, np.zeros(len(y)))

    asked: dict[str, Any] = {"fun": loss_and_slopes, "jac": True} if slopes else {"fun": loss}
    at = np.array([to_link(link, value) for link, value in zip(links, start, strict=True)], dtype=float)
    wide = [(y - 15, y + 15) for y in at]
    rough = minimize(**asked, x0=at, method="L-BFGS-B", bounds=wide, options={"maxiter": 500})
    found = minimize(**asked, x0=rough.x, method="BFGS", options={"gtol": 1e-9, "maxiter": 200})
    inside = all(low <= y <= high for y, (low, high) in zip(found.x, wide, strict=True))
    best = found.x if found.fun <= rough.fun and inside else rough.x
    value = loss(best)
    if not value < 1e9:
        raise ValueError("the likelihood has no maximum for these data")
    information = _derivatives(lambda y: loss_and_slopes(y)[1], best) if slopes else hessian(loss, best)
    covariance, flat = _covariance(information, n)
    open_ = tuple(
        name
        for name, loose, y, (low, high) in zip(names, flat, best, wide, strict=True)
        if loose or not low + 1 < y < high - 1
    )
    return Maximum(Parameters(tuple(names), tuple(links), best, covariance), -n * value, open_)


def _covariance(information: Numbers, n: int) -> tuple[Numbers, list[bool]]:
    """The inverse of the information of all customers, and which parameters lie in a flat direction.

    A direction is at most `WIDEST` wide, so that draws of a flat one stay numbers that a model can take.
    """
    values, vectors = np.linalg.eigh(information)
    curved = np.maximum(values, 1 / (n * WIDEST**2))
    covariance = (vectors / (n * curved)) @ vectors.T
    flat = np.abs(vectors[:, values < FLAT]).max(axis=1, initial=0.0) > 0.3
    return covariance, flat.tolist()


def _derivatives(slopes: Callable[[Numbers], Numbers], at: Numbers, step: float = 1e-4) -> Numbers:
    """Second derivatives from central differences of the first ones."""
    steps = step * np.eye(len(at))
    found = np.array([(slopes(at + a) - slopes(at - a)) / (2 * step) for a in steps])
    return np.asarray((found + found.T) / 2)


def hessian(function: Callable[[Numbers], float], at: Numbers, step: float = 1e-3) -> Numbers:
    """Second derivatives by central differences."""
    size = len(at)
    found = np.empty((size, size))
    steps = step * np.eye(size)
    middle = function(at)
    for i in range(size):
        a = steps[i]
        found[i, i] = (function(at + a) - 2 * middle + function(at - a)) / step**2
        for j in range(i):
            b = steps[j]
            mixed = function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
            found[i, j] = found[j, i] = mixed / (4 * step**2)
    return found
