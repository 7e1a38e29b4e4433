"""Goals met or missed."""

from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import numpy as np
import pytest
from goodwill.analysis.goals import INDICATORS

GOALS = {
    "nps": {"at_least": -100, "by": "month 4"},
    "churn": {"at_most": 0.0},
    "customers": {"at_least": 2_000, "at_most": 4_000},
}


@pytest.fixture(scope="module")
def study(make_firm: Callable[..., gw.Model]) -> gw.Study:
    return gw.compare(make_firm(agents=600, goals=GOALS), ["train"], replications=4)


def test_goals_are_those_of_the_tables(study: gw.Study) -> None:
    table = study.goals().set_index(["goal", "scenario"])
    runs = study.run("train").table(by="period").set_index("period")
    nps, customers = table.loc[("nps", "train")], table.loc[("customers", "train")]
    assert (nps["period"], customers["period"]) == (4, 18)
    assert nps["value"] == pytest.approx(runs.loc[4, "nps"], abs=0.5)
    assert customers["value"] == pytest.approx(runs.loc[18, "customers_end"], rel=0.02)
    assert nps["met"]
    assert np.isnan(nps["probability"]), "nothing is uncertain"
    assert not table.loc[("churn", "baseline"), "met"]
    assert np.isnan(table.loc[("churn", "baseline"), "probability"])
    assert nps["reason"] == ""
    assert customers["value_low"] < customers["value"] < customers["value_high"]


def test_a_study_says_which_goals_are_met(study: gw.Study) -> None:
    table = study.goals().set_index(["goal", "scenario"])
    value = table.loc[("customers", "train"), "value"]
    lines = {line.split("  ")[0]: line for line in repr(study).splitlines()}
    customers = lines["customers at least 2,000, at most 4,000, month 18"]
    assert customers.split()[-2:] == [f"{value:,.0f}", "met"]
    assert lines["churn at most 0 % / month, month 18"].endswith("missed")
    assert "nps at least -100, month 4" in lines
    assert all(goal in study._repr_html_() for goal in ("customers at least", "churn at most"))


@pytest.mark.parametrize("unit", ["month", "week"])
def test_a_rate_is_asked_for_with_its_unit(
    make_firm: Callable[..., gw.Model], tmp_path: Path, unit: str
) -> None:
    stages = {
        "lead": {"kind": "prospect", "moves": {"customer": "20 % / month"}},
        "customer": {"churn": "2 % / month", "moves": {"lead": "1 % / month"}},
    }
    rates = {"conversion": {"at_least": "10 % / year"}, "churn": {"at_least": 0, "at_most": 0.5}}
    goals = {**rates, "csat": {"at_least": 0.5}}
    firm = make_firm(agents=300, period=unit, horizon="6 months", stages=stages, goals=goals)
    study = gw.compare(firm, ["train"], replications=2)
    last, page = study.result.periods, study.to_html(tmp_path / "case.html")
    assert f"churn at least 0 % / {unit}, at most 50.0 % / {unit}, {unit} {last}" in repr(study)
    assert f" % / {unit}, {unit} {last}" in repr(study).split("conversion at least")[1].splitlines()[0]
    assert f"csat at least 50.0 %, {unit} {last}" in repr(study)
    assert f"at most 50.0 % / {unit}, {unit} {last}</td>" in page.read_text(encoding="utf-8")


def test_every_indicator_the_grammar_knows_is_kept(make_firm: Callable[..., gw.Model]) -> None:
    with pytest.raises(gw.ModelError) as refused:
        make_firm(goals={"clv": {"at_least": 1}})
    assert all(name in str(refused.value) for name in INDICATORS)
    goals = {name: {"at_least": 1 if name == "ces" else 0} for name in INDICATORS}
    with pytest.raises(gw.ModelError, match="conversion needs a stage of kind prospect"):
        make_firm(goals=goals)
    lead = {"kind": "prospect", "moves": {"customer": "20 %"}}
    stages = {"customer": {"fee": 10, "churn": "2 %", "moves": {"lead": "1 %"}}, "lead": lead}
    with pytest.raises(gw.ModelError, match="ces needs a touchpoint"):
        make_firm(stages=stages, goals=goals)
    journeys = {"help": {"starts": "20 %", "touchpoints": {"call": {"failure": "20 %", "effort": 4}}}}
    firm = make_firm(agents=300, stages=stages, journeys=journeys, goals=goals)
    table = gw.compare(firm, ["train"], replications=2).goals()
    assert sorted(set(table["goal"])) == sorted(INDICATORS)
    csat = table.set_index(["goal", "scenario"]).loc[("csat", "train"), "value"]
    assert 0.2 < csat < 1


def test_where_nobody_is_left_there_is_a_reason_and_no_verdict() -> None:
    model = gw.Model(
        horizon=3,
        segments={"all": {"count": 300, "tenure": 0}},
        stages={"customer": {"churn": 1}},
        scenarios={"nothing": []},
        goals={"csat": {"at_least": 0.5}},
    )
    row = gw.compare(model, replications=2).goals().iloc[0]
    assert row["reason"] == "nobody is there to ask in period 3"
    assert row["met"] is None
    assert np.isnan(row["probability"])


def test_a_goal_is_not_doubtful_and_ends_with_the_terms(make_firm: Callable[..., gw.Model]) -> None:
    with pytest.raises(gw.ModelError, match=r"goals.churn.at_most: '\$x': this belongs to the definition"):
        make_firm(
            assumptions={"x": {"low": 0.01, "best": 0.02, "high": 0.03}}, goals={"churn": {"at_most": "$x"}}
        )
    model = make_firm(agents=300, goals={"nps": {"at_least": 0}, "measured_nps": {"at_least": 0, "by": 2}})
    asked_nobody = model.assign({"survey": {"response": 0}})
    study = gw.compare(asked_nobody, ["train"], terms=gw.Terms(horizon=1), replications=2)
    table = study.goals().set_index(["goal", "scenario"])
    assert table.loc[("nps", "train"), "period"] == 12
    assert table.loc[("measured_nps", "train"), "reason"] == "nobody was asked in period 2"


def test_probability_over_draws_is_that_of_the_assumption(make_firm: Callable[..., gw.Model]) -> None:
    """Customers at the end fall with the share reached by a campaign that drives them away: half of the draws
    lie below the value at the median."""
    model = make_firm(
        agents=600,
        horizon="6 months",
        assumptions={"strength": {"low": 1.2, "best": 2, "high": 3.5}},
        investments={"scare": {"changes": {"customer.churn": {"times": "$strength"}}}},
        events={},
        scenarios={"scare": ["scare"]},
        goals={"customers": {"at_least": 0}},
    )
    first = gw.compare(model, ["scare"], draws=32, batches=2)
    scare = first.world("scare")
    median = float(np.median(scare.firm[:, scare.index["end"], -1]))
    study = gw.compare(
        model.assign({"goals.customers.at_least": round(median)}), ["scare"], draws=32, batches=2
    )
    table = study.goals().set_index("scenario")
    assert table.loc["scare", "probability"] == pytest.approx(0.5, abs=0.15)
    low, high = table.loc["scare", ["probability_low", "probability_high"]]
    assert 0 < low < 0.5 < high < 1
    assert np.isnan(table.loc["baseline", "probability"]), "the campaign is no part of it"
    assert table.loc["baseline", "met"]


@pytest.mark.parametrize(
    "options", [{"survival_weights": True}, {"survival_weights": False}, {"agents": 2000}]
)
def test_where_nothing_is_uncertain_a_goal_is_met_or_missed(options: dict[str, object]) -> None:
    """The firm's own luck is in no simulated share: 25,000 x .99^24 = 19,642 customers are expected, and
    whether 19,700 are reached must not depend on the number simulated."""
    model = gw.Model(
        horizon=24,
        agents=options.pop("agents", 400),
        segments={"all": {"count": 25_000, "tenure": 0}},
        stages={"customer": {"churn": "1 %"}},
        investments={"nothing": {}},
        scenarios={"nothing": ["nothing"]},
        goals={"customers": {"at_least": 19_700}},
    )
    row = gw.compare(model, replications=30, **options).goals().iloc[0]  # type: ignore[arg-type]
    assert np.isnan(row[["probability", "probability_low", "probability_high"]].astype(float)).all()
    assert row["value_low"] - 0.1 <= 25_000 * 0.99**24 <= row["value_high"] + 0.1  # fixed point
    assert row["met"] == (row["value"] >= 19_700)
    straddles = row["value_low"] < 19_700 < row["value_high"]
    assert row["reason"] == ("by the mean; its interval reaches across the goal" if straddles else "")


def test_a_model_without_goals_has_an_empty_table(make_firm: Callable[..., gw.Model]) -> None:
    table = gw.compare(make_firm(agents=300, horizon="6 months"), ["train"], replications=2).goals()
    assert table.empty
    assert list(table.columns)[:2] == ["goal", "scenario"]
