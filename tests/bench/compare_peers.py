"""Compares goodwill with hand-written peers on the reference workload: speed, agreement, memory.

python tests/bench/compare_peers.py [--customers N] [--rounds R] [--threads T] [--only NAME ...]

Peers take turns within a round, so a busy machine is busy for all of them. Slower peers simulate fewer
customers. The exit code is 1 if two implementations disagree on any total; speed never decides it.
"""

import argparse
import importlib
import itertools
import math
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from peers import goodwill_peer, numpy_peer
from peers import workload as w

LARGEST_Z = 5.0
BATCHES, BATCH = 50, 2_000
MEMORY_CUSTOMERS = 1_000_000


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

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def load_goodwill(threads: int) -> w.Simulate:
    def simulate(customers: int, periods: int, seed: int) -> w.Totals:
        return goodwill_peer.run_goodwill(customers, periods, seed, threads)

    return simulate


def load_numba(threads: int) -> w.Simulate:
    numba = importlib.import_module("numba")
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    return load_module("numba_peer")


def load_module(name: str) -> w.Simulate:
    simulate: w.Simulate = importlib.import_module(f"peers.{name}").simulate
    return simulate


# How to get each peer, and which share of --customers it simulates.
PEERS: dict[str, tuple[Callable[[int], w.Simulate], float]] = {
    "goodwill": (load_goodwill, 1),
    "numba": (load_numba, 1),
    "numpy": (lambda threads: load_module("numpy_peer"), 0.5),
    "mesa": (lambda threads: load_module("mesa_peer"), 0.005),
}


def load(names: list[str], customers: int, threads: int) -> list[Peer]:
    """The peers that can run here, warmed up (and so compiled)."""
    peers = []
    for name in names:
        loader, share = PEERS[name]
        try:
            peer = Peer(name, loader(threads), max(1_000, int(customers * share)))
            peer.simulate(1_000, w.PERIODS, 0)
        except ImportError as error:
            print(f"{name:10} not built ({error})")
            continue
        peers.append(peer)
    return peers


def per_customer(totals: w.Totals) -> dict[str, float]:
    """Means over the customers who began. Mean satisfaction alone is one over those still here."""
    n = totals.customers
    means = {
        "customer_periods": totals.customer_periods / n,
        "lost": totals.lost / n,
        "failures": totals.failures / n,
        "recovered": totals.recovered / n,
        "touchpoint_cost": totals.touchpoint_cost / n,
        "fee_revenue": totals.fee_revenue / n,
        "referrals": totals.referrals / n,
        "surveyed": totals.surveyed / n,
        "promoters": totals.promoters / n,
        "detractors": totals.detractors / n,
        "mean_satisfaction": totals.mean_satisfaction,
    }
    for journey, count in zip(w.JOURNEYS, totals.contacts, strict=True):
        means[f"contacts.{journey.name}"] = count / n
    return means


def variances() -> dict[str, float]:
    """Of each mean, times the number of customers: from independent batches of the NumPy peer."""
    seeds = range(1_000_000, 1_000_000 + BATCHES)
    batches = [per_customer(numpy_peer.simulate(BATCH, w.PERIODS, seed)) for seed in seeds]
    return {name: BATCH * statistics.variance(batch[name] for batch in batches) for name in batches[0]}


def pooled(peer: Peer) -> tuple[dict[str, float], int]:
    """Means over all rounds (each has its own seed) and the number of customers behind them."""
    rounds = [per_customer(totals) for totals in peer.results]
    means = {name: statistics.fmean(means[name] for means in rounds) for name in rounds[0]}
    return means, peer.customers * len(rounds)


@dataclass(order=True)
class Difference:
    z: float
    total: str
    peers: str
    values: tuple[float, float]


def differences(peers: list[Peer]) -> list[Difference]:
    """All totals of all pairs of peers, the largest difference first."""
    variance = variances()
    found = []
    for one, other in itertools.combinations(peers, 2):
        means, n = pooled(one)
        other_means, other_n = pooled(other)
        for total, value in means.items():
            error = math.sqrt(variance[total] * (1 / n + 1 / other_n))
            z = abs(value - other_means[total]) / error
            found.append(Difference(z, total, f"{one.name} and {other.name}", (value, other_means[total])))
    return sorted(found, reverse=True)


def print_rates(peers: list[Peer]) -> None:
    """Per CPU second is the fairer figure on a machine that others use too."""
    slowest = min(peers, key=lambda peer: peer.rate)
    print(f"\n{'':21} {'M customer-months per second':>30} {'per CPU second':>15}   ratio of medians to")
    print(
        f"{'':10} {'customers':>10} {'median':>10}{'min':>10}{'max':>10} {'median':>15}"
        f"   {slowest.name:>8} {peers[0].name:>8}"
    )
    for peer in sorted(peers, key=lambda peer: -peer.rate):
        print(
            f"{peer.name:10} {peer.customers:10,} {peer.rate:10.3f}"
            f"{min(peer.rates):10.3f}{max(peer.rates):10.3f} {statistics.median(peer.cpu_rates):15.3f}"
            f"   {peer.rate / slowest.rate:8.2f} {peer.rate / peers[0].rate:8.3f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Compares goodwill with its peers: speed, agreement, memory."
    )
    parser.add_argument("--customers", type=int, default=1_000_000, help="default %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="default %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="of goodwill and Numba (default %(default)s)")
    names = list(PEERS)
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names)
    )
    args = parser.parse_args()
    if min(args.customers, args.rounds, args.threads) < 1:
        parser.error("--customers, --rounds and --threads are at least 1")

    peers = load(args.only, args.customers, args.threads)
    if not peers:
        return 0
    for number in range(args.rounds):
        for peer in peers:
            peer.run(seed=1 + number)
    print_rates(peers)

    if any(peer.name == "goodwill" for peer in peers):
        extra = goodwill_peer.peak_memory(MEMORY_CUSTOMERS, w.PERIODS, args.threads)
        print(f"\n{extra / 1e6:.1f} MB above the empty process: goodwill, {MEMORY_CUSTOMERS:,} x {w.PERIODS}")

    if len(peers) < 2:
        return 0
    found = differences(peers)
    print(f"\nLargest of {len(found)} differences between totals (per customer), in standard errors:")
    for item in found[:5]:
        print(f"{item.z:6.2f}  {item.total:20} {item.peers:20} {item.values[0]:.6g} {item.values[1]:.6g}")
    return 1 if found[0].z > LARGEST_Z else 0


if __name__ == "__main__":
    sys.exit(main())
