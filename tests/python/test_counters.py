"""Counters are described once, in the core: whatever is added up follows from their roles."""

import goodwill as gw
import numpy as np
import pytest
from goodwill.engine.anchoring import anchored
from goodwill.engine.calls import simulated
from goodwill.results.ledger import COUNTERS, of_role

ROLES = ("revenue", "margin", "cost_to_serve", "acquisition")
MODEL = gw.Model(
    horizon=6,
    agents=400,
    segments={"all": {"count": 400, "tenure": 0, "arrivals": 20, "acquisition_cost": 30}},
    stages={"customer": {"fee": 20, "margin": "60 %", "service_cost": 2, "churn": "3 %"}},
    orders={"rate": 0.3, "value": 50, "margin": "30 %"},
    referrals={"rate": 0.2, "conversion": "50 %", "reward": 6},
    journeys={
        "help": {
            "starts": "40 %",
            "touchpoints": {
                "call": {"cost": 4, "failure": "30 %", "recovery": "50 %", "recovery_cost": 9, "earns": 1}
            },
        }
    },
    finance={"discount": "10 %"},
    investments={
        "i": {"changes": {"help.call.failure": {"times": 0.5}, "customer.service_cost": {"add": 1}}}
    },
    scenarios={"i": ["i"]},
)


def test_every_counter_of_money_is_in_every_sum() -> None:
    _, (world,) = simulated(anchored(MODEL, 1), ["baseline"], 1, "", seed=1, replications=2)
    sums = world.mean.sum(axis=(0, 1, 2))
    money = {name: sums[world.index[name]] for name in COUNTERS if COUNTERS[name] in ROLES}
    assert all(value > 0 for value in money.values())  # this model moves them all
    by_role = {role: sum(money[name] for name in of_role(role)) for role in ROLES}
    total = gw.run(MODEL, replications=2).table(by=[]).iloc[0]
    contribution = by_role["margin"] - by_role["cost_to_serve"] - by_role["acquisition"]
    assert total["revenue"] == pytest.approx(by_role["revenue"])
    assert total["contribution"] == pytest.approx(contribution)
    cohorts = gw.run(MODEL, replications=2).cohorts()
    assert cohorts["contribution"].sum() == pytest.approx(contribution + by_role["acquisition"], rel=1e-6)
    forecast = gw.run(MODEL, replications=2).forecast()
    assert forecast["contribution"].sum() == pytest.approx(contribution)


def test_bridge_flows_and_savings_know_every_counter_of_money() -> None:
    study = gw.compare(MODEL, replications=4)
    row = study.table().iloc[0]
    assert study.bridge("i")["value"].sum() == pytest.approx(row["npv"])
    flows = study.flows("i").query("horizon == 'within'")
    after, before = (study.world(name).mean.sum(axis=(0, 1, 2)) for name in ("i", "baseline"))
    index = study.world("i").index
    for role in ("revenue", "cost_to_serve", "acquisition"):  # columns are called like them
        names = [index[name] for name in of_role(role)]
        assert flows[role].sum() == pytest.approx((after - before)[names].sum(), abs=1e-6)
    saved = study.savings("i").query("kind == 'cashable'")
    costs = [index[name] for name in of_role("cost_to_serve")]
    years = 6 / 12
    assert saved["saved"].sum() == pytest.approx((before - after)[costs].sum() / years)
    np.testing.assert_allclose(saved["before"].sum(), before[costs].sum() / years)
