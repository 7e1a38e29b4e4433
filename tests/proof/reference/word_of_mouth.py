"""Word of mouth: what people say, and what a person of each segment hears of it on average."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from .definition import Model

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Messages = Mapping[str, Floats]
"""By the name of the effect, good_word or bad_word: a number for each segment (or person)."""

SPOKEN = {"good_word": "positive", "bad_word": "negative"}  # which field says how much is said


def silence(model: Model) -> dict[str, Floats]:
    """Nothing was heard."""
    return {word: np.zeros(len(model.segments)) for word in SPOKEN}


def reaching(model: Model, said: Messages, people: Floats) -> dict[str, Floats]:
    """By mean field, messages that reach a person of each segment; each message reaches one person.

    `said` and `people` are of real people, by segment.
    """
    weights = _mixing(model)
    ears = people @ weights  # of all segments, for what each segment says
    shares = np.divide(weights, ears, out=np.zeros_like(weights), where=ears > 0.0)
    return {word: shares @ messages for word, messages in said.items()}


def remembered(heard: Messages, new: Messages, memory: Floats) -> dict[str, Floats]:
    """What is remembered of both, by segment or person; `memory` is in periods."""
    kept = np.maximum(0.0, 1.0 - 1.0 / np.maximum(memory, 1e-9))
    return {word: kept * heard[word] + np.minimum(1.0, memory) * new[word] for word in SPOKEN}


def for_ever(new: Messages, memory: Floats) -> dict[str, Floats]:
    """What is remembered by people who have always heard as much in every period."""
    return {word: memory * new[word] for word in SPOKEN}


def received(segment: Ints, messages: Messages, segments: int) -> dict[str, Floats]:
    """Messages that a person of each segment has received on average, from those of each person."""
    people = np.maximum(1, np.bincount(segment, minlength=segments))
    return {word: np.bincount(segment, each, segments) / people for word, each in messages.items()}


def _mixing(model: Model) -> Floats:
    """How readily people of a segment (row) hear those of another: 1 without a row, 0 who is not in a row."""
    alike = dict.fromkeys(model.segments, 1.0)
    rows = [(model.mixing or {}).get(name, alike) for name in model.segments]
    return np.array([[row.get(name, 0.0) for name in model.segments] for row in rows])
