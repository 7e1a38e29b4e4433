"""What a sweep costs beyond the simulation, and what it saves.

python tests/bench/sweep_bench.py [--points N] [--only PART ...]

overhead    CPU of a point of a sweep less the CPU of its simulation: assigning, keeping, summing up. Target:
            below 2 ms.
many        so many small points (10,000), wall and memory on all cores. Target: 60 s on 2 cores, flat memory.
investment  points over a number of an investment of the firm of the README (200), against a loop over
            `gw.compare`, of which a tenth is run. Target: 5 times.
shards      a large population (400 agents for each of --points), in 4 shards on 2 processes, against the
            whole on 2 threads: wall, and CPU with all processes. Target: 5 % more CPU.
dask        the same work on 1 and on 2 workers of a local cluster, in units of one second. Target: 85 %
            efficiency.

Speed never decides the exit code.
"""

import argparse
import os
import re
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import goodwill as gw
from goodwill import _core
from goodwill.engine.anchoring import anchored
from goodwill.sweeps import execution

README = Path(__file__).parents[2] / "README.md"
RATE = "investments.training.changes.support.call.failure.times"


def small() -> gw.Model:
    return gw.Model(
        horizon="5 years",
        agents=200,
        segments={"all": {"count": 10_000}},
        stages={"customer": {"fee": 30, "churn": "2 % / month"}},
        finance={"discount": "10 %"},
        investments={"offer": {"cost": {"upfront": 10}, "changes": {"customer.churn": {"times": 0.9}}}},
        scenarios={"offer": ["offer"]},
    )


def firm() -> gw.Model:
    (text,) = re.findall(r"```yaml\n# firm.yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return gw.Model.from_yaml(text)


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def wall(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def swept(model: gw.Model, design: gw.Design, replications: int, **how: object) -> gw.Sweep:
    folder = Path(tempfile.mkdtemp()) / "sweep"
    return gw.Sweep(model, design, folder=folder, replications=replications).run(**how)


def small_design(points: int) -> gw.Design:
    return gw.sobol(
        {"investments.offer.changes.customer.churn.times": (0.5, 1.0), "customer.fee": (20.0, 40.0)}, n=points
    )


def overhead(points: int) -> None:
    model, n = small(), max(points // 10, 10)
    asked = anchored(model, 1)
    terms = gw.Terms().for_model(asked.core)
    bare = [([], [], [terms], False)] * n
    options = {"seed": 1, "replications": 2, "threads": 1, "progress": lambda _: None}
    simulation = cpu(lambda: _core.answer_points(asked.core, asked.levels, ["offer"], bare, terms, **options))
    whole = cpu(lambda: swept(model, small_design(n), 2, threads=1).table())
    print(
        f"overhead: {1e3 * whole / n:.2f} ms CPU a point, {1e3 * simulation / n:.2f} ms of them simulation: "
        f"{1e3 * (whole - simulation) / n:.2f} ms beside it"
    )


def many(points: int) -> None:
    model = small()
    swept(model, small_design(max(points // 10, 10)), 2).table()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = wall(lambda: swept(model, small_design(points), 2).table())
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cores = len(os.sched_getaffinity(0))
    print(
        f"many: {points:,} points in {seconds:.1f} s on {cores} cores; at most {after:.0f} MB, "
        f"{before:.0f} MB with a tenth of them"
    )


def investment(points: int) -> None:
    model, n = firm(), max(points // 50, 10)
    rates = [0.3 + 0.6 * k / n for k in range(n)]
    sweep = cpu(lambda: swept(model, gw.grid({RATE: rates}), 30).table())
    some = rates[:: max(n // 20, 1)]

    def loop() -> None:
        for rate in some:
            gw.compare(model.assign({RATE: rate}))

    each = cpu(loop) / len(some)
    print(
        f"investment: {n} points in {sweep:.1f} CPU s; a loop over gw.compare {each * n:.1f}: "
        f"{each * n / sweep:.1f} times"
    )


def shards(points: int) -> None:
    agents = 400 * points
    model = firm().assign({"homes.count": agents, "homes.arrivals": agents / 50, "agents": agents})
    design = gw.grid({RATE: [0.6]})
    taken, tables = {}, {}

    def with_children() -> float:
        return sum(
            sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )

    def measure(name: str, n: int) -> None:
        folder = Path(tempfile.mkdtemp()) / "sweep"
        sweep = gw.Sweep(model, design, folder=folder, replications=2, shards=n)
        before = with_children()

        def work() -> None:
            if n == 1:
                sweep.run(threads=2)
                return
            with ProcessPoolExecutor(2) as executor:  # whose time counts when it has ended
                sweep.run(executor=executor)

        taken[name] = wall(work), with_children() - before
        tables[name] = sweep.table()

    measure("whole", 1)
    measure("shards", 4)
    assert tables["whole"].equals(tables["shards"])
    (whole, whole_cpu), (parts, parts_cpu) = taken["whole"], taken["shards"]
    print(
        f"shards: {agents:,} agents, 2 replications: the whole {whole:.1f} s, {whole_cpu:.1f} CPU s; "
        f"in 4 shards {parts:.1f} s, {parts_cpu:.1f} CPU s: {100 * (parts_cpu / whole_cpu - 1):+.1f} % CPU"
    )


def dask(points: int) -> None:
    from distributed import Client, LocalCluster

    execution.SECONDS = 1.0
    model, design = firm(), gw.grid({RATE: [0.3 + 0.6 * k / points for k in range(max(points // 50, 8))]})
    taken = {}
    for workers in (1, 2):
        options = {"threads_per_worker": 1, "dashboard_address": None}
        with LocalCluster(n_workers=workers, **options) as cluster, Client(cluster) as client:
            swept(model, gw.grid({RATE: [0.1, 0.2]}), 4, client=client)  # so that workers have imported all
            taken[workers] = wall(lambda c=client: swept(model, design, 30, client=c))
    share = taken[1] / (2 * taken[2])
    print(f"dask: {taken[1]:.1f} s on one worker, {taken[2]:.1f} s on two: efficiency {100 * share:.0f} %")


PARTS = {"overhead": overhead, "many": many, "investment": investment, "shards": shards, "dask": dask}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    args = parser.parse_args()
    for name in args.only:
        PARTS[name](args.points)
    print("All points were answered.")


if __name__ == "__main__":
    main()
