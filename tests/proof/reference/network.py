"""A network of people who talk: who knows whom, and who hears what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .customers import GONE, NO_PERSON, Customers, Floats, Ints
from .kinds import ANYBODY, Edges, Layer, Pairs


class Network:
    """Some layers over the same people. The base is numbered first, then who joins, in order."""

    def __init__(
        self,
        layers: Sequence[Layer],
        rng: np.random.Generator,
        segments: Sequence[str],
        numbered: Ints | None = None,
    ) -> None:
        """`segments`: of the base, by person; `numbered`: who has which number in lists of edges."""
        self.layers, self.rng, self.people = layers, rng, len(segments)
        self.base = {name: list(segments).count(name) for name in dict.fromkeys(segments)}
        self.start, self.end = np.zeros((2, 0), dtype=np.int64)  # who tells whom: mostly both each other
        self.weight = np.zeros(0)
        for layer in layers:
            if isinstance(layer.kind, Edges):
                assert numbered is not None
                listed = numbered[layer.kind.pairs(rng, segments)]
                self._tell(listed, layer.weight * layer.kind.weights())
                if not layer.kind.directed:
                    self._tell(listed[:, ::-1], layer.weight * layer.kind.weights())
                continue
            pairs = np.sort(layer.kind.pairs(rng, segments), axis=1)
            self._add(np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0), layer.weight)

    def _add(self, pairs: Pairs, weight: float) -> None:
        """Edges of a layer; two people may be in several layers, and tell each other the more readily."""
        for each in (pairs, pairs[:, ::-1]):
            self._tell(each, np.full(len(pairs), weight))

    def _tell(self, pairs: Pairs, weight: Floats) -> None:
        """The first of each pair tells the second."""
        self.start = np.concatenate([self.start, pairs[:, 0]])
        self.end = np.concatenate([self.end, pairs[:, 1]])
        self.weight = np.concatenate([self.weight, weight])

    def exposure(self, here: Ints) -> Floats:
        """By person: the share that each of their neighbours tells them, summed, among those who are here."""
        among = np.isin(self.start, here) & np.isin(self.end, here)
        start, end, weight = self.start[among], self.end[among], self.weight[among]
        told = np.bincount(start, weight, self.people)
        return np.bincount(end, weight / told[start], self.people)

    def join(self, newcomers: Sequence[tuple[str, int]], present: Mapping[str, Ints]) -> Ints:
        """Newcomers, each with segment and referrer, get to know people among those present, by segment.

        They do not know one another. Where edges have a direction, they hear of some, of the referrer first,
        and tell others. Returns their numbers.
        """
        for layer in self.layers:
            if isinstance(layer.kind, Edges) and layer.kind.directed:
                for i, (segment, referrer) in enumerate(newcomers):
                    hears = self._acquaintances(layer, segment, referrer, present)
                    tells = self._acquaintances(layer, segment, NO_PERSON, present)
                    pairs = [(other, self.people + i) for other in hears]
                    pairs += [(self.people + i, other) for other in tells]
                    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
                    self._tell(both, np.full(len(both), layer.weight))
                continue
            pairs = [
                (self.people + i, other)
                for i, (segment, referrer) in enumerate(newcomers)
                for other in self._acquaintances(layer, segment, referrer, present)
            ]
            self._add(np.array(pairs, dtype=np.int64).reshape(-1, 2), layer.weight)
        self.people += len(newcomers)
        return np.arange(self.people - len(newcomers), self.people)

    def _acquaintances(
        self, layer: Layer, segment: str, referrer: int, present: Mapping[str, Ints]
    ) -> list[int]:
        """The referrer first, if still present; the others by chance, nobody twice."""
        known: list[int] = []
        for name, mean in layer.kind.wanted(segment, self.base).items():
            choice = np.concatenate(list(present.values())) if name == ANYBODY else present[name]
            number = int(np.floor(mean + self.rng.random()))
            if number and referrer in choice:
                known.append(referrer)
                choice, number = choice[choice != referrer], number - 1
            known += self.rng.choice(choice, min(number, len(choice)), replace=False).tolist()
        return known

    def passed_on(self, said: Floats, c: Customers) -> Floats:
        """The messages that each of these customers receives of what each of them said on average.

        Those who have gone do not listen any more.
        """
        row = np.full(self.people, NO_PERSON)
        row[c.person] = np.arange(len(c))
        teller, listener = row[self.start], row[self.end]
        heard = (teller != NO_PERSON) & (listener != NO_PERSON) & (c.stage[listener] != GONE)
        teller, listener, weight = teller[heard], listener[heard], self.weight[heard]
        share = weight / np.bincount(teller, weight, len(c))[teller]
        return np.bincount(listener, self.rng.poisson(said[teller] * share), len(c))
