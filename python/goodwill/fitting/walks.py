"""Walks over touchpoints: what follows what, how often contacts are made, and whether the past matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.text.arguments import missing

OK, FAILED, RECOVERED, FULL = range(4)
OUTCOMES = ("ok", "failed", "recovered", "full")
LEAST = 20
"""Walks behind a row of a comparison of pasts."""


@dataclass(frozen=True, eq=False)
class Contacts(Plain):
    """Contacts in the order of their walks, and of time within a walk."""

    touchpoints: tuple[str, ...]
    walk: npt.NDArray[np.int64]
    """Number of the walk, from 0 on without gaps."""
    touchpoint: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int64]
    began: Numbers
    """When the walk began, in days; for each walk."""
    ended: npt.NDArray[np.bool_]
    """Whether its end is known; for each walk."""

    @property
    def walks(self) -> int:
        return len(self.began)

    @property
    def is_first(self) -> npt.NDArray[np.bool_]:
        return np.asarray(np.diff(self.walk, prepend=-1) != 0)

    @property
    def is_last(self) -> npt.NDArray[np.bool_]:
        return np.asarray(np.diff(self.walk, append=self.walks) != 0)

    @property
    def following(self) -> npt.NDArray[np.int64]:
        """The touchpoint that follows; as many as there are touchpoints: none; -1: not known yet."""
        n = len(self.touchpoints)
        after = np.append(self.touchpoint[1:], n)
        end = np.where(self.ended[self.walk], n, -1)
        return np.asarray(np.where(self.is_last, end, after))

    def part(self, walks: npt.NDArray[np.bool_]) -> Contacts:
        """Those of some walks alone."""
        rows = walks[self.walk]
        number = np.cumsum(walks) - 1
        return Contacts(
            self.touchpoints,
            number[self.walk[rows]],
            self.touchpoint[rows],
            self.outcome[rows],
            self.began[walks],
            self.ended[walks],
        )


def firsts(contacts: Contacts) -> npt.NDArray[np.int64]:
    """How many walks begin at each touchpoint."""
    return np.bincount(contacts.touchpoint[contacts.is_first], minlength=len(contacts.touchpoints))


def transitions(contacts: Contacts) -> npt.NDArray[np.int64]:
    """How often: from x outcome x to. The last of `to` is the end of the walk."""
    n = len(contacts.touchpoints)
    to = contacts.following
    known = to >= 0
    at = np.ravel_multi_index(
        (contacts.touchpoint[known], contacts.outcome[known], to[known]), (n, len(OUTCOMES), n + 1)
    )
    return np.bincount(at, minlength=n * len(OUTCOMES) * (n + 1)).reshape(n, len(OUTCOMES), n + 1)


def outcomes(contacts: Contacts) -> npt.NDArray[np.int64]:
    """How often: touchpoint x outcome."""
    n = len(contacts.touchpoints)
    at = contacts.touchpoint * len(OUTCOMES) + contacts.outcome
    return np.bincount(at, minlength=n * len(OUTCOMES)).reshape(n, len(OUTCOMES))


def visits(first: Numbers, step: Numbers) -> Numbers:
    """Expected contacts of a walk at each touchpoint: `first` (I - Q)^-1, with Q from `step`, from x to
    (Kemeny and Snell 1960: the fundamental matrix of an absorbing chain)."""
    n = len(first)
    return np.asarray(np.linalg.solve((np.eye(n) - step[:, :n]).T, first))


def by_walk(contacts: Contacts) -> npt.NDArray[np.int64]:
    """Contacts: walk x touchpoint."""
    n = len(contacts.touchpoints)
    at = contacts.walk * n + contacts.touchpoint
    return np.bincount(at, minlength=contacts.walks * n).reshape(contacts.walks, n)


@dataclass(frozen=True)
class Memory:
    """What follows a touchpoint and outcome differs by what came before."""

    touchpoint: int
    outcome: int
    to: int
    """Where the difference is greatest; the number of touchpoints is the end."""
    before: tuple[int, int]
    """Where it is most and least often so; the number of touchpoints is the beginning."""
    shares: tuple[float, float]
    p: float


def memories(contacts: Contacts, level: float = 0.001) -> list[Memory]:
    """Where a walk remembers more than where it is, at this level for all places together (Bonferroni).

    A likelihood ratio test of a chain of the second order against one of the first, place by place
    (Anderson and Goodman 1957); pasts with fewer than `LEAST` walks are left out.
    """
    try:
        from scipy.stats import chi2
    except ImportError:
        raise ImportError(missing("estimates need", "scipy")) from None
    n = len(contacts.touchpoints)
    before = np.where(contacts.is_first, n, np.roll(contacts.touchpoint, 1))
    to = contacts.following
    found = []
    places = [(i, o) for i in range(n) for o in range(len(OUTCOMES))]
    for i, o in places:
        here = (contacts.touchpoint == i) & (contacts.outcome == o) & (to >= 0)
        table = np.bincount(before[here] * (n + 1) + to[here], minlength=(n + 1) ** 2).reshape(n + 1, n + 1)
        pasts = np.flatnonzero(table.sum(axis=1) >= LEAST)
        table = table[pasts]
        table, columns = table[:, table.sum(axis=0) > 0], np.flatnonzero(table.sum(axis=0) > 0)
        if min(table.shape) < 2:
            continue
        rows = table.sum(axis=1, keepdims=True)
        expected = rows * table.sum(axis=0) / table.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = 2 * np.where(table > 0, table * np.log(table / expected), 0).sum()
        p = float(chi2.sf(ratio, (table.shape[0] - 1) * (table.shape[1] - 1)))
        if p < level / len(places):
            share = table / rows
            k = int(np.argmax(np.ptp(share, axis=0)))
            most, least = int(np.argmax(share[:, k])), int(np.argmin(share[:, k]))
            found.append(
                Memory(
                    i,
                    o,
                    int(columns[k]),
                    (int(pasts[most]), int(pasts[least])),
                    (float(share[most, k]), float(share[least, k])),
                    p,
                )
            )
    return found
