"""Acceleration and expansion in a market of which a closed form is known.

Without imitation each prospect comes as soon as what they have felt reaches their patience, an exponential
number E: in period ceil(E / p). A scenario that doubles the innovation brings the same people earlier.
"""

import os

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

FULL = os.environ.get("GOODWILL_FULL", "0") not in ("", "0")
PEOPLE, PERIODS, BEFORE, AFTER = 20_000, 24, 0.02, 0.035
FEE, RATE = 10.0, 0.1
MODEL_TEXT = f"""
horizon: {PERIODS}
agents: all
segments: {{all: {{}}}}
stages: {{customer: {{fee: {FEE:g}}}}}
market: {{size: {PEOPLE}, innovation: {BEFORE}, imitation: 0}}
finance: {{discount: {RATE}, timing: start}}
investments: {{louder: {{changes: {{market.innovation: {{set: {AFTER}}}}}}}}}
scenarios: {{louder: [louder]}}
"""
MODEL = gw.Model.from_yaml(MODEL_TEXT)
LOW, HIGH = 0.028, 0.042
DOUBTFUL = gw.Model.from_yaml(
    MODEL_TEXT.replace(f"set: {AFTER}", "set: $after")
    + f"assumptions: {{after: {{uniform: [{LOW}, {HIGH}]}}}}\n"
)


def expected(before: float = BEFORE, after: float = AFTER, periods_a_year: float = 12) -> pd.DataFrame:
    """By kind: the share of people, how many periods earlier they come (per person of the market), and the
    value per person of the market; nobody leaves, and a period's fee is due at its start."""
    periods = np.arange(PERIODS + 1)
    ends = np.unique(np.concatenate([periods * before, periods * after]))
    lows, highs = ends[:-1], ends[1:]
    middle = (lows + highs) / 2
    shares = np.exp(-lows) - np.exp(-highs)
    since, otherwise = np.ceil(middle / after), np.ceil(middle / before)
    left = np.append(np.cumsum((FEE * (1 + RATE) ** (-np.arange(PERIODS) / periods_a_year))[::-1])[::-1], 0)
    worth = left[np.minimum(since, PERIODS + 1).astype(int) - 1]
    worth -= left[np.minimum(otherwise, PERIODS + 1).astype(int) - 1]
    kinds = np.select([otherwise > PERIODS, since < otherwise], ["gained", "earlier"], "same time")
    each = {"prospects": shares, "periods_earlier": shares * (otherwise - since), "value": shares * worth}
    table = pd.DataFrame({"kind": kinds, **each}).groupby("kind").sum()
    table.loc["gained", "periods_earlier"] = np.nan
    return table


def test_the_closed_form_adds_up() -> None:
    table = expected()
    gained = np.exp(-BEFORE * PERIODS) - np.exp(-AFTER * PERIODS)
    assert table.loc["gained", "prospects"] == pytest.approx(gained)
    assert table["prospects"].sum() == pytest.approx(1 - np.exp(-AFTER * PERIODS))


def expected_over(low: float, high: float) -> pd.DataFrame:
    """The same where what comes after is uniform between these: the midpoint rule."""
    rates = low + (high - low) * (np.arange(400) + 0.5) / 400
    return sum(expected(after=rate).fillna(0) for rate in rates) / 400


@pytest.mark.parametrize("period", ["month", "week", "day"])
def test_acceleration_and_expansion_follow_their_closed_form(period: str) -> None:
    """Within 5 standard errors of binomial counts; of sums over people, of five times as many periods or so
    much money as the most that one person can bring."""
    model = gw.Model.from_yaml(f"period: {period}\n{MODEL_TEXT}")
    study = gw.compare(model, replications=4)
    table = study.growth("louder").table().set_index("kind")
    known = expected(periods_a_year=model.periods_per_year)
    n = 4 * PEOPLE
    for kind in known.index:
        p = known.loc[kind, "prospects"]
        slack = 5 * np.sqrt(p * (1 - p) / n)
        assert table.loc[kind, "prospects"] / PEOPLE == pytest.approx(p, abs=slack), kind
        most = FEE * PERIODS
        assert table.loc[kind, "value"] / PEOPLE == pytest.approx(known.loc[kind, "value"], abs=most * slack)
    total = table.loc["earlier", "periods_earlier"] * table.loc["earlier", "prospects"] / PEOPLE
    assert total == pytest.approx(known.loc["earlier", "periods_earlier"], rel=0.02)
    assert table.loc[["later", "lost"], "prospects"].eq(0).all()
    assert table.loc["same time", "value"] == 0


@pytest.mark.parametrize("drawn", [False, True])
def test_intervals_cover_the_truth_as_often_as_they_say(drawn: bool) -> None:
    """38 of 40 studies, as a mean; fewer than 33 come once in 1,400 times for each of four figures. In full
    400, and fewer than 365 once in 1,700. Drawn: the mean over the assumption."""
    model = (DOUBTFUL if drawn else MODEL).assign({"market.size": 400})
    size = {"draws": 32, "batches": 2} if drawn else {"replications": 12}
    known = expected_over(LOW, HIGH) if drawn else expected()
    truth = 400 * known.loc["earlier"]
    truth["periods_earlier"] = truth["periods_earlier"] / truth["prospects"]
    hits = dict.fromkeys(["prospects", "value", "periods_earlier"], 0)
    hits_of_gained = 0
    studies = 400 if FULL else 40
    for seed in range(studies):
        table = gw.compare(model, seed=seed, **size).growth("louder").table().set_index("kind")
        row, gained = table.loc["earlier"], table.loc["gained"]
        for name in hits:
            hits[name] += bool(row[f"{name}_low"] <= truth[name] <= row[f"{name}_high"])
        value = 400 * known.loc["gained", "value"]
        hits_of_gained += bool(gained["value_low"] <= value <= gained["value_high"])
    assert min(hits_of_gained, *hits.values()) >= (365 if FULL else 33), (hits, hits_of_gained)
