"""Times customers who talk over a network here, in NumPy and SciPy, in Numba and in Starsim.

python tests/bench/talk_peers.py [--people N] [--rounds R] [--threads T] [--only NAME ...]

36 months of people who know ten others on average: contacts, failures, satisfaction, answers, churn, and what
each hears; the network is generated within the time. All take turns; a ratio is the median of those within a
round. The peers do less: they keep no money and no tables, and NumPy and Starsim add the mean of the messages
that reach a person, where goodwill draws them. A peer that is not installed is left out. The exit code is 1
where two do not keep about as many customers; speed decides nothing.
"""

import argparse
import functools
import importlib
import math
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

import goodwill as gw
from goodwill.engine.anchoring import anchored
from peers import talk_workload as t

GOODWILL = "goodwill"
PEERS = {"scipy": "talk_scipy", "numba": "talk_numba", "starsim": "talk_starsim"}

TIMES_SCIPY = 5.0
"""The target."""

TOLERANCE = 0.01
"""Of those who are left: what means instead of draws, and another kind of network, may change."""
LARGEST_Z = 4.0
"""Chance may add so many standard errors; a false alarm comes once in five thousand comparisons."""


@dataclass
class Peer:
    name: str
    simulate: t.Simulate
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def run(self, people: int, seed: int, threads: int) -> None:
        start, cpu_start = time.perf_counter(), time.process_time()
        self.left.append(self.simulate(people, seed, threads))
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(time.process_time() - cpu_start)


@functools.cache
def firm(people: int) -> gw.Model:
    """A model with its levels, which goodwill solves once, however many runs follow."""
    model = gw.Model.from_yaml(t.model(people))
    start = time.perf_counter()
    anchored(model, threads=1)
    print(f"goodwill anchors {people:,} people in {time.perf_counter() - start:.2f} s, once, not timed below")
    return model


def by_goodwill(people: int, seed: int, threads: int) -> int:
    run = gw.run(firm(people), replications=1, seed=seed, threads=threads)
    return int(run.table(by="period")["customers_end"].iloc[-1])


def simulate_of(name: str) -> t.Simulate:
    if name == GOODWILL:
        return by_goodwill
    simulate: t.Simulate = importlib.import_module(f"peers.{PEERS[name]}").simulate
    return simulate


def load(names: Iterable[str]) -> list[Peer]:
    """Those that can run here, each once with few people: Numba compiles at the first call."""
    peers = []
    for name in names:
        try:
            peers.append(Peer(name, simulate_of(name)))
        except ImportError as error:
            print(f"{name} cannot run: {error}. To install it: {sys.executable} -m pip install {name}")
    for peer in peers:
        peer.simulate(1_000, 0, 1)
    return peers


def ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def print_times(peers: list[Peer], people: int, threads: int) -> None:
    own = next((peer for peer in peers if peer.name == GOODWILL), None)
    print(f"\n{people:,} people, {t.PERIODS} months; {threads} threads (SciPy and Starsim: one)")
    print(f"{'':10}{'seconds':>10}{'lowest':>8}{'highest':>8}{'CPU s':>8}{'left':>12}   times goodwill's")
    for peer in peers:
        text = (
            f"{ratio(peer.seconds, own.seconds):.2f} (CPU {ratio(peer.cpu_seconds, own.cpu_seconds):.2f})"
            if own
            else ""
        )
        print(
            f"{peer.name:10}{statistics.median(peer.seconds):10.2f}{min(peer.seconds):8.2f}"
            f"{max(peer.seconds):8.2f}{statistics.median(peer.cpu_seconds):8.2f}"
            f"{statistics.mean(peer.left):12,.0f}   {text}"
        )


def print_target(peers: list[Peer]) -> None:
    by_name = {peer.name: peer for peer in peers}
    if GOODWILL in by_name and "scipy" in by_name:
        got = ratio(by_name["scipy"].seconds, by_name[GOODWILL].seconds)
        verdict = "" if got >= TIMES_SCIPY else "   MISSED"
        print(f"\nTarget: SciPy takes {TIMES_SCIPY:g} times as long; got {got:.2f}{verdict}")


def agree(peers: list[Peer], people: int) -> bool:
    """Whether all keep about as many; a person stays or goes, which gives the standard error."""
    agreed = True
    for one, other in combinations(peers, 2):
        a, b = statistics.mean(one.left) / people, statistics.mean(other.left) / people
        error = math.sqrt((a * (1 - a) + b * (1 - b)) / (people * len(one.left)))
        if abs(a - b) > TOLERANCE * b + LARGEST_Z * error:
            print(f"DISAGREEMENT: {one.name} keeps {a:.4f} of all, {other.name} {b:.4f}")
            agreed = False
    if agreed and len(peers) > 1:
        print("All keep the same number of customers, within the tolerance.")
    return agreed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of goodwill and Numba (default %(default)s)")
    names = [GOODWILL, *PEERS]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names)
    )
    asked = parser.parse_args()
    if min(asked.people, asked.rounds, asked.threads) < 1:
        parser.error("--people, --rounds and --threads are at least 1")
    peers = load(asked.only)
    if GOODWILL in asked.only:
        firm(asked.people)
    for number in range(asked.rounds):
        for peer in peers:
            peer.run(asked.people, 1 + number, asked.threads)
    print_times(peers, asked.people, asked.threads)
    print_target(peers)
    return 0 if agree(peers, asked.people) else 1


if __name__ == "__main__":
    sys.exit(main())
