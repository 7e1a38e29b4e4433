"""How often the interval of a study covers the truth, over repeated studies of a model with a known answer.

The model is a Markov chain, so `goodwill.expect` knows the value of both worlds. Seeds are fixed. With n
studies the share of intervals that cover has a standard error of sqrt(0.95 * 0.05 / n): 1.1 points for 400,
0.5 for 2,000.
"""

import os

import goodwill as gw
import pytest

FULL = os.environ.get("GOODWILL_FULL", "0") not in ("", "0")
STUDIES = 2_000 if FULL else 400

MODEL = gw.Model.from_yaml("""
horizon: 12
agents: 200
segments: {all: {count: 20_000, tenure: 0}}
stages: {customer: {fee: 20, churn: 3 % / month}}
journeys:
  help: {starts: 30 % / month, touchpoints: {call: {failure: 20 %, cost: 5, next: {failed: {lost: 10 %}}}}}
finance: {discount: 10 %}
investments:
  better:
    start: 2
    cost: {upfront: 20_000}
    changes: {help.call.failure: {times: 0.4}, customer.churn: {times: 0.9}}
scenarios: {better: [better]}
""")

# Customers bring customers: their lives are no independent samples, replications are.
FRIENDS = gw.Model.from_yaml("""
horizon: 12
agents: 200
segments: {all: {count: 20_000, tenure: 0}}
stages: {customer: {fee: 20, churn: 3 % / month}}
referrals: {rate: 0.1, conversion: 50 %}
finance: {discount: 10 %}
investments: {better: {start: 2, cost: {upfront: 20_000}, changes: {referrals.rate: {times: 1.5}}}}
scenarios: {better: [better]}
""")


def truth(model: gw.Model) -> float:
    """The difference of two exact expectations, less the cost of the investment."""
    worlds = [gw.expect(model, scenario=name).totals["present_value"] for name in ("better", "baseline")]
    return worlds[0] - worlds[1] - 20_000 * 1.1 ** (-1 / 12)


def coverage(model: gw.Model = MODEL, **options: object) -> float:
    known, hits = truth(model), 0
    for seed in range(STUDIES):
        row = gw.compare(model, "better", seed=seed, **options).table().iloc[0]  # type: ignore[arg-type]
        hits += bool(row["npv_low"] <= known <= row["npv_high"])
    return hits / STUDIES


@pytest.mark.parametrize("weights", [False, True])
def test_the_interval_covers_the_truth_as_often_as_it_says(weights: bool) -> None:
    assert 0.93 <= coverage(replications=30, survival_weights=weights) <= 0.97


@pytest.mark.full
def test_it_covers_as_often_where_customers_bring_customers() -> None:
    assert 0.93 <= coverage(FRIENDS, replications=30) <= 0.97


def test_sequential_stopping_covers_nearly_as_often() -> None:
    # No worse than 2 points below the nominal level; beside that, twice the standard error of 400 studies.
    slack = 0.02 + (0 if FULL else 0.02)
    assert coverage(precision=9_000, most_replications=400, survival_weights=False) >= 0.95 - slack
