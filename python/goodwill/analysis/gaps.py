"""Where experience falls short of expectation, and what a better experience would be worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill._core import ModelError
from goodwill.analysis.variants import AT_ONCE, checked_length, free_names, half_width, noted
from goodwill.engine.anchoring import Anchored
from goodwill.engine.calls import simulated
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers, World
from goodwill.results.study import StudyResult, once
from goodwill.results.tables import COSTS, MARGINS
from goodwill.text.arguments import checked_names, checked_threads
from goodwill.text.vocabulary import BASELINE, SEGMENT

STEPS = (1.0, 0.5, 0.2, 0.1, 0.05)
"""Points of quality by which a touchpoint is improved: the first for which the scale has room is taken."""
SUMS = ("contacts", "failed", "recovered", "sum_expected", "sum_delivered", "sum_felt")


@dataclass(frozen=True)
class Touchpoints:
    """One world, and what it would gain if a touchpoint were a point better."""

    world: World
    gained: dict[str, Numbers]
    """By touchpoint, replication x segment: contribution gained over the horizon, in currency units; NaN at
    the top of the scale."""


def touchpoints(study: StudyResult, scenario: str, replications: int, threads: int) -> Touchpoints:
    """Simulates the world as it is, and once more for each touchpoint, on the luck of the study."""
    model, firm = study.model, study.question.anchored
    better: dict[str, tuple[str, float, dict[str, object]]] = {}
    for place, name in zip(_places(model), free_names(model, "better"), strict=False):
        for step in STEPS:
            values = _with_a_better_touchpoint(model, scenario, name, place, step)
            if _accepted(firm, values, name):
                better[place] = (name, step, values)
                break
    everything = {path: value for _, _, values in better.values() for path, value in values.items()}
    names = [scenario, *(name for name, _, _ in better.values())]
    worlds = _simulated(study, firm.changed(everything), names, replications, threads)
    world = next(worlds)
    before = _contribution(world)
    gained = {place: np.full_like(before, np.nan) for place in _places(model)}
    for place, (_, step, _) in better.items():
        gained[place] = (_contribution(next(worlds)) - before) / step
    return Touchpoints(world, gained)


def gaps(
    study: StudyResult,
    scenario: str = BASELINE,
    by: str | Iterable[str] = (SEGMENT,),
    replications: int | None = None,
    threads: int = 0,
) -> pd.DataFrame:
    """See `Study.gaps`."""
    checked_names("scenario", scenario, [BASELINE, *study.model.scenarios])
    asked = scenario, checked_length(study, replications, 10)
    found = once(study, ("gaps", *asked), lambda: touchpoints(study, *asked, checked_threads(threads)))
    return noted(study, _table(found, by, study.level))


def _table(found: Touchpoints, by: str | Iterable[str], level: float) -> pd.DataFrame:
    keys = checked_names("key", by, (SEGMENT,), "gaps can be broken down by")
    rows: list[dict[str, object]] = []
    for place, gained in found.gained.items():
        rows += _rows(found.world, keys, place, gained if keys else gained.sum(axis=1, keepdims=True), level)
    measured = ["contacts", "failure", "expected", "delivered", "felt", "gap"]
    worth = ["worth", "worth_low", "worth_high"]
    return pd.DataFrame(rows, columns=["journey", "touchpoint", *keys, *measured, *worth])


def _places(model: Model) -> list[str]:
    journeys = model.journeys
    return [f"{name}.{place}" for name in journeys for place in model[f"journeys.{name}.touchpoints"]]


def _with_a_better_touchpoint(
    model: Model, scenario: str, name: str, place: str, step: float
) -> dict[str, object]:
    """A scenario `name` that adds to `scenario` a step of quality at one touchpoint, for all segments and for
    ever."""
    done = [] if scenario == BASELINE else list(model.scenarios[scenario])
    journey, touchpoint = place.split(".")
    change = {f"journeys.{journey}.touchpoints.{touchpoint}.quality": {"add": step}}
    return {f"investments.{name}": {"changes": change}, f"scenarios.{name}": [*done, name]}


def _accepted(firm: Anchored, values: dict[str, object], name: str) -> bool:
    """Whether the scale has room for the step in every period and segment: planning checks that."""
    try:
        _core.check_plan(firm.changed(values).core, firm.levels, name)
    except ModelError:
        return False
    return True


def _simulated(
    study: StudyResult, firm: Anchored, scenarios: list[str], replications: int, threads: int
) -> Iterator[World]:
    """The worlds of the scenarios at best values, simulated a few at a time to save memory."""
    waiting = iter(scenarios)
    while some := list(islice(waiting, AT_ONCE)):
        _, worlds = simulated(
            firm,
            some,
            threads,
            "Touchpoints",
            seed=study.seed,
            first_replication=study.question.first_replication,
            replications=replications,
            experiences=True,
        )
        yield from worlds


def _contribution(world: World) -> Numbers:
    """Contribution over the horizon, replication x segment, not discounted."""
    margins, costs = ([world.index[name] for name in names] for names in (MARGINS, COSTS.values()))
    cells = (world.replication(r).sum(axis=(1, 2)) for r in range(world.replications))
    return np.array([of[:, margins].sum(axis=1) - of[:, costs].sum(axis=1) for of in cells])


def _rows(
    world: World, keys: list[str], place: str, gained: Numbers, level: float
) -> Iterator[dict[str, object]]:
    cells = world.mean.sum(axis=(1, 2))
    cells = cells if keys else cells.sum(axis=0, keepdims=True)
    years = world.periods / world.periods_per_year
    journey, touchpoint = place.split(".")
    for k, of in enumerate(cells):
        contacts, failed, recovered, *sums = (of[world.index[f"{name}.{place}"]] for name in SUMS)
        if contacts == 0:
            continue
        row: dict[str, object] = {"journey": journey, "touchpoint": touchpoint}
        row |= {"segment": world.segments[k]} if keys else {}
        full = world.index.get(f"full.{place}")
        came = contacts if full is None else contacts + of[full]
        expected, delivered, felt = (float(total / came) for total in sums)
        row |= {"contacts": contacts / years, "failure": (failed + recovered) / contacts}
        row |= {"expected": expected, "delivered": delivered, "felt": felt, "gap": delivered - expected}
        a_year = gained[:, k] / years
        mean, half = float(a_year.mean()), half_width(a_year[None, :], level)
        yield {**row, "worth": mean, "worth_low": mean - half, "worth_high": mean + half}
