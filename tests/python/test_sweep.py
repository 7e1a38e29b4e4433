"""Sweeps: what points mean, and what is found at them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import goodwill as gw
import pandas as pd
import pytest
from sweeping import STEP, WITHOUT_START, small, sweep


@pytest.mark.parametrize(
    "how",
    [{}, {"survival_weights": False}, {"survival_weights": True}, {"run_off": True}],
    ids=["as it is", "killing", "weights", "run-off"],
)
@pytest.mark.parametrize("period", ["month", "week"])
def test_a_point_equals_the_study_of_its_model(tmp_path: Path, how: dict[str, Any], period: str) -> None:
    model = small(period=period, investments=WITHOUT_START, events={})
    design = gw.grid({STEP: [0.25, 0.5], "terms.discount": [0.05, 0.1]})
    table = sweep(tmp_path / "s", design, model=model, **how).run().table()
    assert list(table["status"]) == ["ok"] * 4
    names = ["npv", "npv_low", "npv_high", "roi", "roi_low", "roi_high", "cost", "contribution"]
    for row in table.to_dict("records"):
        study = gw.compare(
            model.assign({STEP: row[STEP]}),
            "train",
            replications=6,
            terms=gw.Terms(discount=row["terms.discount"]),
            survival_weights=how.get("survival_weights"),
        ).table()
        # Whom a run-off follows depends on the terms of the sweep, here those of the model.
        beyond = ["beyond_horizon"] if "run_off" in how and row["terms.discount"] == 0.1 else []
        for name in [*names, *beyond]:
            assert row[name] == study[name][0], name


def test_points_that_differ_in_their_terms_alone_are_simulated_once(tmp_path: Path) -> None:
    asked = sweep(tmp_path / "s")
    assert len({point.simulation.key for point in asked._points}) == 3
    pieces = list(asked._finished.pieces(asked._points, 6, False))
    assert [len(piece.terms) for piece in pieces] == [2, 2, 2]


def test_a_point_is_known_by_what_it_means(tmp_path: Path) -> None:
    said = gw.Sweep(
        small(),
        pd.DataFrame(
            {
                "help.call.failure": ["30 %", 0.3, None, "20 %"],
                "journeys.help.starts": [None, None, None, 0.2],
            }
        ),
        "train",
        folder=tmp_path / "s",
    )
    keys = [point.key for point in said._points]
    assert keys[0] == keys[1] != keys[2] == keys[3]  # the model says 20 % of both


def test_levels_are_kept_and_move_with_an_average_that_a_point_changes(tmp_path: Path) -> None:
    model = small()
    found = sweep(
        tmp_path / "s",
        gw.grid({"customer.churn": [0.02, 0.04], "help.call.failure": [0.2, 0.4]}),
        model=model,
    )
    table = found.run().table().set_index(["customer.churn", "help.call.failure"])["customers"]
    assert table[0.04, 0.2] < table[0.02, 0.2]  # more leave
    assert table[0.02, 0.4] < table[0.02, 0.2]  # and more fail: the level is that of the firm as it is


def test_break_even_over_an_observed_average_moves_its_level() -> None:
    """It stood still: the number changed, the solved level did not."""
    study = gw.compare(small(), "train", replications=4)
    curve = study.break_even("train", "customer.churn.average", points=3, replications=4).curve
    assert curve["npv"].is_unique


def test_investments_may_be_in_or_out(tmp_path: Path) -> None:
    design = gw.grid({"scenarios.train.training": [True, False], "scenarios.train.strike": [False, True]})
    table = sweep(tmp_path / "s", design).run().table()
    alone = table[~table["scenarios.train.training"] & ~table["scenarios.train.strike"]]
    assert list(alone["npv"]) == [0.0]
    assert table["npv"].nunique() == 4


def test_assumptions_are_factors(tmp_path: Path) -> None:
    model = small(
        assumptions={
            "effect": {"low": 0.3, "best": 0.5, "high": 0.8},
            "other": {"low": 1, "best": 2, "high": 3},
        },
        investments={
            "training": {"changes": {"help.call.failure": {"times": "$effect"}}, "cost": {"upfront": 1000}}
        },
        events={},
        scenarios={"train": ["training"]},
    )
    table = sweep(tmp_path / "s", gw.grid({"assumptions.effect": [0.4, 0.5]}), model=model).run().table()
    study = gw.compare(model, "train", replications=6).table()
    assert table["npv"][1] == study["npv"][0]
    assert table["npv"][0] > table["npv"][1]
    by_path = sweep(tmp_path / "t", gw.grid({STEP: [0.4]}), model=model).run().table()
    assert by_path["npv"][0] == table["npv"][0]


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({"customer.fea": [1]}, "is not a path of this model; did you mean 'customer.fee'"),
        ({"customer.fee": [1], "stages.customer.fee": [2]}, "means the same as 'customer.fee'; only one"),
        ({"terms.discont": [0.1]}, "did you mean 'discount'"),
        ({"assumptions.x": [0.1]}, "there is no assumption 'x'"),
        ({"scenarios.train.trainig": [True]}, "did you mean 'training'"),
        ({"finance.discount": [0.1]}, "write terms.discount"),
    ],
)
def test_factors_that_mean_nothing_are_refused(tmp_path: Path, factors: dict[str, Any], message: str) -> None:
    with pytest.raises(gw.ModelError) as refused:
        sweep(tmp_path / "s", gw.grid(factors))
    assert message in str(refused.value)
    assert not (tmp_path / "s").exists()


def test_grids_become_arrays(tmp_path: Path) -> None:
    found = sweep(tmp_path / "s").run()
    array = found.to_xarray()
    assert dict(array.sizes) == {STEP: 3, "terms.discount": 2, "scenario": 1}
    table = found.table().set_index([STEP, "terms.discount"])
    assert (
        float(array["npv"].sel({STEP: 0.5, "terms.discount": 0.1, "scenario": "train"}))
        == table["npv"][0.5, 0.1]
    )
    points = sweep(tmp_path / "t", gw.sobol({STEP: (0.2, 0.9)}, n=4)).run().to_xarray()
    assert dict(points.sizes) == {"point": 4, "scenario": 1}
    assert points[STEP].dims == ("point",)


def test_an_estimate_keeps_nothing(tmp_path: Path) -> None:
    asked = sweep(tmp_path / "s")
    found = asked.estimate(threads=1)
    assert asked.status() == {"ok": 0, "failed": 0, "pending": 6}
    assert found.simulations == 3
    assert found.seconds > 0
    assert found.disk > 0
    assert "3 simulations are pending: about" in repr(found)
    assert repr(asked.run().estimate()) == "Nothing is pending."


def test_the_command_sweeps_and_says_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(small().to_yaml())
    (tmp_path / "d.yaml").write_text(f"grid:\nvary: {{{STEP}: [0.25, 0.5]}}\n")
    command = [sys.executable, "-m", "goodwill", "sweep"]
    asked = [*command, "m.yaml", "d.yaml", "--folder", "runs/a", "--replications", "4", "--format", "json"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["status"] == {"ok": 2, "failed": 0, "pending": 0}
    assert [row["npv"] for row in found["points"]] == list(
        sweep(tmp_path / "s", gw.grid({STEP: [0.25, 0.5]}), replications=4).run().table()["npv"]
    )
    done = subprocess.run([*command, "--status", "runs/a"], cwd=tmp_path, capture_output=True, text=True)
    assert "2 of 2 points are done" in done.stdout
    status = [*command, "--status", "runs/a", "--replications", "9"]
    done = subprocess.run(status, cwd=tmp_path, capture_output=True, text=True)
    assert "0 of 2 points are done, 2 are pending" in done.stdout
    for wrong, message in [(["m.yaml"], "--folder DIR"), (["--status", "nowhere"], "holds no sweep")]:
        done = subprocess.run([*command, *wrong], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 2
        assert message in done.stderr


def branching() -> gw.Model:
    touchpoints = {
        "hub": {"next": {"x": 0.5, "y": 0.3, "z": 0.2}},
        **{name: {"cost": cost} for name, cost in [("x", 1), ("y", 100), ("z", 5)]},
    }
    return small(
        journeys={"help": {"starts": "50 %", "touchpoints": touchpoints}},
        events={},
        investments={"training": {"changes": {"help.y.cost": {"times": 0.5}}}},
    )


def test_shares_of_a_branch_are_set_together(tmp_path: Path) -> None:
    """A share that stays as the model says was left out, and moved with the other."""
    hub, model = "help.hub.next.", branching()
    design = gw.grid({f"{hub}x": [0.5, 0.6], f"{hub}y": [0.3]})
    asked = gw.Sweep(model, design, "baseline", folder=tmp_path / "s", replications=4).run()
    both = model.assign({f"{hub}x": 0.6, f"{hub}y": 0.3})
    found = gw.Sweep(
        both, gw.grid({"terms.discount": [0.1]}), "baseline", folder=tmp_path / "t", replications=4
    )
    assert asked.table()["value"][1] == found.run().table()["value"][0]
    assert len({point.key for point in asked._points}) == 2


@pytest.mark.parametrize(
    "factors",
    [
        {"customer.churn": [0.02], "customer.churn.average": [0.03]},
        {"help.call": [{"failure": 0.1}], "help.call.failure": [0.2]},
        {"count": [2_000], "segments.all.count": [500]},
        {"investments.training.changes": [{}], STEP: [0.5]},
    ],
)
def test_factors_that_move_one_another_are_refused(tmp_path: Path, factors: dict[str, Any]) -> None:
    with pytest.raises(gw.ModelError, match="only one of them can vary"):
        sweep(tmp_path / "s", gw.grid(factors))


def test_the_order_of_factors_means_nothing(tmp_path: Path) -> None:
    model = small(
        assumptions={"effect": {"low": 0.3, "best": 0.5, "high": 0.8}},
        investments={
            "training": {"changes": {"help.call.failure": {"times": "$effect"}}},
            "other": {"cost": {"upfront": 5}},
            "third": {"cost": {"upfront": 7}},
        },
        events={},
    )
    toggles = ["scenarios.train.other", "scenarios.train.third"]
    said = [
        pd.DataFrame({toggles[0]: [True], toggles[1]: [True], "customer.fee": [31], "help.call.cost": [7]}),
        pd.DataFrame({"help.call.cost": [7], "customer.fee": [31], toggles[1]: [True], toggles[0]: [True]}),
    ]
    first, second = (sweep(tmp_path / "s", design, model=model)._points[0] for design in said)
    assert first == second
    best = sweep(tmp_path / "s", gw.grid({"assumptions.effect": [0.5, 0.6]}), model=model)._points
    assert best[0].key == sweep(tmp_path / "s", gw.grid({"customer.fee": [30]}), model=model)._points[0].key
    assert best[0].key != best[1].key


def test_terms_that_no_point_can_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(gw.ModelError, match="99"):
        sweep(tmp_path / "s", gw.grid({"terms.horizon": [1, 99]}))
