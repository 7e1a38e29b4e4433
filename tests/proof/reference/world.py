"""The baseline world: parameters of groups of customers, and the lived past of the first ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .changes import values_for
from .customers import GONE, Customers, Floats, Traits, newcomers
from .definition import Model, Path, Response, Segment, Treatment, Value, Values
from .ledger import Page
from .parameters import Parameters
from .period import live

PILOT = 10_000  # customers of the cohort that shows how many survive to which age


@dataclass
class Levels:
    """What anchoring solves, by segment."""

    offsets: dict[str, dict[Path, float]] = field(default_factory=dict)  # on the link scale
    bias: float = 0.0  # of answers to the survey, points
    hazard: dict[str, float] = field(default_factory=dict)  # 1 / mean tenure of candidates, per period


def shares_of(model: Model, agents: int) -> dict[str, int]:
    """Agents by segment: in proportion to counts, but at least min(count, 200) each."""
    total = sum(segment.count for segment in model.segments.values())
    return {
        name: min(s.count, max(min(s.count, 200), round(agents * s.count / total))) if s.count else 0
        for name, s in model.segments.items()
    }


class World:
    """A model with levels; knows how to make parameters and first customers."""

    def __init__(self, model: Model, levels: Levels, treatments: Sequence[Treatment] = ()) -> None:
        self.model, self.levels, self.treatments = model, levels, tuple(treatments)
        self.segments = list(model.segments)
        self.stages = list(model.stages)
        self._ages: dict[str, Floats] = {}
        self._values: dict[tuple[str, tuple[tuple[str, float], ...]], Values] = {}
        possible = [self.values(name) for name in self.segments]
        possible += [self.values(name, [(each, 1.0)]) for name in self.segments for each in treatments]
        paths = sorted({path for values in possible for path, value in values.items() if _needs_trait(value)})
        self.traits = Traits(
            {path: i for i, path in enumerate(paths)},
            {name: i for i, name in enumerate(sorted({each.audience for each in treatments}))},
        )
        self.bias = levels.bias

    def values(self, segment: str, active: Sequence[tuple[Treatment, float]] = ()) -> Values:
        """Numbers for a segment under active treatments with their factors; remembered."""
        key = (segment, tuple((each.name, factor) for each, factor in active))
        if key not in self._values:
            offsets = self.levels.offsets.get(segment, {})
            self._values[key] = values_for(self.model, segment, offsets, active)
        return self._values[key]

    def reached(self, treatment: Treatment, c: Customers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Membership for life: the same for all treatments that share an audience."""
        reach = np.array([treatment.reach.get(name, 0.0) for name in self.segments])
        return np.asarray(c.luck[:, self.traits.audiences[treatment.audience]] < reach[c.segment])

    def parameters(self, t: int, c: Customers) -> Parameters:
        """The numbers of period t: one cell per segment and set of treatments that reach the customer."""
        active = [each for each in self.treatments if each.active(t)]
        code = c.segment.copy()
        for k, treatment in enumerate(active):
            code = code + len(self.segments) * 2**k * self.reached(treatment, c)
        codes, cell = np.unique(code, return_inverse=True)
        cells = []
        for number in codes:
            mask = int(number) // len(self.segments)
            mine = [(each, each.factor(t)) for k, each in enumerate(active) if mask >> k & 1]
            cells.append(self.values(self.segments[int(number) % len(self.segments)], mine))
        return Parameters(t, cells, cell.astype(np.int64), self.traits.responses, self.model.units.per_year)

    def fresh(
        self, rng: np.random.Generator, segment: str, stage: str, origin: str, weight: Floats, values: Values
    ) -> Customers:
        """New customers; `values` is the environment they are born into."""
        index = self.segments.index(segment)
        number = self.stages.index(stage)
        return newcomers(rng, self.traits, values, index, segment, number, origin, weight)

    def base(self, rng: np.random.Generator, segment: Segment, count: int, weight: float) -> Customers:
        """The first `count` candidates who are still here in period 1."""
        candidates = max(count, 1) if count else 0
        base = self._survivors(rng, segment, candidates, weight)
        created = candidates
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
        law, periods = segment.tenure
        if law == "stationary":
            chances = self._steady_ages(rng, segment)
            tenure = 1.0 + rng.choice(len(chances), size=n, p=chances).astype(np.float64)
        else:
            hazard = self.levels.hazard.get(segment.name, 1.0 / max(periods, 1.0))
            tenure = np.full(n, periods) if law == "exactly" else rng.geometric(hazard, n).astype(float)
        lived = np.minimum(np.floor(tenure), self.model.memory)
        return self._past(rng, segment, tenure, lived, np.full(n, weight))[0]

    def _steady_ages(self, rng: np.random.Generator, segment: Segment) -> Floats:
        """Chances of the ages 1, 2, ... of candidates, 10 years at most.

        Those present before anybody joins are aged in proportion to survival. A candidate lives only the last
        part of his past, so he is drawn in proportion to the survival of what came before.
        """
        if segment.name not in self._ages:
            limit = round(10 * self.model.units.per_year)
            everybody = np.full(PILOT, limit, dtype=np.float64)
            present = np.array(self._past(rng, segment, everybody, everybody, everybody)[1])
            lived = present[np.minimum(np.arange(limit), self.model.memory - 1)]
            ratio = present / np.maximum(lived, 1)
            self._ages[segment.name] = ratio / ratio.sum()
        return self._ages[segment.name]

    def _past(
        self, rng: np.random.Generator, segment: Segment, tenure: Floats, lived: Floats, weight: Floats
    ) -> tuple[Customers, list[int]]:
        """Candidates join `lived` periods before period 1; also how many are present after each period."""
        values = self.values(segment.name)
        candidates = self.fresh(rng, segment.name, segment.stage, "initial", weight, values)
        candidates.tenure = tenure - lived
        here = candidates.take(np.zeros(0, dtype=np.int64))
        present: list[int] = []
        for back in range(int(lived.max(initial=0.0)), 0, -1):
            here = here + candidates.take(lived == back)
            t = 1 - back
            cell = np.zeros(len(here), dtype=np.int64)
            p = Parameters(t, [values], cell, self.traits.responses, self.model.units.per_year)
            live(self.model, here, p, self.bias, rng, Page(None, here, t), past=True)
            here = here.take(here.stage != GONE)
            present.append(len(here))
        return here + candidates.take(lived == 0.0), present


def _needs_trait(value: Value) -> bool:
    return isinstance(value, Response) and (value.frailty != 0.0 or value.beta is not None)
