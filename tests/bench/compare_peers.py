"""Compares goodwill with hand-written peers on the reference workload: speed, agreement, memory.

python tests/bench/compare_peers.py [--customers N] [--rounds R] [--replications N] [--threads T]
                                    [--only NAME ...]

Peers take turns within a round, so a busy machine is busy for all of them; ratios are medians of the ratios
within a round. Slower peers simulate fewer customers. The exit code is 1 if two implementations disagree on
any total; speed never decides it.
"""

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from goodwill import _core
from peers import goodwill_peer
from peers import workload as w
from peers.agreement import LARGEST_Z, differences

MODELS = Path(__file__).parents[2] / "scenarios" / "models"

# The targets.
TIMES_NUMBA = {"x86_64_v4": 4.0, "x86_64_v3": 2.5}
MEMORY_CUSTOMERS, MEBIBYTES = 1_000_000, 64
ANCHORING_SECONDS = 2

SAME_BITS_CUSTOMERS = 20_000


@dataclass
class Peer:
    name: str
    simulate: w.Simulate
    customers: int
    rates: list[float] = field(default_factory=list)  # million customer-months per second
    cpu_rates: list[float] = field(default_factory=list)  # the same per second of processor time, all threads
    results: list[w.Totals] = field(default_factory=list)

    def run(self, seed: int) -> None:
        start, cpu_start = time.perf_counter(), time.process_time()
        totals = self.simulate(self.customers, w.PERIODS, seed)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        self.rates.append(totals.customer_periods / seconds / 1e6)
        self.cpu_rates.append(totals.customer_periods / cpu_seconds / 1e6)
        self.results.append(totals)


def goodwill_with(instruction_set: str, threads: int) -> w.Simulate:
    def simulate(customers: int, periods: int, seed: int) -> w.Totals:
        return goodwill_peer.run_goodwill(customers, periods, seed, threads, instruction_set)

    return simulate


def load_module(name: str, threads: int) -> w.Simulate:
    if name.startswith("numba"):
        numba = importlib.import_module("numba")
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    simulate: w.Simulate = importlib.import_module(f"peers.{name}").simulate
    return simulate


NUMBA, NUMBA_BLOCKS = "Numba (parallel)", "Numba, tuned to blocks"
# The peers beside goodwill: module, name, and which share of --customers it simulates.
PEERS = {
    "numba": ("numba_peer", NUMBA, 1.0),
    "numba_blocks": ("numba_blocks_peer", NUMBA_BLOCKS, 1.0),
    "numpy": ("numpy_peer", "NumPy", 0.5),
    "mesa": ("mesa_peer", "Mesa", 0.005),
}
BASELINE_SHARE = 0.1  # of goodwill without newer instructions: it computes every multiply-add by hand


def named(instruction_set: str) -> str:
    return f"goodwill, {instruction_set}"


def load_goodwill(customers: int, threads: int) -> list[Peer]:
    """One peer for each instruction set of this processor, the best first."""
    return [
        Peer(
            named(one),
            goodwill_with(one, threads),
            max(1_000, customers if one in TIMES_NUMBA else int(customers * BASELINE_SHARE)),
        )
        for one in reversed(_core.instruction_sets())
    ]


def load(names: Iterable[str], customers: int, threads: int) -> list[Peer]:
    """The peers that can run here."""
    peers = []
    for key in names:
        if key == "goodwill":
            peers += load_goodwill(customers, threads)
            continue
        module, name, share = PEERS[key]
        try:
            peers.append(Peer(name, load_module(module, threads), max(1_000, int(customers * share))))
        except ImportError as error:
            print(f"{name} cannot run: {error}")
    for peer in peers:
        peer.simulate(1_000, w.PERIODS, 0)  # compiles what Numba compiles at the first call
    return peers


def ratio(one: Peer, other: Peer, of: Callable[[Peer], list[float]]) -> float:
    return statistics.median(a / b for a, b in zip(of(one), of(other), strict=True))


def rates(peer: Peer) -> list[float]:
    return peer.rates


def cpu_rates(peer: Peer) -> list[float]:
    return peer.cpu_rates


def print_rates(peers: list[Peer], threads: int) -> None:
    """Per second of processor time is the fairer figure on a machine that others use too."""
    beside = [peer for peer in peers if peer.name in (NUMBA, NUMBA_BLOCKS)]
    print(f"\nReference workload, {w.PERIODS} months; {threads} threads (NumPy and Mesa: one)")
    print(f"{'':24}{'':10}  {'M customer-months':>25}{'the same':>10}   times the rate of")
    print(
        f"{'':24}{'customers':>10}  {'per second':>10}{'lowest':>7}{'highest':>8}{'per CPU s':>10}   "
        + "".join(f"{peer.name:24}" for peer in beside)
    )
    for peer in sorted(peers, key=lambda peer: -statistics.median(peer.rates)):
        ratios = (
            f"{ratio(peer, other, rates):.2f} (CPU {ratio(peer, other, cpu_rates):.2f})" for other in beside
        )
        print(
            f"{peer.name:24}{peer.customers:10,}  {statistics.median(peer.rates):10.2f}{min(peer.rates):7.2f}"
            f"{max(peer.rates):8.2f}{statistics.median(peer.cpu_rates):10.2f}   "
            + "".join(f"{text:24}" for text in ratios)
        )


@dataclass
class Target:
    what: str
    wanted: str
    got: str
    reached: bool


def speed_targets(peers: list[Peer]) -> list[Target]:
    by_name = {peer.name: peer for peer in peers}
    targets = []
    for isa, wanted in TIMES_NUMBA.items():
        own, numba = by_name.get(named(isa)), by_name.get(NUMBA)
        if own and numba:
            got, cpu = ratio(own, numba, rates), ratio(own, numba, cpu_rates)
            text = f"{got:.2f} x, {cpu:.2f} x per CPU second"
            targets.append(Target(f"{isa} beside {NUMBA}", f"{wanted:g} x", text, got >= wanted))
    return targets


def memory_target(threads: int) -> Target:
    got = goodwill_peer.peak_memory(MEMORY_CUSTOMERS, w.PERIODS, threads) / 2**20
    what = f"peak memory, {MEMORY_CUSTOMERS:,} x {w.PERIODS}, above an empty process"
    return Target(what, f"{MEBIBYTES} MiB", f"{got:.1f} MiB", got <= MEBIBYTES)


def timed(task: Callable[[], object]) -> tuple[float, float]:
    start, cpu_start = time.perf_counter(), time.process_time()
    task()
    return time.perf_counter() - start, time.process_time() - cpu_start


def telecom(replications: int, threads: int) -> Target:
    """The largest model of the gallery: anchored, and all its scenarios compared."""
    model = _core.Model.read(str(MODELS / "telecom.yaml"))
    anchoring = _core.anchor(model, threads)
    seconds, cpu = timed(lambda: _core.anchor(model, threads))
    scenarios = list(model.scenarios)
    compared, compared_cpu = timed(
        lambda: _core.compare(
            model, anchoring, scenarios, _core.Terms(model), replications=replications, threads=threads
        )
    )
    print(
        f"\nTelecom: {len(scenarios)} scenarios compared in {replications} replications: {compared:.2f} s "
        f"({compared_cpu:.2f} CPU s); anchoring took {anchoring.rounds} rounds"
    )
    return Target(
        "anchoring the telecom model",
        f"{ANCHORING_SECONDS} s",
        f"{seconds:.2f} s, {cpu:.2f} CPU s",
        seconds < ANCHORING_SECONDS,
    )


def print_targets(targets: list[Target]) -> None:
    print(f"\n{'Targets':56}{'wanted':>8}   got")
    for target in targets:
        verdict = "" if target.reached else "   MISSED"
        print(f"{target.what:56}{target.wanted:>8}   {target.got}{verdict}")


def same_bits(threads: int) -> bool:
    """Whether every instruction set counts exactly the same."""
    sets = _core.instruction_sets()
    totals = [goodwill_with(one, threads)(SAME_BITS_CUSTOMERS, w.PERIODS, 1) for one in sets]
    same = all(one == totals[0] for one in totals)
    print(f"\nTotals of {', '.join(sets)}: {'identical' if same else 'DIFFERENT'}")
    return same


def agree(peers: list[Peer]) -> bool:
    """Prints the largest differences. Of goodwill only the best instruction set: the others count alike."""
    others = {named(one) for one in _core.instruction_sets()[:-1]}
    results = {peer.name: peer.results for peer in peers if peer.name not in others}
    if len(results) < 2:
        return True
    found = differences(results)
    print(f"\nLargest of {len(found)} differences between totals per customer, in standard errors:")
    for item in found[:5]:
        print(f"{item.z:6.2f}  {item.total:20} {item.peers:48} {item.values[0]:.6g} {item.values[1]:.6g}")
    agreed = found[0].z <= LARGEST_Z
    print("All implementations agree." if agreed else f"DISAGREEMENT: more than {LARGEST_Z:g}.")
    return agreed


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Compares goodwill with its peers: speed, agreement, memory."
    )
    parser.add_argument("--customers", type=int, default=1_000_000, help="default %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="default %(default)s")
    parser.add_argument(
        "--replications", type=int, default=30, help="of the telecom model (default %(default)s)"
    )
    parser.add_argument("--threads", type=int, default=2, help="of goodwill and Numba (default %(default)s)")
    names = ["goodwill", *PEERS]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names)
    )
    args = parser.parse_args()
    if min(args.customers, args.rounds, args.replications, args.threads) < 1:
        parser.error("--customers, --rounds, --replications and --threads are at least 1")

    peers = load(args.only, args.customers, args.threads)
    if not peers:
        return 0
    for number in range(args.rounds):
        for peer in peers:
            peer.run(seed=1 + number)
    print_rates(peers, args.threads)

    agreed = True
    if "goodwill" in args.only:
        targets = speed_targets(peers)
        targets.append(memory_target(args.threads))
        targets.append(telecom(args.replications, args.threads))
        print_targets(targets)
        agreed = same_bits(args.threads)
    return 0 if agree(peers) and agreed else 1


if __name__ == "__main__":
    sys.exit(main())
