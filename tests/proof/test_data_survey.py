"""What noise does to effects of satisfaction, and that it is taken out: recovery and coverage."""

from __future__ import annotations

import os
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
from goodwill.fitting.scores import Scale
from goodwill.fitting.surveys import MIDDLE, leaves_within
from scipy.stats import norm

SETS = 200 if os.environ.get("GOODWILL_FULL") else 12
EFFECT, SPENDING, NOISE, LEVEL = -0.40, 0.15, 0.7, 0.02


def survey(n: int, seed: int, *, within: float = 12, mean: float = 7, step: float = 1) -> pd.DataFrame:
    """Satisfaction has a standard deviation of 1; one customer in four answers again nine days later."""
    random = np.random.default_rng(seed)
    satisfaction = mean + random.standard_normal(n)

    def answer() -> Any:
        plain = np.clip(satisfaction + NOISE * random.standard_normal(n), 0, 10)
        return np.floor(plain + 0.5) if step else plain

    left = random.random(n) < leaves_within(LEVEL, EFFECT, satisfaction, within)
    # Half of all amounts are small: a gamma distribution of shape 0.5.
    spent = random.gamma(0.5, 40 * np.exp(SPENDING * (satisfaction - MIDDLE)))
    at = pd.Timestamp("2025-01-01") + pd.to_timedelta(random.uniform(0, 80, n), unit="D")
    first = pd.DataFrame(
        {"who": np.arange(n), "at": at, "score": answer(), "left": left.astype(int), "spent": spent}
    )
    again = first.assign(score=answer(), at=at + pd.Timedelta(days=9))[random.random(n) < 0.25]
    return pd.concat([first, again], ignore_index=True)


def fitted(answers: pd.DataFrame, *, within: float = 12, **more: Any) -> gw.data.SurveyFit:
    return gw.data.from_survey(
        answers,
        **{
            "customer": "who",
            "time": "at",
            "score": "score",
            "scale": (0, 10, 1),
            "asof": "2026-12-31",
            "period": "month",
            "close": 14,
            "churned": "left",
            "spent": "spent",
            "within": within,
            **more,
        },
    )


def test_effects_are_freed_from_the_noise_of_answers() -> None:
    """The regression on answers gives the effect times their reliability, 1 / (1 + 0.7^2 + 1/12) = 0.636 with
    rounding; ours the effect, within its interval as often as it says."""
    truth = {"survey_noise": NOISE, "churn_satisfaction": EFFECT, "spend_satisfaction": SPENDING}
    naive, corrected, pulls = [], [], []
    for seed in range(SETS):
        found = fitted(survey(6_000, seed))
        p = found.parameters
        naive.append(found.naive["churn_satisfaction"][0])
        corrected.append(found.values["churn_satisfaction"])
        at = np.array(
            [
                np.log(truth[k]) if link == "log" else truth[k]
                for k, link in zip(p.names, p.links, strict=True)
            ]
        )
        pulls.append((p.estimate - at) / p.errors)
    errors = np.std(corrected) / np.sqrt(SETS)
    assert abs(np.mean(corrected) - EFFECT) < 4 * errors
    # A mean of two answers is more reliable, which one customer in four has.
    reliability = 1 / (1 + NOISE**2 + 1 / 12)
    assert EFFECT * (reliability + 0.06) < np.mean(naive) < EFFECT * (reliability - 0.04)
    z = np.array(pulls)
    for level in (0.5, 0.8, 0.95):
        inside = (np.abs(z) < norm.ppf(0.5 + level / 2)).mean(axis=0)
        assert (np.abs(inside - level) < 4 * np.sqrt(level * (1 - level) / SETS) + 0.02).all(), level


def test_the_unit_of_time_of_churn_does_not_matter_for_its_effect() -> None:
    """One month or twelve: the effect is that on the log-odds of a month."""
    month = fitted(survey(30_000, 3, within=1), within=1)
    year = fitted(survey(30_000, 3), within=12)
    for found in (month, year):
        error = found.parameters.errors[found.parameters.names.index("churn_satisfaction")]
        assert error < 0.08
        assert abs(found.values["churn_satisfaction"] - EFFECT) < 4 * error


def test_a_ceiling_does_not_hide_the_noise() -> None:
    """With a mean of 9 a fifth of the answers is held at 10: two such answers are equal, however noisy."""
    found = fitted(survey(20_000, 5, mean=9), churned=None, spent=None, within=None)
    assert (found.answers == 10).mean() > 0.3
    error = found.parameters.errors[0] * NOISE
    assert abs(found.noise - NOISE) < 4 * error
    assert abs(found.satisfaction["mean"] - 9) < 4 * found.satisfaction["mean_error"]


def test_answers_without_steps() -> None:
    answers = survey(10_000, 6, step=0)
    found = fitted(answers, scale=(0, 10, 0))
    reliability = 1 / (1 + NOISE**2)
    assert abs(found.naive["churn_satisfaction"][0] / (EFFECT * (reliability + 0.03)) - 1) < 0.2
    error = found.parameters.errors[found.parameters.names.index("churn_satisfaction")]
    assert abs(found.values["churn_satisfaction"] - EFFECT) < 4 * error


def test_noise_that_is_given_serves_as_well_as_answers_that_are_repeated() -> None:
    once = survey(10_000, 8).drop_duplicates("who")
    found = fitted(once, noise=NOISE)
    for name, truth in (("churn_satisfaction", EFFECT), ("spend_satisfaction", SPENDING)):
        error = found.parameters.errors[found.parameters.names.index(name)]
        assert abs(found.values[name] - truth) < 4 * error
    assert "survey_noise" not in found.values


def test_the_model_measures_the_nps_of_the_survey() -> None:
    answers = survey(20_000, 9)
    found = fitted(answers, churned=None, spent=None, within=None, exposure=100_000)
    table = gw.check(found.model(), threads=1).table()
    nps = table[table["figure"] == "survey.nps"].iloc[0]
    assert abs(nps["got"] - found.nps) < 2  # what gw.check itself allows before it warns
    assert Scale(0, 10, 1).holds(found.answers).all()
