"""Numbers of a simulation fitted to targets: damped Gauss-Newton steps on common luck, with a prior.

All numbers are in units of the prior: 0 is its centre, 1 one standard deviation away. Steps are damped after
Levenberg (1944) and Marquardt (1963), the prior joins the squares as further targets, and the posterior is
the normal distribution at the optimum (Laplace). Implausibility after Craig, Goldstein, Seheult and Smith
(1997).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers

ROUNDS = 6
LEAST_ROUNDS = 2
"""Derivatives of the first round are taken over half the prior, those of later ones over the posterior."""
SMALL = 0.1
"""A step below this share of the posterior standard error, in each number, is the last."""
WIDEST, NARROWEST = 0.5, 0.1
"""Of the steps of central differences, in standard deviations of the prior: wide ones see less luck."""
LONGEST = 2.0
"""The most standard deviations of the prior that a number moves in a round."""
ATTEMPTS = 8
LEAST_UNITS = 4
FAR = 3.0
"""Standard deviations of the prior that a number may move without being unbelievable."""
FLAT = 0.9
"""Of the variance of the prior: a direction that keeps more was not learned about."""
PART = 0.1
"""Share in a direction from which a number belongs to it."""


@dataclass(frozen=True, eq=False)
class Seen(Plain):
    """What the simulation says about each target."""

    mean: Numbers
    units: Numbers
    """Replications x targets, whose spread is the error of the mean."""

    @property
    def noise(self) -> Numbers:
        """Standard errors of the means."""
        return _standard_error(self.units)


Forward = Callable[[Numbers], Seen | None]
"""What is seen at a point, always on the same luck; None: the simulation does not accept it."""


@dataclass(frozen=True, eq=False)
class Fitted(Plain):
    """The optimum, in units of the prior."""

    at: Numbers
    covariance: Numbers
    seen: Seen
    asked: Numbers
    errors: Numbers
    """Standard errors of what is asked."""
    jacobian: Numbers
    """Targets x numbers; each derivative is shrunk by its own noise, so that luck is no information."""
    rounds: int
    converged: bool

    @property
    def variance(self) -> Numbers:
        """Of each target: its own and that of the simulation."""
        return np.asarray(self.errors**2 + self.seen.noise**2)

    @property
    def residual(self) -> Numbers:
        """(asked - got) / standard error."""
        return (self.asked - self.seen.mean) / np.sqrt(self.variance)

    @property
    def implausibility(self) -> Numbers:
        """How many standard errors each target is missed by; above 3 the model cannot say it (Pukelsheim
        1994: of any unimodal error at most 5 % lie beyond)."""
        return np.abs(self.residual)

    @property
    def chi2(self) -> float:
        return float(np.sum(self.residual**2))

    @property
    def freedom(self) -> float:
        """What chi2 is expected to be: targets less the numbers that they determine."""
        return len(self.asked) - float(np.trace(self._leverage))

    @property
    def _weighted(self) -> Numbers:
        return np.asarray(self.jacobian / np.sqrt(self.variance)[:, None])

    @property
    def _leverage(self) -> Numbers:
        return np.asarray(self._weighted @ self.covariance @ self._weighted.T)

    def pulls(self, target: int) -> tuple[Numbers, float]:
        """What draws the fitted value of a target: by target, and the prior. Negative is away from it.

        At the optimum they add up to 0: what the target wins for itself, the others and the prior take back.
        """
        residual = self.residual
        of_targets = residual[target] * self._leverage[target] * residual
        of_prior = -residual[target] * float(self._weighted[target] @ self.covariance @ self.at)
        return of_targets, of_prior

    def reach(self, target: int) -> float:
        """Which share of the miss of a target all numbers together could make up for, `FAR` from where they
        are."""
        miss = abs(float(self.asked[target] - self.seen.mean[target]))
        return FAR * float(np.abs(self.jacobian[target]).sum()) / miss if miss else np.inf

    def unknown(self) -> tuple[list[int], list[list[int]]]:
        """Numbers about which the targets say nothing, and groups of which they know fewer combinations than
        there are numbers.

        A direction is unknown if it keeps `FLAT` of the variance of the prior.
        """
        values, vectors = np.linalg.eigh(self.covariance)
        flat = vectors[:, values > FLAT]
        shares = flat @ flat.T
        alone = [j for j in range(len(self.at)) if shares[j, j] > 1 - PART]
        groups: list[list[int]] = []
        rest = [j for j in range(len(self.at)) if j not in alone and shares[j, j] > PART]
        while rest:
            group = [rest.pop(0)]
            for j in group:
                near = [k for k in rest if abs(shares[j, k]) > PART]
                group += near
                rest = [k for k in rest if k not in near]
            if len(group) > 1:
                groups.append(sorted(group))
        return alone, groups


def gauss_newton(
    forward: Forward, seen: Seen, numbers: int, asked: Numbers, errors: Numbers, *, rounds: int = ROUNDS
) -> Fitted:
    """The numbers at which the simulation comes closest to what is asked, given a standard normal prior.

    `seen` is what the simulation says at the centre of the prior, `errors` are the standard errors of the
    targets. Raises `ValueError` if a number cannot be moved at all.
    """
    at, damping = np.zeros(numbers), 0.0
    widths = np.full(numbers, WIDEST)
    for done in range(1, rounds + 1):
        variance = errors**2 + seen.noise**2
        jacobian = derivatives(forward, at, seen, widths)
        information = jacobian.T @ (jacobian / variance[:, None]) + np.eye(numbers)
        covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
        before = at
        at, seen, damping, stuck = _step(forward, at, seen, asked, variance, jacobian, information, damping)
        spread = np.sqrt(np.diag(covariance))
        moved = float(np.max(np.abs(at - before) / spread))
        widths = np.clip(2 * spread, NARROWEST, WIDEST)
        if stuck or (done >= LEAST_ROUNDS and moved < SMALL):
            break
    converged = not stuck and moved < SMALL
    return Fitted(at, covariance, seen, asked, errors, jacobian, done, converged)


def derivatives(forward: Forward, at: Numbers, seen: Seen, widths: Numbers) -> Numbers:
    """Targets x numbers: central differences on common luck; one-sided where one side is not accepted.

    Each is shrunk by its own noise (the positive part of James and Stein 1961), which takes at least
    `LEAST_UNITS` replications to know.
    """
    columns = []
    for j, width in enumerate(widths):
        (right, ahead), (left, behind) = (_beside(forward, at, seen, j, sign * width) for sign in (1, -1))
        if right == left:
            raise ValueError(f"number {j} cannot be moved")
        steepness = (ahead.mean - behind.mean) / (right - left)
        units = (ahead.units - behind.units) / (right - left)
        noise = _standard_error(units) * np.sqrt((len(units) - 1) / (len(units) - 3))  # t has longer tails
        with np.errstate(divide="ignore", invalid="ignore"):
            shrunk = steepness * np.maximum(0, 1 - (noise / steepness) ** 2)
        columns.append(np.where(steepness == 0, 0.0, shrunk))
    return np.column_stack(columns)


def _beside(forward: Forward, at: Numbers, seen: Seen, j: int, width: float) -> tuple[float, Seen]:
    """The farthest accepted point to this side of a number: how far away, and what is seen there."""
    for part in (1.0, 0.5, 0.25, 0.125):
        there = at.copy()
        there[j] += part * width
        if (found := forward(there)) is not None:
            return part * width, found
    return 0.0, seen


def _step(
    forward: Forward,
    at: Numbers,
    seen: Seen,
    asked: Numbers,
    variance: Numbers,
    jacobian: Numbers,
    information: Numbers,
    damping: float,
) -> tuple[Numbers, Seen, float, bool]:
    """The next point, what is seen there, the damping of the round after it, and whether no step helps."""

    def loss(point: Numbers, seen: Seen) -> float:
        return float(np.sum((asked - seen.mean) ** 2 / variance) + point @ point)

    slope = jacobian.T @ ((asked - seen.mean) / variance) - at
    for _ in range(ATTEMPTS):
        step = np.linalg.solve(information + damping * np.diag(np.diag(information)), slope)
        step *= min(1.0, LONGEST / max(float(np.max(np.abs(step))), 1e-300))
        found = forward(at + step)
        if found is not None and loss(at + step, found) <= loss(at, seen):
            return at + step, found, damping / 10 if damping > 1e-3 else 0.0, False
        if float(np.max(np.abs(step) * np.sqrt(np.diag(information)))) < SMALL / 10:
            return at, seen, damping, False  # so near the optimum that rounding and luck decide
        damping = max(10 * damping, 0.1)
    return at, seen, damping, True


def _standard_error(units: Numbers) -> Numbers:
    return np.asarray(units.std(axis=0, ddof=1) / np.sqrt(len(units)))
