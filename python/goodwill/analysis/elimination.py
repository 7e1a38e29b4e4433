"""Kim and Nelson's procedure: the best of several, by eliminating those that cannot be it.

S.-H. Kim and B. L. Nelson (2001), A fully sequential procedure for indifference-zone selection in simulation,
ACM Transactions on Modeling and Computer Simulation 11 (3). It only uses variances of paired differences, so
that common luck shortens it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers

LEAST_FIRST = 10
"""Fewer first replications know too little of the variances."""


@dataclass
class Elimination:
    """What the procedure knows; `step` takes in one replication after the other."""

    probability: float
    indifference: float
    first: int
    """Replications from which the variances of the differences are estimated."""
    candidates: int
    remaining: npt.NDArray[np.int64] = field(init=False)
    """Which are left, by their place among the candidates."""
    eliminated_at: npt.NDArray[np.int64] = field(init=False)
    """After which replication a candidate was eliminated; 0: it was not."""
    replications: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.remaining = np.arange(self.candidates)
        self.eliminated_at = np.zeros(self.candidates, dtype=np.int64)
        self._sums = np.zeros(self.candidates)
        self._begun: list[Numbers] = []

    def step(self, values: Numbers) -> bool:
        """Takes in one replication: a value for each candidate that is left. True: the best is known."""
        self.replications += 1
        self._sums[self.remaining] += values
        if self.replications <= self.first:
            self._begun.append(np.asarray(values))
        if self.replications < self.first:
            return False
        if self.replications == self.first:
            self._prepare()
        self._screen()
        return len(self.remaining) == 1 or self.replications > self._most

    def _prepare(self) -> None:
        begun = np.array(self._begun)
        variances = np.var(begun[:, :, None] - begun[:, None, :], axis=0, ddof=1)
        rivals = max(self.candidates - 1, 1)
        eta = (((2 * (1 - self.probability)) / rivals) ** (-2 / (self.first - 1)) - 1) / 2
        self._reach = 2 * eta * (self.first - 1) * variances / self.indifference**2
        self._most = int(np.floor(self._reach.max()))

    def _screen(self) -> None:
        n = self.replications
        means = self._sums[self.remaining] / n
        reach = self._reach[np.ix_(self.remaining, self.remaining)]
        slack = np.maximum(0, self.indifference / (2 * n) * (reach - n))
        behind = (means[:, None] < means[None, :] - slack).any(axis=1)
        self.eliminated_at[self.remaining[behind]] = n
        self.remaining = self.remaining[~behind]

    @property
    def best(self) -> int:
        """The candidate that is left; of several the one with the greatest mean, of equal ones the first."""
        return int(self.remaining[np.argmax(self._sums[self.remaining])])

    @property
    def most(self) -> int:
        """After so many replications at most, the best is known; meaningful after the first ones."""
        return self._most + 1


def eliminate(
    procedure: Elimination, more: Callable[[npt.NDArray[np.int64], int, int], Numbers], cap: int
) -> bool:
    """Runs the procedure on replications that `more(candidates, first, n)` simulates (n x candidates). False:
    it was not decided within `cap` replications."""
    n = procedure.first
    while procedure.replications < cap:
        asked = procedure.remaining
        block = more(asked, procedure.replications, min(n, cap - procedure.replications))
        for row in block:
            if procedure.step(row[np.isin(asked, procedure.remaining)]):
                return True
        # What is simulated beyond the decision is wasted, calls take time: blocks grow with what is known.
        n = max(8, procedure.replications // 4)
    return False
