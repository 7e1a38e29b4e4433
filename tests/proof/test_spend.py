"""What customers spend, against numerical integration: who leaves, and how much money leaves with them.

A multiplier m of mean 1 is lognormal, and churn is expit(level + k ln m). Of a fresh cohort the share E[p] is
lost, and the share E[m p] of the revenue; of a base that has been here for n periods E[w p] / E[w] and
E[w m p] / E[w m], where w = (1 - p)^n is who is still here.
"""

from __future__ import annotations

import math
from typing import Any

import goodwill as gw
import numpy as np
import pytest

Tree = dict[str, Any]
AGENTS, FEE = 40_000, 30.0
REPLICATIONS = 5


def telecom(churn: float, effect: float, cv: float, tenure: Any) -> Tree:
    return {
        "horizon": 3,
        "agents": "all",
        "segments": {"all": {"count": AGENTS, "tenure": tenure, "spend": {"cv": cv}}},
        "stages": {"customer": {"fee": FEE, "churn": {"base": churn, "spend": effect}}},
    }


def exact(churn: float, effect: float, cv: float, months: int) -> tuple[float, float, float]:
    """Shares of customers and of revenue lost in the next month, and revenue of a customer by the fee."""
    x, weight = np.polynomial.hermite_e.hermegauss(80)
    variance = math.log1p(cv * cv)
    log_m = math.sqrt(variance) * x - variance / 2
    p = 1 / (1 + np.exp(-(math.log(churn / (1 - churn)) + effect * log_m)))
    here, money = weight * (1 - p) ** months, weight * (1 - p) ** months * np.exp(log_m)
    return (here * p).sum() / here.sum(), (money * p).sum() / money.sum(), money.sum() / here.sum()


@pytest.mark.parametrize("effect", [0.9, -0.6])
@pytest.mark.parametrize(("cv", "months"), [(0.4, 0), (1.0, 0), (0.4, 36), (1.0, 60)])
def test_revenue_leaves_with_those_who_spend(cv: float, months: int, effect: float) -> None:
    # n = 200,000 customers: the standard error of a share p is sqrt(p / n), that of the share of revenue and
    # of the mean multiplier at most sqrt(1 + cv^2) times as large; 5 of them are allowed.
    churn = 0.03
    tree = telecom(churn, effect, cv, 0 if months == 0 else {"exactly": f"{months} months"})
    run = gw.run(gw.Model(**tree), seed=1, replications=REPLICATIONS, threads=1)
    table = run.table(by=["period"])
    customers, revenue = table["customers_start"].to_numpy(), table["revenue"].to_numpy()
    logo, money, spent = exact(churn, effect, cv, months)
    n, skew = AGENTS * REPLICATIONS, math.sqrt(1 + cv * cv)
    assert 1 - customers[1] / customers[0] == pytest.approx(logo, abs=5 * math.sqrt(logo / n))
    lost = 1 - revenue[1] / revenue[0]
    assert lost == pytest.approx(money, abs=5 * skew * math.sqrt(money / n))
    assert revenue[0] / FEE / customers[0] == pytest.approx(spent, abs=5 * skew * spent * cv / math.sqrt(n))
    assert (money > logo) == (effect > 0)


def test_the_revenue_churn_of_a_telecom_table() -> None:
    # Customers who leave pay 73, those who stay 61: of the customers go 26.5 %, of the revenue 30.1 %.
    leave, stay, logo = 73.0, 61.0, 0.265
    money = logo * leave / (logo * leave + (1 - logo) * stay)
    cv = 0.46
    low, high = 0.0, 3.0
    for _ in range(50):  # the effect at which the mean multiplier of leavers is 73 by that of stayers 61
        middle = (low + high) / 2
        base = level(logo, middle, cv)
        low, high = (middle, high) if exact(base, middle, cv, 0)[1] < money else (low, middle)
    tree = telecom(level(logo, low, cv), low, cv, 0)
    table = gw.run(gw.Model(**tree), seed=3, replications=REPLICATIONS, threads=1).table(by=["period"])
    customers, revenue = table["customers_start"].to_numpy(), table["revenue"].to_numpy()
    lost, gone = customers[0] - customers[1], revenue[0] - revenue[1]
    n = AGENTS * REPLICATIONS
    assert lost / customers[0] == pytest.approx(logo, abs=5 * math.sqrt(logo / n))
    assert gone / revenue[0] == pytest.approx(money, abs=5 * math.sqrt(1.3 * money / n))
    paid = (gone / lost) / (revenue[1] / customers[1])
    assert paid == pytest.approx(leave / stay, rel=5 * cv * 2 / math.sqrt(n * logo))


def level(logo: float, effect: float, cv: float) -> float:
    """The churn at a multiplier of 1 at which so many leave."""
    low, high = 1e-6, 1 - 1e-6
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if exact(middle, effect, cv, 0)[0] < logo else (low, middle)
    return low


def test_an_average_stays_what_is_observed() -> None:
    # Anchoring is right to 0.3 % of the figure; the base is drawn with weights of who is still here.
    tree = telecom(0.02, 0.8, 0.8, "3 years")
    tree["stages"]["customer"]["churn"] = {"average": "2 % / month", "spend": 0.8}
    tree["horizon"] = 12
    check = gw.check(gw.Model(**tree), threads=1)
    assert check.ok
    churn = check.table().set_index("figure").loc["customer.churn"]
    events = 0.02 * AGENTS * 12 * 0.9
    assert churn["got"] == pytest.approx(0.02, rel=4 / math.sqrt(events) + 0.009)


SHOP: Tree = {
    "horizon": 12,
    "agents": "4000",
    "segments": {"all": {"count": 8_000, "tenure": "2 years", "arrivals": "150 / month"}},
    "stages": {"customer": {"fee": 10, "margin": "60 %", "service_cost": 2, "churn": "3 %"}},
    "journeys": {
        "visit": {"starts": "50 %", "touchpoints": {"till": {"cost": 1, "earns": 7, "margin": "40 %"}}}
    },
    "orders": {"rate": 0.5, "value": 20, "margin": "30 %"},
    "referrals": {"rate": 0.02},
    "finance": {"discount": "10 %"},
    "investments": {"nothing": {"changes": {"customer.churn": {"times": 1}}}},
    "scenarios": {"nothing": ["nothing"]},
}


def differing(cv: float) -> gw.Model:
    return gw.Model(**{**SHOP, "segments": {"all": {**SHOP["segments"]["all"], "spend": {"cv": cv}}}})


def test_means_are_those_of_customers_who_spend_alike() -> None:
    alike, differ = gw.expect(gw.Model(**SHOP)), gw.expect(differing(1.5))
    columns = ["customers_end", "revenue", "contribution", "touchpoint_cost", "service_cost"]
    assert differ.table(by=["period"])[columns].equals(alike.table(by=["period"])[columns])
    # by simulation: 1.5 / sqrt(4,000) = 2.4 % for one replication, and hardly less for later periods
    run = gw.run(differing(1.5), seed=1, replications=100, threads=1).table(by=["period"])
    exactly = alike.table(by=["period"])
    for name in ("revenue", "contribution"):
        assert run[name].sum() == pytest.approx(exactly[name].sum(), rel=4 * 1.5 / math.sqrt(4_000 * 100))
    for name in (
        "touchpoint_cost",
        "service_cost",
    ):  # what a customer costs does not depend on what they spend
        assert run[name].sum() == pytest.approx(exactly[name].sum(), rel=0.01)


def test_the_exact_solver_refuses_the_effect() -> None:
    model = differing(1).assign({"customer.churn": {"base": "3 %", "spend": 0.2}})
    with pytest.raises(gw.ModelError, match=r"depends on spend \(0.2\)"):
        gw.expect(model)


def test_what_customers_are_worth_adds_up() -> None:
    run = gw.run(differing(2), seed=2, threads=1)
    alike = gw.run(gw.Model(**SHOP), seed=2, threads=1)
    # the same people with the same luck: only the money differs
    both = [each.table(by=["period"])[["customers_end", "joined", "lost", "orders"]] for each in (run, alike)]
    assert both[0].equals(both[1])
    spread = [each.distribution(by=[]) for each in (run, alike)]
    tails = [np.average(s["value"] ** 2, weights=s["customers"]) for s in spread]
    assert tails[0] > 1.5 * tails[1]


def test_lognormal_multipliers_have_the_variance_asked() -> None:
    # Of one period, in which a customer pays fee x multiplier: over 300 replications of 500 customers the
    # logarithm of the variance has a standard error of sqrt(2 / 300) = 0.08, more as values are skewed.
    tree = telecom(0.0, 0.0, 0.7, 0) | {"horizon": 1}
    tree["segments"]["all"]["count"] = 500
    paid = gw.run(gw.Model(**tree), seed=5, replications=300, threads=1).table(by="replication")["revenue"]
    assert paid.mean() == pytest.approx(500 * FEE, rel=4 * 0.7 / math.sqrt(500 * 300))
    assert abs(math.log(paid.var() / (500 * (0.7 * FEE) ** 2))) < 4 * 0.1


def test_a_null_investment_is_exactly_null() -> None:
    study = gw.compare(differing(1.5), ["nothing"], seed=1, threads=1, replications=4)
    assert (study.table()["npv"] == 0).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_equal_bits_for_any_number_of_threads(threads: int) -> None:
    model = differing(3).assign({"customer.churn": {"average": "3 %", "spend": 0.3}})
    tables = [gw.run(model, seed=1, replications=3, threads=n).table(by=["period"]) for n in (1, threads)]
    assert tables[0].equals(tables[1])


def test_an_effect_where_all_spend_alike_is_refused() -> None:
    with pytest.raises(gw.ModelError, match="all customers spend alike"):
        gw.Model(**SHOP).assign({"customer.churn": {"base": "3 %", "spend": 0.2}})


@pytest.mark.parametrize("cv", [-0.1, 11])
def test_the_coefficient_of_variation_has_bounds(cv: float) -> None:
    with pytest.raises(gw.ModelError, match="spend"):
        differing(cv)


def test_large_multipliers_do_not_overflow() -> None:
    # cv 10: one customer in a million pays 5,000 times the mean; amounts near the largest that are accepted
    tree = telecom(0.01, 0.0, 10, 0)
    tree["stages"]["customer"] |= {"fee": 1e12}
    total = gw.run(gw.Model(**tree), seed=1, replications=REPLICATIONS, threads=1).table()["revenue"].sum()
    assert 0.5 < total / (1e12 * AGENTS * 2.97) < 1.5
