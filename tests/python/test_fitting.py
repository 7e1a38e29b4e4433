"""Estimates with their joint uncertainty: links, draws, and the register of assumptions they become."""

from __future__ import annotations

import re
from collections.abc import Callable

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.data.fit import as_name, register
from goodwill.data.frames import Rows, day, fingerprint, frame, period_days
from goodwill.fitting.likelihood import hessian, maximise
from goodwill.fitting.parameters import Parameters, joined
from numpy.testing import assert_allclose


def parameters() -> Parameters:
    covariance = np.array([[0.04, 0.018, 0.0], [0.018, 0.01, 0.0], [0.0, 0.0, 0.25]])
    return Parameters(
        ("rate", "share", "effect"), ("log", "logit", "plain"), np.array([1.0, -2, 0.5]), covariance
    )


def test_draws_have_the_moments_of_the_estimates_on_their_links() -> None:
    draws = parameters().draws(200_000, seed=3)
    y = np.column_stack([np.log(draws[:, 0]), np.log(draws[:, 1] / (1 - draws[:, 1])), draws[:, 2]])
    assert_allclose(y.mean(axis=0), parameters().estimate, atol=0.005)  # standard errors of 0.0002 to 0.001
    assert_allclose(np.cov(y.T), parameters().covariance, atol=0.004)
    assert (parameters().draws(5, seed=3) == parameters().draws(5, seed=3)).all()


def test_a_likelihood_is_maximised_on_the_links() -> None:
    """Of k successes in n the estimate is k / n, and the variance of its log-odds 1 / k + 1 / (n - k)."""
    k, n = 30.0, 200.0
    found = maximise(lambda p: k * np.log(p[0]) + (n - k) * np.log1p(-p[0]), [0.5], ["p"], ["logit"], 200)
    assert_allclose(found.parameters.values["p"], k / n, rtol=1e-6)
    assert_allclose(found.parameters.covariance, 1 / k + 1 / (n - k), rtol=1e-4)
    assert found.open == ()


def test_what_the_data_do_not_restrict_is_named() -> None:
    """Only the product of two rates is in the likelihood."""
    found = maximise(
        lambda p: -100 * (np.log(p[0] * p[1]) - 1) ** 2, [1.0, 1.0], ["one", "other"], ["log", "log"], 100
    )
    assert found.open == ("one", "other")
    # 3 along the direction in which both change, which is 3 / sqrt(2) of each
    assert_allclose(found.parameters.errors, 3 / np.sqrt(2), rtol=0.01)


def test_second_derivatives() -> None:
    found = hessian(lambda x: float(x[0] ** 2 * x[1] + np.exp(x[1])), np.array([1.5, 0.3]))
    assert_allclose(found, [[0.6, 3], [3, np.exp(0.3)]], rtol=1e-5)


def test_a_register_keeps_quantiles_and_correlations() -> None:
    found = register(parameters(), "a survey")
    assert list(found) == ["rate", "share", "effect"]
    assert_allclose(
        np.log([found["rate"][end] for end in ("low", "best", "high")]),
        1 + 0.2 * np.array([-1.28155, 0, 1.28155]),
        rtol=1e-5,
    )
    assert found["share"]["correlation"] == {"rate": pytest.approx(0.9)}
    assert "correlation" not in found["effect"]
    firm = gw.Model(
        horizon=3,
        assumptions=found,
        segments={"all": {"count": 10}},
        stages={"customer": {"fee": "$rate", "churn": {"base": "$share", "satisfaction": "$effect"}}},
    )
    assert firm["customer.fee"] == "$rate"


def test_what_is_known_exactly_is_no_assumption() -> None:
    exact = Parameters(("a", "b"), ("log", "log"), np.zeros(2), np.diag([0.0, 1.0]))
    assert list(register(exact, "")) == ["b"]
    both = joined([exact, exact.named("other_")])
    assert both.names == ("a", "b", "other_a", "other_b")
    assert both.covariance[3, 3] == 1


def test_bad_rows_are_counted_and_shown_where_they_stand() -> None:
    data = pd.DataFrame({"a": [1, 2, "x", None, 5, "y"], "d": ["2026-01-31"] * 5 + ["31.01.2026"]})
    rows = Rows(data)
    a = rows.numbers("a", "amount")
    assert a[:2].tolist() == [1, 2]
    assert rows.days("d", "date")[0] == day("2026-01-31", "date")
    with pytest.raises(ValueError, match="3 rows of 6 cannot be used") as error:
        rows.kept("raise")
    assert "2 rows where 'a' is no finite number: rows 2, 5" in str(error.value)
    assert "1 row where 'a' is missing: row 3" in str(error.value)
    assert "1 row where 'd' is no date such as 2026-09-30: row 5" in str(error.value)
    kept, warnings = rows.kept("drop")
    assert kept.tolist() == [True, True, False, False, True, False]
    assert warnings[0].startswith("Left out: 2 rows")
    many = Rows(pd.DataFrame({"a": ["?"] * 9 + [1]}))
    many.numbers("a", "amount")
    with pytest.raises(ValueError, match="rows 0, 1, 2, 3, 4 and 4 more"):
        many.kept("raise")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: frame([1]), "data is [1]; it must be a table of pandas"),
        (lambda: frame(pd.DataFrame({"a": []})), "data has no rows"),
        (lambda: frame(pd.DataFrame([[1, 2]], columns=["a", "a"])), "data has the column 'a' twice"),
        (
            lambda: Rows(pd.DataFrame({"joined": [1]})).numbers("joind", "start"),
            "start: there is no column 'joind'; did you mean 'joined'?",
        ),
        (lambda: Rows(pd.DataFrame({"d": [20260131]})).days("d", "start"), "start: column 'd' holds numbers"),
        (lambda: day("31.1.2026", "asof"), "asof is '31.1.2026'; it must be a date"),
        (lambda: day(20260131, "asof"), "asof is 20260131; it must be a date"),
        (lambda: period_days("months"), "period is 'months'; it must be one of day, week, month, year"),
        (
            lambda: Rows(pd.DataFrame({"a": [1]})).kept("ignore"),
            "bad_rows is 'ignore'; it must be 'raise' or 'drop'",
        ),
    ],
)
def test_errors_say_what_is_wrong(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        ask()


def test_a_fingerprint_knows_values_and_order() -> None:
    a = fingerprint({"x": np.array([1.0, 2.0]), "id": pd.Series(["a", "b"])})
    assert a == fingerprint([np.array([1.0, 2.0]), ["a", "b"]])
    assert a != fingerprint([np.array([2.0, 1.0]), ["a", "b"]])
    assert len(a) == 16


@pytest.mark.parametrize(
    ("value", "name"),
    [("Month-to-month", "month_to_month"), (" Two year ", "two_year"), (3, "group_3"), ("%", "group")],
)
def test_names_of_values(value: object, name: str) -> None:
    assert as_name(value) == name
