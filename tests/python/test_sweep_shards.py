"""One replication in shards: the same bits, whoever does the work and whatever happens to it."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import goodwill as gw
import pandas as pd
import pytest
from goodwill.sweeps import execution
from pandas.testing import assert_frame_equal
from sweeping import STEP, small, sweep

SEGMENTS = {
    "young": {"count": 3_000, "tenure": "2 years", "arrivals": "60 / month"},
    "old": {"count": 900, "tenure": "4 years"},
    "walk_in": {"arrivals": "9 / month"},
}
REFERRALS = {"rate": "0.02 / month", "conversion": "50 %", "segment": "old"}
DESIGN = pd.DataFrame(
    {
        STEP: [0.25, 0.5, 0.5, 0.25],
        "customer.fee": [None, None, None, 35.0],
        "terms.discount": [0.1, 0.1, 0.05, 0.1],
    },
    dtype=object,
)
"""Three simulations: two that share their baseline, and one of another firm."""
JOBS = 4
"""That is two for each replication, and there are two replications."""


def model() -> gw.Model:
    return small(segments=SEGMENTS, referrals=REFERRALS, agents=3_000)


def asked(folder: Path, shards: int = 1, **options: Any) -> gw.Sweep:
    return sweep(folder, **{"design": DESIGN, "model": model(), "replications": 2, **options}, shards=shards)


def parts(folder: Path) -> list[Path]:
    return sorted((folder / "shards").glob("*.parquet"))


@pytest.mark.parametrize(
    "how",
    [{}, {"survival_weights": False}, {"survival_weights": True}, {"run_off": True}],
    ids=["as it is", "killing", "weights", "run-off"],
)
def test_bits_of_shards_are_those_of_the_whole(tmp_path: Path, how: dict[str, Any]) -> None:
    whole = asked(tmp_path / "whole", **how).run().table()
    for shards in (2, 5):
        found = asked(tmp_path / f"in {shards}", shards, **how).run()
        assert found.status() == {"ok": 4, "failed": 0, "pending": 0}
        assert_frame_equal(found.table(), whole)
        assert not parts(tmp_path / f"in {shards}")  # they are added up


def test_bits_do_not_depend_on_the_processes_that_live_shards(tmp_path: Path) -> None:
    whole = asked(tmp_path / "whole").run(threads=1).table()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        found = asked(tmp_path / "s", 3).run(executor=executor)
    assert_frame_equal(found.table(), whole)


DASK = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from test_sweep_shards import asked
from distributed import Client, LocalCluster

if __name__ == "__main__":
    options = dict(threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with LocalCluster(n_workers=2, **options) as cluster, Client(cluster) as client:
        print("done", asked(Path({folder!r}), 3).run(client=client).status()["ok"])
"""
PATHS = [str(Path(__file__).parent), str(Path(__file__).parents[1])]


def test_bits_of_a_cluster_in_shards(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    whole = asked(tmp_path / "whole").run().table()
    script = tmp_path / "script.py"
    script.write_text(DASK.format(paths=PATHS, folder=str(tmp_path / "s")))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300)
    assert "done 4" in done.stdout, done.stderr
    assert_frame_equal(asked(tmp_path / "s").table(), whole)


def stopped(monkeypatch: pytest.MonkeyPatch, after: int) -> list[Any]:
    """Ctrl-C comes after so many units; what they are is in the list."""
    answered, units = execution.answered, []

    def stopping(question: Any, unit: Any, threads: int) -> Any:
        if len(units) == after:
            raise KeyboardInterrupt
        units.append(unit)
        return answered(question, unit, threads)

    monkeypatch.setattr(execution, "answered", stopping)
    return units


def test_shards_that_are_done_are_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(tmp_path / "whole").run().table()
    monkeypatch.setattr(random, "randrange", lambda n: 0)
    for after in range(1, 9):
        folder = tmp_path / str(after)
        with monkeypatch.context() as interrupted:
            stopped(interrupted, after)
            with pytest.raises(KeyboardInterrupt):
                asked(folder, 3).run(threads=1)
        assert len(parts(folder)) == after % 4  # three shards, and the unit that adds them up
        with monkeypatch.context() as counted:
            units = stopped(counted, 1_000)
            found = asked(folder, 3).run(threads=1)
        assert len(units) == JOBS * 4 - after
        assert_frame_equal(found.table(), whole)
        assert not parts(folder)


def test_other_shards_are_not_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(tmp_path / "whole").run().table()
    for shards in (3, 1):
        folder = tmp_path / str(shards)
        with monkeypatch.context() as interrupted:
            stopped(interrupted, 1)
            with pytest.raises(KeyboardInterrupt):
                asked(folder, 2).run(threads=1)
        assert len(parts(folder)) == 1
        assert_frame_equal(asked(folder, shards).run().table(), whole)
        asked(folder, shards).run()
        assert not parts(folder)  # nobody needs it any more


@pytest.mark.parametrize("damage", [lambda data: data[:-7], lambda data: data[:40] + b"x" + data[41:]])
def test_a_damaged_shard_is_done_again(tmp_path: Path, damage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(tmp_path / "whole").run().table()
    with monkeypatch.context() as interrupted:
        stopped(interrupted, 2)
        with pytest.raises(KeyboardInterrupt):
            asked(tmp_path / "s", 3).run(threads=1)
    first, _ = parts(tmp_path / "s")
    first.write_bytes(damage(first.read_bytes()))
    units = stopped(monkeypatch, 1_000)
    with pytest.warns(UserWarning, match="cut off or altered"):
        found = asked(tmp_path / "s", 3).run(threads=1)
    assert len(units) == JOBS * 4 - 1
    assert_frame_equal(found.table(), whole)


SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from test_sweep_shards import asked
asked(Path({folder!r}), 4, replications=6).run(threads=1)
"""


def test_killed_at_any_moment_the_same_table_comes_out_of_shards(tmp_path: Path) -> None:
    whole = asked(tmp_path / "whole", replications=6).run().table()
    folder = tmp_path / "s"
    script = SCRIPT.format(paths=PATHS, folder=str(folder))
    moments, kills, wanted = random.Random(1), 0, 100 if os.environ.get("GOODWILL_FULL") else 6
    began = time.monotonic()
    while kills < wanted:
        process = subprocess.Popen([sys.executable, "-c", script])
        try:
            process.wait(moments.uniform(0.8, 2.5))
            assert process.returncode == 0
            for file in list((folder / "chunks").glob("*.parquet"))[::2]:
                file.unlink()  # done: so that there is something to be killed at
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        assert time.monotonic() - began < 1800
    assert not list(folder.rglob("*.damaged"))
    assert_frame_equal(asked(folder, 4, replications=6).run().table(), whole)


def test_two_processes_share_the_shards_of_one_folder(tmp_path: Path) -> None:
    whole = asked(tmp_path / "whole", replications=6).run().table()
    script = SCRIPT.format(paths=PATHS, folder=str(tmp_path / "s"))
    both = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert_frame_equal(asked(tmp_path / "s", replications=6).table(), whole)


def test_a_point_that_fails_stops_no_other(tmp_path: Path) -> None:
    """Of points that are simulated together: the others have their numbers, this one has its own error."""
    reach = "investments.training.reach"
    design = pd.DataFrame({reach: ["20 %", "400 %", "70 %"]})
    whole = asked(tmp_path / "whole", design=design).run().table()
    found = asked(tmp_path / "s", 2, design=design).run()
    assert found.status() == {"ok": 2, "failed": 1, "pending": 0}
    assert_frame_equal(found.table(), whole)
    assert "reach" in found.table()["error"][1]


def test_customers_who_influence_one_another_have_no_shards(tmp_path: Path) -> None:
    desk = {"desk": {"capacity": 500}}
    help_ = {"starts": "20 %", "touchpoints": {"call": {"failure": "20 %", "team": "desk"}}}
    coupled = small(teams=desk, journeys={"help": help_})
    with pytest.raises(ValueError, match=r"shards is 2; they need customers who do not .* share teams"):
        sweep(tmp_path / "s", model=coupled, shards=2)
    assert sweep(tmp_path / "s", model=coupled).run().status()["ok"] == 6
    with pytest.raises(ValueError, match="shards is 2; they need"):
        gw.Sweep.open(tmp_path / "s", shards=2)
    for wrong in (0, -1, 2.5, True, "two", 100_000):
        with pytest.raises(ValueError, match=r"shards is .* a whole number from 1 to 1,000"):
            sweep(tmp_path / "t", shards=wrong)  # type: ignore[arg-type]


def test_an_estimate_in_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = small(segments=SEGMENTS, agents="all")
    found = asked(tmp_path / "s", 4, model=big)
    units = stopped(monkeypatch, 1_000)
    estimate = found.estimate(threads=1)
    assert len(units) == 1
    assert not parts(tmp_path / "s")
    assert estimate.simulations == 3
    assert estimate.disk > 0
    answered, seconds = execution.answered, []

    def timed(*args: Any) -> Any:
        seconds.append((done := answered(*args)).seconds)
        return done

    monkeypatch.setattr(execution, "answered", timed)
    found.run(threads=1)
    assert sum(seconds) / 4 < estimate.seconds < 4 * sum(seconds)
    assert repr(asked(tmp_path / "s", 4, model=big).estimate()) == "Nothing is pending."


def test_shards_from_the_command_line(tmp_path: Path) -> None:
    file, design = tmp_path / "firm.yaml", tmp_path / "design.csv"
    file.write_text(small().to_yaml())
    design.write_text(f"{STEP}\n0.25\n0.5\n")
    command = [sys.executable, "-m", "goodwill", "sweep", str(file), str(design), "--replications", "2"]
    for shards in ("1", "3"):
        done = subprocess.run(
            [*command, "--folder", str(tmp_path / shards), "--shards", shards, "--threads", "1"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert_frame_equal(*(gw.Sweep.open(tmp_path / shards).table() for shards in ("1", "3")))
