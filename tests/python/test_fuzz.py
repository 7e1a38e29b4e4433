"""Every question is asked of models made from the grammar, many of them spoilt: no input may hang, take
2 GiB, end in an error that is not ours, or show nonsense. `.venv/bin/python tests/fuzz/worker.py SEED` shows
a finding.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

WORKER = Path(__file__).parents[1] / "fuzz" / "worker.py"
FULL = bool(os.environ.get("GOODWILL_FULL"))
INPUTS = 20_000 if FULL else 300
WORKERS = 2
LONGEST = 20.0
"""Seconds of processor time for one input."""
STILL = 300.0
"""Seconds on the clock: a process that waits for ever uses no processor, but a busy machine is no hang."""


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def lines(process: subprocess.Popen[bytes]) -> Iterator[dict[str, object] | None]:
    """What the worker says, and None whenever it has said nothing for a second."""
    assert process.stdout is not None
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(1.0):
                yield None
                continue
            if not (more := os.read(process.stdout.fileno(), 65_536)):
                return
            *whole, said = (said + more).split(b"\n")
            yield from map(json.loads, whole)


def findings(first: int) -> Iterator[str]:
    """Of one worker's share of the seeds; after a crash or a hang a new one takes over behind it."""
    while first < INPUTS:
        command = [sys.executable, str(WORKER), str(first), str(INPUTS), str(WORKERS)]
        errors = subprocess.DEVNULL if FULL else None
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        seed, used, begun = first, 0.0, time.monotonic()
        for line in lines(process):
            if line is not None:
                seed = int(str(line["seed"]))
                if "found" not in line:
                    used, begun = processor_seconds(process), time.monotonic()
                elif line["found"]:
                    yield f"seed {seed}: {line['found']}"
            elif process.poll() is None and (
                processor_seconds(process) - used > LONGEST or time.monotonic() - begun > STILL
            ):
                process.kill()
                yield f"seed {seed}: takes too long"
        code = process.wait()
        if process.stdout:
            process.stdout.close()
        if code == 0:
            return
        if code != -9:
            yield f"seed {seed}: the process ended with {code}"
        first = seed + WORKERS


@pytest.mark.parametrize("worker", range(WORKERS))
def test_no_input_shows_what_nobody_should_see(worker: int) -> None:
    found = list(findings(worker))
    assert not found, "\n".join(found)
