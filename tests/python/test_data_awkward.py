"""Tables as they come, and models that the estimates do not belong to: nothing wrong passes in silence."""

from __future__ import annotations

from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.data import from_regression, from_retention, from_subscriptions, from_survey, from_transactions
from numpy.testing import assert_allclose

CHURN = pd.DataFrame(
    {"t": [1, 2, 3, 4, 5, 6] * 20, "gone": [1, 0, 1, 1, 0, 1] * 20, "fee": [8.0, 9, 10, 11] * 30}
)


def churn(**options: Any) -> gw.data.Subscriptions:
    asked = {"tenure": "t", "event": "gone", "period": "month", "method": "piecewise", "bands": [0]}
    return from_subscriptions(CHURN, **{**asked, **options})


def firm(**blocks: Any) -> gw.Model:
    parts = {
        "horizon": 12,
        "segments": {"all": {"count": 100}},
        "stages": {"customer": {"fee": 5, "churn": "2 %"}},
    }
    return gw.Model(**{**parts, **blocks})


def test_estimates_by_month_are_refused_by_a_model_by_week() -> None:
    with pytest.raises(
        ValueError, match="estimates by month, and the model's period is week; estimate with period='week'"
    ):
        churn().model(firm(period="week"))


def test_estimates_in_another_currency_are_refused() -> None:
    with pytest.raises(ValueError, match="estimates in USD, and the model is in EUR"):
        churn(fee="fee", currency="USD").model(firm(currency="EUR"))
    assert churn(fee="fee", currency="EUR").model(firm(currency="EUR"))["customer.fee"] == "$fee"


def test_an_assumption_of_the_model_keeps_its_name() -> None:
    base = firm(
        assumptions={"fee": {"low": 4, "best": 5, "high": 6}},
        stages={"customer": {"fee": 30, "churn": "2 %", "moves": {"lite": "1 %"}}, "lite": {"fee": "$fee"}},
    )
    with pytest.raises(ValueError, match=r"assumption 'fee' of its own, which stages.lite.fee uses"):
        churn(fee="fee").model(base)
    # New estimates take the place of older ones.
    old = churn(fee="fee").model(firm())
    new = churn(fee="fee", method="beta").model(old)
    assert new["customer.churn"] == {"beta": ["$a", "$b"]}


def test_only_what_is_used_is_declared() -> None:
    table = pd.DataFrame(
        {"start": pd.date_range("2024-01-01", periods=200, freq="2D"), "end": pd.NaT}
    ).assign(end=lambda t: t["start"].where(t.index % 3 == 0) + pd.Timedelta(days=95))
    fit = from_subscriptions(
        table, start="start", end="end", asof="2025-06-30", period="month", method="beta"
    )
    assert "arrivals" in fit.values
    assert "arrivals" not in fit.model(firm())["assumptions"]
    assert "all_arrivals" in fit.model(firm(), segment="all")["assumptions"]


def test_bands_begin_at_whole_periods() -> None:
    with pytest.raises(ValueError, match="it must be whole periods that rise from 0"):
        churn(bands=[0, 1.5])


def test_two_segments_of_one_name_are_refused() -> None:
    table = pd.DataFrame(
        {"s": ["A b"] * 4 + ["a-b"] * 4, "y": [0, 1, 2, 3] * 2, "k": [100, 80, 70, 65, 100, 50, 40, 30]}
    )
    with pytest.raises(ValueError, match="'A b' and 'a-b' would both be 'a_b' in a model"):
        from_retention(table, age="y", kept="k", segment="s", counts=True, period="year")


def test_refunds_belong_to_what_was_bought_before_whatever_the_order_of_rows() -> None:
    day = pd.DataFrame(
        {
            "c": np.repeat(np.arange(60), 3),
            "d": ["2025-01-10 08:00", "2025-03-01 09:00", "2025-03-01 15:00"] * 60,
            "v": [10.0, 20, -20] * 60,
        }
    )
    later = pd.DataFrame({"c": np.arange(60), "d": "2025-05-01 00:00", "v": 15.0})
    orders = pd.concat([day, later], ignore_index=True)
    orders["d"] = pd.to_datetime(orders["d"])
    asked = {"id": "c", "date": "d", "amount": "v", "asof": "2025-12-31", "period": "month", "refunds": "net"}
    up, down = (
        from_transactions(orders.sort_values("d", ascending=way), **asked).customers(12)
        for way in (True, False)
    )
    assert_allclose(up["recency"], down["recency"])
    assert (up["orders"] == 1).all()
    assert (up["recency"] > 3).all()


def test_a_covariance_is_read_by_its_labels() -> None:
    table = pd.DataFrame({"name": ["const", "csat", "comp"], "coef": [-1.0, -0.26, 0.45]})
    names = list(table["name"])
    matrix = pd.DataFrame([[9e-4, 0, 0], [0, 9e-4, 5e-4], [0, 5e-4, 0.0036]], index=names, columns=names)
    paths = {"csat": "customer.churn.satisfaction", "comp": "customer.churn.failures"}
    other = ["comp", "const", "csat"]
    one, same = (
        from_regression((table, some), link="logit", paths=paths, period="month")
        for some in (matrix, matrix.loc[other, other])
    )
    assert_allclose(one.covariance, same.covariance)
    wrong = matrix.rename(index={"comp": "price"}, columns={"comp": "price"})
    message = "the covariance is of const, csat, price; the coefficients are const, csat, comp"
    with pytest.raises(ValueError, match=message):
        from_regression((table, wrong), link="logit", paths=paths, period="month")


def test_regressors_with_gaps_are_refused() -> None:
    table = pd.DataFrame({"name": ["csat", "comp"], "coef": [-0.26, 0.45], "se": [0.03, 0.06]})
    values = pd.DataFrame(np.random.default_rng(1).normal(size=(50, 2)), columns=["csat", "comp"])
    values.loc[3, "csat"] = np.nan
    with pytest.raises(ValueError, match="values of 'csat' that are no number: 1;"):
        from_regression(
            table,
            link="logit",
            paths={"csat": "customer.churn.trust"},
            period="month",
            regressors=values,
            reliability={"csat": 0.6},
        )


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_who_has_no_end_is_still_there(blank: str | None) -> None:
    table = pd.DataFrame({"s": ["2024-01-05"] * 200, "e": ["2024-06-01"] * 80 + [blank] * 120})
    asked = {"start": "s", "end": "e", "period": "month", "method": "piecewise", "bands": [0]}
    fit = from_subscriptions(table, asof=pd.Timestamp("2026-01-01"), **asked)
    assert fit.churn()["left"].iloc[0] == 80
    far = table.assign(e=["2024-06-01"] * 80 + ["9999-12-31"] * 120)
    with pytest.raises(ValueError, match=r"120 rows where 'e' is after asof, 2026-01-01 \(leave it empty"):
        from_subscriptions(far, asof="2026-01-01", **asked)


@pytest.mark.parametrize(("answered", "within"), [("2025-06-30", 12), ("2026-05-30", 1), ("2026-05-31", 1)])
def test_months_since_an_answer_are_those_of_the_calendar(answered: str, within: int) -> None:
    luck = np.random.default_rng(4)
    table = pd.DataFrame(
        {
            "c": range(3_000),
            "d": pd.Timestamp(answered),
            "s": luck.integers(0, 11, 3_000),
            "left": luck.random(3_000) < 0.2,
        }
    )
    fit = from_survey(
        table.assign(left=table["left"].astype(int)),
        customer="c",
        time="d",
        score="s",
        scale=(0, 10, 1),
        close=14,
        churned="left",
        within=within,
        asof="2026-06-30",
        period="month",
        noise=0.7,
    )
    assert fit.n == 3_000


def test_a_year_is_a_year_in_every_unit_of_time() -> None:
    luck = np.random.default_rng(6)
    joined = pd.Timestamp("2021-01-01") + pd.to_timedelta(luck.integers(0, 1_400, 4_000), unit="D")
    left = pd.Series(joined + pd.to_timedelta(np.ceil(luck.exponential(700, 4_000)), unit="D"))
    table = pd.DataFrame({"s": joined, "e": left.where(left <= "2025-12-31")})
    kept = []
    for period, year in (("day", 365.25), ("week", 365.25 / 7), ("month", 12), ("year", 1)):
        fit = from_subscriptions(
            table, start="s", end="e", asof="2025-12-31", period=period, method="piecewise", bands=[0]
        )
        rate = fit.parameters.quantiles(-1.96), fit.parameters.quantiles(0.0), fit.parameters.quantiles(1.96)
        kept.append([(1 - float(one[0])) ** year for one in rate])
    assert_allclose(kept, [kept[0]] * 4, rtol=0.003)  # ends of months are not of one length
    assert kept[0][2] < np.exp(-365.25 / 700) < kept[0][0]
