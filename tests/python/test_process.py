"""What the system does to the command and to Python: limits, closed streams, odd names, forks, Ctrl-C."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import goodwill as gw
import pytest
from goodwill.cli import main
from goodwill.engine.anchoring import anchored

BROKEN = "horizon: 12\nsegments: {all: {count: 100}}\nstages: {customer: {fees: 30}}\n"


def command(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The command as a shell starts it."""
    asked = [os.fsencode(argument) for argument in (sys.executable, "-m", "goodwill", *arguments)]
    streams: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(asked, check=False, timeout=120, **{**streams, **options})  # type: ignore[call-overload]


def closing(*streams: int) -> Callable[[], None]:
    return lambda: [os.close(stream) for stream in streams] and None


def test_threads_that_the_system_refuses_are_an_error() -> None:
    """4,096 stacks of 8 MiB do not fit; as root, no limit of processes holds."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))

    done = command("run", "smallest", "--threads", "4096", preexec_fn=limit)
    assert done.returncode == 2
    assert done.stderr.startswith(b"threads: 4096 are wanted, and the system allows ")
    assert done.stdout == b""


def test_an_error_does_not_land_in_the_table(tmp_path: Path) -> None:
    file, table = tmp_path / "firm.yaml", tmp_path / "table.csv"
    file.write_text(BROKEN, encoding="utf-8")
    with table.open("wb") as stream:
        done = command("run", str(file), "--format", "csv", stdout=stream, stderr=None, preexec_fn=closing(2))
    assert done.returncode == 2
    assert table.read_bytes() == b""


def test_closed_and_full_outputs_are_no_traceback() -> None:
    assert command("run", "smallest", stdout=None, preexec_fn=closing(1)).stderr == b""
    assert command("run", "smallest", stdin=None, preexec_fn=closing(0, 1, 2)).returncode == 0
    with Path("/dev/full").open("wb") as full:
        done = command("run", "smallest", stdout=full)
    assert (done.returncode, done.stderr) == (2, b"goodwill: standard output: No space left on device\n")
    for arguments in (["schema"], ["--help"]):
        end, start = os.pipe()
        os.close(end)
        done = command(*arguments, stdout=start)
        os.close(start)
        assert (done.returncode, done.stderr) == (0, b"")


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/firm\xff.yaml"
    Path(os.fsdecode(odd)).write_text(BROKEN, encoding="utf-8")
    for arguments in (
        [odd],
        ["smallest", "--set", b"name=\xff"],
        ["smallest", "--set", b"\xff=1"],
        ["smallest", "--scenario", b"\xff"],
    ):
        done = command("run", *arguments)
        assert done.returncode == 2
        assert b"no character of UTF-8" in done.stderr
        assert done.stderr.count(b"\n") == 1
    with pytest.raises(ValueError, match="null character"):
        gw.read("firm\0.yaml")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "goodwill: there is not enough memory for this question\n"),
        (OSError(11, "the system refuses another thread"), "goodwill: the system refuses another thread\n"),
        (
            TypeError("odd"),
            "goodwill: TypeError: odd (a fault of goodwill; GOODWILL_TRACEBACK=1 shows where)\n",
        ),
        (
            RuntimeError(),
            "goodwill: RuntimeError:  (a fault of goodwill; GOODWILL_TRACEBACK=1 shows where)\n",
        ),
    ],
)
def test_every_error_is_one_line(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("goodwill.cli.answers.run", fail)
    assert main(["run", "smallest"]) == 2
    assert capsys.readouterr().err == said


def test_memory_that_is_refused_is_an_error_of_python() -> None:
    asked = (
        "import resource, goodwill as gw\n"
        "gw.run  # with what it brings along\n"
        "pages = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (pages + (200 << 20),) * 2)\n"
        "model = gw.Model(horizon=600, segments={'a': {'count': 10}}, stages={'c': {'fee': 1}})\n"
        "try:\n"
        "    gw.run(model, replications=1_000, threads=1)\n"
        "except (MemoryError, gw.ModelError) as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert "memory" in done.stdout or "GB" in done.stdout


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_does_not_wait_for_a_thread_of_its_parent() -> None:
    """Another thread anchors a model while this one forks: the child has only itself."""
    for _ in range(5):
        model = gw.example("telecom")
        busy = threading.Thread(target=anchored, args=(model, 2))
        busy.start()
        time.sleep(0.05)
        child = os.fork()
        if child == 0:
            signal.alarm(60)  # ends a child that waits for ever
            anchored(model, 2)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        busy.join()


def large() -> str:
    """A file that takes long to read, because each of its changes is tried for each segment."""
    segments = "".join(f"  s{k}: {{count: 10}}\n" for k in range(200))
    investments = "".join(f"  i{k}: {{changes: {{customer.fee: {{add: 1}}}}}}\n" for k in range(400))
    return f"horizon: 12\nsegments:\n{segments}stages: {{customer: {{fee: 1}}}}\ninvestments:\n{investments}"


def test_ctrl_c_is_heard_while_reading_and_planning() -> None:
    text, started = large(), time.monotonic()
    gw.Model.from_yaml(text)
    reading = time.monotonic() - started
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, reading / 10)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        [gw.Model.from_yaml(text) for _ in range(100)]
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert time.monotonic() - started < max(1.0, 0.6 * reading)


def test_ctrl_c_is_heard_by_the_exact_solver() -> None:
    model = gw.Model(
        horizon=60,
        segments={"all": {"count": 1_000}},
        stages={"customer": {"fee": 1, "churn": {"0 months": 0.05, "900 months": 0.01}}},
    )
    anchored(model, 1)
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        gw.expect(model, horizon=100_000)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert time.monotonic() - started < 5


def test_an_interrupted_command_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("goodwill.cli.answers.find", interrupted)
    assert main(["run", "smallest"]) == 130
    assert capsys.readouterr().err == "goodwill: interrupted\n"


def test_nothing_is_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gw.run(gw.example("smallest"), threads=9)
