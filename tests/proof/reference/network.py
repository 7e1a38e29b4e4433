"""A network of people who talk: who knows whom, and who hears what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .customers import GONE, NO_PERSON, Customers, Floats, Ints
from .kinds import ANYBODY, Layer, Pairs


class Network:
    """Some layers over the same people. The base is numbered first, then who joins, in order."""

    def __init__(self, layers: Sequence[Layer], rng: np.random.Generator, segments: Sequence[str]) -> None:
        """`segments`: of the base, by person."""
        self.layers, self.rng, self.people = layers, rng, len(segments)
        self.base = {name: list(segments).count(name) for name in dict.fromkeys(segments)}
        self.start, self.end = np.zeros((2, 0), dtype=np.int64)  # both directions of every edge
        self.weight = np.zeros(0)
        for layer in layers:
            pairs = np.sort(layer.kind.pairs(rng, segments), axis=1)
            self._add(np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0), layer.weight)

    def _add(self, pairs: Pairs, weight: float) -> None:
        """Edges of a layer; two people may be in several layers, and tell each other the more readily."""
        self.start = np.concatenate([self.start, pairs[:, 0], pairs[:, 1]])
        self.end = np.concatenate([self.end, pairs[:, 1], pairs[:, 0]])
        self.weight = np.concatenate([self.weight, np.full(2 * len(pairs), weight)])

    def exposure(self, here: Ints) -> Floats:
        """By person: the share that each of their neighbours tells them, summed, among those who are here."""
        among = np.isin(self.start, here) & np.isin(self.end, here)
        start, end, weight = self.start[among], self.end[among], self.weight[among]
        told = np.bincount(start, weight, self.people)
        return np.bincount(end, weight / told[start], self.people)

    def join(self, newcomers: Sequence[tuple[str, int]], present: Mapping[str, Ints]) -> Ints:
        """Newcomers, each with segment and referrer, get to know people among those present, by segment.

        They do not know one another. Returns their numbers.
        """
        for layer in self.layers:
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
