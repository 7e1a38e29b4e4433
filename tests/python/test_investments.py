"""What investments and assignments may address, and that what they change acts."""

from __future__ import annotations

from typing import Any

import goodwill as gw
import pytest


def firm(**blocks: Any) -> gw.Model:
    base: dict[str, Any] = {
        "horizon": "12 months",
        "agents": "all",
        "segments": {"all": {"count": 1_000, "tenure": 0, "arrivals": "100 / month"}},
        "stages": {"customer": {"fee": 10, "churn": {"base": "5 % / month", "satisfaction": -0.5}}},
        "journeys": {"visit": {"starts": "50 %", "touchpoints": {"gift": {"quality": 8}}}},
    }
    return gw.Model(**{**base, **blocks})


@pytest.mark.parametrize("path", ["visit.gift", "journeys.visit.touchpoints.gift", "visit.touchpoints.gift"])
def test_a_cost_per_touchpoint_is_due_whatever_form_its_path_has(path: str) -> None:
    model = firm(investments={"g": {"cost": {"each": {path: 60}}}}, scenarios={"g": ["g"]})
    run = gw.run(model, scenario="g", seed=3)
    contacts = run.touchpoints()["contacts"].sum()
    assert contacts > 1_000
    assert run.table()["investment_cost"].sum() == pytest.approx(60 * contacts)


def test_an_investment_may_change_those_who_join() -> None:
    changes = {"segments.all.satisfaction": {"set": 3}}
    model = firm(
        investments={"promise": {"start": 4, "changes": changes}}, scenarios={"promise": ["promise"]}
    )
    with_it = gw.run(model, scenario="promise", seed=3).table()
    without = gw.run(model, seed=3).table()
    early = with_it["period"] < 4
    assert with_it[early].equals(without[early])
    late = ~early & (with_it["origin"] == "acquired")
    assert with_it[late]["lost"].sum() > 1.3 * without[late]["lost"].sum()
    base = with_it["origin"] == "initial"
    assert with_it[base].equals(without[base])


def test_the_other_shares_of_a_branch_share_what_an_assignment_leaves() -> None:
    model = gw.example("telecom")
    one = model.assign({"support.first.bot": "60 %"})
    first = one["support.first"]
    assert sum(first.values()) == pytest.approx(1)
    assert first["call"] / first["social"] == pytest.approx(6)
    assert gw.Model.from_yaml(one.to_yaml())["support.first"] == pytest.approx(first)
    both = model.assign({"support.first.bot": "50 %", "support.first.call": "50 %"})
    assert both["support.first"] == pytest.approx({"bot": 0.5, "call": 0.5, "social": 0})
    with pytest.raises(gw.ModelError, match="at most 100 %"):
        model.assign({"support.first.bot": "70 %", "support.first.call": "50 %"})


@pytest.mark.parametrize("rate", [0.0001, 3, 299, 301, 800, 3_000])
def test_orders_come_at_any_rate(rate: float) -> None:
    # Poisson means: 12,000 customer-periods; the bound is 5 standard errors, so a false alarm is below 1e-6.
    model = firm(
        segments={"all": {"count": 1_000, "tenure": 0}},
        stages={"customer": {"fee": 10}},
        orders={"rate": rate, "value": 1},
    )
    orders = gw.run(model, seed=3).table()["orders"].sum()
    assert orders == pytest.approx(12_000 * rate, abs=5 * (12_000 * rate) ** 0.5)


def test_referrals_into_a_small_segment_do_not_become_a_crowd() -> None:
    model = gw.Model(
        horizon="12 months",
        segments={"base": {"count": 2_000_000, "tenure": "24 months"}, "friends": {"count": 100}},
        stages={"customer": {"fee": 10, "churn": {"average": "2 % / month", "satisfaction": -0.3}}},
        referrals={"rate": "1 % / month", "segment": "friends"},
    )
    table = gw.run(model, seed=3).table(by=["segment", "origin"])
    friends = table[(table["segment"] == "friends") & (table["origin"] == "referred")]
    # about 20,000 a month at first, falling with churn; referred in the last month join after the horizon
    assert friends["joined"].sum() == pytest.approx(
        0.01 * 2_000_000 * sum(0.98**t for t in range(11)), rel=0.15
    )
