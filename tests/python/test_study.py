"""Comparisons, in numbers and in words."""

import math

import goodwill as gw
import numpy as np
import pytest
from goodwill.analysis.words import sentence
from goodwill.report import content
from goodwill.results.study import COLUMNS


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
    row |= {"npv": 1.5e6, "npv_low": 1.1e6, "npv_high": 1.9e6, "beyond_horizon": 0.0}
    row |= {"p_npv_positive": math.nan, "kind": "investment", "contribution": 3.5e6, "roi_reason": ""}
    row |= {"roi": 0.76, "roi_low": 0.74, "roi_high": 0.78, "roi_p10": -0.1, "roi_p90": 1.45}
    row |= {"roi_bounded": True}
    assert sentence(row, "EUR", "3 years") == (
        "'both' is worth 1.5 M EUR (1.1 to 1.9) over 3 years; 1 EUR invested returns 1.76 EUR (1.74 to "
        "1.78); all its numbers were taken as certain."
    )
    loss = {**row, "npv": -1.5e6, "npv_low": -1.9e6, "npv_high": -1.1e6, "against": "breach"}
    start = "'both' loses 1.5 M EUR (1.1 to 1.9) over 3 years against 'breach'"
    assert sentence(loss, "EUR", "3 years").startswith(start)
    unsure = {**row, "npv_low": -1e5}
    assert "which these replications cannot tell from 0" in sentence(unsure, "EUR", "3 years")
    more = {**row, "beyond_horizon": 4.2e6, "p_npv_positive": 0.87, "npv_p10": -0.2e6, "npv_p90": 2.9e6}
    more |= {"p_npv_positive_low": 0.76, "p_npv_positive_high": 0.93}
    # A loss that may be a gain keeps its sign, or nobody could tell which end is which.
    doubtful = {**more, "npv": -0.5e6, "npv_p10": -1.4e6, "npv_p90": 0.2e6, "beyond_horizon": 0.0}
    said = "is worth -500 k EUR (-1,400 to 200 in 80 % of the draws) over 3 years"
    assert f"'both' {said};" in sentence(doubtful, "EUR", "3 years")
    assert f"'both' {said}" in sentence({**doubtful, "kind": "event"}, "EUR", "3 years")
    text = sentence(more, "EUR", "3 years")
    assert "over 3 years, 4.20 M EUR more beyond; 1 EUR" in text
    assert text.endswith("under the declared assumptions it pays with probability 87 % (76 to 93).")
    assert "; 1 EUR invested returns 1.76 EUR (0.90 to 2.45 in 80 % of the draws);" in text
    assert text.startswith("'both' is worth 1.5 M EUR (-0.2 to 2.9 in 80 % of the draws) over 3 years,")
    unbounded = {**row, "roi_bounded": False, "roi_reason": "the return on it has no bounds"}
    assert "; the return on it has no bounds;" in sentence(unbounded, "EUR", "3 years")
    # Nothing comes back, and more is lost: "returns -0.5 EUR" would be no English.
    worse = {**loss, "npv": -5.58e6, "contribution": -3.14e6, "cost": 2.44e6, "roi": -2.29}
    text = sentence(worse, "USD", "3 years")
    assert "; it costs 2.44 M USD and lowers contribution by another 3.14 M USD;" in text
    # All in one unit, and no interval that is only rounding.
    exact = {**row, "npv_low": 1.5e6 - 1e-4, "npv_high": 1.5e6 + 1e-4, "beyond_horizon": 4e3}
    text = sentence(exact, "EUR", "3 years", 1e3)
    assert text.startswith("'both' is worth 1,500 k EUR over 3 years, 4.00 k EUR more beyond;")


def test_words_for_an_event() -> None:
    row: dict[str, object] = {"scenario": "breach", "against": "baseline", "p_zero": 0.0, "cost": 0.0}
    row |= {"npv": -1.5e6, "npv_low": -1.9e6, "npv_high": -1.1e6, "beyond_horizon": 0.0, "kind": "event"}
    row |= {
        "p_npv_positive": 0.0,
        "npv_p10": -2.9e6,
        "npv_p90": -0.2e6,
        "contribution": -1.5e6,
        "roi": math.nan,
        "roi_reason": "nothing is invested",
    }
    assert sentence(row, "EUR", "3 years") == (
        "'breach' costs the firm 1.5 M EUR (0.2 to 2.9 in 80 % of the draws) over 3 years."
    )


def test_shows_itself(study: gw.Study) -> None:
    lines = repr(study).splitlines()
    assert lines[0].startswith("'train' ")
    assert "invested returns" in " ".join(lines[:2])
    assert max(map(len, lines)) <= 100
    assert "95 % intervals from 10 paired replications" in " ".join(lines[-2:])
    assert "<table>" in study._repr_html_()


def test_a_study_asked_again_is_the_same(study: gw.Study) -> None:
    assert study.rerun(threads=1) == study
    other = gw.compare(study.model, seed=2, replications=10)
    assert other != study


def test_a_precision_is_reached_or_not(model: gw.Model) -> None:
    wide = gw.compare(model, "train", precision=1e9)
    assert (wide.status, wide.replications) == ("reached", 30)
    narrow = gw.compare(model, "train", precision="0.001 %", most_replications=45)
    assert (narrow.status, narrow.replications) == ("capped", 45)
    assert gw.compare(model, "idle", precision=1).status == "degenerate"
    for wrong in (0, "0 %", -3, "wide"):
        with pytest.raises(ValueError, match="precision is"):
            gw.compare(model, "train", precision=wrong)


def test_more_precision_extends_the_study(model: gw.Model) -> None:
    fixed = gw.compare(model, "train", replications=45)
    grown = gw.compare(model, "train", precision="0.001 %", most_replications=45)
    assert grown == fixed


def test_intervals_that_hold_together_are_wider(model: gw.Model, study: gw.Study) -> None:
    together = gw.compare(model, replications=10, simultaneous=True).table()
    alone = study.table()
    assert (together["npv_low"] <= alone["npv_low"]).all()
    assert together["npv_low"].iloc[0] < alone["npv_low"].iloc[0]


def test_the_winner_has_fresh_luck(model: gw.Model, study: gw.Study) -> None:
    loser = study.table().set_index("scenario")["npv"]
    assert (loser <= 0).all()
    nothing = study.winner()
    assert nothing.scenarios == ["baseline"], "where all lose, doing nothing wins"
    assert nothing.table()["npv"].iloc[0] == 0
    assert "changes nothing" in nothing.sentences()[0]
    dearer = model.assign(
        {
            "investments.dearer": {"changes": {"customer.fee": {"add": 0.5}}},
            "scenarios.dear": ["dearer"],
            "scenarios.dear_later": ["dearer", "training"],
            "compare.dear_later": "dear",
        }
    )
    several = gw.compare(dearer, ["train", "dear", "dear_later"], replications=10)
    winner = several.winner()
    rows = {row["scenario"]: row["npv_against_baseline"] for row in several.result.rows}
    best = max(rows, key=lambda name: rows[name])
    assert winner.scenarios == [best]
    assert winner.provenance["first_replication"] == 2**31
    own = several.npv_units(best)
    assert not np.isin(winner.npv_units(best), own[own != 0]).any()
    # A scenario compared with another one counts with its value against doing nothing.
    assert rows["dear"] == pytest.approx(several.table().set_index("scenario").loc["dear", "npv"])
    step = several.table().set_index("scenario").loc["dear_later", "npv"]
    assert rows["dear_later"] == pytest.approx(rows["dear"] + step)


def test_terms(model: gw.Model, study: gw.Study) -> None:
    plain = study.table().iloc[0]
    taxed = gw.compare(model, "train", replications=10, terms=gw.Terms(tax="25 %")).table().iloc[0]
    # Dated money is taxed in the middle of its period: half a month's interest on it.
    assert taxed["tax"] == pytest.approx(0.25 * plain["npv"], abs=0.25 * 0.005 * plain["cost"])
    dearer = gw.compare(model, "train", replications=10, terms=gw.Terms(discount="30 %")).table().iloc[0]
    assert dearer["contribution"] < plain["contribution"]
    for wrong, text in (
        ({"discount": 10}, r"terms\.discount.*10 % is 0\.1"),
        ({"timing": "midd"}, "did you mean 'mid'"),
        ({"prices": "nominal"}, "needs inflation"),
        ({"horizon": 50}, r"terms\.horizon"),
        ({"depreciation": 3}, r"terms\.depreciation"),
    ):
        with pytest.raises(ValueError, match=text):
            gw.compare(model, "train", replications=2, terms=gw.Terms(**wrong))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"terms is 0\.1; it must be gw\.Terms"):
        gw.compare(model, "train", terms=0.1)  # type: ignore[arg-type]


def test_draws_of_the_assumptions() -> None:
    model = gw.example("telecom").assign({"agents": 1_000, "horizon": 12})
    study = gw.compare(model, "digital", draws=16)
    row = study.table().iloc[0]
    assert study.replications == 64
    assert len(study.npv_draws()) == len(study.assumption_draws()) == 16
    assert row["npv_p10"] < row["npv_p90"]
    assert row["p_npv_positive"] == (study.npv_draws()["digital"] > 0).mean()
    longer = gw.compare(model, "digital", draws=24)
    assert longer.assumption_draws().iloc[:16].equals(study.assumption_draws())
    np.testing.assert_array_equal(
        longer.npv_units(longer.scenarios[0])[:16], study.npv_units(study.scenarios[0])
    )
    assert math.isnan(gw.compare(model, "digital", draws=0, replications=3).table()["npv_p10"].iloc[0])
    with pytest.raises(ValueError, match="draws is 3; it must be a whole number from 8"):
        gw.compare(model, "digital", draws=3)
    with pytest.raises(ValueError, match="not both"):
        gw.compare(model, "digital", draws=8, replications=3)


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


def test_the_note_says_whether_survival_weights_were_used(model: gw.Model) -> None:
    small = model.assign({"agents": 400, "horizon": 6})
    for weights in (True, False):
        study = gw.compare(small, ["train"], replications=2, survival_weights=weights)
        assert study.provenance["survival_weights"] is weights
        assert ("Survival weights were used." in repr(study)) is weights
        assert ("Survival weights" in dict(content.conventions(study))) is weights
