"""One assumption at a time: ends, order, anchoring anew, and flags."""

from collections.abc import Callable

import goodwill as gw
import pandas as pd
import pytest
from goodwill.analysis.tornado import structural


def linear(**blocks: object) -> gw.Model:
    """Nobody leaves: NPV is 6,000 x (gain - loss + 1) exactly."""
    parts: dict[str, object] = {
        "horizon": "6 months",
        "agents": 200,
        "assumptions": {
            "gain": {"low": 1, "best": 2, "high": 3, "source": "pilot", "unit": "EUR"},
            "loss": {"low": 1, "best": 2, "high": 4, "source": "guess"},
        },
        "segments": {"all": {"count": 1_000, "tenure": 0}},
        "stages": {"customer": {"fee": 30, "churn": 0, "service_cost": 1}},
        "finance": {"discount": 0},
        "investments": {
            "offer": {
                "changes": {"customer.fee": {"add": "$gain"}, "customer.service_cost": {"times": "$loss"}}
            }
        },
        "scenarios": {"offer": ["offer"]},
    }
    return gw.Model(**{**parts, **blocks})


@pytest.fixture(scope="module")
def learning(make_firm: Callable[..., gw.Model]) -> gw.Study:
    model = make_firm(
        agents=400,
        horizon="12 months",
        events={},
        scenarios={"train": ["training"]},
        assumptions={"effect": {"low": 0.3, "best": 0.5, "high": 0.7, "source": "pilot"}},
        investments={"training": {"changes": {"help.call.failure": {"times": "$effect"}}}},
    )
    return gw.compare(model, ["train"], draws=8, batches=2)


def test_ends_are_the_10_and_90_percent_quantiles() -> None:
    study = gw.compare(linear(), ["offer"], draws=8, batches=2)
    table = study.tornado("offer", structure=False, replications=2).set_index("assumption")
    assert list(table.index) == ["loss", "gain"], "the largest swing first"
    gain, loss = table.loc["gain"], table.loc["loss"]
    assert (gain["low"], gain["best"], gain["high"]) == pytest.approx((1, 2, 3))
    # fee +gain, service cost of 1 becomes `loss`: 6,000 x (gain - (loss - 1))
    assert [gain["npv_at_low"], gain["npv_at_best"], gain["npv_at_high"]] == pytest.approx([0, 6_000, 12_000])
    assert [loss["npv_at_low"], loss["npv_at_high"]] == pytest.approx([12_000, -6_000])
    assert loss["swing"] == pytest.approx(-18_000)
    assert gain["swing_high"] - gain["swing_low"] == pytest.approx(0, abs=1e-6)
    assert table["extremes_at_ends"].all()
    assert gain["source"] == "pilot"


def test_structural_assumptions_are_there_by_default_with_their_sources(learning: gw.Study) -> None:
    table = learning.tornado("train", replications=2)
    assert set(table["kind"]) == {"declared", "structural"}
    named = table[table["kind"] == "structural"].set_index("assumption")
    assert set(named.index) == {
        "experience.loss_aversion",
        "experience.learning",
        "satisfaction to leaving",
        "failures to leaving",
        "satisfaction to orders",
    }
    assert named["source"].str.len().min() > 20
    loss = named.loc["experience.loss_aversion", ["low", "best", "high"]]
    assert loss.tolist() == pytest.approx([1, 2, 3])
    assert (table["swing"].abs().diff().dropna() <= 0).all()
    declared = learning.tornado("train", structure=False, replications=2)
    assert list(declared["kind"]) == ["declared"]
    assert table.loc[table["kind"] == "declared", "swing"].iloc[0] == declared["swing"].iloc[0]


def test_both_ends_have_the_luck_of_the_study(learning: gw.Study) -> None:
    """The NPV at the best values is that of the study at best values, unit by unit, on the same luck."""
    table = learning.tornado("train", structure=False, replications=4)
    same = gw.compare(learning.model, ["train"], replications=4).table().iloc[0]
    assert table["npv_at_best"].iloc[0] == pytest.approx(same["npv"], rel=1e-12)
    assert table["npv_at_best_low"].iloc[0] == pytest.approx(same["npv_low"], rel=1e-9)


def test_structural_ends_reproduce_the_observed_figures(learning: gw.Study) -> None:
    """Churn was observed at 2 % a month; another effect of satisfaction must not change that."""
    (effect,) = (one for one in structural(learning.model) if one.name == "satisfaction to leaving")
    assert effect.paths == ("stages.customer.churn.satisfaction",)
    changed = learning.model.assign({effect.paths[0]: -0.4 * effect.high})
    assert changed["customer.churn.average"] == pytest.approx(0.02)
    before, after = (
        gw.run(model.assign({"agents": 3_000}), replications=4).table(by="year")
        for model in (learning.model, changed)
    )
    assert after["churn"].iloc[0] == pytest.approx(before["churn"].iloc[0], abs=0.001)


def test_extremes_that_are_not_at_the_ends_are_flagged() -> None:
    """A fee of x at a margin of x / 2, less a cost of x: 3,000 (x - 1) squared, least at the best value."""
    model = linear(
        assumptions={"x": {"low": 0.85, "best": 1, "high": 1.15}},
        stages={"customer": {"fee": 1, "churn": 0, "service_cost": 1, "margin": "50 %"}},
        investments={
            "offer": {
                "changes": {
                    "customer.fee": {"times": "$x"},
                    "customer.margin": {"times": "$x"},
                    "customer.service_cost": {"times": "$x"},
                }
            }
        },
    )
    study = gw.compare(model, ["offer"], draws=8, batches=2)
    row = study.tornado("offer", structure=False, replications=2).iloc[0]
    ends = [row["npv_at_low"], row["npv_at_best"], row["npv_at_high"]]
    assert ends == pytest.approx([67.5, 0, 67.5], abs=0.05)
    assert not row["extremes_at_ends"]


def test_a_model_without_assumptions_has_structural_ones_only(make_firm: Callable[..., gw.Model]) -> None:
    study = gw.compare(make_firm(agents=300, horizon="6 months"), ["train"], replications=2)
    assert set(study.tornado("train")["kind"]) == {"structural"}
    assert study.tornado("train", structure=False).empty
    with pytest.raises(ValueError, match="no scenario 'trian'"):
        study.tornado("trian")
    with pytest.raises(ValueError, match=r"replications is 1; .* \(an interval needs two\)"):
        study.tornado("train", replications=1)


def test_all_scenarios_are_simulated_together_and_once(
    make_firm: Callable[..., gw.Model], no_more_simulation: Callable[[], None]
) -> None:
    model = make_firm(agents=400, horizon="8 months")
    alone = gw.compare(model, ["train"], replications=2).tornado("train")
    study = gw.compare(model, ["train", "strike"], replications=2)
    first = study.tornado("train")
    pd.testing.assert_frame_equal(first, alone)
    first.loc[:, "swing"] = 0.0
    no_more_simulation()
    pd.testing.assert_frame_equal(
        study.tornado("train"), alone
    )  # and changes by a caller stay with the caller
    assert (study.tornado("strike")["swing"] != 0).any()
    assert study.tornado("strike", threads=1).equals(study.tornado("strike", replications=2))


def test_every_effect_that_is_not_declared_is_a_candidate() -> None:
    """Of all responses: leaving (a stage that is as good as lost among them), moves, starts of journeys,
    orders, referrals and answers; with what a segment sets for itself."""
    model = gw.Model(
        horizon="6 months",
        agents=400,
        assumptions={"pull": {"low": 0.1, "best": 0.2, "high": 0.3}},
        segments={
            "a": {"count": 600},
            "b": {"count": 400, "changes": {"customer.churn.trust": {"set": -0.4}}},
        },
        stages={
            "customer": {
                "fee": 20,
                "churn": {"base": "2 %", "satisfaction": -0.3, "failures": "$pull", "frailty": 0.2},
                "moves": {
                    "dormant": {"base": "1 %", "satisfaction": -0.2},
                    "notice": {"base": "1 %", "satisfaction": -0.5},
                },
            },
            "dormant": {"moves": {"customer": {"base": "5 %", "trust": 0.5}}},
            "notice": {"churn": "100 %"},
        },
        journeys={
            "help": {"starts": {"base": "20 %", "failures": 0.5}, "touchpoints": {"call": {"failure": 0.2}}}
        },
        orders={"rate": {"base": 0.2, "satisfaction": 0.2}, "value": 10},
        referrals={"rate": {"base": 0.01, "satisfaction": 0.4, "recovered": 0.3}},
        survey={"response": {"base": "20 %", "extreme": 0.3}},
        investments={"better": {"changes": {"help.call.failure": {"times": 0.5}}}},
        scenarios={"better": ["better"]},
    )
    found = {one.name: one for one in structural(model)}
    assert set(found) == {
        "experience.loss_aversion",
        "experience.learning",
        "satisfaction to leaving",
        "trust to leaving",
        "satisfaction to moves",
        "trust to moves",
        "failures to starts of journeys",
        "satisfaction to orders",
        "satisfaction to referrals",
        "recovered to referrals",
        "extreme to answers to surveys",
    }, "the effect of failures on leaving is declared, and frailty is no effect"
    assert found["satisfaction to leaving"].paths == (
        "stages.customer.churn.satisfaction",
        "stages.customer.moves.notice.satisfaction",
    )
    study = gw.compare(model, "better", draws=8, batches=2)
    table = study.tornado("better", replications=2).set_index("assumption")
    assert set(found) < set(table.index)
    for name in ("failures to starts of journeys", "satisfaction to orders", "trust to leaving"):
        assert table.loc[name, "npv_at_low"] != table.loc[name, "npv_at_high"], name
    assert table.loc["failures to starts of journeys", ["low", "best", "high"]].tolist() == [0.25, 0.5, 0.75]
    assert table.loc["satisfaction to leaving", "unit"] == "times the model's"
    axes = study.plot.tornado("better", replications=2, most=3)
    moving = (table["npv_at_low"] != table["npv_at_best"]) | (table["npv_at_high"] != table["npv_at_best"])
    assert f"(and {moving.sum() - 3} more, with smaller swings)" in axes.get_title(loc="left")


def test_an_assumption_that_is_skewed_on_the_plain_scale_only() -> None:
    """A rare share is spread on the log-odds scale; at given values nothing says so any more."""
    model = gw.Model(
        horizon=6,
        assumptions={"made_good": {"low": 3.3e-6, "best": 4.4e-5, "high": 5.8e-4}},
        segments={"all": {"count": 500}},
        stages={"customer": {"fee": 10, "churn": {"average": "2 %", "satisfaction": -0.2}}},
        journeys={
            "help": {"starts": "50 %", "touchpoints": {"call": {"failure": "20 %", "recovery": "$made_good"}}}
        },
        investments={"course": {"changes": {"help.call.failure": {"times": 0.5}}, "cost": {"upfront": 10}}},
        scenarios={"course": ["course"]},
    )
    study = gw.compare(model, "course", draws=16, batches=2)
    assert "made_good" in set(study.tornado("course", structure=False)["assumption"])


def test_observed_rows_of_a_table_by_tenure_are_anchored_anew() -> None:
    model = gw.Model(
        horizon=24,
        agents=2_000,
        assumptions={"early": {"low": "3 %", "best": "5 %", "high": "8 %"}},
        segments={"all": {"count": 2_000, "arrivals": 60}},
        stages={
            "customer": {
                "fee": 30,
                "churn": {"by_tenure": {"0 months": "$early", "12 months": "2 %"}, "satisfaction": -0.3},
            }
        },
        journeys={"help": {"starts": "50 %", "touchpoints": {"call": {"failure": "20 %"}}}},
        investments={"course": {"changes": {"help.call.failure": {"times": 0.2}}, "cost": {"upfront": 10}}},
        scenarios={"course": ["course"]},
    )
    table = gw.compare(model, "course", draws=16, batches=2).tornado("course", structure=False)
    assert abs(table["swing"].iloc[0]) > 0


def test_rows_of_a_table_are_no_effects() -> None:
    model = gw.Model(
        horizon=6,
        segments={"all": {"count": 10}},
        stages={"customer": {"churn": {"0 months": "5 %", "12 months": "2 %"}}},
    )
    assert not [one.name for one in structural(model) if "leaving" in one.name]
