"""Kim and Nelson's procedure keeps its promise, saves what it should, and eliminates as sim-tools does."""

import os
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from goodwill.analysis.elimination import Elimination, eliminate

ALPHA, DELTA = 0.05, 1.0
TRIALS = 2_000 if os.environ.get("GOODWILL_FULL") else 500


class Luck:
    """Candidates with these means, and errors of standard deviation `sd` that are correlated by `rho`."""

    def __init__(self, means: list[float], sd: float, rho: float, seed: int) -> None:
        self._means, self._sd, self._rho = np.array(means), sd, rho
        self._random = np.random.default_rng(seed)
        self.used = 0

    def more(self, wanted: npt.NDArray[np.int64], first: int, n: int) -> npt.NDArray[np.float64]:
        self.used += n * len(wanted)
        shared = self._random.standard_normal((n, 1))
        own = self._random.standard_normal((n, len(self._means)))
        errors = np.sqrt(self._rho) * shared + np.sqrt(1 - self._rho) * own
        return np.asarray((self._means + self._sd * errors)[:, wanted])


def chosen(luck: Luck, candidates: int, first: int = 20) -> tuple[int, Elimination]:
    procedure = Elimination(1 - ALPHA, DELTA, first, candidates)
    assert eliminate(procedure, luck.more, 1_000_000)
    return procedure.best, procedure


@pytest.mark.parametrize(("rho", "sd"), [(0.0, 4.0), (0.9, 8.0)])
def test_the_promised_probability_is_kept(rho: float, sd: float) -> None:
    """In the hardest case, all others worse by exactly the indifference. One-sided test at 1e-4."""
    means = [0.0, 0.0, DELTA, 0.0, 0.0]
    right = sum(chosen(Luck(means, sd, rho, trial), 5)[0] == 2 for trial in range(TRIALS))
    share = 1 - ALPHA
    assert right >= share * TRIALS - 3.7 * np.sqrt(TRIALS * share * (1 - share))


def test_someone_within_the_indifference_is_chosen() -> None:
    means = [0.0, 4.6, 5.0]
    right = sum(chosen(Luck(means, 5.0, 0.5, trial), 3)[0] in (1, 2) for trial in range(100))
    assert right >= 95


def test_common_luck_saves_most_of_the_replications() -> None:
    """At a correlation of .99 it needs less than a fortieth of the replications of equal allocation on
    independent luck: of the same procedure that goes on to its end with all candidates."""
    means = [0.0, -0.5, DELTA, -1.0, 0.0, -2.0, -3.0, 0.5]
    used, equal = [], []
    for trial in range(20):
        together = Luck(means, 10.0, 0.99, trial)
        chosen(together, len(means), first=10)
        apart = Luck(means, 10.0, 0.0, trial)
        _, procedure = chosen(apart, len(means), first=10)
        used.append(together.used)
        equal.append(procedure.most * len(means))
    assert np.mean(equal) / np.mean(used) > 40


def test_equal_candidates_end_by_their_order() -> None:
    procedure = Elimination(1 - ALPHA, DELTA, 10, 3)
    assert eliminate(procedure, lambda wanted, first, n: np.ones((n, len(wanted))), 100)
    assert procedure.best == 0
    assert procedure.replications == 10


def test_what_is_not_decided_says_so() -> None:
    procedure = Elimination(1 - ALPHA, 1e-3, 10, 2)
    assert not eliminate(procedure, Luck([0.0, 0.0], 5.0, 0.0, 1).more, 200)
    assert procedure.replications == 200


@pytest.mark.parametrize("seed", range(20))
def test_sim_tools_eliminates_at_the_same_replication(seed: int) -> None:
    """Of two candidates. Of more, sim-tools (1.3) looks up the variance of another pair."""
    zone = pytest.importorskip("sim_tools.ovs.indifference_zone")
    values = Luck([0.0, 0.4], 3.0, 0.3, seed).more(np.arange(2), 0, 50_000)

    class Firm:
        def __init__(self) -> None:
            self.at = [0, 0]

        def register_observer(self, observer: Any) -> None:
            self.observer = observer

        def simulate(self, design: int) -> None:
            value = values[self.at[design], design]
            self.at[design] += 1
            self.observer.feedback(self, design, value)

    model = Firm()
    peer = zone.KN(model, 2, DELTA, alpha=ALPHA, n_0=20)
    (winner,) = peer.solve()
    procedure = Elimination(1 - ALPHA, DELTA, 20, 2)
    assert eliminate(procedure, lambda wanted, first, n: values[first : first + n, wanted], 50_000)
    assert procedure.best == winner
    assert procedure.replications == model.at[1 - winner]  # the winner is simulated once more
