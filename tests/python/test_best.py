"""The best of many scenarios."""

from typing import Any

import goodwill as gw
import numpy as np
import pytest


def firm(**blocks: object) -> gw.Model:
    parts: dict[str, object] = {
        "horizon": "1 year",
        "currency": "EUR",
        "agents": 300,
        "segments": {"all": {"count": 3_000, "tenure": "2 years"}},
        "stages": {"customer": {"fee": 30, "churn": {"average": "3 % / month", "failures": 0.5}}},
        "journeys": {"help": {"starts": "30 %", "touchpoints": {"call": {"failure": "30 %"}}}},
        "finance": {"discount": "10 %"},
        "investments": {
            name: {"cost": {"upfront": cost}, "changes": {"help.call.failure": {"times": times}}}
            for name, cost, times in [("good", 1_000, 0.2), ("fair", 1_000, 0.6), ("dear", 90_000, 0.2)]
        },
    }
    return gw.Model(**{**parts, **blocks})


def test_the_best_is_found_and_estimated_again() -> None:
    found = gw.best(firm(), indifference=500, first=10)
    assert found.winner == "good"
    assert found.decided
    table = found.table()
    assert table["scenario"][0] == "good"
    assert set(table["scenario"]) == {"good", "fair", "dear", "baseline"}
    assert table.set_index("scenario").loc["baseline", "npv"] == 0
    assert "'good' is the best of 4 candidates" in repr(found)
    study = found.study(replications=4)
    assert study.scenarios == ["good"]
    assert not np.isin(study.npv_units("good"), found.values[1]).any()


def test_the_values_are_those_of_a_study() -> None:
    found = gw.best(firm(), ["good", "dear"], indifference=500, first=10)
    units = gw.compare(firm(), ["good"], replications=10).npv_units("good")[0]
    assert np.array_equal(found.values[1][:10], units)


def test_to_do_nothing_may_be_the_best() -> None:
    found = gw.best(firm(), "dear", indifference="1_000", first=10)
    assert found.winner == "baseline"
    assert "To do nothing is the best of 2 candidates" in repr(found)
    with pytest.raises(ValueError, match="to do nothing"):
        found.study()


def test_candidates_are_judged_against_the_baseline_whatever_they_are_compared_with() -> None:
    model = firm(scenarios={"a": ["good"], "b": ["good", "fair"]}, compare={"b": "a"})
    apart = firm(scenarios={"a": ["good"], "b": ["good", "fair"]})
    options: dict[str, Any] = {"indifference": 500, "first": 10}
    assert np.array_equal(gw.best(model, **options).values[2], gw.best(apart, **options).values[2])


def test_what_is_not_decided_says_what_to_do() -> None:
    found = gw.best(firm(), indifference=1e-6, first=10, most_replications=12)
    assert not found.decided
    assert "Not decided after 12 replications" in repr(found)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"indifference": 0}, "it must be money above 0"),
        ({"indifference": 1, "probability": 0.3}, "it must be from 0.5 to below 1"),
        ({"indifference": 1, "first": 5}, "a whole number from 10"),
        ({"indifference": 1, "scenarios": "god"}, "did you mean 'good'"),
        ({"indifference": 1, "scenarios": "baseline"}, "a scenario beside the baseline"),
        ({"indifference": 1, "most_replications": 20}, "most_replications is 20; it must be a whole number"),
    ],
)
def test_bad_questions_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gw.best(firm(), **options)


def test_events_are_no_candidates() -> None:
    model = firm(events={"boom": {"changes": {"customer.fee": {"times": 2}}}})
    assert "boom" not in gw.best(model, indifference=500, first=10).candidates
    with pytest.raises(ValueError, match="'boom' has the event 'boom', which nobody chooses"):
        gw.best(model, ["good", "boom"], indifference=500)


def test_a_candidate_is_estimated_in_one_way_until_the_end() -> None:
    """`watch` waits for what the firm sees, so that customers live together; without it they need not. The
    values of `good` were drawn with killing while `watch` was there, and with survival weights after it."""
    watch = {"when": {"measured_nps": {"below": 20}, "for": "2 months"}, "cost": {"upfront": 500_000}}
    good = {"cost": {"upfront": 1_000}, "changes": {"help.call.failure": {"times": 0.2}}}
    model = firm(survey={"response": "50 %"}, investments={"good": good, "watch": watch})
    found = gw.best(model, indifference=10, first=10, most_replications=30)
    assert [len(values) for values in found.values[1:]] == [30, 10]
    study = gw.compare(model, ["good"], replications=30, survival_weights=False)
    assert np.array_equal(found.values[1], study.npv_units("good")[0])
