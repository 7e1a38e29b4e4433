"""Where a value comes from: flows, the bridge, shares of investments."""

import dataclasses
from collections.abc import Callable

import goodwill as gw
import numpy as np
import pytest

TERMS = gw.Terms(discount="9 %", tax="25 %", depreciation=1, prices="nominal", inflation="2 %", horizon=1)


@pytest.fixture(scope="module", params=[gw.Terms(timing="end"), TERMS], ids=["plain", "taxed"])
def study(request: pytest.FixtureRequest, make_firm: Callable[..., gw.Model]) -> gw.Study:
    return gw.compare(make_firm(agents=600), ["train", "strike"], terms=request.param, replications=4)


@pytest.mark.parametrize("by", ["year", "period"])
def test_flows_add_up_to_the_undiscounted_value(study: gw.Study, by: str) -> None:
    free = dataclasses.replace(study.question.terms, discount=0.0)
    study = gw.compare(study.model, study.scenarios, terms=free, replications=4)
    for value in study.table().to_dict("records"):
        table = study.flows(value["scenario"], by=by)
        within = table[table["horizon"] == "within"]
        assert within["net"].sum() == pytest.approx(value["npv"], rel=1e-9)
        assert (within["upfront"] + within["running"]).sum() == pytest.approx(value["cost"], rel=1e-9)
        assert within["tax"].sum() == pytest.approx(value["tax"], rel=1e-9, abs=1e-9)
        assert table["net"].iloc[-1] == pytest.approx(value["beyond_horizon"], rel=1e-9)
        assert list(table["horizon"]).count("beyond") == 1


def test_the_upfront_cost_is_where_it_was_spent(study: gw.Study) -> None:
    table = study.flows("train", by="period").set_index("period")
    growth = 1.02 ** (2 / 12) if study.terms.nominal else 1.0
    assert table["upfront"].loc[3] == pytest.approx(2_000 * growth)
    assert table["upfront"].loc[[1, 2, 4]].abs().sum() == 0


def test_a_flow_is_never_shifted_twice(study: gw.Study) -> None:
    """The bridge and the core have the same factors: the timing of the terms shifts a flow once."""
    for timing in ("start", "mid", "end"):
        terms = dataclasses.replace(study.question.terms, timing=timing)
        again = gw.compare(study.model, study.scenarios, terms=terms, replications=4, threads=2)
        for scenario, npv in zip(again.scenarios, again.table()["npv"], strict=True):
            assert again.bridge(scenario)["value"].sum() == pytest.approx(npv, rel=1e-9)


def test_half_a_period_of_horizon_is_rounded_alike_everywhere() -> None:
    model = gw.Model(
        period="year",
        horizon="5 years",
        segments={"firm": {"count": 500, "tenure": 3}},
        stages={"customer": {"fee": 10, "churn": 0.1}},
        investments={"up": {"changes": {"customer.fee": {"add": 1}}, "cost": {"upfront": 100}}},
        scenarios={"up": ["up"]},
    )
    for years, periods in ((0.5, 1), (2.5, 3)):
        study = gw.compare(model, terms=gw.Terms(horizon=years), replications=2)
        assert study.bridge("up", by="segment")["value"].sum() == pytest.approx(study.table()["npv"][0])
        assert (study.flows("up")["horizon"] == "within").sum() == periods


@pytest.mark.parametrize("by", [(), ("origin",), ("segment",), ("segment", "origin")])
def test_the_bridge_adds_up_to_the_cent(study: gw.Study, by: tuple[str, ...]) -> None:
    for scenario, npv in zip(study.scenarios, study.table()["npv"], strict=True):
        table = study.bridge(scenario, by=by)
        assert table["value"].sum() == pytest.approx(npv, rel=1e-6, abs=0.005)
        if by:
            one = study.bridge(scenario, by=())
            sums = table.groupby("step", sort=False)["value"].sum()
            np.testing.assert_allclose(sums, one["value"], atol=1e-6)


def test_a_change_of_fee_alone_is_the_step_fees(make_firm: Callable[..., gw.Model]) -> None:
    model = make_firm(
        agents=400,
        investments={"dearer": {"changes": {"customer.fee": {"add": 1}}}},
        scenarios={"dearer": ["dearer"]},
    )
    study = gw.compare(model, ["dearer"], replications=2)
    steps = study.bridge("dearer", by=()).set_index("step")["value"]
    assert steps["fees"] == pytest.approx(study.table()["npv"].iloc[0], rel=1e-9)
    assert steps["fees"] > 0
    assert steps.drop("fees").abs().max() < 1e-6 * steps["fees"]


def test_customers_kept_alone_are_the_step_customers(make_firm: Callable[..., gw.Model]) -> None:
    """Nothing but a stage's fee and churn: whoever stays brings the same contribution as before."""
    model = make_firm(
        agents=400,
        segments={"all": {"count": 2_000}},
        stages={"customer": {"fee": 30, "churn": "2 % / month"}},
        journeys={},
        orders={"rate": 0, "value": 12},
        referrals={"rate": 0},
        investments={"loyalty": {"changes": {"customer.churn": {"times": 0.5}}}},
        events={},
        scenarios={"loyalty": ["loyalty"]},
    )
    study = gw.compare(model, ["loyalty"], replications=2)
    steps = study.bridge("loyalty", by=()).set_index("step")
    npv = study.table()["npv"].iloc[0]
    assert steps.loc["customers", "value"] == pytest.approx(npv, rel=1e-9)
    assert npv > 0
    gained = study.flows("loyalty")["revenue"].sum() / 30
    assert steps.loc["customers", "customer_periods"] == pytest.approx(gained, rel=1e-9)


def test_wrong_names_are_answered(study: gw.Study) -> None:
    with pytest.raises(ValueError, match="no scenario 'trian'; did you mean 'train'"):
        study.flows("trian")
    with pytest.raises(ValueError, match="no key 'origins'; did you mean 'origin'"):
        study.bridge("train", by="origins")
    with pytest.raises(ValueError, match="no key 'month'"):
        study.flows("train", by="month")
