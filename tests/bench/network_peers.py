"""Times networks of mean degree 20 here and in other packages, those of them that are installed.

python tests/bench/network_peers.py [--people N] [--rounds R]

Slower packages make a smaller network; figures are the best of the rounds, in nanoseconds for each edge. With
`--people 1_000_000` a hundred nanoseconds an edge are one second. Speed decides no exit code.
"""

import argparse
import importlib
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import goodwill as gw

Make = Callable[[int, int], Any]
"""A network of so many people with a seed."""


def of_goodwill(_: ModuleType, threads: int) -> dict[str, Make]:
    return {
        "small world": lambda n, seed: gw.Network.small_world(n, 20, 0.1, seed=seed, threads=threads),
        "scale free": lambda n, seed: gw.Network.scale_free(n, 10, seed=seed, threads=threads),
        "random": lambda n, seed: gw.Network.random(n, 20, seed=seed, threads=threads),
        "degrees": lambda n, seed: gw.Network.with_degrees(n, [4, 36], seed=seed, threads=threads),
    }


def of_networkx(nx: ModuleType, _: int) -> dict[str, Make]:
    return {
        "small world": lambda n, seed: nx.watts_strogatz_graph(n, 20, 0.1, seed=seed),
        "scale free": lambda n, seed: nx.barabasi_albert_graph(n, 10, seed=seed),
        "random": lambda n, seed: nx.fast_gnp_random_graph(n, 20 / n, seed=seed),
        "degrees": lambda n, seed: nx.configuration_model([4, 36] * (n // 2), seed=seed),
    }


def of_igraph(ig: ModuleType, _: int) -> dict[str, Make]:
    return {
        "small world": lambda n, _: ig.Graph.Watts_Strogatz(1, n, 10, 0.1),
        "scale free": lambda n, _: ig.Graph.Barabasi(n, 10),
        "random": lambda n, _: ig.Graph.Erdos_Renyi(n, p=20 / n),
        "degrees": lambda n, _: ig.Graph.Degree_Sequence([4, 36] * (n // 2), method="configuration"),
    }


def of_networkit(nk: ModuleType, threads: int) -> dict[str, Make]:
    nk.setNumberOfThreads(threads)
    return {
        "small world": lambda n, _: nk.generators.WattsStrogatzGenerator(n, 10, 0.1).generate(),
        "scale free": lambda n, _: nk.generators.BarabasiAlbertGenerator(10, n).generate(),
        "random": lambda n, _: nk.generators.ErdosRenyiGenerator(n, 20 / n).generate(),
        "degrees": lambda n, _: nk.generators.ConfigurationModelGraph([4, 36] * (n // 2)).generate(),
    }


PEERS: list[tuple[str, Callable[[ModuleType, int], dict[str, Make]], int, int]] = [
    ("goodwill", of_goodwill, 1, 1),
    ("goodwill", of_goodwill, 2, 1),
    ("networkit", of_networkit, 2, 1),
    ("igraph", of_igraph, 1, 1),
    ("networkx", of_networkx, 1, 20),
]
"""Package, what it makes, threads, how many times fewer people."""


def nanoseconds(make: Make, people: int, rounds: int) -> float:
    taken = []
    for seed in range(rounds):
        start = time.perf_counter()
        make(people, seed)
        taken.append(time.perf_counter() - start)
    return min(taken) / (people * 10) * 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(f"{'package':10} threads {'kind':12} ns per edge")
    for package, kinds, threads, fewer in PEERS:
        try:
            module = importlib.import_module(package)
        except ImportError:
            print(f"{package:10} is not installed")
            continue
        for kind, make in kinds(module, threads).items():
            found = nanoseconds(make, asked.people // fewer, asked.rounds)
            print(f"{package:10} {threads:7} {kind:12} {found:11,.0f}")


if __name__ == "__main__":
    main()
