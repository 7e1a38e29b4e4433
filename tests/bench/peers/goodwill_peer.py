"""goodwill itself as one of the peers, and the memory that one run of it takes.

As a program it prints that memory: python -m peers.goodwill_peer CUSTOMERS PERIODS THREADS
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from goodwill import _core

from . import workload as w

MODEL = Path(__file__).parent.parent / "reference.yaml"


@contextlib.contextmanager
def forced(instruction_set: str) -> Iterator[None]:
    """Within it goodwill uses these instructions; empty: the best that the processor has."""
    before = os.environ.get("GOODWILL_ISA")
    os.environ["GOODWILL_ISA"] = instruction_set
    try:
        yield
    finally:
        del os.environ["GOODWILL_ISA"]
        if before is not None:
            os.environ["GOODWILL_ISA"] = before


def run_goodwill(
    customers: int, periods: int, seed: int, threads: int, instruction_set: str = ""
) -> w.Totals:
    """Simulates `MODEL` with that many customers."""
    model = _core.Model.read(str(MODEL)).assign(
        {"segments.all.count": customers, "horizon": f"{periods} months"}
    )
    anchoring = _core.anchor(model, threads)  # nothing to solve: the model states no averages
    with forced(instruction_set):
        simulation = _core.simulate(model, anchoring, ["baseline"], seed=seed, threads=threads)
    if instruction_set and simulation.instruction_set != instruction_set:
        raise RuntimeError(f"{instruction_set} was asked for, {simulation.instruction_set} was used")

    cells = simulation.total(0).sum(axis=(0, 2))  # [period, counter]
    columns = {name: number for number, name in enumerate(simulation.counters)}
    whole = cells.sum(axis=0)

    def count(name: str) -> int:
        return int(whole[columns[name]])

    def touchpoints(kind: str) -> list[int]:
        return [count(f"{kind}.{journey.name}.{journey.name}") for journey in w.JOURNEYS]

    def amount(name: str, row: int | None = None) -> float:
        cell = whole if row is None else cells[row]
        return float(cell[columns[name]])

    return w.Totals(
        customers=customers,
        customer_periods=count("start"),
        lost=count("lost"),
        contacts=tuple(touchpoints("contacts")),
        failures=sum(touchpoints("failed")),
        recovered=sum(touchpoints("recovered")),
        touchpoint_cost=amount("touchpoint_cost"),
        fee_revenue=amount("fees"),
        referrals=count("referrals"),
        surveyed=count("responses"),
        promoters=count("measured_promoters"),
        detractors=count("measured_detractors"),
        mean_satisfaction=amount("sum_satisfaction", -1) / amount("end", -1),
    )


def memory(line: str) -> int:
    """Bytes of this process: VmRSS is what it holds, VmHWM the most it has held."""
    for status in Path("/proc/self/status").read_text().splitlines():
        if status.startswith(f"{line}:"):
            return int(status.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {line}")


def peak_memory(customers: int, periods: int, threads: int) -> int:
    """Bytes that a run holds at its peak above a process that has only imported goodwill."""
    command = [sys.executable, "-m", "peers.goodwill_peer", str(customers), str(periods), str(threads)]
    done = subprocess.run(command, cwd=MODEL.parent, check=True, capture_output=True, text=True)
    return int(done.stdout)


def main() -> None:
    customers, periods, threads = map(int, sys.argv[1:])
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # from now on VmHWM counts from what is held now
    before = memory("VmRSS")
    run_goodwill(customers, periods, 1, threads)
    print(memory("VmHWM") - before)


if __name__ == "__main__":
    main()
