"""The question of a study, put to changed models on the same luck."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.compared import Worth
from goodwill.engine.model import Model
from goodwill.engine.progress import composite
from goodwill.engine.question import Question
from goodwill.engine.size import Size
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult
from goodwill.text.arguments import checked_replications
from goodwill.text.vocabulary import BASELINE

AT_ONCE = 32
"""At most this many worlds are simulated together; more ledgers would take too much memory."""


def free_names(model: Model, prefix: str) -> Iterator[str]:
    """Endless names that no scenario, investment or event of the model has."""
    taken = {*model.scenarios, *model.investments, *model.events, BASELINE}
    return (name for k in itertools.count() if (name := f"{prefix}_{k}") not in taken)


def as_long(study: StudyResult) -> Question:
    """The question with the units that the study used, instead of its target precision."""
    question = study.question
    if study.uncertain:
        return dataclasses.replace(question, precision=None, draws=study.result.draws)
    return dataclasses.replace(question, precision=None, replications=study.replications)


def size_of(study: StudyResult) -> Size:
    """How much the study simulated: the same luck and draws."""
    asked = study.question
    draws = study.result.draws if study.uncertain else 0
    return Size(
        asked.seed,
        study.replications,
        draws,
        asked.batches,
        asked.level,
        first_replication=asked.first_replication,
    )


def at_best(study: StudyResult, replications: int) -> Question:
    """The same question at the best values of the assumptions."""
    return dataclasses.replace(study.question, precision=None, draws=0, replications=replications)


def values_of(
    question: Question, firm: Anchored, scenarios: Iterable[str], threads: int
) -> dict[str, Numbers]:
    """NPV by scenario, draws x batches; at most `AT_ONCE` scenarios are simulated together."""
    found: dict[str, Numbers] = {}
    blocks = list(_blocks(scenarios))
    with composite("Comparing", len(blocks)):
        for some in blocks:
            found |= dataclasses.replace(question, anchored=firm, scenarios=some).values(threads)
    return found


def worths_of(question: Question, bundles: Mapping[str, list[str]], threads: int) -> dict[str, Worth]:
    """What bundles of investments are worth against the baseline, each under a name that is free in the
    model."""
    found: dict[str, Worth] = {}
    blocks = list(_blocks(bundles))  # a model with thousands of scenarios would take long to check
    with composite("Comparing", len(blocks)):
        for some in blocks:
            firm = question.anchored.changed({f"scenarios.{name}": bundles[name] for name in some})
            found |= dataclasses.replace(question, anchored=firm, scenarios=some).worths(threads)
    return found


def _blocks(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """So many names at a time as are simulated together."""
    left = iter(names)
    while some := tuple(itertools.islice(left, AT_ONCE)):
        yield some


def half_width(units: Numbers, level: float) -> float:
    """Half-width of the interval of the mean of units (draws x batches): the error of the simulation and of
    having only so many draws."""
    mean, _, high = _core.mean_interval(units, level)
    return high - mean


def noted(study: StudyResult, table: pd.DataFrame) -> pd.DataFrame:
    """A copy with a note on what its intervals cover, and that assumptions are at their best values."""
    best = ", with the assumptions at their best values" if study.uncertain else ""
    copy = table.copy()
    copy.attrs["note"] = (
        f"From _low to _high: {100 * study.level:g} % intervals, the error of the simulation{best}."
    )
    return copy


def checked_length(study: StudyResult, replications: int | None, most: int) -> int:
    """Replications at best values: as many as asked, else those of the study, but at most `most`."""
    wanted = min(study.replications, most) if replications is None else replications
    return checked_replications(wanted, least=2)
