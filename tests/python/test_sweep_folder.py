"""The folder of a sweep is the truth: whatever dies, is cut off or comes twice."""

import os
import random
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
from sweeping import STEP, piecewise, small, sweep


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
from sweeping import STEP, sweep
from pathlib import Path
sweep(Path({folder!r}), gw.grid({{STEP: [k / 40 for k in range(1, 41)]}})).run(threads=1)
"""


def test_killed_at_any_moment_the_same_table_comes_out(tmp_path: Path) -> None:
    """SIGKILL after a random time, again and again, until it is done."""
    design = gw.grid({STEP: [k / 40 for k in range(1, 41)]})
    whole = sweep(tmp_path / "whole", design).run().table()
    folder = tmp_path / "s"
    script = SCRIPT.format(here=str(Path(__file__).parents[1]), folder=str(folder))
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
    script = SCRIPT.format(here=str(Path(__file__).parents[1]), folder=str(tmp_path / "s"))
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
from sweeping import STEP, sweep
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
        DASK.format(here=str(Path(__file__).parents[1]), folder=str(folder), workers=workers, victim=victim)
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
