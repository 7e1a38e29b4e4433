"""The kinds of networks of `network_peers.py`, of mean degree 20, and how each package makes them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import goodwill as gw

Make = Callable[[int, int], Any]
"""A network of so many people with a seed."""

DEGREE = 20
REWIRED = 0.1
WANTED = [4, 36]
"""Degrees in turn."""
WITHIN, BETWEEN = 16, 4
"""Degrees within a block and to the other one of two equal blocks."""


def of_goodwill(_: ModuleType, threads: int) -> dict[str, Make]:
    def blocks(n: int, seed: int) -> gw.Network:
        sizes = {"a": n // 2, "b": n // 2}
        degrees = {"a": {"a": WITHIN, "b": BETWEEN}, "b": {"b": WITHIN}}
        return gw.Network.blocks(sizes, degrees, seed=seed, threads=threads)

    return {
        "ring": lambda n, _: gw.Network.ring(n, DEGREE, threads=threads),
        "small world": lambda n, seed: gw.Network.small_world(n, DEGREE, REWIRED, seed=seed, threads=threads),
        "scale free": lambda n, seed: gw.Network.scale_free(n, DEGREE // 2, seed=seed, threads=threads),
        "random": lambda n, seed: gw.Network.random(n, DEGREE, seed=seed, threads=threads),
        "blocks": blocks,
        "degrees": lambda n, seed: gw.Network.with_degrees(n, WANTED, seed=seed, threads=threads),
    }


def of_networkit(nk: ModuleType, threads: int) -> dict[str, Make]:
    def made(generator: Callable[[int], Any]) -> Make:
        def make(n: int, seed: int) -> Any:
            nk.setNumberOfThreads(threads)
            nk.setSeed(seed, True)
            return generator(n).generate()

        return make

    g, half, alone = nk.generators, DEGREE // 2, threads == 1
    return {
        "ring": made(lambda n: g.RegularRingLatticeGenerator(n, half)),
        "small world": made(lambda n: g.WattsStrogatzGenerator(n, half, REWIRED)),
        "scale free": made(lambda n: g.BarabasiAlbertGenerator(half, n, sequential=alone)),
        "random": made(lambda n: g.ErdosRenyiGenerator(n, DEGREE / n)),
        "blocks": made(lambda n: g.ClusteredRandomGraphGenerator(n, 2, WITHIN * 2 / n, BETWEEN * 2 / n)),
        "degrees": made(lambda n: g.EdgeSwitchingMarkovChainGenerator(WANTED * (n // 2))),
    }


def of_igraph(ig: ModuleType, _: int) -> dict[str, Make]:
    """Without the small world, of which igraph moves both ends of an edge."""

    def made(graph: Callable[[int], Any]) -> Make:
        def make(n: int, seed: int) -> Any:
            random.seed(seed)  # igraph draws from there
            return graph(n)

        return make

    half = DEGREE // 2
    return {
        "ring": made(lambda n: ig.Graph.Watts_Strogatz(1, n, half, 0)),
        "scale free": made(lambda n: ig.Graph.Barabasi(n, half)),
        "random": made(lambda n: ig.Graph.Erdos_Renyi(n, p=DEGREE / n)),
        "degrees": made(lambda n: ig.Graph.Degree_Sequence(WANTED * (n // 2), method="configuration")),
    }


def of_networkx(nx: ModuleType, _: int) -> dict[str, Make]:
    half = DEGREE // 2
    return {
        "small world": lambda n, seed: nx.watts_strogatz_graph(n, DEGREE, REWIRED, seed=seed),
        "scale free": lambda n, seed: nx.barabasi_albert_graph(n, half, seed=seed),
        "random": lambda n, seed: nx.fast_gnp_random_graph(n, DEGREE / n, seed=seed),
        "degrees": lambda n, seed: nx.configuration_model(WANTED * (n // 2), seed=seed),
    }


@dataclass(frozen=True)
class Package:
    kinds: Callable[[ModuleType, int], dict[str, Make]]
    degrees: Callable[[Any], Any]
    parallel: bool = False
    slow: tuple[str, ...] = ()
    """Kinds of which it makes no more than `FEW` people."""


KINDS = ("ring", "small world", "scale free", "random", "blocks", "degrees")
GOODWILL, NETWORKIT = "goodwill", "networkit"
PACKAGES = {
    GOODWILL: Package(of_goodwill, lambda made: made.degrees(), parallel=True),
    # It exchanges the ends of each edge ten times, which takes several microseconds.
    NETWORKIT: Package(
        of_networkit,
        lambda made: list(map(made.degree, made.iterNodes())),
        parallel=True,
        slow=("degrees",),
    ),
    "igraph": Package(of_igraph, lambda made: made.degree()),
    "networkx": Package(of_networkx, lambda made: [number for _, number in made.degree()], slow=KINDS),
}
FEW = 50_000
