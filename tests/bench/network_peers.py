"""Times networks of mean degree 20 here and in NetworKit, igraph and NetworkX, those that are installed.

python tests/bench/network_peers.py [--people N] [--rounds R] [--threads T ...] [--only NAME ...]

All take turns; a ratio is the median of those within a round, on as many threads and for each edge, as slow
packages make a smaller network. goodwill's time includes the compressed rows. The others end with a graph of
their own kind: NetworKit with a list of neighbours for each person. Its way from there to rows is a Python
call for each edge, which we do not time. Bytes are per edge: what a process of its own then holds, and the
most it held on the way. The exit code is 1 where mean or variance of the degrees do not agree; speed decides
nothing.
"""

import argparse
import contextlib
import ctypes
import importlib
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from peers.goodwill_peer import memory
from peers.network_kinds import DEGREE, FEW, GOODWILL, KINDS, NETWORKIT, PACKAGES, Make

TIMES_NETWORKIT = 2.0
"""The target."""

MEAN_TOLERANCE, VARIANCE_TOLERANCE = 0.01, 0.02
"""Shares. goodwill leaves out the few edges that are drawn twice; the first people of a scale-free network
differ from package to package."""
LARGEST_Z = 4.0
"""Chance may add so many standard errors; a false alarm comes once in five thousand comparisons."""


class Moments(NamedTuple):
    """Of degrees. There are two variances, of all and of the 99 % with the fewest neighbours: in a scale-free
    network that of all is the luck of the first few people."""

    mean: float
    variance: float
    variance_of_most: float
    error: float
    """The standard error of the one before, squared."""


@dataclass
class Maker:
    """One package on so many threads, and what it took for one kind."""

    package: str
    threads: int
    people: int
    make: Make
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    degrees: list[Moments] = field(default_factory=list)

    @property
    def edges(self) -> float:
        return self.people * DEGREE / 2

    def all_degrees(self) -> Moments:
        """Means over the rounds."""
        return Moments(*np.mean(self.degrees, axis=0))

    def run(self, seed: int) -> None:
        start, cpu_start = time.perf_counter(), time.process_time()
        made = self.make(self.people, seed)
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(time.process_time() - cpu_start)
        self.degrees.append(moments(PACKAGES[self.package].degrees(made)))


def moments(degrees: Any) -> Moments:
    of_all = np.asarray(degrees, float)
    most = np.sort(of_all)[: round(len(of_all) * 0.99)]
    square = (most - most.mean()) ** 2
    return Moments(of_all.mean(), of_all.var(), square.mean(), square.var() / len(most))


def makers(names: Iterable[str], people: int, threads: Iterable[int], kind: str) -> list[Maker]:
    """Those that can make the kind here."""
    found = []
    for number in threads:
        for name in names:
            package = PACKAGES[name]
            if number > 1 and not package.parallel:
                continue
            kinds = package.kinds(importlib.import_module(name), number)
            if kind in kinds:
                size = min(people, FEW) if kind in package.slow else people
                found.append(Maker(name, number, size, kinds[kind]))
    return found


def installed(names: Iterable[str]) -> list[str]:
    found = []
    for name in names:
        try:
            importlib.import_module(name)
            found.append(name)
        except ImportError as error:
            print(f"{name} cannot run: {error}. To install it: {sys.executable} -m pip install {name}")
    return found


def weigh(package: str, kind: str, people: int) -> None:
    """Prints the bytes that this process holds for a network, and at most while it was made."""
    make = PACKAGES[package].kinds(importlib.import_module(package), 1)[kind]
    make(1_000, 1)
    trim = ctypes.CDLL(None).malloc_trim  # gives back what is free
    trim(0)
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # from now on VmHWM counts from what is held now
    before = memory("VmRSS")
    made = make(people, 1)
    peak = memory("VmHWM")
    trim(0)
    print(memory("VmRSS") - before, peak - before)
    del made


def weight(maker: Maker, kind: str) -> str:
    """Bytes an edge; on one thread, for more change them little."""
    command = [sys.executable, __file__, "--weigh", maker.package, kind, "--people", str(maker.people)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    held, peak = (int(word) / maker.edges for word in done.stdout.split())
    return f"{held:8.1f}{peak:8.1f}"


def ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def beside(maker: Maker, all_of_them: list[Maker]) -> tuple[float, float] | None:
    """How many times the seconds, and the CPU seconds, of goodwill for each edge on as many threads."""
    for own in all_of_them:
        if own.package == GOODWILL and own.threads == maker.threads:
            size = own.edges / maker.edges
            return size * ratio(maker.seconds, own.seconds), size * ratio(maker.cpu_seconds, own.cpu_seconds)
    return None


def print_kind(kind: str, all_of_them: list[Maker]) -> None:
    print(
        f"\n{kind:12}{'people':>10}{'threads':>8}{'seconds':>9}{'lowest':>8}{'CPU s':>7}{'ns/edge':>9}"
        f"{'times goodwill':>22}{'bytes':>8}{'peak':>8}{'mean':>8}{'variance':>10}{'of 99 %':>9}"
    )
    weights: dict[str, str] = {}
    for maker in all_of_them:
        if maker.package not in weights:
            weights[maker.package] = weight(maker, kind)
        times = beside(maker, all_of_them)
        text = f"{times[0]:.2f} (CPU {times[1]:.2f})" if times else ""
        seconds = statistics.median(maker.seconds)
        degrees = maker.all_degrees()
        print(
            f"{maker.package:12}{maker.people:10,}{maker.threads:8}{seconds:9.3f}{min(maker.seconds):8.3f}"
            f"{statistics.median(maker.cpu_seconds):7.2f}{seconds / maker.edges * 1e9:9.1f}{text:>22}"
            f"{weights[maker.package]}"
            f"{degrees.mean:8.3f}{degrees.variance:10.3f}{degrees.variance_of_most:9.3f}"
        )


def same(one: Maker, other: Maker) -> bool:
    a, b = one.all_degrees(), other.all_degrees()
    chance = LARGEST_Z * math.sqrt((a.error + b.error) / len(one.degrees))
    return (
        abs(a.mean - b.mean) <= MEAN_TOLERANCE * a.mean
        and abs(a.variance_of_most - b.variance_of_most) <= VARIANCE_TOLERANCE * a.variance_of_most + chance
    )


def agree(all_of_them: list[Maker]) -> bool:
    apart = [pair for pair in combinations(all_of_them, 2) if not same(*pair)]
    for one, other in apart:
        names = (f"{maker.package} on {maker.threads} threads" for maker in (one, other))
        print(f"DISAGREEMENT: degrees of {' and '.join(names)}")
    return not apart


def print_target(reached: dict[tuple[str, int], float]) -> None:
    """By kind and threads: how many times goodwill's seconds NetworKit took."""
    if not reached:
        return
    print(f"\nTarget: NetworKit takes {TIMES_NETWORKIT:g} times as long")
    for (kind, threads), got in reached.items():
        verdict = "" if got >= TIMES_NETWORKIT else "   MISSED"
        print(f"{kind:12} {threads} threads {got:8.2f}{verdict}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="+", choices=list(PACKAGES), default=list(PACKAGES), metavar="NAME")
    parser.add_argument("--weigh", nargs=2, metavar=("NAME", "KIND"), help="only print the bytes it takes")
    asked = parser.parse_args()
    if asked.people < 1_000 or min(asked.rounds, *asked.threads) < 1:
        parser.error("--people is at least 1,000, --rounds and --threads 1")
    if asked.weigh:
        package, kind = asked.weigh
        weigh(package, kind, asked.people)
        return 0

    names, agreed, reached = installed(asked.only), True, {}
    for kind in KINDS:
        all_of_them = makers(names, asked.people // 2 * 2, asked.threads, kind)
        if not all_of_them:
            continue
        for maker in all_of_them:
            maker.make(1_000, 0)
        for number in range(asked.rounds):
            for maker in all_of_them:
                maker.run(1 + number)
        print_kind(kind, all_of_them)
        agreed &= agree(all_of_them)
        for maker in all_of_them:
            times = beside(maker, all_of_them)
            if maker.package == NETWORKIT and times:
                reached[kind, maker.threads] = times[0]
    print_target(reached)
    if agreed and len(names) > 1:
        print("Means and variances of all degrees agree.")
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
