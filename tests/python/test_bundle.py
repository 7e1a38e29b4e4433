"""Shares of a bundle: Shapley values against what can be worked out by hand."""

from collections.abc import Callable

import goodwill as gw
import numpy as np
import pytest
from goodwill.analysis import bundle
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


def test_above_eight_orders_are_sampled_with_an_error(
    monkeypatch: pytest.MonkeyPatch, study: gw.Study
) -> None:
    exact = study.shapley("both")
    monkeypatch.setattr(bundle, "EXACT", 2)
    sampled = study.shapley("both", permutations=6)
    assert sampled["shapley"].sum() == pytest.approx(exact["shapley"].sum(), rel=1e-9)
    assert (sampled["shapley_low"] - 1e-6 <= exact["shapley"]).all()
    assert (exact["shapley"] <= sampled["shapley_high"] + 1e-6).all()
    with pytest.raises(ValueError, match="permutations is 1; it must be a whole number from 2"):
        study.shapley("both", permutations=1)


def test_the_half_width_is_that_of_the_study(make_firm: Callable[..., gw.Model]) -> None:
    study = gw.compare(make_firm(agents=400), ["train"], replications=5)
    row = study.table().iloc[0]
    found = half_width(np.asarray(study.result.npv_units(0)), study.level)
    assert found == pytest.approx((row["npv_high"] - row["npv_low"]) / 2, rel=1e-9)
