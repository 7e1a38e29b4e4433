"""Uncertain assumptions: both variances, value of information, acceptability, against closed forms."""

import math
from collections.abc import Callable
from statistics import NormalDist

import goodwill as gw
import numpy as np
import pytest
from goodwill.analysis.uncertainty import percentages

SPREAD = {
    "gain": {"normal": [1.0, 2.0], "source": "pilot", "owner": "sales", "unit": "EUR"},
    "idle": {"low": 1, "best": 2, "high": 3},
}


def linear(agents: int = 200) -> gw.Model:
    """NPV is 60,000 x gain exactly: fees of 10,000 who never leave, six months, nothing discounted."""
    return gw.Model(
        horizon="6 months",
        agents=agents,
        currency="EUR",
        assumptions=SPREAD,
        segments={"all": {"count": 10_000, "tenure": 0}},
        stages={"customer": {"fee": 30, "churn": 0}},
        finance={"discount": 0},
        investments={
            "dearer": {"changes": {"customer.fee": {"add": "$gain"}}},
            "other": {"changes": {"customer.service_cost": {"set": "$idle"}}},
        },
        scenarios={"dearer": ["dearer"], "other": ["other"]},
    )


@pytest.fixture(scope="module")
def study() -> gw.Study:
    return gw.compare(linear(), ["dearer", "other"], draws=256, batches=2)


def test_p_npv_positive_and_evpi_are_the_closed_form(study: gw.Study) -> None:
    """Linear in a normal: P = Phi(mu / s), EVPI = the unit normal loss (Raiffa and Schlaifer 1961)."""
    mu, s = 60_000.0, 120_000.0
    normal = NormalDist()
    found = study.uncertainty("dearer")
    assert found.p_npv_positive == pytest.approx(normal.cdf(mu / s), abs=0.02)  # Sobol: 1 / 256 and its tail
    loss = mu * normal.cdf(mu / s) + s * normal.pdf(mu / s) - mu
    assert found.evpi == pytest.approx(loss, rel=0.05)
    assert math.sqrt(found.parameter_variance) == pytest.approx(s, rel=0.03)
    assert found.simulation_variance == pytest.approx(0, abs=1e-6)
    assert found.evpi >= 0


def test_what_does_not_matter_is_worth_nothing(study: gw.Study) -> None:
    found = study.uncertainty("dearer")
    table = found.table().set_index("assumption")
    assert table.loc["gain", "share"] > 0.95
    assert table.loc["idle", "evppi"] == 0
    assert table.loc["idle", "share"] == 0
    assert 0 < table.loc["gain", "evppi"] <= found.evpi
    assert 0 <= table.loc["gain", "evppi_null"] < table.loc["gain", "evppi"]
    assert table.loc["gain", "evppi_se"] > 0


def test_the_register_has_quantiles_source_owner_and_unit(study: gw.Study) -> None:
    row = study.uncertainty("dearer").table().set_index("assumption").loc["gain"]
    assert row["low"] == pytest.approx(1 + 2 * NormalDist().inv_cdf(0.1))
    assert row["high"] == pytest.approx(1 + 2 * NormalDist().inv_cdf(0.9))
    assert (row["best"], row["source"], row["owner"], row["unit"]) == (
        pytest.approx(1),
        "pilot",
        "sales",
        "EUR",
    )


def test_both_variances_are_reported(make_firm: Callable[..., gw.Model]) -> None:
    """Few agents: simulation adds to the spread of the draws, and its share is taken out of P(NPV > 0)."""
    model = make_firm(
        agents=400,
        assumptions={"effect": {"low": 0.4, "best": 0.5, "high": 0.6}},
        investments={"training": {"changes": {"help.call.failure": {"times": "$effect"}}}},
        scenarios={"train": ["training"]},
        events={},
    )
    study = gw.compare(model, ["train"], draws=16, batches=2)
    found = study.uncertainty("train")
    assert found.simulation_variance > 0
    means = np.asarray(study.npv_units(study.scenarios[0])).mean(axis=1)
    assert found.parameter_variance == pytest.approx(max(0.0, means.var(ddof=1) - found.simulation_variance))
    assert found.npv.var(ddof=1) == pytest.approx(found.parameter_variance, abs=1e-6)


def test_acceptability_falls_with_the_budget(study: gw.Study) -> None:
    budgets = [0, 60_000, "180_000"]
    table = study.acceptability(budgets)
    assert list(table["budget"].unique()) == [0, 60_000, 180_000]
    dearer = table[table["scenario"] == "dearer"]["probability"].to_numpy()
    for probability, limit in zip(dearer, (0, 60_000, 180_000), strict=True):
        assert probability == pytest.approx(1 - NormalDist(60_000, 120_000).cdf(limit), abs=0.02)
    assert (table[table["scenario"] == "other"]["probability"] == 0).all()


def test_payback_has_a_probability(study: gw.Study) -> None:
    model = linear().assign({"investments.dearer.cost": {"upfront": 60_000}})
    found = gw.compare(model, ["dearer"], draws=256, batches=2).uncertainty("dearer")
    # 10,000 x gain a month, so 60,000 are back within x months if gain > 6 / x.
    for months in (3, 6):
        expected = 1 - NormalDist(1, 2).cdf(6 / months)
        assert found.p_payback(months / 12 + 1e-9) == pytest.approx(expected, abs=0.02)
    with pytest.raises(ValueError, match="years is -1; it must be 0 or more"):
        found.p_payback(-1)


def test_an_outlay_that_is_drawn_is_the_same_wherever_it_stands() -> None:
    firm = gw.Model(
        horizon="6 months",
        assumptions={"outlay": {"low": 50, "best": 100, "high": 400}},
        segments={"all": {"count": 100}},
        stages={"customer": {"fee": 10, "churn": 0}},
        investments={"a": {"cost": {"upfront": "$outlay"}, "changes": {"customer.fee": {"add": 1}}}},
        scenarios={"a_alone": ["a"]},
    )
    study = gw.compare(firm, ["a_alone"], draws=16, batches=2)
    mean = study.assumption_draws()["outlay"].mean()
    assert mean > 110  # not the best value
    ((name, _, upfront, _),) = study.world("a_alone").flows
    assert name == "a"
    found = upfront[0], study.run("a_alone").investments()["upfront"].iloc[0], study.table()["cost"].iloc[0]
    assert found == pytest.approx((mean, mean, mean), rel=1e-12)


def test_without_draws_there_is_no_probability() -> None:
    study = gw.compare(linear(), ["dearer"], replications=2)
    with pytest.raises(ValueError, match="nothing is uncertain in this study"):
        study.uncertainty("dearer")
    with pytest.raises(ValueError, match="nothing is uncertain in this study"):
        study.acceptability([0])


def test_it_speaks(study: gw.Study) -> None:
    lines = repr(study.uncertainty("dearer")).splitlines()
    assert lines[0].startswith("Under the declared assumptions 'dearer' pays with probability")
    assert "gain explains" in lines[0]
    with pytest.raises(ValueError, match="budgets is empty"):
        study.acceptability([])


def test_what_the_model_reads_as_a_percentage(make_firm: Callable[..., gw.Model]) -> None:
    """Rates and shares, whether set or added to; not factors, money, points or unused assumptions."""
    changes = {
        "customer.margin": {"set": "$margin"},
        "customer.churn": {"add": "$churn"},
        "help.call.failure": {"times": "$factor"},
        "customer.fee": {"add": "$fee"},
        "help.letter.quality": {"add": "$points"},
        "young.arrivals": {"set": "$arrivals"},
        "orders.rate": {"set": "$orders"},
    }
    names = ("margin", "churn", "factor", "fee", "points", "response", "arrivals", "orders", "nobody")
    model = make_firm(
        assumptions={name: {"low": 0.5, "best": 0.6, "high": 0.7} for name in names},
        survey={"response": "$response"},
        investments={"training": {"changes": changes}},
        events={},
        scenarios={"train": ["training"]},
    )
    assert percentages(model) == {"margin", "churn", "response"}


def test_what_no_assumption_touches_has_no_probability(make_firm: Callable[..., gw.Model]) -> None:
    """Neither a scenario without effect nor one that costs the same in each draw, whatever is beside it."""
    model = make_firm(
        agents=400,
        horizon="6 months",
        assumptions={"effect": {"low": 0.4, "best": 0.5, "high": 0.6}},
        investments={
            "training": {"changes": {"help.call.failure": {"times": "$effect"}}},
            "nothing": {"start": 2},
            "wasted": {"cost": {"upfront": 12_000}},
        },
        events={},
        scenarios={"train": ["training"], "idle": ["nothing"], "waste": ["wasted"]},
    )
    study = gw.compare(model, draws=8, batches=2)
    table = study.table().set_index("scenario")
    assert list(study.npv_draws()) == ["train"]
    assert 0 <= table.loc["train", "p_npv_positive"] <= 1
    for name in ("idle", "waste"):
        assert table.loc[name, ["p_npv_positive", "npv_p10", "npv_p90"]].isna().all()
        with pytest.raises(ValueError, match=f"nothing is uncertain about '{name}'"):
            study.uncertainty(name)
        with pytest.raises(ValueError, match=f"nothing is uncertain about '{name}'"):
            study.acceptability([0], scenarios=[name])
    assert set(study.acceptability([0])["scenario"]) == {"train"}
    text = study.sentences()
    assert "in 80 % of the draws" in text[0]
    assert "pays with probability" in text[0]
    assert text[2].endswith("; all its numbers were taken as certain.")
    # An assumption of the firm itself makes no difference to an investment that costs the same in every draw.
    answer = {"low": 0.2, "best": 0.3, "high": 0.4}
    doubtful = model.assign({"assumptions.answer": answer, "survey": {"response": "$answer"}})
    of_firm = gw.compare(doubtful, ["waste"], draws=8, batches=2)
    assert of_firm.table()["p_npv_positive"].isna().all()


def test_an_assumption_that_nobody_uses_is_no_uncertainty(make_firm: Callable[..., gw.Model]) -> None:
    model = make_firm(agents=300, assumptions={"idle": {"low": 1, "best": 2, "high": 3}})
    study = gw.compare(model, ["train"])
    assert not study.uncertain
    assert study.replications == 30
    assert "probability" not in repr(study)
    assert "all its numbers were taken as certain" in study.sentences()[0]
    with pytest.raises(ValueError, match="draws is 8, and the model uses none of its assumptions"):
        gw.compare(model, ["train"], draws=8)
    assert any("the assumption idle is used nowhere" in text for text in gw.check(model).warnings)


def test_there_is_one_probability(make_firm: Callable[..., gw.Model]) -> None:
    """The same in the table, in `uncertainty`, at a budget of 0, and in a study of the scenario alone; with
    few agents, so that the correction has work to do."""
    model = make_firm(
        agents=400,
        horizon="12 months",
        assumptions={"effect": {"low": 0.3, "best": 0.6, "high": 1.2}, "fee": {"normal": [0.05, 0.1]}},
        investments={
            "training": {"changes": {"help.call.failure": {"times": "$effect"}}},
            "dearer": {"changes": {"customer.fee": {"add": "$fee"}, "help.call.failure": {"times": 1.1}}},
        },
        events={},
        scenarios={"train": ["training"], "dear": ["dearer"], "both": ["training", "dearer"]},
    )
    study = gw.compare(model, draws=64, batches=2)
    budget = study.acceptability([0]).set_index("scenario")
    for name in study.scenarios:
        alone = gw.compare(model, name, draws=64, batches=2).table().iloc[0]
        row, found = study.table().set_index("scenario").loc[name], study.uncertainty(name)
        assert found.simulation_variance > 0
        for end in ("", "_low", "_high"):
            column = f"p_npv_positive{end}"
            assert row[column] == getattr(found, column) == alone[column]
            assert row[column] == budget.loc[name, f"probability{end}"]
        draws = study.npv_draws()[name]
        np.testing.assert_array_equal(draws, found.npv)
        assert row["p_npv_positive"] == (draws > 0).mean()
        assert (row["npv_p10"], row["npv_p90"]) == pytest.approx(tuple(np.quantile(draws, (0.1, 0.9))))
        assert row["p_npv_positive_low"] <= row["p_npv_positive"] <= row["p_npv_positive_high"]


def test_an_event_has_no_chance_to_pay() -> None:
    model = linear().assign(
        {
            "events": {"cheaper": {"lasts": 6, "changes": {"customer.fee": {"add": "$gain"}}}},
            "scenarios": {"cheaper": ["cheaper"], "dearer": ["dearer"]},
        }
    )
    study = gw.compare(model, draws=8, batches=2)
    event = study.uncertainty("cheaper")
    assert repr(event).startswith("What 'cheaper' does to the NPV is ")
    assert "in 80 % of the draws; gain explains " in " ".join(repr(event).split())
    assert "pays with probability" not in repr(event)
    assert "pays with probability" in repr(study.uncertainty("dearer"))
    for sentence in study.sentences():
        assert ("pays with probability" in sentence) == (not sentence.startswith("'cheaper'"))
