"""The baseline world: parameters of groups of customers, and the lived past of the first ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .changes import values_for
from .customers import GONE, Customers, Floats, Ints, Traits, newcomers
from .definition import Model, Path, Response, Segment, Treatment, Value, Values
from .environment import Environment
from .ledger import Page
from .parameters import STATE, Parameters
from .period import live, live_early
from .teams import crowding
from .word_of_mouth import Messages, silence

PILOT = 10_000  # customers of the cohort that lives a skeleton
FEWEST = 0.002  # of them: with fewer left, older ages are left out


@dataclass
class Levels:
    """What anchoring solves, by segment."""

    offsets: dict[str, dict[Path, float]] = field(default_factory=dict)  # on the link scale
    bias: float = 0.0  # of answers to the survey, points
    hazard: dict[str, float] = field(default_factory=dict)  # 1 / mean tenure asked of the base, per period
    state: dict[str, dict[Path, float]] = field(
        default_factory=dict
    )  # what the state adds on average, link scale
    loads: dict[str, float] = field(default_factory=dict)  # of teams before period 1, customers per period
    heard: dict[str, Floats] = field(default_factory=dict)  # and remembered before period 1, by segment


def shares_of(model: Model, agents: int) -> dict[str, int]:
    """Agents by segment: in proportion to people, but at least 200 customers (or all) each."""
    total = sum(model.people.values())
    fewest = {
        name: math.ceil(model.people[name] * min(1.0, 200 / s.count)) if s.count else 0
        for name, s in model.segments.items()
    }
    return {
        name: min(people, max(fewest[name], round(agents * people / total))) if people else 0
        for name, people in model.people.items()
    }


class World:
    """A model with levels; knows how to make parameters and first customers."""

    def __init__(self, model: Model, levels: Levels, treatments: Sequence[Treatment] = ()) -> None:
        self.model, self.levels, self.treatments = model, levels, tuple(treatments)
        self.segments = list(model.segments)
        self.stages = list(model.stages)
        self._crowds: dict[str, list[Customers]] = {}
        self._values: dict[tuple[str, tuple[tuple[str, float], ...]], Values] = {}
        possible = [self.values(name) for name in self.segments]
        possible += [self.values(name, [(each, 1.0)]) for name in self.segments for each in treatments]
        paths = sorted({path for values in possible for path, value in values.items() if _needs_trait(value)})
        self.traits = Traits(
            {path: i for i, path in enumerate(paths)},
            {name: i for i, name in enumerate(sorted({each.audience for each in treatments}))},
        )
        self.bias = levels.bias
        # what customers met in the past
        self.usual = Environment(crowding(model, model.values, levels.loads), silence(model) | levels.heard)

    def values(self, segment: str, active: Sequence[tuple[Treatment, float]] = ()) -> Values:
        """Numbers for a segment under active treatments with their factors; remembered."""
        key = (segment, tuple((each.name, factor) for each, factor in active))
        if key not in self._values:
            offsets = self.levels.offsets.get(segment, {})
            self._values[key] = values_for(self.model, segment, offsets, active)
        return self._values[key]

    def memory(self) -> Floats:
        """How long people of each segment remember what they hear, in periods; no treatment changes it."""
        return np.array([self.values(name)["experience", "memory"] for name in self.segments], dtype=float)

    def reached(self, treatment: Treatment, c: Customers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Membership for life: the same for all treatments that share an audience."""
        reach = np.array([treatment.reach.get(name, 0.0) for name in self.segments])
        return np.asarray(c.luck[:, self.traits.audiences[treatment.audience]] < reach[c.segment])

    def parameters(
        self, t: int, c: Customers, acting: Sequence[tuple[Treatment, float]], environment: Environment
    ) -> Parameters:
        """The numbers of period t: one cell per segment and set of treatments that reach the customer."""
        active = [each for each, _ in acting]
        code = c.segment.copy()
        for k, treatment in enumerate(active):
            code = code + len(self.segments) * 2**k * self.reached(treatment, c)
        codes, cell = np.unique(code, return_inverse=True)
        cells = []
        for number in codes:
            mask = int(number) // len(self.segments)
            mine = [one for k, one in enumerate(acting) if mask >> k & 1]
            cells.append(self.values(self.segments[int(number) % len(self.segments)], mine))
        return self._parameters(t, cells, cell.astype(np.int64), environment)

    def _parameters(
        self,
        t: int,
        cells: list[Values],
        cell: Ints,
        environment: Environment,
        frozen: Mapping[Path, float] | None = None,
    ) -> Parameters:
        return Parameters(
            t, cells, cell, self.traits.responses, self.model.units.per_year, environment, frozen
        )

    def fresh(
        self,
        rng: np.random.Generator,
        segment: str,
        stage: str,
        origin: str,
        weight: Floats,
        values: Values,
        heard: Messages,
    ) -> Customers:
        """New customers; `values` hold when they join; `heard` is what people of segments have heard."""
        index = self.segments.index(segment)
        number = self.stages.index(stage)
        good, bad = float(heard["good_word"][index]), float(heard["bad_word"][index])
        return newcomers(rng, self.traits, values, index, segment, number, origin, weight, good, bad)

    def base(self, rng: np.random.Generator, segment: Segment, count: int, weight: float) -> Customers:
        """The first `count` candidates who are still here in period 1."""
        if not count:
            return self._candidates(rng, segment, np.zeros(0))
        base = self._survivors(rng, segment, count, weight)
        created = count
        while len(base) < count:
            share = max(len(base) / created, 0.01)
            more = int((count - len(base)) / share * 1.05) + 10
            late = self._survivors(rng, segment, more, weight)
            late.number += created
            created += more
            base = base + late
            if created > 1000 * count + 10**6:
                raise ValueError(f"nobody of segment {segment.name} survives the past")
        return base.take(np.argsort(base.number)[:count])

    def _survivors(self, rng: np.random.Generator, segment: Segment, n: int, weight: float) -> Customers:
        """Candidates who live through their past; those who are lost on the way are not returned."""
        ages = self._candidate_ages(rng, segment)
        tenure = rng.choice(len(ages), size=n, p=ages)
        lived = np.minimum(tenure, self.model.memory)
        candidates = self._candidates(rng, segment, np.full(n, weight))
        # Customers older than the lived past come from a crowd that lived a skeleton of the time before.
        for early in np.unique(tenure - lived):
            rows = np.flatnonzero(tenure - lived == early)
            if early > 0:
                crowd = self._crowd(rng, segment)[early]
                chosen = crowd.take(rng.integers(len(crowd), size=len(rows)))
                candidates.stage[rows], candidates.tenure[rows] = chosen.stage, early
                candidates.frailty[rows], candidates.chance[rows] = chosen.frailty, chosen.chance
                candidates.spend[rows] = chosen.spend
        return self._past(rng, segment, candidates, lived)

    def _candidates(self, rng: np.random.Generator, segment: Segment, weight: Floats) -> Customers:
        values = self.values(segment.name)
        return self.fresh(rng, segment.name, segment.stage, "initial", weight, values, self.usual.heard)

    def _crowd(self, rng: np.random.Generator, segment: Segment) -> list[Customers]:
        """Those of a cohort who are still here after 0, 1, ... periods of a skeleton."""
        if segment.name not in self._crowds:
            here = self._candidates(rng, segment, np.ones(PILOT))
            crowds = [here]
            oldest = round(100 * self.model.units.per_year)
            if segment.tenure[0] == "exactly":
                oldest = round(segment.tenure[1])
            while len(here) > PILOT * FEWEST and len(crowds) <= oldest:
                here = here.take(np.arange(len(here)))  # a copy: those kept do not live on
                cell = np.zeros(len(here), dtype=np.int64)
                state = self.levels.state.get(segment.name, {})
                p = self._parameters(-len(crowds), [self.values(segment.name)], cell, self.usual, state)
                live_early(self.model, here, p, rng)
                here = here.take(here.stage != GONE)
                crowds.append(here)
            if len(here) > PILOT * (1 - 1e-6) and segment.tenure[0] == "stationary":
                crowds = crowds[: round(10 * self.model.units.per_year) + 1]  # for those who never leave
            self._crowds[segment.name] = crowds
        return self._crowds[segment.name]

    def _candidate_ages(self, rng: np.random.Generator, segment: Segment) -> Floats:
        """Chances of the ages 0, 1, ... of candidates.

        After what they live through, those still here have the ages asked, or ages in proportion to survival.
        """
        law, periods = segment.tenure
        if law == "exactly":
            return np.append(np.zeros(round(periods)), 1.0)
        stay = np.array([len(crowd) for crowd in self._crowd(rng, segment)]) / PILOT
        age = np.arange(len(stay))
        early = stay[age - np.minimum(age, self.model.memory)]
        if law == "stationary":
            chances = early * (age > 0)
        else:
            hazard = self.levels.hazard.get(segment.name, 1.0 / max(periods, 1.0))
            chances = (1.0 - hazard) ** np.maximum(age - 1, 0) * (age > 0) * early / stay
        result: Floats = chances / chances.sum()
        return result

    def _past(
        self, rng: np.random.Generator, segment: Segment, candidates: Customers, lived: Ints
    ) -> Customers:
        """Candidates live the last part of their past in full; returns those still here in period 1."""
        values = self.values(segment.name)
        here = candidates.take(np.zeros(0, dtype=np.int64))
        for back in range(int(lived.max(initial=0)), 0, -1):
            here = here + candidates.take(lived == back)
            t = 1 - back
            cell = np.zeros(len(here), dtype=np.int64)
            p = self._parameters(t, [values], cell, self.usual)
            live(self.model, here, p, self.bias, rng, Page(None, here, t), past=True)
            here = here.take(here.stage != GONE)
        return here + candidates.take(lived == 0)

    def mean_state(self, segment: str, base: Customers) -> dict[Path, float]:
        """What satisfaction, trust and memory add to each response in this base: log of the mean of exp."""
        means: dict[Path, float] = {}
        for path, value in self.values(segment).items():
            if not (isinstance(value, Response) and STATE & set(value.effects)):
                continue
            names = self.model.journeys[path[1]].stages if path[0] == "journeys" else path[1:2]
            if path[0] not in ("journeys", "stages"):
                continue
            rows = np.flatnonzero(np.isin(base.stage, [self.stages.index(name) for name in names]))
            cell = np.zeros(len(base), dtype=np.int64)
            p = self._parameters(1, [self.values(segment)], cell, self.usual)
            if len(rows):
                means[path] = float(np.log(np.mean(np.exp(p.state(path, base, rows)))))
        return means


def _needs_trait(value: Value) -> bool:
    return isinstance(value, Response) and (value.frailty != 0.0 or value.beta is not None)
