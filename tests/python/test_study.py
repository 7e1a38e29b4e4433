"""Comparisons, in numbers and in words."""

import math

import goodwill as gw
import numpy as np
import pytest
from goodwill.study import COLUMNS, _sentence


def test_the_table(study: gw.Study) -> None:
    table = study.table()
    assert tuple(table.columns) == COLUMNS
    assert list(table["scenario"]) == ["train", "idle", "strike"]
    assert (table["against"] == "baseline").all()
    assert (table["npv_low"] <= table["npv"]).all()
    assert (table["npv"] <= table["npv_high"]).all()
    np.testing.assert_allclose(table["contribution"] - table["cost"], table["npv"], atol=1e-6)
    train = table.iloc[0]
    assert train["roi"] == pytest.approx(train["npv"] / train["cost"])
    assert train["roi_bounded"]
    np.testing.assert_allclose(table["p_positive"] + table["p_zero"] + table["p_negative"], 1)


def test_what_changes_nothing_is_worth_exactly_nothing(study: gw.Study) -> None:
    idle = study.table().set_index("scenario").loc["idle"]
    assert idle["npv"] == idle["npv_low"] == idle["npv_high"] == 0
    assert idle["p_zero"] == 1
    assert "'idle' changes nothing: its value is exactly 0 over 18 months." in study.sentences()


def test_an_event_has_a_loss_and_no_return(study: gw.Study) -> None:
    strike = study.table().set_index("scenario").loc["strike"]
    assert strike["npv"] < 0
    assert strike["cost"] == 0
    assert math.isnan(strike["roi"])
    assert "invested" not in study.sentences()[2]


def test_a_longer_study_extends_a_shorter_one(model: gw.Model, study: gw.Study) -> None:
    short = gw.compare(model, "train", replications=2).run("train").table(by="replication")
    long = study.run("train").table(by="replication")
    assert short.equals(long.iloc[:2])


def test_runs_of_the_study(model: gw.Model, study: gw.Study) -> None:
    run = study.run("train")
    assert run.scenario == "train"
    assert run.replications == 10
    same = gw.run(model, scenario="train", replications=10)
    assert run.table().equals(same.table())
    assert study.run().scenario == "baseline"
    with pytest.raises(ValueError, match="no scenario 'trian'; did you mean 'train'"):
        study.run("trian")


def test_words() -> None:
    row: dict[str, object] = {"scenario": "both", "against": "baseline", "p_zero": 0.0, "cost": 2e6}
    row |= {"npv": 1.5e6, "npv_low": 1.1e6, "npv_high": 1.9e6}
    row |= {"roi": 0.76, "roi_low": 0.74, "roi_high": 0.78, "roi_bounded": True}
    assert _sentence(row, "EUR", "3 years") == (
        "'both' is worth 1.5 M EUR (1.1 to 1.9) over 3 years; 1 EUR invested returns 1.76 EUR (1.74 to 1.78)."
    )
    loss = {**row, "npv": -1.5e6, "npv_low": -1.9e6, "npv_high": -1.1e6, "against": "breach"}
    start = "'both' loses 1.5 M EUR (1.1 to 1.9) over 3 years against 'breach'"
    assert _sentence(loss, "EUR", "3 years").startswith(start)
    unsure = {**row, "npv_low": -1e5}
    assert "which these replications cannot tell from 0" in _sentence(unsure, "EUR", "3 years")
    unbounded = {**row, "roi_bounded": False}
    assert "the return on it has no bounds" in _sentence(unbounded, "EUR", "3 years")


def test_shows_itself(study: gw.Study) -> None:
    lines = repr(study).splitlines()
    assert lines[0].startswith("'train' ")
    assert "invested returns" in lines[0]
    assert "95 % intervals from 10 paired replications" in lines[-1]
    assert "<table>" in study._repr_html_()


def test_provenance(study: gw.Study, model: gw.Model) -> None:
    notes = study.provenance
    assert notes["scenarios"] == {"train": "baseline", "idle": "baseline", "strike": "baseline"}
    assert (notes["replications"], notes["level"], notes["model_hash"]) == (10, 0.95, model.hash)


def test_wrong_arguments_are_answered(model: gw.Model) -> None:
    with pytest.raises(ValueError, match=r"replications is 1; .* \(an interval needs two\)"):
        gw.compare(model, replications=1)
    with pytest.raises(ValueError, match="level is 95; it must be between 0 and 1"):
        gw.compare(model, level=95)
    with pytest.raises(ValueError, match="no scenario 'trainn'; did you mean 'train'"):
        gw.compare(model, ["train", "trainn"])
    with pytest.raises(ValueError, match="scenario 'train' is named twice"):
        gw.compare(model, ["train", "train"])
    with pytest.raises(ValueError, match="none was named"):
        gw.compare(model, [])
    with pytest.raises(ValueError, match="the model has none"):
        gw.compare(gw.example("smallest"))
    with pytest.raises(TypeError, match="no argument 'replication'; did you mean 'replications'"):
        gw.compare(model, replication=3)  # type: ignore[call-arg]
