"""goodwill itself behind the face of a peer, and the memory one run of it takes.

As a program it prints that memory: python -m peers.goodwill_peer CUSTOMERS PERIODS THREADS
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

from .workload import Totals

MODEL = Path(__file__).parent.parent / "reference.yaml"


def run_goodwill(customers: int, periods: int, seed: int, threads: int) -> Totals:
    """Simulates `MODEL` with that many customers. Raises ImportError where goodwill is not built."""
    raise ImportError("goodwill is not connected to the benchmark yet")


def peak_bytes() -> int:
    """The most memory this process has held so far.

    Linux lets a new process start with the peak of the one that started it, in `ru_maxrss` but not in VmHWM.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def peak_memory(customers: int, periods: int, threads: int) -> int:
    """Bytes a run holds at its peak, above a process that has run one customer for one period."""
    command = [sys.executable, "-m", "peers.goodwill_peer", str(customers), str(periods), str(threads)]
    done = subprocess.run(command, cwd=MODEL.parent, check=True, capture_output=True, text=True)
    return int(json.loads(done.stdout)["peak_bytes"])


if __name__ == "__main__":
    customers, periods, threads = map(int, sys.argv[1:])
    run_goodwill(1, 1, 1, threads)
    before = peak_bytes()
    run_goodwill(customers, periods, 1, threads)
    print(json.dumps({"peak_bytes": peak_bytes() - before}))
