"""Kinds of networks: who knows whom at the start, and how many people newcomers get to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.int64]
"""Two columns: who knows whom. The order of the two does not matter."""
ANYBODY = ""


class Kind(Protocol):
    """How people come to know each other. They are numbered from 0; `segments` are their segments' names."""

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        """Those who know each other at the start; doubles and loops do not count (lists have none)."""

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        """How many people of each segment, or of ANYBODY, a newcomer wants to know on average.

        `base` is how many there were of each segment at the start.
        """


@dataclass(frozen=True)
class SmallWorld:
    """A ring of neighbours; some edges lead to anybody instead (Watts and Strogatz, 1998)."""

    neighbours: int
    rewired: float = 0.0

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        n = len(segments)
        near = [(i, (i + step) % n) for i in range(n) for step in range(1, self.neighbours // 2 + 1)]
        pairs = np.array(near, dtype=np.int64).reshape(-1, 2)
        moved = rng.random(len(pairs)) < self.rewired
        pairs[moved, 1] = rng.integers(n, size=np.count_nonzero(moved)) if n else 0
        return pairs

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        return {ANYBODY: self.neighbours}


@dataclass(frozen=True)
class ScaleFree:
    """Each in turn brings edges, to people by the number of edges they have (Barabasi and Albert, 1999)."""

    edges: int

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        ends: list[int] = []  # of all edges until now
        for person in range(len(segments)):
            for luck in rng.random(self.edges):
                ends.append(person)
                ends.append(ends[int(luck * len(ends))])
        return np.array(ends, dtype=np.int64).reshape(-1, 2)

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        return {ANYBODY: 2.0 * self.edges}


@dataclass(frozen=True)
class Random:
    """All know each other with the same probability (Gilbert, 1959)."""

    degree: float

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        everybody = np.arange(len(segments))
        return _at_random(rng, everybody, everybody, self.degree)

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        return {ANYBODY: self.degree}


@dataclass(frozen=True)
class Blocks:
    """The same with a probability for every two segments: how many of the second one of the first knows."""

    degrees: Mapping[str, Mapping[str, float]]

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        names = list(dict.fromkeys(segments))
        people = {name: np.flatnonzero(np.array(segments) == name) for name in names}
        base = {name: len(each) for name, each in people.items()}
        return np.concatenate(
            [np.zeros((0, 2), dtype=np.int64)]
            + [
                _at_random(rng, people[a], people[b], self.wanted(a, base).get(b, 0.0))
                for i, a in enumerate(names)
                for b in names[i:]
            ]
        )

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        # what is given the other way only follows from the number of edges between the two
        known = {
            other: row[segment] * base[other] / base[segment]
            for other, row in self.degrees.items()
            if segment in row and base.get(segment, 0) and other in base
        }
        return known | dict(self.degrees.get(segment, {}))


@dataclass(frozen=True)
class Degrees:
    """People want these numbers of neighbours in turn, and are paired at random (Bollobas, 1980)."""

    degrees: tuple[int, ...]

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        wishes = np.repeat(np.arange(len(segments)), np.resize(self.degrees, len(segments)))
        rng.shuffle(wishes)
        return wishes[: len(wishes) // 2 * 2].reshape(-1, 2)

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        return {ANYBODY: sum(self.degrees) / len(self.degrees)}


@dataclass(frozen=True)
class Edges:
    """A list of the people's own: who tells whom, and how readily; without direction both tell each other."""

    rows: tuple[tuple[int, int, float], ...]  # by the numbers that people have in the model
    directed: bool

    def pairs(self, rng: np.random.Generator, segments: Sequence[str]) -> Pairs:
        return np.array([row[:2] for row in self.rows], dtype=np.int64).reshape(-1, 2)

    def weights(self) -> npt.NDArray[np.float64]:
        """Of the pairs, compared with their mean."""
        all_ = np.array([row[2] for row in self.rows])
        return all_ / all_.mean()

    def wanted(self, segment: str, base: Mapping[str, int]) -> Mapping[str, float]:
        return {ANYBODY: (1.0 if self.directed else 2.0) * len(self.rows) / sum(base.values())}


def _at_random(rng: np.random.Generator, some: Ints, others: Ints, degree: float) -> Pairs:
    """One of `some` knows `degree` of the `others` on average; the two are the same people, or different."""
    same = np.array_equal(some, others)
    possible = len(others) - same
    if possible < 1 or not len(some):
        return np.zeros((0, 2), dtype=np.int64)
    cells = len(some) * len(others)
    chosen = rng.choice(cells, rng.binomial(cells, min(1.0, degree / possible)), replace=False)
    row, column = np.divmod(chosen, len(others))
    pairs = np.stack([some[row], others[column]], axis=1)
    return pairs[row < column] if same else pairs  # each pair has two cells in a square


@dataclass(frozen=True)
class Layer:
    """`weight`: how readily people tell others of this layer."""

    kind: Kind
    weight: float = 1.0
