"""Sweeps: what points mean, the folder that is the truth, and who does the work."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.sweeps import execution, work
from pandas.testing import assert_frame_equal

STEP = "investments.training.changes.help.call.failure.times"


def small(**blocks: object) -> gw.Model:
    """A small firm; keywords replace whole blocks."""
    parts: dict[str, object] = {
        "horizon": "1 year",
        "agents": 400,
        "segments": {"all": {"count": 3_000, "tenure": "2 years", "arrivals": "60 / month"}},
        "stages": {"customer": {"fee": 30, "churn": {"average": "2 % / month", "failures": 0.5}}},
        "journeys": {"help": {"starts": "20 %", "touchpoints": {"call": {"failure": "20 %", "cost": 6}}}},
        "finance": {"discount": "10 %"},
        "investments": {
            "training": {
                "start": 3,
                "reach": "50 %",
                "cost": {"upfront": 2_000, "each": {"help.call": 0.5}},
                "changes": {"help.call.failure": {"times": 0.5}},
            },
        },
        "events": {
            "strike": {"start": 6, "impulse": {"satisfaction": -2}, "changes": {"arrivals": {"times": 0.5}}}
        },
        "scenarios": {"train": ["training"]},
    }
    return gw.Model(**{**parts, **blocks})


def sweep(folder: Path, design: Any = None, **options: Any) -> gw.Sweep:
    model = options.pop("model", None) or small()
    asked = gw.grid({STEP: [0.25, 0.5, 1.0], "terms.discount": [0.05, 0.1]}) if design is None else design
    return gw.Sweep(model, asked, **{"scenarios": "train", "folder": folder, "replications": 6, **options})


def piecewise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit of work is one simulation of 6 replications, on one thread."""
    monkeypatch.setattr(execution, "SECONDS", 1e-9)
    monkeypatch.setattr(execution, "FIRST", 6)


def test_a_point_equals_the_study_of_its_model(tmp_path: Path) -> None:
    model = small()
    table = sweep(tmp_path / "s", model=model).run().table()
    assert list(table["status"]) == ["ok"] * 6
    for row in table.to_dict("records"):
        parts = {"investments.training": {**model["investments.training"], "changes": {}}}
        parts["investments.training"]["changes"] = {"help.call.failure": {"times": row[STEP]}}
        del parts["investments.training"]["chance"]
        study = gw.compare(
            model.assign(parts), "train", replications=6, terms=gw.Terms(discount=row["terms.discount"])
        ).table()
        for name in ("npv", "npv_low", "npv_high", "roi", "roi_low", "roi_high", "cost", "contribution"):
            assert row[name] == pytest.approx(study[name][0], rel=1e-12, nan_ok=True), name


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


def test_the_same_script_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(tmp_path / "whole").run().table()
    piecewise(monkeypatch)
    asked = sweep(tmp_path / "s")
    answered = execution.answered
    calls = []

    def stopping(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return answered(*args)

    monkeypatch.setattr(execution, "answered", stopping)
    with pytest.raises(KeyboardInterrupt):
        asked.run(threads=1)
    before = set(asked._finished.folder.names())
    assert len(before) == 2
    again = sweep(tmp_path / "s").run()
    assert set(again._finished.folder.names()) > before
    assert_frame_equal(again.table(), whole)


def test_extending_keeps_what_is_done(tmp_path: Path) -> None:
    factors = {STEP: (0.2, 1.0), "investments.training.reach": ("20 %", "90 %")}
    asked = sweep(tmp_path / "s", gw.sobol(factors, n=4, seed=3)).run()
    first = asked.table()
    asked.extend(n=8, replications=9)
    assert asked.status() == {"ok": 0, "failed": 0, "pending": 8}
    names = set(asked._finished.folder.names())
    pieces = list(asked._finished.pieces(asked._points, 9, False))
    assert sorted({(piece.first, piece.replications) for piece in pieces}) == [(0, 9), (6, 3)]
    asked.run()
    assert names < set(asked._finished.folder.names())
    whole = sweep(tmp_path / "t", gw.sobol(factors, n=8, seed=3), replications=9).run().table()
    assert_frame_equal(asked.table(), whole)
    assert_frame_equal(gw.Sweep.open(tmp_path / "s", replications=9).table(), whole)
    assert_frame_equal(sweep(tmp_path / "s", gw.sobol(factors, n=4, seed=3)).table(), first)


def test_a_failed_point_stops_nothing_and_is_not_dropped(tmp_path: Path) -> None:
    design = pd.DataFrame({"customer.fee": [30.0, -5.0, 40.0]})
    asked = sweep(tmp_path / "s", design).run()
    assert asked.status() == {"ok": 2, "failed": 1, "pending": 0}
    table = asked.table()
    assert list(table["status"]) == ["ok", "failed", "ok"]
    assert "customer.fee" in table["error"][1]
    assert np.isnan(table["npv"][1])
    assert "1 failed" in repr(asked)
    names = set(asked._finished.folder.names())
    asked.run()  # a failed point is not done again
    assert set(asked._finished.folder.names()) == names
    assert asked.retry().status()["failed"] == 1


def test_damaged_chunks_are_done_again(tmp_path: Path) -> None:
    asked = sweep(tmp_path / "s").run()
    whole = asked.table()
    chunk = max((tmp_path / "s" / "chunks").glob("*.parquet"), key=lambda file: file.stat().st_size)
    data = chunk.read_bytes()
    for damaged in (data[:-7], data[:100] + b"x" + data[101:], b""):
        for file in (tmp_path / "s" / "chunks").glob("*"):
            file.unlink()
        chunk.write_bytes(damaged)
        again = sweep(tmp_path / "s")
        with pytest.warns(UserWarning, match="cut off or altered"):
            assert again.status()["pending"] == 6
        assert_frame_equal(again.run().table(), whole)


def test_a_folder_of_another_sweep_is_refused_with_what_differs(tmp_path: Path) -> None:
    sweep(tmp_path / "s")
    with pytest.raises(
        ValueError, match=r"(?s)another sweep.*stages\.customer\.fee: 30\.0 there, 31\.0 here"
    ):
        sweep(tmp_path / "s", model=small().assign({"customer.fee": 31}))
    with pytest.raises(ValueError, match="seed: 1 there, 2 here"):
        sweep(tmp_path / "s", seed=2)
    with pytest.raises(ValueError, match="holds no sweep"):
        gw.Sweep.open(tmp_path / "nothing")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ValueError, match="holds other files"):
        sweep(tmp_path / "mine")


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


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: gw.grid({}), "a design needs a factor"),
        (lambda: gw.grid({"a": (0, 1)}), "is a range, which has no end of values"),
        (lambda: gw.sobol({"a": (1, 0)}, n=4), "low must be below high"),
        (lambda: gw.sobol({"a": (0, 1, "log")}, n=4), "must be above 0"),
        (lambda: gw.sobol({"a": (0, 1, "logs")}, n=4), "it must be 'plain' or 'log'"),
        (lambda: gw.sobol({"a": "0.1"}, n=4), "it must be a range (low, high) or a list"),
        (lambda: gw.sobol({"a": []}, n=4), "is empty"),
        (lambda: gw.sobol({"a": (0, 1)}, n=0), "n is 0"),
        (lambda: gw.morris({"a": (0, 1)}, n=2, levels=3), "an even number"),
        (lambda: gw.grid({"a": [1]}).extended(4), "has no more points"),
        (lambda: gw.sobol({"a": (0, 1)}, n=4).extended(2), "the design has 4 already"),
    ],
)
def test_designs_refuse_what_makes_no_sense(made: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        made()


def test_designs_fill_their_ranges() -> None:
    factors = {"a": (2.0, 4.0), "b": ["x", "y"], "c": (1.0, 100.0, "log")}
    for design in (gw.sobol(factors, n=64), gw.latin_hypercube(factors, n=64)):
        table = design.table()
        assert (np.histogram(table["a"], np.linspace(2, 4, 65))[0] == 1).all()
        assert (np.histogram(np.log(table["c"]), np.log(100) * np.linspace(0, 1, 65))[0] == 1).all()
        assert (table["b"] == "x").sum() == 32
    assert len(gw.saltelli(factors, n=8)) == 8 * 5
    walks = gw.morris({"a": (0, 1), "b": (0, 1), "c": (0, 1)}, n=20).table().to_numpy().reshape(20, 4, 3)
    moves = np.diff(walks, axis=1)
    assert (np.count_nonzero(moves, axis=2) == 1).all()
    assert np.allclose(np.abs(moves).sum(axis=(1, 2)), 3 * 2 / 3)
    assert walks.min() == 0
    assert walks.max() == 1


def test_designs_add_up(tmp_path: Path) -> None:
    both = gw.grid({"customer.fee": [25, 30]}) + gw.grid({"terms.discount": [0.02]})
    assert both.rows == {"customer.fee": [25, 30, None], "terms.discount": [None, None, 0.02]}
    assert sweep(tmp_path / "s", both).run().status()["ok"] == 3


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


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_bits_do_not_depend_on_who_does_the_work(
    tmp_path: Path, pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sweep(tmp_path / "whole").run(threads=1).table()
    monkeypatch.setattr(execution, "SECONDS", 1e-9)
    monkeypatch.setattr(execution, "FIRST", 2)
    context = (
        {"mp_context": __import__("multiprocessing").get_context("spawn")}
        if pool is ProcessPoolExecutor
        else {}
    )
    with pool(2, **context) as executor:
        asked = sweep(tmp_path / "s").run(executor=executor)
    assert len(asked._finished.folder.names()) > 3
    assert_frame_equal(asked.table(), whole)


SCRIPT = """
import sys
import goodwill as gw
from goodwill.sweeps import execution, work
execution.SECONDS, execution.FIRST = 0.05, 2
sys.path.insert(0, {here!r})
from test_sweep import sweep, STEP
from pathlib import Path
sweep(Path({folder!r}), gw.grid({{STEP: [k / 40 for k in range(1, 41)]}})).run(threads=1)
"""


def test_killed_at_any_moment_the_same_table_comes_out(tmp_path: Path) -> None:
    """SIGKILL after a random time, again and again, until it is done."""
    design = gw.grid({STEP: [k / 40 for k in range(1, 41)]})
    whole = sweep(tmp_path / "whole", design).run().table()
    folder = tmp_path / "s"
    script = SCRIPT.format(here=str(Path(__file__).parent), folder=str(folder))
    moments, kills, wanted = random.Random(1), 0, 200 if os.environ.get("GOODWILL_FULL") else 20
    began = time.monotonic()
    while kills < wanted:
        with (tmp_path / "errors").open("wb") as errors:
            process = subprocess.Popen([sys.executable, "-X", "faulthandler", "-c", script], stderr=errors)
        try:
            process.wait(moments.uniform(0.3, 2.5))
            assert process.returncode == 0, (tmp_path / "errors").read_text()
            for file in list((folder / "chunks").glob("*.parquet"))[::2]:
                file.unlink()  # done: so that there is something to be killed at
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        assert time.monotonic() - began < 1800
    assert not list(folder.glob("*.damaged"))
    assert_frame_equal(sweep(folder, design).run().table(), whole)


def test_two_processes_in_one_folder_do_not_disturb_each_other(tmp_path: Path) -> None:
    design = gw.grid({STEP: [k / 40 for k in range(1, 41)]})
    whole = sweep(tmp_path / "whole", design).run().table()
    script = SCRIPT.format(here=str(Path(__file__).parent), folder=str(tmp_path / "s"))
    both = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    found = sweep(tmp_path / "s", design)
    assert found.status()["pending"] == 0
    assert_frame_equal(found.table(), whole)


def test_a_full_disk_loses_nothing_that_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    piecewise(monkeypatch)
    asked = sweep(tmp_path / "s")
    add, room = asked._finished.folder.add, [2]

    def full(chunk: Any) -> str:
        room[0] -= 1
        if room[0] < 0:
            with Path("/dev/full").open("wb", buffering=0) as device:
                device.write(b"x")
        return add(chunk)

    monkeypatch.setattr(asked._finished.folder, "add", full)
    with pytest.raises(OSError, match="No space left"):
        asked.run(threads=1)
    assert len(asked._finished.folder.names()) == 2
    assert asked.status()["ok"] > 0
    assert sweep(tmp_path / "s").run().status()["pending"] == 0


def test_a_small_disk_that_is_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only an administrator may mount a disk")
    try:
        design = gw.grid({STEP: [k / 400 for k in range(1, 401)]})
        with pytest.raises(OSError, match="No space left"):
            sweep(disk / "s", design).run()
        assert not list(disk.rglob(".*"))
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        assert sweep(disk / "s", design).run().status()["ok"] == 400
    finally:
        subprocess.run(["umount", str(disk)], check=True)


DASK = """
import os, signal, sys, threading, time
from pathlib import Path
import goodwill as gw
from goodwill.sweeps import execution, work
execution.SECONDS, execution.FIRST = 0.2, 2
sys.path.insert(0, {here!r})
from test_sweep import sweep, STEP
from distributed import Client, LocalCluster

if __name__ == "__main__":
    workers, victim = {workers}, {victim!r}
    options = dict(threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with LocalCluster(n_workers=workers, **options) as cluster, Client(cluster) as client:
        asked = sweep(Path({folder!r}), gw.grid({{STEP: [k / 40 for k in range(1, 41)]}}))
        def kill():
            while len(asked._finished.folder.names()) < 3:
                time.sleep(0.01)
            pid = os.getpid() if victim == "client" else next(iter(cluster.workers.values())).process.pid
            os.kill(pid, signal.SIGKILL)
        if victim:
            threading.Thread(target=kill, daemon=True).start()
        asked.run(client=client)
        print("done", asked.status()["ok"])
"""


@pytest.mark.parametrize(("workers", "victim"), [(1, ""), (2, ""), (2, "worker"), (2, "client")])
def test_a_cluster_gives_the_same_bits_whoever_dies(tmp_path: Path, workers: int, victim: str) -> None:
    pytest.importorskip("distributed")
    design = gw.grid({STEP: [k / 40 for k in range(1, 41)]})
    whole = sweep(tmp_path / "whole", design).run().table()
    folder, script = tmp_path / "s", tmp_path / "script.py"
    script.write_text(
        DASK.format(here=str(Path(__file__).parent), folder=str(folder), workers=workers, victim=victim)
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300)
    if victim == "client":
        assert done.returncode == -signal.SIGKILL
        assert gw.Sweep.open(folder, replications=6).status()["ok"] > 0
    else:
        assert "done 40" in done.stdout, done.stderr
        assert gw.Sweep.open(folder, replications=6).status() == {"ok": 40, "failed": 0, "pending": 0}
    assert_frame_equal(sweep(folder, design).run().table(), whole)


def test_a_piece_that_kills_its_workers_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that loses every worker with one of the points: the others are done."""
    distributed = pytest.importorskip("distributed")
    asked = sweep(tmp_path / "s", gw.grid({STEP: [0.25, 0.5, 0.75, 1.0]}))
    deadly = asked._points[2].simulation.key
    made = []

    class Future:
        def __init__(self, work: Any, question: Any, unit: Any) -> None:
            made.append(unit)
            self.dead = deadly in [piece.simulation.key for piece in unit.pieces]
            self.status = "error" if self.dead else "finished"
            self._found = None if self.dead else work(question, unit, 1)

        def exception(self) -> Exception:
            return distributed.scheduler.KilledWorker("unit", SimpleNamespace(address="tcp://lost"), 3)

        def result(self) -> Any:
            return self._found

    class Client:
        def nthreads(self) -> dict[str, int]:
            return {"worker": 1}

        def submit(self, work: Any, question: Any, unit: Any, threads: int, **options: Any) -> Future:
            return Future(work, question, unit)

        def cancel(self, futures: Any) -> None:
            assert not futures

    class Results(list[Any]):
        def add(self, future: Any) -> None:
            self.append(future)

    monkeypatch.setattr(distributed, "as_completed", Results)
    monkeypatch.setattr(execution, "FIRST", 24)
    asked.run(client=Client())
    assert asked.status() == {"ok": 3, "failed": 1, "pending": 0}
    assert "its worker died" in asked.table()["error"][2]
    assert len(made) > 2


def test_an_estimate_keeps_nothing(tmp_path: Path) -> None:
    asked = sweep(tmp_path / "s")
    found = asked.estimate(threads=1)
    assert asked.status() == {"ok": 0, "failed": 0, "pending": 6}
    assert found.simulations == 3
    assert found.seconds > 0
    assert found.disk > 0
    assert "3 simulations are pending: about" in repr(found)
    assert repr(asked.run().estimate()) == "Nothing is pending."


MISTAKES = """\
- sobol: {n: 4, sed: 1}
  vary: {customer.fee: [30, 31]}
- latin_hypercube: {seed: 1}
  vary: {customer.fee: {low: 31, high: 30}}
- grid:
  vary: {customer.fee: 30}
- points: [{customer.fee: 30}, 31]
- {sobl: {n: 4}}
"""


def test_mistakes_of_a_design_file_are_located(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(MISTAKES)
    with pytest.raises(gw.ModelError) as refused:
        gw.read_design(file)
    found = [(problem.line, problem.column, problem.text) for problem in refused.value.problems]
    for line, column, text in [
        (1, 17, "sobol has no 'sed'; did you mean 'seed'?; it takes n, seed"),
        (3, 20, "latin_hypercube needs n"),
        (4, 24, "low must be below high"),
        (6, 24, "it must be a range (low, high) or a list of values"),
        (7, 32, "expected a point"),
        (8, 4, "a design has no 'sobl'; did you mean 'sobol'?"),
    ]:
        assert any((line, column) == place[:2] and text in place[2] for place in found), (line, column, found)
    file.write_text("grid:\nvary: {customer.fe: [30]}\n")
    with pytest.raises(gw.ModelError, match=r"design.yaml:2:8: customer.fe: .*did you mean 'customer.fee'"):
        sweep(tmp_path / "s", gw.read_design(file))


def test_designs_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("sobol: {n: 4, seed: 2}\nvary: {a: {low: 1, high: 2}, b: [x, 3]}\n")
    assert gw.read_design(tmp_path / "a.yaml") == gw.sobol({"a": (1, 2), "b": ["x", 3.0]}, n=4, seed=2)
    (tmp_path / "b.yaml").write_text("- points: [{a: 1}, {b: 2 %}]\n- grid:\n  vary: {a: [5]}\n")
    assert gw.read_design(tmp_path / "b.yaml").rows == {"a": [1, None, 5], "b": [None, "2 %", None]}
    (tmp_path / "c.csv").write_text("a,b\n1,\n2,5\n")
    assert gw.read_design(tmp_path / "c.csv").rows == {"a": [1, 2], "b": [None, 5.0]}


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


def test_chunks_that_overlap_are_read_in_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = gw.grid({STEP: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]})
    whole = sweep(tmp_path / "whole", design, replications=30).run().table()
    asked = sweep(tmp_path / "s", design, replications=30)
    for point in asked._points:
        for first, n in [(0, 20), (20, 10), (0, 8)]:
            terms = ((point.terms_key, point.terms),)
            unit = work.Unit((work.Piece(point.simulation, terms, first, n),))
            asked._finished.folder.add(work.answered(asked.question, unit, 1).chunk)
    assert_frame_equal(asked.table(), whole)


def test_an_error_that_was_mended_is_forgotten(tmp_path: Path) -> None:
    asked = sweep(tmp_path / "s", gw.grid({STEP: [0.5]}))
    (piece,) = asked._finished.pieces(asked._points, 6, False)
    asked._finished.folder.add(work.failure(work.Unit((piece,)), "its worker died"))
    assert asked.status()["failed"] == 1
    assert asked.retry().status()["ok"] == 1
    assert asked.extend(replications=10).status() == {"ok": 0, "failed": 0, "pending": 1}
    assert asked.run().status()["ok"] == 1
    asked.extend(design=gw.grid({STEP: [0.5], "terms.discount": [0.2]}))
    assert asked.run().status()["ok"] == 2


def test_an_error_is_forgotten_however_the_work_was_split_since(tmp_path: Path) -> None:
    asked = sweep(tmp_path / "s", gw.grid({STEP: [0.5]}))
    (piece,) = asked._finished.pieces(asked._points, 6, False)
    asked._finished.folder.add(work.failure(work.Unit((piece,)), "its worker died"))
    for first in (0, 3):
        unit = work.Unit((work.Piece(piece.simulation, piece.terms, first, 3),))
        asked._finished.folder.add(work.answered(asked.question, unit, 1).chunk)
    asked.extend(design=gw.grid({STEP: [0.5], "terms.discount": [0.2]}))
    assert asked.status() == {"ok": 1, "failed": 0, "pending": 1}


def test_terms_that_no_point_can_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(gw.ModelError, match="99"):
        sweep(tmp_path / "s", gw.grid({"terms.horizon": [1, 99]}))


@pytest.mark.parametrize("gone", [True, False])
def test_a_chunk_that_is_lost_while_it_is_used_is_done_again(tmp_path: Path, gone: bool) -> None:
    asked = sweep(tmp_path / "s").run()
    whole = asked.table()
    for chunk in (tmp_path / "s" / "chunks").glob("*.parquet"):
        if gone:
            chunk.unlink()
        else:
            chunk.write_bytes(b"x")
    if gone:
        assert asked.status()["pending"] == 6
    else:
        with (
            pytest.warns(UserWarning, match="cut off"),
            pytest.raises(ValueError, match=r"sweep\.run\(\) goes on"),
        ):
            asked.table()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_frame_equal(asked.run().table(), whole)


def test_a_folder_knows_how_many_replications_were_asked_for(tmp_path: Path) -> None:
    sweep(tmp_path / "s").run().extend(replications=9)
    found = gw.Sweep.open(tmp_path / "s")
    assert found.replications == 9
    assert found.status()["pending"] == 6
    with pytest.raises(ValueError, match="customer"):
        found.extend(replications=12, design=gw.grid({"customer.fe": [1]}))
    assert found.replications == 9


def test_what_differs_is_shown_by_field(tmp_path: Path) -> None:
    sweep(tmp_path / "s", terms=gw.Terms(discount=0.1))
    sweep(tmp_path / "s")  # the model says 10 %, too
    with pytest.raises(ValueError, match=r"terms\.tax: 0\.0 there, 0\.2 here"):
        sweep(tmp_path / "s", terms=gw.Terms(tax=0.2))


def test_values_that_no_model_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"customer\.fee has the value"):
        sweep(tmp_path / "s", pd.DataFrame({"customer.fee": [pd.Timestamp("2026-01-01")]}))
    with pytest.raises(ValueError, match="has the value 1 twice"):
        gw.grid({"customer.fee": [1, 2, 1]})
