"""Break-even and goal seek against roots that are known."""

from collections.abc import Callable

import goodwill as gw
import pytest


def firm(**blocks: object) -> gw.Model:
    """Nobody leaves, nothing is discounted: a fee of +x brings 6,000 x, less what the offer costs."""
    parts: dict[str, object] = {
        "horizon": "6 months",
        "agents": 200,
        "segments": {"all": {"count": 1_000, "tenure": 0}},
        "stages": {"customer": {"fee": 30, "churn": 0, "service_cost": 1, "margin": "50 %"}},
        "finance": {"discount": 0},
        "investments": {"offer": {"changes": {"customer.fee": {"add": 3}}, "cost": {"upfront": 6_000}}},
        "scenarios": {"offer": ["offer"]},
    }
    return gw.Model(**{**parts, **blocks})


@pytest.fixture(scope="module")
def study() -> gw.Study:
    return gw.compare(firm(), ["offer"], replications=2)


def test_the_root_is_the_one_worked_out_by_hand(study: gw.Study) -> None:
    """Half of 6,000 x is margin: 3,000 x = 6,000."""
    found = study.break_even("offer", "customer.fee")
    assert found.path == "investments.offer.changes.customer.fee.add"
    assert found.now == 3
    assert found.unique
    row = found.roots.iloc[0]
    assert row["root"] == pytest.approx(2, abs=1e-6)
    assert row["slope"] == pytest.approx(3_000)
    assert row["high"] - row["low"] == pytest.approx(0, abs=1e-6)
    assert "breaks even at investments.offer.changes.customer.fee.add = 2" in repr(found)


def test_goal_seek_on_any_path(study: gw.Study) -> None:
    upfront = study.break_even("offer", "investments.offer.cost.upfront", target="1_000")
    assert upfront.roots["root"].iloc[0] == pytest.approx(8_000, abs=0.1)
    margin = study.break_even("offer", "customer.margin", high=1)
    assert margin.path == "stages.customer.margin"
    assert margin.roots["root"].iloc[0] == pytest.approx(1 / 3, abs=1e-5)


def test_no_root_in_range_is_said(study: gw.Study) -> None:
    found = study.break_even("offer", "customer.fee", low=3, high=4)
    assert found.roots.empty
    assert found.reason == "no root in range: from 3 to 4 the value stays above the target"
    idle = study.break_even("offer", "customer.service_cost")
    assert idle.reason == "no root in range: stages.customer.service_cost does not change the value"


def test_several_roots_are_said() -> None:
    """1,000 are paid, 2,300 come in a year later, 1,320 are paid another year later: 0 at 10 and at 20 %."""
    once = {"lasts": "1 year"}
    model = firm(
        period="year",
        horizon="3 years",
        stages={"customer": {"fee": 10, "margin": 1, "churn": 0}},
        finance={"discount": "15 %", "timing": "start"},
        investments={
            "before": {**once, "cost": {"running": 1_000}},
            "gain": {**once, "start": 2, "changes": {"customer.fee": {"add": 2.3}}},
            "after": {**once, "start": 3, "cost": {"running": 1_320}},
        },
        scenarios={"offer": ["before", "gain", "after"]},
    )
    study = gw.compare(model, ["offer"], replications=2)
    found = study.break_even("offer", "finance.discount", low=0.05, high=0.4)
    assert found.roots["root"].tolist() == pytest.approx([0.1, 0.2], abs=1e-5)
    assert not found.unique
    assert found.reason == "2 roots from 0.05 to 0.4"
    assert "0.1 (0.1 to 0.1), 0.2 (0.2 to 0.2)" in repr(found)


def test_the_interval_of_the_root_is_that_of_the_value(make_firm: Callable[..., gw.Model]) -> None:
    study = gw.compare(make_firm(agents=400, horizon="12 months"), ["train"], replications=4)
    upfront = "investments.training.cost.upfront"
    found = study.break_even("train", upfront, target=-100_000, low=0, high=200_000, points=2)
    row, npv = found.roots.iloc[0], study.table().iloc[0]
    half = (npv["npv_high"] - npv["npv_low"]) / 2
    # Upfront money due after two months: each unit costs its discounted value.
    assert row["slope"] == pytest.approx(-(1.1 ** (-2 / 12)), rel=1e-6)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(half * 1.1 ** (2 / 12), rel=1e-6)
    assert row["root"] == pytest.approx(2_000 + (npv["npv"] + 100_000) * 1.1 ** (2 / 12), rel=1e-6)


def test_wrong_paths_are_answered(study: gw.Study) -> None:
    with pytest.raises(gw.ModelError, match=r"'customer\.feee' is not a path"):
        study.break_even("offer", "customer.feee")
    with pytest.raises(ValueError, match=r"low is 4 and high 3; low must be below high"):
        study.break_even("offer", "customer.fee", low=4, high=3)
    with pytest.raises(ValueError, match="must be that of a number"):
        study.break_even("offer", "stages.customer.kind")
