"""The question of a study asked of changed models on the same luck."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from goodwill import _core
from goodwill.ledger import Numbers
from goodwill.model import Model, anchored

if TYPE_CHECKING:
    from goodwill.comparing import Question
    from goodwill.study import Study

AT_ONCE = 32
"""Worlds simulated together; more would hold too many ledgers in memory."""


def free_names(model: Model, prefix: str) -> Iterator[str]:
    """Names that no scenario, investment or event of the model has."""
    taken = {*model.scenarios, *model.investments, *model.events, "baseline"}
    return (name for k in itertools.count() if (name := f"{prefix}_{k}") not in taken)


def kept(model: Model, values: Mapping[str, object], threads: int) -> Model:
    """A changed copy that keeps the levels anchored for the model: the same firm, something else done."""
    return adopted(model.assign(values), model, threads)


def adopted(changed: Model, model: Model, threads: int) -> Model:
    """The changed model with the levels anchored for the other one; both have the same responses."""
    changed._anchoring = anchored(model, threads)
    return changed


def as_long(study: Study) -> Question:
    """The question without its target: the units that were used, neither more nor fewer."""
    question = study.question
    if study.uncertain:
        return dataclasses.replace(question, precision=None, draws=study.result.draws)
    return dataclasses.replace(question, precision=None, replications=study.replications)


def at_best(study: Study, replications: int) -> Question:
    """The same question at the best values of the assumptions."""
    return dataclasses.replace(study.question, precision=None, draws=0, replications=replications)


def values_of(question: Question, model: Model, scenarios: Iterable[str], threads: int) -> dict[str, Numbers]:
    """NPV by scenario: draws x batches, or one row of replications.

    What lies beyond the horizon is not asked; following customers there would be most of the work.
    """
    names = list(scenarios)
    found: dict[str, Numbers] = {}
    for first in range(0, len(names), AT_ONCE):
        some = tuple(names[first : first + AT_ONCE])
        answer = dataclasses.replace(question, model=model, scenarios=some).answer(threads, run_off=False)
        for name in some:
            found[name] = answer.npv_units(name)
    return found


def half_width(units: Numbers, level: float) -> float:
    """Of the interval of the mean (draws x batches): the error of the simulation and of so few draws."""
    mean, _, high = _core.mean_interval(units, level)
    return high - mean
