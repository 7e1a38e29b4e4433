"""Recurring revenue: a waterfall that adds up, and rates of retention with known values."""

from __future__ import annotations

from typing import Any

import goodwill as gw
import numpy as np
import pytest
from numpy.testing import assert_allclose

FIRM: dict[str, Any] = {
    "horizon": 24,
    "agents": 20_000,
    "segments": {
        "homes": {"count": 60_000, "tenure": 0},
        "firms": {"count": 3_000, "tenure": 0, "arrivals": 40, "spend": {"cv": 0.7}},
    },
    "stages": {
        "basic": {"fee": 10, "churn": "10 %", "moves": {"premium": "20 %"}},
        "premium": {"fee": 25, "churn": "5 %", "moves": {"basic": "4 %", "rest": "2 %"}},
        "rest": {"kind": "lapsed", "moves": {"basic": "10 %"}},
    },
    "investments": {"dearer": {"start": 7, "changes": {"basic.fee": {"times": 1.2}}, "cost": {"upfront": 1}}},
    "scenarios": {"dearer": ["dearer"]},
}
FLOWS = ["new", "expansion", "contraction", "churned"]


def added(table: Any) -> Any:
    return table["opening"] + table["new"] + table["expansion"] - table["contraction"] - table["churned"]


@pytest.mark.parametrize("by", [["period"], ["period", "segment"], ["year"], [], "segment"])
def test_the_waterfall_adds_up_to_the_fees(by: Any) -> None:
    run = gw.run(gw.Model(**FIRM), replications=3)
    table = run.recurring(by)
    assert_allclose(added(table), table["closing"], rtol=1e-12)
    if by == ["period"]:
        assert_allclose(table["opening"][1:], table["closing"][:-1], rtol=1e-12)
        assert_allclose(table["closing"] + table["churned"], run.table(by="period")["revenue"], rtol=1e-6)
    if by == ["period", "segment"]:
        due = table["closing"] + table["churned"]
        assert_allclose(due, run.table(by=["period", "segment"])["revenue"], rtol=1e-6)


def test_flows_of_years_are_those_of_their_periods() -> None:
    run = gw.run(gw.Model(**FIRM), replications=2)
    months, years = run.recurring("period"), run.recurring("year")
    first = months[:12]
    assert_allclose(years.loc[0, FLOWS].to_numpy(float), first[FLOWS].sum(), rtol=1e-12)
    assert years.loc[0, "opening"] == months.loc[0, "opening"]
    assert years.loc[1, "closing"] == months.loc[23, "closing"]
    for name in ("gross_retention", "net_retention"):
        assert_allclose(years.loc[0, name], first[name].prod(), rtol=1e-12)
    for name in ("logo_churn", "revenue_churn"):
        assert_allclose(1 - years.loc[0, name], (1 - first[name]).prod(), rtol=1e-12)


def test_rates_of_a_fresh_cohort_are_known() -> None:
    """All are in `basic` and pay 10: after churn of 10 % a fifth of the rest moves on to 25."""
    run = gw.run(gw.Model(**FIRM), replications=10)
    homes = run.recurring(["period", "segment"]).query("segment == 'homes'")
    first, second = homes.iloc[0], homes.iloc[1]
    # 190,000 simulated customers: standard errors below 0.0007 of a share, times 1.5 for the fees.
    for name in ("logo_churn", "revenue_churn"):
        assert_allclose(first[name], 0.10, atol=0.003)
    for name in ("gross_retention", "net_retention"):
        assert_allclose(first[name], 0.90, atol=0.003)
    assert first["expansion"] == 0
    assert_allclose(second["expansion"] / second["opening"], 0.2 * 1.5, atol=0.005)
    lost = (0.8 * 10 * 0.10 + 0.2 * 25 * (0.05 + 0.95 * 0.96 * 0.02)) / (0.8 * 10 + 0.2 * 25)
    assert_allclose(second["revenue_churn"], lost, atol=0.003)
    assert_allclose(second["gross_retention"], 1 - lost, atol=0.003)
    assert_allclose(second["net_retention"], (1 - lost) * 1.3, atol=0.006)


def test_churn_of_a_year_is_that_of_the_ledger() -> None:
    """With one stage: 2 % a month are 21.5 % a year, in the first year as in the second."""
    model = gw.Model(
        horizon=24,
        agents=20_000,
        segments={"all": {"count": 40_000, "arrivals": 800}},
        stages={"customer": {"fee": 30, "churn": "2 % / month"}},
    )
    run = gw.run(model, replications=4)
    table = run.recurring("year")
    assert_allclose(table["logo_churn"], 1 - 0.98**12, atol=0.004)
    assert list(table["periods"]) == [12, 12]
    months = run.recurring("period")
    assert_allclose(months["logo_churn"], run.table(by="period")["churn"], rtol=1e-9)


def test_a_higher_price_is_expansion() -> None:
    model = gw.Model(**FIRM)
    quiet = gw.run(model, replications=2).recurring()
    dearer = gw.run(model, scenario="dearer", replications=2).recurring()
    assert_allclose(dearer[FLOWS][:6], quiet[FLOWS][:6])
    assert dearer.loc[6, "expansion"] > quiet.loc[6, "expansion"]
    # Those who are in basic pay a fifth more; nobody else's fee changes.
    assert dearer.loc[6, "new"] > quiet.loc[6, "new"]


def test_leavers_who_pay_more_make_revenue_churn_higher() -> None:
    model = gw.Model(
        horizon=12,
        segments={"all": {"count": 50_000, "tenure": 0, "spend": {"cv": 0.5}}},
        stages={"customer": {"fee": 60, "churn": {"average": "3 %", "spend": 0.8}}},
    )
    row = gw.run(model, replications=4).recurring([]).iloc[0]
    assert row["revenue_churn"] > row["logo_churn"] + 0.02
    assert_allclose(row["gross_retention"], 1 - row["revenue_churn"])


def test_draws_are_lived_again() -> None:
    model = gw.Model(
        horizon=6,
        agents=2_000,
        assumptions={"leaving": {"low": "1 %", "best": "3 %", "high": "8 %"}},
        segments={"all": {"count": 4_000}},
        stages={"customer": {"fee": 10, "churn": "$leaving"}},
    )
    run = gw.run(model, draws=16, batches=2)
    assert run.uncertain
    for one in (run, gw.run(model, draws=0, replications=3)):
        table = one.recurring()
        assert_allclose(table["closing"] + table["churned"], one.table(by="period")["revenue"], rtol=1e-6)


def test_a_firm_without_fees_has_no_rates() -> None:
    model = gw.Model(horizon=2, segments={"all": {"count": 10}}, stages={"c": {"churn": "2 %"}})
    table = gw.run(model, replications=2).recurring()
    assert (table["closing"] == 0).all()
    assert np.isnan(table["net_retention"]).all()


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("origin", "recurring revenue can be broken down by: year, period, segment"),
        (["year", "period"], "by year or by period, not by both"),
    ],
)
def test_errors(by: Any, message: str) -> None:
    run = gw.run(gw.Model(**FIRM), replications=2)
    with pytest.raises(ValueError, match=message):
        run.recurring(by)


def test_a_segment_that_is_empty_at_first_has_rates() -> None:
    model = gw.Model(
        horizon=24,
        segments={"old": {"count": 500}, "new": {"count": 0, "arrivals": 20}},
        stages={"customer": {"fee": 10, "churn": "3 %"}},
    )
    table = gw.run(model, replications=2).recurring("segment").set_index("segment")
    assert table.loc["new", ["logo_churn", "net_retention"]].notna().all()


@pytest.mark.parametrize("period", ["month", "week", "day"])
def test_rates_and_payback_do_not_depend_on_the_unit_of_time(period: str) -> None:
    model = gw.Model(
        period=period,
        horizon="2 years",
        agents=6_000,
        segments={"all": {"count": 6_000, "tenure": 0, "arrivals": "100 / month", "acquisition_cost": 60}},
        stages={"customer": {"fee": "10 / month", "margin": "80 %", "churn": "4 % / month"}},
    )
    table = gw.run(model, replications=3).recurring("year")
    kept = 0.96 ** (12 * table["periods"] / model.periods_per_year)
    # 12,000 customers at risk a year and 3 replications: a standard error of 0.003; three times it, and more.
    assert_allclose(1 - table["logo_churn"], kept, atol=0.012)
    assert_allclose(table["gross_retention"], kept, atol=0.012)
    months = {"month": 1, "week": 365 / 84, "day": 365 / 12}[period]
    gained = 8 * (1 - 0.96 ** np.arange(14)) / 0.04
    won = gw.clv(model, replications=3).acquisition().iloc[-1]
    # Within a month the monthly model takes money as even, the others know that some leave: 1 % of it.
    assert_allclose(won["payback"] / months, np.interp(60, gained, np.arange(14)), rtol=0.03)
    assert won["cac"] == pytest.approx(60)
