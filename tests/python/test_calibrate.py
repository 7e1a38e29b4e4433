"""`goodwill.fit`: targets in, estimates out, and what it says about both."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.analysis.targets import CONTRIBUTION, MEANS, NAMES, STOCKS, measured
from goodwill.cli import main
from goodwill.data.targets import read_targets
from goodwill.data.varied import read_varied
from goodwill.engine.anchoring import anchored
from goodwill.engine.counts import counts
from numpy.testing import assert_allclose


def firm(period: str = "month", **blocks: Any) -> gw.Model:
    parts = {
        "name": "Firm",
        "period": period,
        "horizon": "2 years",
        "agents": 2_000,
        "segments": {
            "flex": {"count": 6_000, "arrivals": "100 / month"},
            "loyal": {"count": 4_000, "changes": {"customer.churn": {"set": "0.8 % / month"}}},
        },
        "stages": {"customer": {"fee": "30 / month", "churn": {"base": "2 % / month", "satisfaction": -0.4}}},
        "journeys": {
            "help": {"starts": "0.4 / month", "touchpoints": {"call": {"failure": "15 %", "cost": 5}}}
        },
        "survey": {"response": "20 %"},
        **blocks,
    }
    return gw.Model(**parts)


@cache
def fitted() -> gw.Calibration:
    """Two numbers and three targets that agree."""
    targets = pd.DataFrame(
        [
            ("churn", "flex", 0.025, None, 20_000),
            ("call.failure", None, 0.20, None, 900),
            ("nps", "", -40, 3, None),
        ],
        columns=["indicator", "segment", "value", "se", "n"],
    )
    vary = {"customer.churn": ("1 % / month", "4 % / month"), "help.call.failure": (0.05, 0.3)}
    return gw.fit(firm(), targets, vary={**vary, "help.call.quality": (6, 9)}, replications=5)


def test_targets_are_reached_and_shown() -> None:
    found = fitted()
    table = found.targets()
    assert list(table["verdict"]) == ["reached"] * 3
    assert_allclose(table["got"][:2], [0.025, 0.2], rtol=0.05)  # a standard error of 4 and 7 %
    assert table["to"].tolist() == [12, 12, 12]
    assert_allclose(table["se"][1], np.sqrt(0.2 * 0.8 / 900), rtol=0.01)
    assert (table["got_se"] < table["se"]).all()
    text = " ".join(repr(found).split())
    assert "3 numbers of 'Firm' fitted to 3 targets in" in text
    assert "all are reached, as so many numbers nearly always can" in text
    assert "reached" in found._repr_html_()
    assert found.warnings == []


def test_the_table_of_numbers_has_prior_and_posterior() -> None:
    table = fitted().table().set_index("parameter")
    assert list(table.index) == ["customer.churn", "help.call.failure", "help.call.quality"]
    assert_allclose(table.loc["customer.churn", ["prior_low", "prior_high"]].astype(float), [0.01, 0.04])
    assert (table["low"] < table["best"]).all()
    assert (table["best"] < table["high"]).all()
    assert table["narrowed"].between(0.4, 1).all()
    assert fitted().parameters.links == ("logit", "logit", "plain")


def test_the_model_has_the_estimates_as_correlated_assumptions(tmp_path: Path) -> None:
    found = fitted()
    model = found.model()
    assert model["customer.churn"]["base"] == "$customer_churn"
    declared = model["assumptions"]["help_call_quality"]
    assert declared["source"].startswith("fitted to 3 targets")
    assert any("correlation" in model["assumptions"][name] for name in model["assumptions"])
    assert found.write(tmp_path / "fitted.yaml").read_text(encoding="utf-8") == model.to_yaml()
    assert gw.read(tmp_path / "fitted.yaml") == model
    assert_allclose(found.best["help.call.failure"], found.values["help.call.failure"])
    draws = found.draws(5_000, seed=2)
    assert_allclose(draws["help.call.quality"].std(), found.table()["standard_error"][2], rtol=0.05)
    churn = gw.run(model, draws=8).table(by=["segment"]).set_index("segment")["churn"]
    assert 0.02 < churn["flex"] < 0.03
    other = found.model(firm(horizon="1 year"))
    assert other.horizon == 12
    with pytest.raises(ValueError, match="leave segment out"):
        found.model(segment="flex")


def test_names_of_assumptions_are_free() -> None:
    model = firm(
        assumptions={"help_call_quality": {"low": 20, "best": 30, "high": 40}},
        stages={"customer": {"fee": "$help_call_quality", "churn": "2 % / month"}},
    )
    targets = [{"indicator": "satisfaction", "value": 6.8, "se": 0.1}]
    found = gw.fit(model, targets, vary={"help.call.quality": (6, 9)}, replications=4, rounds=2)
    assert found.model()["help.call.quality"] == "$help_call_quality_fitted"


def test_assumptions_of_the_model_are_fitted_in_their_place() -> None:
    model = firm(
        assumptions={"good": {"low": 6, "best": 7, "high": 9, "source": "a guess"}},
        journeys={"help": {"starts": 0.4, "touchpoints": {"call": {"quality": "$good", "failure": 0.15}}}},
    )
    targets = [{"indicator": "satisfaction", "value": 7.1, "se": 0.02}]
    found = gw.fit(model, targets, vary={"assumptions.good": (6, 9)}, replications=4)
    alone = gw.fit(model, targets, vary={"help.call.quality": (6, 9)}, replications=4)
    assert_allclose(found.values["assumptions.good"], alone.values["help.call.quality"], rtol=1e-9)
    declared = found.model()["assumptions.good"]
    assert declared["source"].startswith("fitted to 1 target")
    assert declared["low"] < declared["best"] < declared["high"]
    assert found.model()["help.call.quality"] == "$good"
    assert found.best["assumptions.good"]["best"] == declared["best"]


def test_the_same_question_has_the_same_bits() -> None:
    targets = [{"indicator": "churn", "value": 0.02, "n": 5_000}]
    found = [
        gw.fit(firm(), targets, vary={"customer.churn": (0.01, 0.04)}, replications=4, threads=threads)
        for threads in (1, 2)
    ]
    assert found[0] == found[1]


def test_indicators_are_those_of_the_table_of_a_run() -> None:
    """Teams: no survival weights, so that both simulate the same lives."""
    model = gw.example("dental").assign({"agents": 300, "horizon": "14 months"})
    run = gw.run(model, seed=4, replications=3)
    found = counts(anchored(model, 0), "baseline", 4, 3, 0)
    for periods in ({"from": 1, "to": 14}, {"period": 5}):
        rows = [{"indicator": name, "value": 0, "se": 1, **periods} for name in NAMES]
        asked = read_targets(rows, model)
        means, _ = measured(asked, found)
        table = run.table(by="period") if "period" in periods else run.table(by=[])
        row = table.iloc[4 if "period" in periods else 0]
        same = {"measured_nps": "nps_measured", "customers": "customers_end"}
        compared = 0
        for target, got in zip(asked, means, strict=True):
            name = same.get(target.indicator, target.indicator)
            if name in row:
                assert_allclose(got, row[name], rtol=1e-9, err_msg=name)
                compared += 1
        assert compared >= len(NAMES) - 5  # csat, and what only a market has
    asked = read_targets(
        [
            {"indicator": name, "value": 0, "se": 1, "from": 1, "to": 14}
            for name in (
                "treat.contacts",
                "treat.failure",
                "visit.treat.recovery",
                "visit.started",
                "visit.completion",
            )
        ],
        model,
    )
    means, _ = measured(asked, found)
    contact = run.touchpoints(by=[]).set_index("touchpoint").loc["treat"]
    visit = run.journeys(by=[]).set_index("journey").loc["visit"]
    expected = [
        contact["contacts"],
        contact["failure"],
        contact["recovery"],
        visit["started"],
        visit["completion"],
    ]
    assert_allclose(means, expected, rtol=1e-9)
    assert {*MEANS, *STOCKS, CONTRIBUTION} <= set(NAMES)


def test_contribution_of_segments_adds_up_with_teams() -> None:
    model = firm(teams={"desk": {"capacity": 3_000, "cost": 9_000}}).assign({"help.call.team": "desk"})
    run = gw.run(model, replications=2)
    found = counts(anchored(model, 0), "baseline", 1, 2, 0)
    rows = [
        {"indicator": "contribution", "segment": segment, "period": 3, "value": 0, "se": 1}
        for segment in (None, "flex", "loyal")
    ]
    means, _ = measured(read_targets(rows, model), found)
    table = run.table(by=["period", "segment"])
    assert_allclose(means[1:], table.loc[table["period"] == 3, "contribution"], rtol=1e-9)
    assert_allclose(means[1:].sum(), means[0])


def test_an_impossible_set_is_called_impossible() -> None:
    targets = [
        {"indicator": "nps", "value": 40, "se": 2},
        {"indicator": "churn", "value": "6 %", "se": 0.001},
        {"indicator": "call.failure", "value": 0.15, "se": 0.01},
    ]
    vary = {"help.call.quality": (3, 9), "help.call.failure": (0.05, 0.3)}
    found = gw.fit(firm(), targets, vary=vary, replications=4)
    said = " ".join(found.sentences())
    assert re.search("[23] of 3 targets cannot be reached", said)
    assert re.search(r"This model cannot say nps 40 \(got -?[\d.]+\), churn 6.00 % / month \(got", said)
    assert found.chi2 > 50


def test_many_small_misses_are_more_than_chance() -> None:
    """Eight months 2.3 standard errors above and below what any churn could be."""
    targets = [
        {"indicator": "churn", "period": month, "value": 0.016 + (-1) ** month * 0.0023, "se": 0.001}
        for month in range(1, 9)
    ]
    found = gw.fit(firm(), targets, vary={"customer.churn": (0.01, 0.04)}, replications=4)
    assert "missed by more than chance explains (chi² is" in found.sentences()[0]


def test_what_nothing_moves_and_what_the_ranges_hold_back() -> None:
    targets = [{"indicator": "call.failure", "value": 0.4, "se": 0.02}]
    found = gw.fit(firm(), targets, vary={"customer.churn": (0.01, 0.04)}, replications=4)
    said = " ".join(found.sentences())
    assert "Within the ranges in vary hardly anything moves call.failure 40.0 % (got 1" in said
    assert "The targets say nothing about customer.churn" in " ".join(found.sentences())
    targets = [{"indicator": "churn", "segment": "flex", "value": 0.08, "se": 0.002}]
    found = gw.fit(firm(), targets, vary={"customer.churn": (0.018, 0.022)}, replications=4, rounds=3)
    assert "The ranges in vary hold back churn of flex of 8.00 % / month" in " ".join(found.sentences())
    assert any("outside what was believed (0.018 to 0.022)" in text for text in found.warnings)


def test_what_an_average_fixes_says_nothing_about_effects() -> None:
    """Whatever the effect, the level is solved so that churn is what was observed."""
    churn = {"average": "2 % / month", "satisfaction": -0.4}
    model = firm(
        stages={"customer": {"fee": 30, "churn": churn}}, segments={"all": {"count": 5_000, "arrivals": 100}}
    )
    targets = [{"indicator": "churn", "value": 0.02, "se": 0.0004}]
    found = gw.fit(model, targets, vary={"customer.churn.satisfaction": (-0.8, -0.1)}, replications=4)
    assert found.sentences()[1].startswith("The targets say nothing about customer.churn.satisfaction")
    assert found.narrowed[0] < 0.05


def test_a_pair_known_only_together_is_reported() -> None:
    """Churn alone cannot tell the level from the effect of satisfaction, which is not 7 here."""
    churn = {"base": "2 % / month", "satisfaction": -0.4}
    model = firm(stages={"customer": {"churn": churn}}, segments={"all": {"count": 5_000}}).assign(
        {"help.call.quality": 4}
    )
    targets = [{"indicator": "churn", "value": 0.04, "se": 0.001}]
    vary = {"customer.churn": (0.01, 0.04), "customer.churn.satisfaction": (-0.8, -0.1)}
    found = gw.fit(model, targets, vary=vary, replications=4)
    assert "know customer.churn and customer.churn.satisfaction only together" in found.sentences()[-1]
    declared = found.assumptions()["customer_churn_satisfaction"]
    assert declared["correlation"]["customer_churn"] > 0.5


@pytest.mark.parametrize(("period", "periods"), [("month", 24), ("week", 104)])
def test_histories_by_period(period: str, periods: int) -> None:
    """Customers at the end of every period tell arrivals and churn apart."""
    truth = firm(period).assign({"flex.arrivals": "180 / month", "customer.churn": "3 % / month"})
    history = gw.run(truth, seed=9, replications=8).table(by=["period", "segment"])
    history = history[(history["segment"] == "flex") & (history["period"] % (periods // 12) == 0)]
    targets = history[["period", "segment"]].assign(
        indicator="customers", value=history["customers_end"], se=40
    )
    vary = {"flex.arrivals": ("80 / month", "250 / month"), "customer.churn": ("1 % / month", "5 % / month")}
    found = gw.fit(firm(period), targets, vary=vary, replications=4)
    share = {"month": 1.0, "week": 12 / (365 / 7)}[period]
    assert_allclose(found.values["flex.arrivals"], 180 * share, rtol=0.06)
    assert_allclose(found.values["customer.churn"], 1 - 0.97**share, rtol=0.06)
    assert (found.narrowed > 0.4).all()
    assert found.chi2 < 30


def test_a_scenario_that_happened() -> None:
    model = firm(
        events={"breach": {"start": 3, "impulse": {"satisfaction": -1}}}, scenarios={"breach": ["breach"]}
    )
    truth = model.assign({"events.breach.impulse.satisfaction": -2})
    history = gw.run(truth, scenario="breach", seed=2, replications=8).table(by="period")
    targets = [
        {"indicator": "satisfaction", "period": p, "value": history["satisfaction"][p - 1], "se": 0.05}
        for p in (2, 3, 4, 6)
    ]
    vary = {"events.breach.impulse.satisfaction": (-3, -0.5)}
    found = gw.fit(model, targets, vary=vary, scenario="breach", replications=4)
    assert_allclose(next(iter(found.values.values())), -2, atol=0.15)  # about two standard errors


def test_bounds_of_a_number_are_respected() -> None:
    targets = [{"indicator": "satisfaction", "value": 9.5, "se": 0.02}]
    found = gw.fit(firm(), targets, vary={"help.call.quality": (8, 9.8)}, replications=4)
    assert found.values["help.call.quality"] <= 10
    assert "cannot be reached" in found.sentences()[0]
    assert any(text.startswith("model() cannot be run") for text in found.warnings)


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "firm.yaml").write_text(firm().to_yaml(), encoding="utf-8")
    (tmp_path / "targets.csv").write_text(
        "indicator,segment,value,n\nchurn,flex,2.4 %,9000\nchurn,,0.018,9000\n"
    )
    given = [
        "fit",
        str(tmp_path / "firm.yaml"),
        str(tmp_path / "targets.csv"),
        "--vary",
        "customer.churn=1%:4%",
    ]
    written = tmp_path / "fitted.yaml"
    assert main([*given, "--replications", "4", "--write", str(written), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["verdict"] for row in found["targets"]] == ["reached", "reached"]
    assert found["numbers"][0]["parameter"] == "customer.churn"
    assert gw.read(written)["customer.churn"]["base"] == "$customer_churn"
    for vary, message in (
        ("customer.churn", "--vary takes path=low:high"),
        ("customer.churn=2%:1%", "must be below"),
    ):
        assert main([*given[:3], "--vary", vary]) == 2
        assert message in capsys.readouterr().err
    assert main(["fit", given[1], str(tmp_path / "none.csv"), "--vary", "customer.churn=1%:4%"]) == 2
    assert "none.csv" in capsys.readouterr().err


TARGET = {"indicator": "churn", "value": 0.02, "n": 1_000}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"indicator": "chrun"}, "there is no indicator 'chrun'; did you mean 'churn'?"),
        (
            {"indicator": "phone.failure"},
            "phone.failure: there is no touchpoint 'phone' (touchpoints: help.call)",
        ),
        ({"indicator": "call.failures"}, "there is no indicator 'failures'; did you mean 'failure'?"),
        ({"indicator": 3}, "indicator is 3; it must be a text such as 'churn'"),
        ({"segment": "flexx"}, "there is no segment 'flexx'; did you mean 'flex'?"),
        ({"value": None}, "value is missing"),
        ({"value": "two"}, "value is 'two'; it must be a number"),
        ({"value": 2}, "value is 2; churn is a share, from 0 to 1 or as '2 %'"),
        ({"indicator": "nps", "value": 120}, "value is 120; nps is in points, from -100 to 100"),
        ({"n": None}, "give se (the standard error of the value) or n (the cases behind it), one of them"),
        ({"se": 0.1}, "give se (the standard error of the value) or n (the cases behind it), one of them"),
        ({"n": 0}, "n is 0; it must be at least 1"),
        ({"n": None, "se": 0}, "se is 0; it must be above 0"),
        ({"indicator": "revenue"}, "n gives the error of shares and of the NPS only; revenue needs se"),
        ({"period": 25}, "period is 25; it must be a whole number from 1 to the horizon, 24"),
        ({"period": 1.5}, "period is 1.5; it must be a whole number from 1"),
        ({"from": 3}, "from and to go together"),
        ({"from": 3, "to": 2}, "from is 3 and to is 2; from must not be after to"),
        ({"from": 3, "to": 4, "period": 2}, "give period, or from and to, not both"),
    ],
)
def test_bad_targets_are_refused_where_they_stand(row: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        gw.fit(
            firm(),
            [{"indicator": "nps", "value": 0, "n": 9}, {**TARGET, **row}],
            vary={"customer.churn": (0.01, 0.02)},
        )
    assert str(error.value).startswith("1 of 2 targets cannot be used:\n  row 1: ")


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([], "targets has no rows"),
        ("churn", "targets is 'churn'; it must be a table of pandas or a list of dicts"),
        ([1], "targets[0] is 1; it must be a dict such as {'indicator': 'churn'"),
        ([{**TARGET, "valeu": 1}], "targets: there is no column 'valeu'; did you mean 'value'?"),
        ([TARGET, TARGET], "row 1: churn in months 1 to 12 stands in row 0 too"),
        ([{"indicator": "nothing"}] * 7, "and 2 more"),
        (
            [{"indicator": "ces", "value": 3, "se": 1}],
            "ces in months 1 to 12 has no value in this model: no contact",
        ),
        (
            [{"indicator": "conversion", "value": 0.1, "se": 1}],
            "has no value in this model: nobody is a prospect",
        ),
    ],
)
def test_bad_tables_of_targets_are_refused(targets: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        gw.fit(firm(), targets, vary={"customer.churn": (0.01, 0.02)}, replications=4)


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({}, "vary is empty; it must name what is to be found"),
        (["customer.churn"], "vary is ['customer.churn']; it must be a dict"),
        ({"customer.chrun": (0.01, 0.02)}, "'customer.chrun' is not a path of this model; did you mean"),
        ({"customer.churn": 0.01}, "vary['customer.churn'] is 0.01; it must be (low, high)"),
        ({"customer.churn": (0.02, 0.01)}, "low (0.02) must be below high (0.01)"),
        ({"help.call.quality": (6, 11)}, "'11' is out of bounds; accepted: 0 to 10"),
        ({"customer.fee": (0, 20)}, "amounts and factors are spread on the log scale and need a low above 0"),
        (
            {"horizon": (12, 24)},
            "vary: 'horizon' cannot be uncertain: horizon: 'it': this belongs to the definition",
        ),
        ({"flex.count": (10, 20)}, "vary: 'flex.count' cannot be uncertain"),
        (
            {"customer.churn": (0.01, 0.02), "stages.customer.churn": (0.01, 0.02)},
            "vary: 'stages.customer.churn' and 'customer.churn' mean the same number",
        ),
        ({"assumptions.god": (1, 2)}, "vary: there is no assumption 'god' (there are no assumptions)"),
        ({"name": ("a", "b")}, "vary: 'name' must be the path of a number"),
    ],
)
def test_bad_ranges_are_refused(vary: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        gw.fit(firm(), [TARGET], vary=vary)


def test_priors_are_normal_on_the_scale_of_the_path() -> None:
    vary = {
        "customer.churn": ("1 % / month", "4 % / month"),
        "customer.fee": (20, 45),
        "customer.churn.satisfaction": (-0.8, -0.1),
    }
    found = read_varied(vary, firm())
    assert [one.link for one in found] == ["logit", "log", "plain"]
    for one, (low, high) in zip(found, [(0.01, 0.04), (20, 45), (-0.8, -0.1)], strict=True):
        assert_allclose([one.value(-1.2815516), one.value(1.2815516)], [low, high], rtol=1e-6)
    assert_allclose(found[1].value(0), np.sqrt(20 * 45))


@pytest.mark.parametrize("what", ["targets", "numbers"])
def test_charts(what: str) -> None:
    ax = fitted().plot(what)
    assert ax.get_title(loc="left")
    assert len(ax.get_yticks()) == 3
    with pytest.raises(ValueError, match="there is no chart 'prior'"):
        fitted().plot("prior")


def test_more_replications_are_asked_for_where_luck_is_in_the_way() -> None:
    targets = [{"indicator": "satisfaction", "value": 6.9, "se": 0.001}]
    found = gw.fit(firm(), targets, vary={"help.call.quality": (6, 9)}, replications=4, rounds=2)
    assert re.search(r"about [\d,]+ replications would narrow the estimates", " ".join(found.warnings))
