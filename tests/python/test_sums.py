"""Sums of money are right to nine digits, or refused: never a silent overflow, never digits lost."""

from __future__ import annotations

import random
from fractions import Fraction

import goodwill as gw
import pytest
from goodwill.results.ledger import grouped


def firm(count: int, fee: object, **more: object) -> gw.Model:
    """Nobody leaves, so sums are known."""
    blocks: dict[str, object] = {
        "horizon": 12,
        "segments": {"all": {"count": count, "tenure": 0}},
        "stages": {"customer": {"fee": fee}},
        "finance": {"discount": 0},
    }
    return gw.Model(**{**blocks, **more})


def test_a_small_firm_with_large_customers() -> None:
    model = firm(12, 1_000_000, period="year", horizon=5)
    assert gw.check(model).ok
    assert gw.run(model).table(by=[])["revenue"].iloc[0] == 60e6
    assert gw.expect(model).table(by=[])["revenue"].iloc[0] == pytest.approx(60e6, rel=1e-12)


def test_what_no_customer_pays_is_refused() -> None:
    with pytest.raises(gw.ModelError, match=r"customer\.fee: '1e18' is out of bounds; accepted: 0 to"):
        firm(200, "1e18")
    for count in (200, 201, 10_000):
        total = gw.run(firm(count, "1e15")).table(by=[])["revenue"].iloc[0]
        assert total == pytest.approx(12e15 * count, rel=1e-9)


@pytest.mark.parametrize("fee", [1e-7, 1e-10, 0.1, 1 / 3, 123_456.789, 9.87e14])
def test_no_digit_is_lost(fee: float) -> None:
    model = firm(1_000, fee, scenarios={"nothing": []})
    table = gw.run(model).table(by=[]).iloc[0]
    assert table["revenue"] == pytest.approx(12_000 * fee, rel=1e-12)
    study = gw.compare(model, replications=2)
    world = grouped(study.world("baseline"), [])
    assert world.sum("fees")[0] == pytest.approx(12_000 * fee, rel=1e-12)
    value = gw.clv(model).table(by="origin").iloc[0]
    assert value["within_horizon"] == pytest.approx(12_000 * fee, rel=1e-12)


def test_a_small_amount_beside_a_huge_one() -> None:
    model = gw.Model(
        horizon=24,
        segments={"all": {"count": 1_000, "tenure": 0, "arrivals": 10, "acquisition_cost": "1e9"}},
        stages={"customer": {"fee": 0}},
        journeys={"bill": {"starts": "100 %", "touchpoints": {"letter": {"cost": 0.02}}}},
    )
    contacts = gw.run(model).touchpoints(by=[])["contacts"].iloc[0]
    total = gw.run(model).table(by=[]).iloc[0]
    assert total["touchpoint_cost"] == pytest.approx(0.02 * contacts, rel=1e-9)
    assert total["acquisition_cost"] == pytest.approx(240e9, rel=1e-9)


def test_amounts_too_far_apart_are_refused_by_name() -> None:
    stages = {"customer": {"fee": "1e15"}, "old": {"fee": "1e-12", "kind": "lapsed"}}
    stages["customer"]["moves"] = {"old": "1 %"}  # type: ignore[assignment]
    model = gw.Model(segments={"all": {"count": 100, "tenure": 0}}, stages=stages, scenarios={"nothing": []})
    with pytest.raises(gw.ModelError, match=r"1e-12 \(stage.old\) beside .*\(stage.customer\)"):
        gw.compare(model, replications=2)


@pytest.mark.parametrize("number", [120, pytest.param(1_200, marks=pytest.mark.full)])
def test_random_large_amounts_are_right_or_refused(number: int) -> None:
    luck, right, refused, too_large = random.Random(7), 0, 0, True
    for _ in range(number):
        count, fee = luck.randrange(1, 400), f"{10 ** luck.uniform(6, 20):.12g}"
        try:
            total = gw.run(firm(count, fee, horizon=2)).table(by=[])["revenue"].iloc[0]
        except gw.ModelError:
            refused += 1
            too_large = too_large and float(fee) > 1e15
            continue
        right += 1
        assert total == pytest.approx(float(Fraction(fee) * count * 2), rel=1e-9)
    assert too_large
    assert right > number / 2
    assert refused > number / 4


def test_expectations_are_double_throughout() -> None:
    model = firm(1_000, 19.99, horizon=1)
    table = gw.expect(model).table(by=[]).iloc[0]
    assert table["revenue"] == pytest.approx(19_990, rel=1e-14)  # 19.99 in single precision is off by 2e-8


def test_orders_of_different_value_are_added_up_exactly() -> None:
    model = gw.Model(
        horizon=6,
        segments={"all": {"count": 2_000, "tenure": 0}},
        stages={"customer": {"churn": "5 %"}},
        orders={"rate": 3, "value": 40, "value_cv": 0.8, "margin": "35 %"},
    )
    table = gw.run(model).table(by=[]).iloc[0]
    assert table["order_margin"] == pytest.approx(0.35 * table["revenue"], rel=1e-12)
    # 36,000 orders: 5 standard errors of 0.8 / sqrt(n)
    assert table["revenue"] == pytest.approx(40 * table["orders"], rel=5 * 0.8 / table["orders"] ** 0.5)


def test_many_orders_take_no_time_and_have_their_mean() -> None:
    model = gw.Model(
        horizon=12,
        segments={"all": {"count": 2_000, "tenure": 0}},
        stages={"customer": {}},
        orders={"rate": 2_000, "value": 3, "value_cv": 1},
    )
    table = gw.run(model).table(by=[]).iloc[0]
    customers = 24_000
    assert table["orders"] == pytest.approx(2_000 * customers, rel=5 / (2_000 * customers) ** 0.5)
    assert table["revenue"] == pytest.approx(3 * table["orders"], rel=5 / table["orders"] ** 0.5 + 3e-7)
    assert any("orders" in warning for warning in gw.check(model).warnings)


def test_referrals_of_a_firm_instead_of_a_customer_are_noticed_at_once() -> None:
    model = gw.Model(
        segments={"all": {"count": 20_000, "tenure": 0}},
        stages={"customer": {"fee": 1, "churn": "2 %"}},
        referrals={"rate": "400 / month"},
    )
    with pytest.raises(gw.ModelError, match="explode"):
        gw.run(model)


def test_what_the_machine_cannot_hold_is_refused_before_it_is_tried() -> None:
    # 10^5 periods x 10^6 replications: more than any machine has, and more than 2^31 however it is multiplied
    model = firm(10, 1, horizon=100_000, scenarios={"nothing": []})
    wanted = r"needs about [\d,.]+ GB of memory.*half of the machine's.*100,?000 periods"
    with pytest.raises(gw.ModelError, match=wanted):
        gw.run(model, replications=1_000_000)
    with pytest.raises(gw.ModelError, match=wanted):
        gw.compare(model, replications=1_000_000)
