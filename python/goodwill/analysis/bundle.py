"""How much of the value of a bundle each of its investments brings."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from goodwill.analysis.variants import as_long, free_names, half_width, noted, values_of
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult, once, parts_of
from goodwill.text.arguments import checked_threads, whole
from goodwill.text.vocabulary import BASELINE, EVENTS

EXACT = 8
"""All subsets of a bundle are simulated if it has at most this many investments."""

Subset = frozenset[str]


def own_investments(study: StudyResult, scenario: str) -> list[str]:
    """The investments of a scenario that are not in what it is compared with."""
    bundle, other = (parts_of(study.model, name) for name in (scenario, study.against(scenario)))
    return [name for name in bundle if name in study.model.investments and name not in other]


def shapley(study: StudyResult, scenario: str, permutations: int = 64, threads: int = 0) -> pd.DataFrame:
    """See `Study.shapley`."""
    study.number(scenario)
    permutations = whole("permutations", permutations, 2, 10_000, "a whole number from 2 to 10,000")
    asked = ("shapley", scenario, permutations)
    return noted(study, once(study, asked, lambda: _shares(study, scenario, permutations, threads)))


def _shares(study: StudyResult, scenario: str, permutations: int, threads: int) -> pd.DataFrame:
    players = own_investments(study, scenario)
    if not players:
        raise ValueError(f"scenario {scenario!r} has no investments of its own to share its value among")
    game = _Game(study, scenario, players, checked_threads(threads))
    if len(players) <= EXACT:
        parts = _exact(game)
    else:
        parts = _sampled(game, permutations)
    rows = []
    for name in players:
        own_value, error, low, high = parts[name]
        alone = game.value(frozenset([name])) - game.value(frozenset())
        last = game.value(frozenset(players)) - game.value(frozenset(players) - {name})
        ends = {"shapley": own_value, "shapley_low": own_value - error, "shapley_high": own_value + error}
        order = {"order_low": min(low, alone, last), "order_high": max(high, alone, last)}
        rows.append({"investment": name, **ends, "alone": alone, "last": last, **order})
    rest = float(game.value(frozenset()))
    if game.differs:
        half = half_width(game.units(frozenset()), study.level)
        ends = {"shapley": rest, "shapley_low": rest - half, "shapley_high": rest + half}
        same = dict.fromkeys(("alone", "last", "order_low", "order_high"), rest)
        rows.append({"investment": EVENTS, **ends, **same})
    return pd.DataFrame(rows)


class _Game:
    """The value of each subset of the investments, unit by unit on common luck, simulated when first
    needed."""

    def __init__(self, study: StudyResult, scenario: str, players: list[str], threads: int) -> None:
        self.study, self.scenario, self.players, self.threads = study, scenario, players, threads
        self.bundle = parts_of(study.model, scenario)
        self.against = study.against(scenario)
        rest = [name for name in self.bundle if name not in players]
        self.differs = rest != parts_of(study.model, self.against)
        """Whether the scenario still differs from what it is compared with if these investments are left
        out."""
        everything = study.npv_units(scenario)
        self._known: dict[Subset, Numbers] = {frozenset(players): everything}
        if not self.differs:
            self._known[frozenset()] = np.zeros_like(everything)

    def simulate(self, subsets: Iterable[Subset]) -> None:
        wanted = [subset for subset in dict.fromkeys(subsets) if subset not in self._known]
        if not wanted:
            return
        names = dict(zip(free_names(self.study.model, "subset"), wanted, strict=False))
        values: dict[str, object] = {}
        for name, subset in names.items():
            parts = [part for part in self.bundle if part not in self.players or part in subset]
            values[f"scenarios.{name}"] = parts
            if self.against != BASELINE:
                values[f"compare.{name}"] = self.against
        question = as_long(self.study)
        found = values_of(question, question.anchored.changed(values), names, self.threads)
        for name, subset in names.items():
            self._known[subset] = found[name]

    def units(self, subset: Subset) -> Numbers:
        self.simulate([subset])
        return self._known[subset]

    def value(self, subset: Subset) -> float:
        return float(self.units(subset).mean())


Parts = dict[str, tuple[float, float, float, float]]
"""By investment: (Shapley value, half-width of its interval, least and most it adds in any order)."""


def _exact(game: _Game) -> Parts:
    """Shapley (1953): what each adds, as a mean over all orders: subsets weighted by their share of the
    orders."""
    n = len(game.players)
    subsets = [frozenset(c) for size in range(n + 1) for c in itertools.combinations(game.players, size)]
    game.simulate(subsets)
    parts: Parts = {}
    for name in game.players:
        units = np.zeros_like(game.units(frozenset()))
        additions = []
        for subset in (s for s in subsets if name not in s):
            addition = game.units(subset | {name}) - game.units(subset)
            additions.append(float(addition.mean()))
            units = units + addition / (n * math.comb(n - 1, len(subset)))
        error = half_width(units, game.study.level)
        parts[name] = (float(units.mean()), error, min(additions), max(additions))
    return parts


def _sampled(game: _Game, permutations: int) -> Parts:
    """What each adds, as a mean over random orders and their reverses (antithetic; Mitchell et al. 2022).

    The half-width covers the error of the simulation and that of having only so many orders.
    """
    generator = np.random.default_rng(game.study.seed)
    n = len(game.players)
    pairs = [generator.permutation(n) for _ in range((permutations + 1) // 2)]
    orders = [[game.players[i] for i in order] for pair in pairs for order in (pair, pair[::-1])]
    alone = [frozenset([name]) for name in game.players]
    last = [frozenset(game.players) - {name} for name in game.players]
    game.simulate([*alone, *last, *(frozenset(order[:k]) for order in orders for k in range(n + 1))])
    parts: Parts = {}
    for name in game.players:
        additions = []
        units = np.zeros_like(game.units(frozenset()))
        for order in orders:
            before = frozenset(order[: order.index(name)])
            addition = game.units(before | {name}) - game.units(before)
            additions.append(float(addition.mean()))
            units = units + addition / len(orders)
        of_pairs = np.asarray(additions).reshape(-1, 2).mean(axis=1)
        sampling = half_width(of_pairs[None, :], game.study.level)
        error = math.hypot(half_width(units, game.study.level), sampling)
        parts[name] = (float(np.mean(additions)), error, min(additions), max(additions))
    return parts
