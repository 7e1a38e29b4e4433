"""`gw.data.from_survey`: what it reads, refuses, warns of and writes."""

from __future__ import annotations

import pickle
import re
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

ASKED: dict[str, Any] = {
    "customer": "who",
    "time": "at",
    "score": "score",
    "scale": (0, 10, 1),
    "asof": "2026-12-31",
    "period": "month",
    "close": 14,
}
EFFECTS: dict[str, Any] = {"churned": "left", "spent": "spent", "within": 6}


def answers(n: int = 600) -> pd.DataFrame:
    random = np.random.default_rng(1)
    satisfied = 7 + random.standard_normal(n)
    one = pd.DataFrame({"who": [f"c{k}" for k in range(n)], "at": pd.Timestamp("2026-03-01")})
    one["score"] = np.clip(np.round(satisfied + 0.6 * random.standard_normal(n)), 0, 10)
    one["left"] = (random.random(n) < 0.3 - 0.05 * (satisfied - 7)).astype(int)
    one["spent"] = np.round(20 * np.exp(0.1 * satisfied), 2)
    two = one.iloc[: n // 3].assign(at=pd.Timestamp("2026-03-11"))
    two["score"] = np.clip(np.round(satisfied[: n // 3] + 0.6 * random.standard_normal(n // 3)), 0, 10)
    return pd.concat([one, two], ignore_index=True)


def fit(data: pd.DataFrame | None = None, **more: Any) -> gw.data.SurveyFit:
    return gw.data.from_survey(answers() if data is None else data, **{**ASKED, **more})


def base() -> gw.Model:
    return gw.Model(
        horizon=6,
        segments={"a": {"count": 500}, "b": {"count": 500}},
        stages={"customer": {"fee": 2, "churn": "2 %"}},
        orders={"rate": {"average": 0.5, "trust": 0.2}, "value": 10},
    )


def test_a_survey_says_how_sure_it_is() -> None:
    found = fit(**EFFECTS, invited=2_000, exposure=5_000)
    assert list(found.values) == [
        "survey_response",
        "survey_noise",
        "churn_satisfaction",
        "spend_satisfaction",
    ]
    assert found.values["survey_response"] == pytest.approx(800 / 5_000)
    score = answers()["score"]
    assert found.nps == pytest.approx(100 * ((score >= 9).mean() - (score <= 6).mean()))
    table = found.nps_table().iloc[0]
    assert table["response"] == pytest.approx(0.4)
    assert table["highest"] - table["lowest"] == pytest.approx(120)  # 60 % are silent
    assert "40.0 % of those invited answered. Nothing is known" in repr(found)
    assert (found.corrections()["ratio"] > 1.1).all()
    assert pickle.loads(pickle.dumps(found)) == found


def test_silence_is_named_where_nobody_says_who_was_asked() -> None:
    assert "How many were asked is not known" in repr(fit())


def test_effects_stand_in_a_model() -> None:
    found = fit(**EFFECTS, exposure=5_000)
    model = found.model(base())
    # What was a number becomes what is observed, with an effect.
    assert model["customer.churn"] == {"average": 0.02, "satisfaction": "$churn_satisfaction"}
    assert model["orders.rate"] == {"average": 0.5, "trust": 0.2, "satisfaction": "$spend_satisfaction"}
    assert model["survey.noise"] == "$survey_noise"
    assert model["survey.nps"] == pytest.approx(found.nps, abs=0.01)
    assert gw.Model.from_yaml(model.to_yaml()) == model
    part = found.model(base(), segment="b")
    assert part["segments.b.changes"]["customer.churn.satisfaction"] == {"set": "$b_churn_satisfaction"}
    alone = found.model()
    assert alone["customer.churn"]["base"] == pytest.approx(found.levels["churn_satisfaction"])
    assert gw.run(alone, replications=2, draws=0, threads=1).table(by=[])["orders"].iloc[0] > 0


def test_answers_are_grouped_by_how_close_they_are() -> None:
    assert fit(close=9).warnings[0].startswith("Only 0 customers answered more than once within 9 days")
    with pytest.raises(ValueError, match="0 customers answered more than once within 9 days; below 30"):
        fit(close=9, **EFFECTS)
    given = fit(close=9, **EFFECTS, noise=0.6)
    assert "survey_noise" not in given.values
    assert given.noise == 0.6


def test_what_is_not_known_yet_is_not_used() -> None:
    late = answers()
    late.loc[late["at"] > pd.Timestamp("2026-03-05"), ["left", "spent"]] = np.nan
    found = fit(late, **EFFECTS, asof="2026-09-02")  # six months from the first day, but not from the second
    assert (found.left >= 0).sum() == 600
    with pytest.raises(
        ValueError, match="it is less than 6 months from 'at' to asof, and what happened within"
    ):
        fit(**EFFECTS, asof="2026-09-02")


def test_a_chart_of_the_answers() -> None:
    pytest.importorskip("matplotlib").use("agg")
    ax = fit(**EFFECTS).plot()
    assert ax.get_title(loc="left") == "Answers, and who left later"
    assert "answer" in fit().plot().get_xlabel()


def with_value(name: str, row: int, value: object) -> pd.DataFrame:
    data = answers().astype({name: object})
    data.loc[row, name] = value
    return data


@pytest.mark.parametrize(
    ("data", "more", "message"),
    [
        (None, {"customer": "id"}, "customer: there is no column 'id'"),
        (None, {"scale": (0, 10)}, "scale is [0.0, 10.0]; with scores it must be the lowest and the highest"),
        (None, {"scale": (0, 10, 3)}, "no number of steps leads from the lowest to the highest"),
        (with_value("score", 3, 11), {}, "1 row where 'score' is not on the scale (0.0, 10.0, 1.0): row 3"),
        (with_value("left", 3, 2), EFFECTS, "'left' is neither 0 nor 1: row 3"),
        (with_value("spent", 3, -2), EFFECTS, "'spent' is negative: row 3"),
        (with_value("at", 3, "2027-01-01"), {}, "1 row where 'at' is after asof: row 3"),
        (with_value("who", 3, "c4"), {}, "2 rows where 'who' answers twice at the same time: rows 3, 4"),
        (None, {"churned": "left"}, "churned= and spent= go with within="),
        (None, {"within": 3}, "churned= and spent= go with within="),
        (None, {"invited": 100}, "invited is 100, fewer than the 800 answers"),
        (None, {"exposure": 700}, "exposure is 700, and there are 800 answers"),
        (None, {"noise": 12}, "noise is 12; it must be points from 0.05 to 5"),
        (None, {"close": -1}, "close is -1; it must be days"),
        (answers().assign(left=0), EFFECTS, "churned: all customers have the same"),
        (answers().assign(spent=0), EFFECTS, "spent: nobody spent anything"),
        (answers().assign(score=8), {}, "score: all answers are the same"),
    ],
)
def test_errors_say_what_is_wrong(data: pd.DataFrame | None, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(data, **more)
