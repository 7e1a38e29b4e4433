"""The question of a study asked of changed models on the same luck."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from goodwill.ledger import Numbers
from goodwill.model import Model, anchored

if TYPE_CHECKING:
    from goodwill.study import Question, Study

AT_ONCE = 32
"""Worlds simulated together; more would hold too many ledgers in memory."""


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
    """NPV by scenario: draws x batches, or one row of replications."""
    names = list(scenarios)
    found: dict[str, Numbers] = {}
    for first in range(0, len(names), AT_ONCE):
        some = tuple(names[first : first + AT_ONCE])
        answer = dataclasses.replace(question, model=model, scenarios=some).answer(threads)
        for k, name in enumerate(some):
            found[name] = np.asarray(answer.result.npv_units(k))
    return found


def half_width(units: Numbers, level: float) -> float:
    """Of the interval of the mean (draws x batches, Student's t): the error of the simulation."""
    draws, batches = units.shape
    if batches < 2:
        return math.inf
    variance = float((units.var(axis=1, ddof=1) / batches).sum()) / draws**2
    return t_quantile(0.5 + level / 2, draws * (batches - 1)) * math.sqrt(variance)


def t_quantile(p: float, degrees: int) -> float:
    """Of Student's t, by bisection of its exact distribution (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    low, high = 0.0, 1.0
    while _t_inside(high, degrees) < 2 * p - 1:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_inside(middle, degrees) < 2 * p - 1 else (low, middle)
    return (low + high) / 2


def _t_inside(t: float, degrees: int) -> float:
    """P(-t < T < t)."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2
    term, total = (cosine if odd else 1.0), 0.0
    if degrees > 1:
        for k in range(odd, degrees - 1, 2):
            total += term
            term *= cosine * cosine * (k + 1) / (k + 2)
    if odd:
        return 2 / math.pi * (angle + sine * total)
    return sine * total
