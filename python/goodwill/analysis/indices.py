"""Sensitivity indices of plain arrays, freed from the luck of the simulation as far as that can be done."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers

RESAMPLES = 300


def _product(a: Numbers, b: Numbers) -> Numbers:
    """The product of two expectations over replications (the last axis), without bias: that of the means
    holds the covariance of their noise, that of two different replications does not. One replication is a
    function without noise."""
    n = a.shape[-1]
    means = np.asarray(a.mean(axis=-1) * b.mean(axis=-1))
    return means if n == 1 else (n * means - (a * b).mean(axis=-1)) / (n - 1)


def sobol_parts(y: Numbers) -> Numbers:
    """What Sobol's indices are made of, from answers at the points of `gw.saltelli`.

    `y` is base points x (A, A with factor 1 of B, .., with factor k of B, B) x replications. Returns an array
    of 2 k + 1: the numerators of the first-order indices (Saltelli et al. 2010, table 2 b), those of the
    total indices (Jansen 1999), and the variance that divides them. Each replication is taken from its own
    mean: luck that all points share is not what factors do.
    """
    y = y - y.mean(axis=(0, 1))
    a, crossed, b = y[:, 0], y[:, 1:-1], y[:, -1]
    moved = crossed - a[:, None]
    first = _product(b[:, None], moved).mean(axis=0)
    total = _product(moved, moved).mean(axis=0) / 2
    both = np.concatenate([a, b])
    middle = both.mean(axis=0)
    variance = _product(both, both).mean() - _product(middle, middle)
    return np.concatenate([first, total, [variance]])


def sobol_indices(
    y: Numbers, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 1
) -> tuple[Numbers, Numbers]:
    """Sobol's indices and half the widths of their intervals; each 2 x factors: first-order, then total.

    `y` as in `sobol_parts`. The bootstrap resamples base points and replications, each as wholes; the error
    of the ratio is that of its linear part, so that a small variance gives wide intervals and no wild ones.
    Owen (2007) shows that to resample both errs on the wide side. Raises `ValueError` if nothing varies by
    more than luck.
    """
    found = sobol_parts(y)
    numerators, variance = found[:-1], found[-1]
    if not variance > 0:
        raise ValueError("nothing varies between the points by more than luck; add replications")
    indices = numerators / variance
    again = bootstrap(y, sobol_parts, resamples, seed)
    errors = (again[:, :-1] - indices * again[:, -1:]) / variance
    half = _quantile(level) * errors.std(axis=0, ddof=1)
    return indices.reshape(2, -1), half.reshape(2, -1)


def elementary_effects(y: Numbers, units: Numbers) -> Numbers:
    """What a step of one factor changes, per range of the factor: trajectories x factors x replications.

    `y` is trajectories x (factors + 1) x replications, `units` the same points in the unit cube: trajectories
    x (factors + 1) x factors (Morris 1991).
    """
    moves = np.diff(units, axis=1)
    moved = np.abs(moves).argmax(axis=2)
    step = np.take_along_axis(moves, moved[..., None], axis=2)
    changes = np.diff(y, axis=1) / step
    return np.take_along_axis(changes, moved.argsort(axis=1)[..., None], axis=1)


def _morris_parts(effects: Numbers) -> Numbers:
    """Rows mu_star, mu, sigma and noise by factor: see `morris_measures`."""
    means = effects.mean(axis=-1)
    n = effects.shape[-1]
    noise = effects.var(axis=-1, ddof=1).mean(axis=0) / n if n > 1 else np.zeros(means.shape[1])
    spread = means.var(axis=0, ddof=1) - noise
    sigma, noise = np.sqrt(np.maximum(spread, 0)), np.sqrt(noise)
    return np.stack([np.abs(means).mean(axis=0), means.mean(axis=0), sigma, noise])


def morris_measures(
    effects: Numbers, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 1
) -> tuple[Numbers, Numbers]:
    """Morris's measures and half the widths of the intervals of the first three; rows by measure.

    `effects` as `elementary_effects` gives them. `mu_star` is the mean size of an effect (Campolongo,
    Cariboni and Saltelli 2007), `mu` its mean, `sigma` its standard deviation between trajectories without
    that of luck, and `noise` the standard error that luck gives one effect: a `mu_star` of this size says
    nothing. The bootstrap resamples trajectories and replications.
    """
    again = bootstrap(effects, _morris_parts, resamples, seed)
    return _morris_parts(effects), _quantile(level) * again[:, :3].std(axis=0, ddof=1)


def bootstrap(y: Numbers, statistic: Callable[[Numbers], Numbers], resamples: int, seed: int) -> Numbers:
    """The statistic of resamples of the first axis and, if there are several replications, of the last."""
    luck = np.random.default_rng(seed)
    found = []
    for _ in range(resamples):
        one = y[_again(luck, y.shape[0])]
        found.append(statistic(one[..., _again(luck, y.shape[-1])]))
    return np.stack(found)


def _again(luck: np.random.Generator, n: int) -> npt.NDArray[np.int64]:
    """n of n with replacement, never the same one n times: a variance needs two."""
    drawn = luck.integers(0, n, n)
    while n > 1 and (drawn == drawn[0]).all():
        drawn = luck.integers(0, n, n)
    return drawn


def _quantile(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
