"""What a sweep can be asked: answers, charts, and refusals."""

import re
import sys
from pathlib import Path
from typing import Any

import goodwill as gw
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

EFFECT = "investments.training.changes.help.call.failure.times"
FEE = "customer.fee"
FACTORS: dict[str, Any] = {EFFECT: (0.2, 1.4), FEE: (20, 40), "investments.training.start": [1, 6]}


def small() -> gw.Model:
    return gw.Model(
        horizon="1 year",
        agents=300,
        currency="EUR",
        segments={"all": {"count": 3_000, "tenure": "2 years", "arrivals": "60 / month"}},
        stages={"customer": {"fee": 30, "churn": {"average": "2 % / month", "failures": 0.8}}},
        journeys={"help": {"starts": "20 %", "touchpoints": {"call": {"failure": "20 %", "cost": 6}}}},
        finance={"discount": "10 %"},
        investments={
            "training": {"cost": {"upfront": 2_000}, "changes": {"help.call.failure": {"times": 0.5}}},
            "nothing": {"cost": {"upfront": 10}},
        },
        events={"strike": {"start": 6, "impulse": {"satisfaction": -2}}},
        scenarios={"train": ["training"], "idle": ["nothing"], "strike": ["strike"]},
    )


def sweep(folder: Path, design: Any, scenarios: Any = "train", **options: Any) -> gw.Sweep:
    return gw.Sweep(small(), design, scenarios, folder=folder, **{"replications": 6, **options}).run()


@pytest.fixture(scope="module")
def sobol(tmp_path_factory: pytest.TempPathFactory) -> gw.Sweep:
    design = gw.sobol(FACTORS, n=32)
    return sweep(tmp_path_factory.mktemp("sobol") / "s", design, ["train", "idle", "strike"])


@pytest.fixture(scope="module")
def saltelli(tmp_path_factory: pytest.TempPathFactory) -> gw.Sweep:
    return sweep(tmp_path_factory.mktemp("saltelli") / "s", gw.saltelli(FACTORS, n=16))


@pytest.fixture(scope="module")
def morris(tmp_path_factory: pytest.TempPathFactory) -> gw.Sweep:
    return sweep(tmp_path_factory.mktemp("morris") / "s", gw.morris(FACTORS, n=8))


def test_outcomes_are_the_numbers_behind_the_table(sobol: gw.Sweep) -> None:
    table = sobol.table()
    for scenario in sobol.scenarios:
        for measure in ("npv", "cost", "customers_gained", "value", "nps"):
            found = sobol.outcomes(scenario, measure)
            assert found.shape == (32, 6)
            rows = table[table["scenario"] == scenario]
            assert found.mean(axis=1) == pytest.approx(rows[measure].to_numpy(), rel=1e-12)


def test_the_same_sweep_gives_the_same_answers(sobol: gw.Sweep, saltelli: gw.Sweep, morris: gw.Sweep) -> None:
    for one in (saltelli, morris):
        again = gw.Sweep.open(one.folder, replications=6)
        pd.testing.assert_frame_equal(
            one.sensitivity("train", resamples=40).table(), again.sensitivity("train", resamples=40).table()
        )
    again = gw.Sweep.open(sobol.folder, replications=6)
    for ask in (
        lambda s: s.tree("train").table(),
        lambda s: s.scenario_discovery("train").table(),
        lambda s: s.surface("train").predict(s.design),
        lambda s: s.robust().table(),
    ):
        pd.testing.assert_frame_equal(ask(sobol), ask(again))


def test_all_designs_agree_on_what_matters(sobol: gw.Sweep, saltelli: gw.Sweep, morris: gw.Sweep) -> None:
    answers = [
        one.sensitivity("train", resamples=60).table().set_index("factor") for one in (sobol, saltelli)
    ]
    for found in answers:
        assert found.index[0] == EFFECT
        for name in ("first", "total"):
            assert (found[f"{name}_low"] <= found[name]).all()
            assert (found[name] <= found[f"{name}_high"]).all()
    by_surface, by_points = answers
    for name in ("first", "total"):
        gap = by_surface[name] - by_points[name]
        half = (by_points[f"{name}_high"] - by_points[f"{name}_low"]) / 2
        assert (gap.abs() < 1.5 * half + 0.05).all(), name
    found = morris.sensitivity().table()
    assert list(found.columns[:4]) == ["factor", "mu_star", "mu_star_low", "mu_star_high"]
    assert found["factor"][0] == EFFECT
    assert found["mu"][0] < 0
    said = repr(sobol.sensitivity("train", resamples=60))
    assert re.search(r"(Most|The largest part) of the variance of the NPV of 'train' comes from", said)
    assert "end of its range to the other it" in repr(morris.sensitivity())


def test_rules_of_a_tree_hold(sobol: gw.Sweep) -> None:
    found = sobol.tree("train")
    table = found.table()
    npv = sobol.outcomes("train").mean(axis=1)
    assert table["points"].sum() == 32
    assert table["share"].sum() == pytest.approx(1)
    assert (table["npv"] * table["share"]).sum() == pytest.approx(npv.mean())
    assert (table["loses"] * table["share"]).sum() == pytest.approx((npv < 0).mean())
    assert table["npv"].is_monotonic_increasing
    assert f"{EFFECT} above" in table["rule"][0]
    assert "'train' loses money at" in repr(found)
    below = repr(sobol.tree("train", "customers_gained", depth=1, below=5))
    assert "has customers gained below 5" in below


def test_a_box_of_losses(sobol: gw.Sweep) -> None:
    found = sobol.scenario_discovery("train", below=-1_500)
    table, npv = found.table(), sobol.outcomes("train").mean(axis=1)
    assert table["density"][0] == pytest.approx((npv < -1_500).mean())
    assert found.box()["factor"][0] == EFFECT
    assert found.box(0).empty
    low = found.box().set_index("factor")["low"][EFFECT]
    assert 0.7 < low < 1.1, "it costs 2,000, and more failures do harm"
    assert "has NPV below -1.50 k EUR" in " ".join(repr(found).split())


def test_choices_are_factors_too(tmp_path: Path) -> None:
    design = gw.sobol({"scenarios.train.training": [True, False], EFFECT: (0.2, 1.4)}, n=24)
    one = sweep(tmp_path / "s", design)
    assert "scenarios.train.training is" in repr(one.tree(below=1))
    box = one.scenario_discovery(below=1).box().set_index("factor")
    assert box["choices"].get("scenarios.train.training", "False") == "False"
    effect = {"scenarios.train.training": False}
    assert one.surface().break_even(EFFECT, at={"scenarios.train.training": True}).shape[0] == 1
    mean = one.surface().predict(pd.DataFrame({**effect, EFFECT: [0.5]}))
    assert abs(mean["npv"][0]) < 3_000  # not trained: 0
    assert one.sensitivity(resamples=40).table()["total"].notna().all()


def test_a_surface_predicts_and_breaks_even(sobol: gw.Sweep) -> None:
    found = sobol.surface("train")
    assert found.r2 > 0.9
    assert "root mean square" in repr(found)
    (row,) = found.break_even(EFFECT).to_dict("records")
    assert row["root_low"] < row["root"] < row["root_high"]
    assert row["slope"] < 0
    at = {**found.features.middle(), EFFECT: row["root"]}
    zero = found.predict(pd.DataFrame({name: [value] for name, value in at.items()}))
    assert zero["npv_low"][0] < 0 < zero["npv_high"][0]
    assert not zero["outside"][0]
    assert found.predict(pd.DataFrame({**at, FEE: [90]}))["outside"][0]
    frontier = found.break_even(EFFECT, by=FEE)
    assert list(frontier.columns) == [FEE, "root", "root_low", "root_high", "slope"]
    assert frontier[FEE].is_monotonic_increasing
    assert len(frontier) == 41


def test_a_surface_agrees_with_new_points(sobol: gw.Sweep, tmp_path: Path) -> None:
    fresh = gw.sobol(FACTORS, n=16, seed=9)
    truth = sweep(tmp_path / "s", fresh).outcomes().mean(axis=1)
    error = sobol.surface("train").predict(fresh)["npv"].to_numpy() - truth
    assert np.sqrt((error**2).mean()) < 3 * sobol.surface("train").rmse


def test_robust_choices(sobol: gw.Sweep) -> None:
    found = sobol.robust()
    table = found.table().set_index("scenario")
    assert set(table.index) == {"train", "idle", "baseline"}, "nobody chooses a strike"
    npv = sobol.outcomes("train").mean(axis=1)
    assert table.loc["train", "mean"] == pytest.approx(npv.mean())
    assert table.loc["train", "worst"] == npv.min()
    assert table.loc["baseline", "regret"] == npv.max()
    assert table["best_in"].sum() == pytest.approx(1)
    assert "best in its worst world: doing nothing (0 EUR)" in " ".join(repr(found).split())


def test_charts_of_a_sweep(sobol: gw.Sweep, saltelli: gw.Sweep, morris: gw.Sweep) -> None:
    for style in ("default", "dark_background"):
        with plt.style.context(style):
            for one in (saltelli, morris):
                axes = one.plot.sensitivity()
                axes.figure.canvas.draw()
                table = one.sensitivity().table()
                assert [label.get_text() for label in axes.get_yticklabels()] == list(table["factor"])
                name = "total" if one is saltelli else "mu_star"
                assert [bar.get_width() for bar in axes.patches[: len(table)]] == pytest.approx(
                    list(table[name])
                )
            axes = sobol.plot.tree("train")
            axes.figure.canvas.draw()
            widths = [bar.get_width() for bar in axes.patches]
            assert widths == pytest.approx(list(sobol.tree("train").table()["npv"]))
            axes = sobol.plot.scenario_discovery("train")
            axes.figure.canvas.draw()
            assert "loses money" in axes.get_title(loc="left")
            axes = sobol.plot.surface(EFFECT, FEE, "train")
            axes.figure.canvas.draw()
            assert axes.get_xlabel() == EFFECT
            axes = sobol.plot.robust()
            axes.figure.canvas.draw()
            assert [label.get_text() for label in axes.get_yticklabels()] == [
                "doing nothing" if name == "baseline" else name for name in sobol.robust().table()["scenario"]
            ]
            plt.close("all")


ANALYSES = ("sensitivity", "tree", "scenario_discovery", "surface", "robust", "outcomes")


def test_points_that_are_not_done_are_never_left_out(tmp_path: Path) -> None:
    design = pd.DataFrame({FEE: [20.0, 30.0, -5.0, 40.0, 35.0, 38.0]})
    one = sweep(tmp_path / "s", design)
    failed = (
        "an analysis leaves no point out; of 6 points 1 failed (sweep.retry() does them again; "
        "sweep.table() says why they failed)"
    )
    for name in ANALYSES:
        with pytest.raises(ValueError, match=re.escape(failed)):
            getattr(one, name)()
    longer = gw.Sweep(small(), gw.sobol(FACTORS, n=8), "train", folder=tmp_path / "t", replications=6)
    for name in ANALYSES:
        with pytest.raises(ValueError, match=r"of 8 points 8 pending \(sweep\.run\(\) does them\)"):
            getattr(longer, name)()


def test_a_measure_that_does_not_exist_somewhere_is_refused(
    sobol: gw.Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = sobol._finished.numbers

    def without_one(*args: Any) -> Any:
        for k, (key, scenario, found) in enumerate(numbers(*args)):
            yield key, scenario, np.full_like(found, np.nan) if k == 0 else found

    monkeypatch.setattr(sobol._finished, "numbers", without_one)
    first = next(iter(numbers({point.key for point in sobol._points}, 6)))[1]
    with pytest.raises(ValueError, match=f"nps of '{first}' does not exist at 1 of 32 points"):
        sobol.outcomes(first, "nps")


def test_what_is_not_installed_is_named(sobol: gw.Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sklearn.tree", "sklearn.gaussian_process"):
        monkeypatch.setitem(sys.modules, module, None)
    for name, needs in (("tree", "a tree needs"), ("surface", "a response surface needs")):
        with pytest.raises(ImportError, match=f"{needs} scikit-learn: pip install scikit-learn"):
            getattr(sobol, name)("train")
    assert len(sobol.scenario_discovery("train").boxes) > 2


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda s: s.tree(), "this sweep has several scenarios; name one of them: train, idle, strike"),
        (lambda s: s.tree("trian"), "did you mean 'train'"),
        (lambda s: s.tree("train", "roi"), "there is no measure 'roi'"),
        (lambda s: s.tree("train", "beyond_horizon"), "there is no measure 'beyond_horizon'"),
        (lambda s: s.tree("train", depth=9), "depth is 9; it must be a whole number from 1 to 6"),
        (lambda s: s.sensitivity("train", resamples=3), "resamples is 3; it must be a whole number from 20"),
        (lambda s: s.scenario_discovery("train", below=-1e9), "at no point; there is nothing to tell apart"),
        (lambda s: s.scenario_discovery("train", below=1e9), "at every point; there is nothing to tell"),
        (lambda s: s.scenario_discovery("train", peel=0.7), "peel is 0.7; it must be above 0 and below 0.5"),
        (lambda s: s.scenario_discovery("train").box(999), "step is 999; it must be a step of the traj"),
        (lambda s: s.robust("strike"), "'strike' has the event 'strike', which nobody chooses"),
        (lambda s: s.robust(measure="cost"), "there is no measure 'cost'"),
        (lambda s: s.robust([]), "scenarios is empty"),
        (lambda s: s.surface("train").break_even("customer.fea"), "did you mean 'customer.fee'"),
        (lambda s: s.surface("train").break_even(FEE, by=FEE), "it must be another factor"),
        (lambda s: s.surface("train").break_even(FEE, at={"x": 1}), "at: there is no factor 'x'"),
        (lambda s: s.surface("train").predict(pd.DataFrame({FEE: [1]})), "the table has no column"),
        (lambda s: s.surface("train").predict(3), "design is 3; it must be a table"),
        (lambda s: s.plot.surface(FEE, FEE, "train"), "it must be another factor than x"),
    ],
)
def test_what_makes_no_sense_is_refused(sobol: gw.Sweep, ask: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        ask(sobol)


def test_designs_that_allow_no_answer_are_refused(tmp_path: Path) -> None:
    few = sweep(tmp_path / "few", gw.sobol({FEE: (20, 40)}, n=4))
    with pytest.raises(ValueError, match="the design has 4 points; a response surface needs 5 to 2,000"):
        few.sensitivity()
    with pytest.raises(ValueError, match="the design has n = 1; an interval needs 2"):
        sweep(tmp_path / "one", gw.saltelli({FEE: (20, 40)}, n=1)).sensitivity()
    gaps = sweep(tmp_path / "gaps", pd.DataFrame({FEE: [20, None, 30], EFFECT: [0.5, 0.6, 0.7]}))
    with pytest.raises(ValueError, match=r"customer\.fee is left to the model at 1 of 3 points"):
        gaps.tree()
    struck = sweep(tmp_path / "struck", gw.grid({"scenarios.train.strike": [True, False]}))
    with pytest.raises(ValueError, match="nothing to choose: 'train' has the event 'strike'"):
        struck.robust()
    still = sweep(tmp_path / "still", pd.DataFrame({FEE: [30, 30]}))
    with pytest.raises(ValueError, match="nothing varies in this design"):
        still.scenario_discovery()


def test_only_what_is_compared_with_doing_nothing_stands_beside_it(tmp_path: Path) -> None:
    """The NPV of what is compared with another scenario is 0 where doing nothing is something else."""
    model = small().assign({"scenarios.both": ["training", "nothing"], "compare.both": "train"})
    design = gw.grid({FEE: [25, 35]})
    found = gw.Sweep(model, design, ["train", "both"], folder=tmp_path / "s", replications=4).run()
    assert list(found.robust().table()["scenario"].sort_values()) == ["baseline", "train"]
    with pytest.raises(ValueError, match="'both' is compared with 'train', not with doing nothing"):
        found.robust(["train", "both"])
