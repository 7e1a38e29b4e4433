"""Damped Gauss-Newton with a prior: linear problems have their answer in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from goodwill.fitting.gauss_newton import Fitted, Seen, derivatives, gauss_newton
from numpy.testing import assert_allclose

Array = np.ndarray


def exact(mean: Array) -> Seen:
    """Without any noise of a simulation."""
    return Seen(np.asarray(mean), np.tile(mean, (4, 1)))


def linear(matrix: Array, asked: Array, errors: Array) -> Fitted:
    return gauss_newton(
        lambda z: exact(matrix @ z), exact(np.zeros(len(asked))), matrix.shape[1], asked, errors
    )


def test_a_linear_problem_has_the_posterior_of_bayes() -> None:
    """Of a normal prior and normal errors: covariance (A'V^-1 A + 1)^-1, mean covariance A'V^-1 asked."""
    rng = np.random.default_rng(3)
    matrix, errors = rng.standard_normal((5, 3)), np.array([0.5, 1, 0.2, 2, 0.7])
    asked = matrix @ np.array([0.8, -0.5, 0.3]) + errors * rng.standard_normal(5)
    found = linear(matrix, asked, errors)
    weighted = matrix / errors[:, None]
    covariance = np.linalg.inv(weighted.T @ weighted + np.eye(3))
    assert_allclose(found.covariance, covariance, rtol=1e-8)
    assert_allclose(found.at, covariance @ weighted.T @ (asked / errors), rtol=1e-8)
    assert found.converged
    assert found.rounds == 2
    assert_allclose(found.freedom, 5 - np.trace(weighted @ covariance @ weighted.T))


def test_a_curved_problem_is_solved_by_damping() -> None:
    """A full step from the start would overshoot to where the exponential is out of reach."""

    def forward(z: Array) -> Seen | None:
        return None if z[0] > 1.7 else exact(np.array([np.exp(3 * z[0]), z[1] ** 3 + z[1]]))

    asked = np.array([80.0, -1.2])
    found = gauss_newton(forward, exact(np.array([1.0, 0.0])), 2, asked, np.array([0.8, 0.01]), rounds=20)
    assert found.converged
    assert_allclose(found.seen.mean, asked, rtol=0.02)  # the prior draws a little towards 0


def test_a_bound_is_met_by_one_sided_derivatives() -> None:
    seen = exact(np.array([0.0]))
    found = derivatives(lambda z: None if z[0] > 0 else exact(2 * z), np.zeros(1), seen, np.array([0.5]))
    assert_allclose(found, [[2.0]])
    with pytest.raises(ValueError, match="cannot be moved"):
        derivatives(lambda z: None, np.zeros(1), seen, np.array([0.5]))


def test_luck_is_no_information() -> None:
    """A number that moves nothing: its derivative is noise, and the prior stays as wide as it was."""
    rng = np.random.default_rng(8)

    def forward(z: Array) -> Seen:
        units = rng.standard_normal((30, 4))
        return Seen(units.mean(axis=0), units)

    kept = [
        gauss_newton(forward, forward(np.zeros(1)), 1, np.zeros(4), np.full(4, 0.1)).covariance[0, 0]
        for _ in range(200)
    ]
    # Without shrinking each of 4 derivatives brings about 1 to the precision of 1, so that the mean is 0.26.
    assert np.mean(kept) > 0.55


def test_what_the_targets_leave_open_is_named() -> None:
    alone = linear(np.array([[1.0, 0.0, 0.0]]), np.array([0.5]), np.array([0.05]))
    assert alone.unknown() == ([1, 2], [])
    together = linear(
        np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), np.array([0.5, 0]), np.array([0.05, 0.05])
    )
    assert together.unknown() == ([], [[0, 1]])
    known = linear(np.eye(3), np.zeros(3), np.full(3, 0.1))
    assert known.unknown() == ([], [])


def test_pulls_add_up_and_name_who_is_against_whom() -> None:
    """One number is asked to be 1 and -1; a third target minds its own number."""
    matrix = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    found = linear(matrix, np.array([1.0, -1.0, 0.3]), np.full(3, 0.05))
    assert (found.implausibility[:2] > 15).all()
    assert found.implausibility[2] < 0.1
    pulls, prior = found.pulls(0)
    assert_allclose(pulls.sum() + prior, 0, atol=1e-6)
    assert pulls[1] < -100
    assert_allclose(pulls[2], 0, atol=1e-6)
    held = linear(np.array([[0.01]]), np.array([1.0]), np.array([0.05]))
    pulls, prior = held.pulls(0)
    assert_allclose(pulls[0] + prior, 0, atol=1e-6)
    assert prior < 0
