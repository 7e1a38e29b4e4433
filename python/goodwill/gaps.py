"""Where experience falls short of what is expected, and what a better one would be worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill._arguments import checked_names, checked_replications, checked_threads
from goodwill._progress import progress_bar
from goodwill.ledger import Numbers, World
from goodwill.model import Model, anchored, core_of
from goodwill.tables import COSTS, MARGINS
from goodwill.variants import AT_ONCE, half_width, kept

if TYPE_CHECKING:
    from goodwill.study import Study

REPLICATIONS = 10
BEST = 10.0
"""The top of the scale of quality."""
SUMS = ("contacts", "failed", "recovered", "sum_expected", "sum_delivered", "sum_felt")


def gaps(
    study: Study, scenario: str, by: str | Iterable[str], replications: int | None, threads: int
) -> pd.DataFrame:
    """See `Study.gaps`."""
    keys = checked_names("key", by, ("segment",), "gaps can be broken down by")
    checked_names("scenario", scenario, ["baseline", *core_of(study.model).scenarios])
    wanted = min(study.replications, REPLICATIONS) if replications is None else replications
    wanted, threads = checked_replications(wanted, least=2), checked_threads(threads)
    steps = _steps(study.model)
    improvable = [place for place, step in steps.items() if step > 0]
    names = dict(zip(_free_names(study.model), improvable, strict=False))
    model = _with_better_touchpoints(study.model, scenario, names, steps, threads)
    worlds = _simulated(study, model, [scenario, *names], wanted, threads)
    today = next(worlds)
    contribution = _contribution(today, keys)
    years = today.periods / today.periods_per_year
    rows: list[dict[str, object]] = []
    for place, step in steps.items():
        gained = np.full_like(contribution, np.nan)
        if step > 0:
            gained = (_contribution(next(worlds), keys) - contribution) / step / years
        rows += _rows(today, keys, place, gained, study.level)
    return pd.DataFrame(rows, columns=_columns(keys))


def _steps(model: Model) -> dict[str, float]:
    """Points of quality by which each touchpoint can be better: one, or what is left of the scale."""
    steps = {}
    for journey in model.journeys:
        for place in model[f"journeys.{journey}.touchpoints"]:
            name = f"{journey}.{place}"
            quality = _core.segment_values(core_of(model), f"journeys.{journey}.touchpoints.{place}.quality")
            steps[name] = min(1.0, BEST - max(quality))
    return steps


def _free_names(model: Model) -> Iterator[str]:
    """Names that no investment and no scenario has."""
    taken = {*model.scenarios, *model.investments, *model.events, "baseline"}
    return (name for k in range(1 << 30) if (name := f"better_{k}") not in taken)


def _with_better_touchpoints(
    model: Model, scenario: str, names: dict[str, str], steps: dict[str, float], threads: int
) -> Model:
    """The model with a scenario for each touchpoint: what is done in `scenario`, and the point more."""
    done = [] if scenario == "baseline" else list(model.scenarios[scenario])
    values: dict[str, object] = {}
    for name, place in names.items():
        journey, touchpoint = place.split(".")
        path = f"journeys.{journey}.touchpoints.{touchpoint}.quality"
        values[f"investments.{name}"] = {"changes": {path: {"add": steps[place]}}}
        values[f"scenarios.{name}"] = [*done, name]
    return kept(model, values, threads) if values else model


def _simulated(
    study: Study, model: Model, scenarios: list[str], replications: int, threads: int
) -> Iterator[World]:
    """The worlds of the scenarios on the luck of the study, at best values; few of them at a time."""
    waiting = iter(scenarios)
    while some := list(islice(waiting, AT_ONCE)):
        with progress_bar("Touchpoints") as progress:
            simulation = _core.simulate(
                core_of(model),
                anchored(model, threads),
                some,
                seed=study.seed,
                replications=replications,
                threads=threads,
                experiences=True,
                progress=progress,
            )
        yield from (World(simulation, k, model.periods_per_year) for k in range(len(some)))


def _contribution(world: World, keys: list[str]) -> Numbers:
    """Replication x segment (or the whole firm), over the horizon; not discounted."""
    found = []
    for r in range(world.replications):
        cells = world.replication(r).sum(axis=(1, 2))
        money = cells[:, [world.index[name] for name in MARGINS]].sum(axis=1)
        money = money - cells[:, [world.index[name] for name in COSTS.values()]].sum(axis=1)
        found.append(money if keys else money.sum(keepdims=True))
    return np.array(found)


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
        expected, delivered, felt = (float(total / contacts) for total in sums)
        row |= {"contacts": contacts / years, "failure": (failed + recovered) / contacts}
        row |= {"expected": expected, "delivered": delivered, "felt": felt, "gap": delivered - expected}
        mean, half = float(gained[:, k].mean()), half_width(gained[None, :, k], level)
        row |= {"worth": mean, "worth_low": mean - half, "worth_high": mean + half}
        yield row


def _columns(keys: list[str]) -> list[str]:
    measured = ["contacts", "failure", "expected", "delivered", "felt", "gap"]
    return ["journey", "touchpoint", *keys, *measured, "worth", "worth_low", "worth_high"]
