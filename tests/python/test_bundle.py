"""Shares of a bundle: Shapley values against what can be worked out by hand."""

import itertools
import math
from collections.abc import Callable

import goodwill as gw
import numpy as np
import pytest
from goodwill.analysis.variants import half_width
from goodwill.text.vocabulary import EVENTS


def fees(**blocks: object) -> gw.Model:
    """Nobody leaves and nothing is discounted: six months of 1,000 customers' fee, an exact game."""
    parts: dict[str, object] = {
        "horizon": "6 months",
        "agents": 200,
        "segments": {"all": {"count": 1_000, "tenure": 0}},
        "stages": {"customer": {"fee": 30, "churn": 0}},
        "finance": {"discount": 0},
        "investments": {
            "add": {"changes": {"customer.fee": {"add": 10}}},
            "double": {"changes": {"customer.fee": {"times": 2}}},
            "cost": {"cost": {"upfront": 5_000}},
        },
        "events": {"loss": {"cost": {"upfront": 700}}},
        "scenarios": {"both": ["add", "double", "cost"], "loss": ["loss"], "all": ["loss", "add", "double"]},
        "compare": {},
    }
    return gw.Model(**{**parts, **blocks})


@pytest.fixture(scope="module")
def study() -> gw.Study:
    return gw.compare(fees(), ["both", "loss", "all"], replications=2)


def test_the_shares_are_those_worked_out_by_hand(study: gw.Study) -> None:
    """Per customer-period: add 10, double 30, both (30 + 10) x 2 - 30 = 50: shares 15 and 35."""
    table = study.shapley("both").set_index("investment")
    assert table.loc["add", "shapley"] == pytest.approx(15 * 6_000)
    assert table.loc["double", "shapley"] == pytest.approx(35 * 6_000)
    assert table.loc["cost", "shapley"] == pytest.approx(-5_000)
    assert table.loc["add", ["alone", "last"]].tolist() == pytest.approx([10 * 6_000, 20 * 6_000])
    assert table.loc["add", ["order_low", "order_high"]].tolist() == pytest.approx([60_000, 120_000])


def test_shapley_sums_to_the_bundles_npv(study: gw.Study) -> None:
    npv = study.table().set_index("scenario")["npv"]
    for scenario in ("both", "all"):
        assert study.shapley(scenario)["shapley"].sum() == pytest.approx(npv[scenario], rel=1e-9)


def test_shares_are_simulated_once(no_more_simulation: Callable[[], None]) -> None:
    study = gw.compare(fees(), ["both"], replications=2)
    first = study.shapley("both")
    first.loc[:, "shapley"] = 0.0
    no_more_simulation()
    assert study.shapley("both")["shapley"].sum() == pytest.approx(study.table()["npv"][0])


def test_events_of_the_scenario_are_a_row_of_their_own(study: gw.Study) -> None:
    table = study.shapley("all").set_index("investment")
    assert table.loc[EVENTS, "shapley"] == pytest.approx(-700)
    within = gw.compare(fees(compare={"all": "loss"}), ["all"], replications=2).shapley("all")
    assert list(within["investment"]) == ["add", "double"]
    with pytest.raises(ValueError, match="'loss' has no investments of its own"):
        study.shapley("loss")


def test_subsets_have_the_luck_of_the_study(make_firm: Callable[..., gw.Model]) -> None:
    """A bundle with anchored churn and drawn assumptions: alone is what the study of it alone says."""
    model = make_firm(
        agents=400,
        assumptions={"effect": {"low": 0.4, "best": 0.5, "high": 0.6}},
        investments={
            "training": {"start": 2, "changes": {"help.call.failure": {"times": "$effect"}}},
            "dearer": {"start": 4, "changes": {"customer.fee": {"add": 2}}},
        },
        events={},
        scenarios={"both": ["training", "dearer"], "train": ["training"]},
    )
    study = gw.compare(model, ["both", "train"], draws=8, batches=2)
    table = study.shapley("both").set_index("investment")
    npv = study.table().set_index("scenario")["npv"]
    assert table.loc["training", "alone"] == pytest.approx(npv["train"], rel=1e-12)
    assert table["shapley"].sum() == pytest.approx(npv["both"], rel=1e-9)
    assert (table["shapley_low"] < table["shapley"]).all()
    assert (table["order_low"] <= table["shapley"]).all()
    assert (table["shapley"] <= table["order_high"]).all()


def test_above_eight_orders_are_sampled_with_an_error() -> None:
    """Six that add 1 to the fee and three that double it, beside the mean over all subsets."""
    adding, doubling = [f"add_{k}" for k in range(6)], [f"double_{k}" for k in range(3)]
    players = [*adding, *doubling]
    investments = {name: {"changes": {"customer.fee": {"add": 1}}} for name in adding}
    investments |= {name: {"changes": {"customer.fee": {"times": 2}}} for name in doubling}
    study = gw.compare(fees(investments=investments, scenarios={"many": players}), replications=2)

    def value(some: set[str]) -> int:
        return 6_000 * ((30 + len(some & set(adding))) * 2 ** len(some & set(doubling)) - 30)

    sampled = study.shapley("many", permutations=20).set_index("investment")
    assert sampled["shapley"].sum() == pytest.approx(value({*players}), rel=1e-9)
    for name in players:
        rest = [player for player in players if player != name]
        exact = sum(
            (value({*some, name}) - value({*some})) / (9 * math.comb(8, size))
            for size in range(9)
            for some in itertools.combinations(rest, size)
        )
        row = sampled.loc[name]
        assert row["shapley_low"] < exact < row["shapley_high"]
        assert row["order_low"] <= exact <= row["order_high"]
    with pytest.raises(ValueError, match="permutations is 1; it must be a whole number from 2"):
        study.shapley("many", permutations=1)


def test_the_half_width_is_that_of_the_study(make_firm: Callable[..., gw.Model]) -> None:
    study = gw.compare(make_firm(agents=400), ["train"], replications=5)
    row = study.table().iloc[0]
    found = half_width(np.asarray(study.npv_units(study.scenarios[0])), study.level)
    assert found == pytest.approx((row["npv_high"] - row["npv_low"]) / 2, rel=1e-9)
