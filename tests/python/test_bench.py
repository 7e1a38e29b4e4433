"""The benchmarks run, small: no test judges what they measure, but they must not rot."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.mark.parametrize(
    ("script", "arguments", "closing"),
    [
        (
            "compare_peers.py",
            "--customers 5000 --rounds 2 --replications 2 --only goodwill numpy",
            "All implementations agree.",
        ),
        (
            "network_peers.py",
            "--people 20000 --rounds 1 --only goodwill networkx",
            "Means and variances of all degrees agree.",
        ),
        (
            "talk_peers.py",
            "--people 20000 --rounds 1 --only goodwill scipy",
            "All keep the same number of customers, within the tolerance.",
        ),
        ("sweep_bench.py", "--points 100 --only overhead many investment", "All points were answered."),
        ("time_to_decision.py", "--only peer", "goodwill, paired, and beyond the horizon"),
    ],
)
def test_a_benchmark_runs(script: str, arguments: str, closing: str) -> None:
    command = [sys.executable, str(BENCH / script), *arguments.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert closing in done.stdout
