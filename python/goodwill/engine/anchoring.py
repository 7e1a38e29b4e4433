"""The levels at which a model reproduces what its firm observes: a part of every question."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from goodwill import _core
from goodwill.engine.model import Model, core_of

PARTS = 9
"""Of levels; files of versions without teams and words lack the last ones."""


@dataclass(frozen=True, eq=False)
class Anchored:
    """A model and the levels it is run with: its own, or those of the firm it is a variant of.

    Two are equal if they give the same answers; `hash` shows that across machines.
    """

    model: Model
    levels: _core.Anchoring

    @property
    def core(self) -> _core.Model:
        return core_of(self.model)

    @cached_property
    def levels_hash(self) -> str:
        """A hash of the plain numbers, which have exactly one text each."""
        return hashlib.sha256(repr(self.levels.plain).encode()).hexdigest()[: len(self.model.hash)]

    @property
    def hash(self) -> str:
        return f"{self.model.hash}-{self.levels_hash}"

    def changed(self, values: Mapping[str, object]) -> Anchored:
        """The same firm, to which something else is done: a changed model at these levels. The level of an
        observed average that it changes moves with it, as when an investment changes one."""
        changed = self.model.assign(values)
        return Anchored(changed, self.levels.shifted(self.core, core_of(changed)))

    def at(self, model: Model) -> Anchored:
        """Another model at these levels; both have the same responses."""
        return Anchored(model, self.levels)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Anchored) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (self.model, self.levels.plain)


def restored(model: Model, plain: Any) -> Anchored:
    """An `Anchored` from plain numbers. Raises `ModelError` for levels that do not fit the model."""
    plain = (*plain, *([] for _ in range(PARTS - len(plain))))
    return Anchored(model, _core.Anchoring(core_of(model), plain))


def anchored(model: Model, threads: int) -> Anchored:
    """A model at its own levels, solved once for each object. Raises `ModelError` for what cannot be run
    yet."""
    core = core_of(model)
    if model._process != os.getpid():
        # A fork copies the lock, perhaps held by a thread that does not exist in the child.
        model._lock, model._process = threading.Lock(), os.getpid()
    with model._lock:
        if model._levels is None:
            model._levels = _core.anchor(core, threads)
        return Anchored(model, model._levels)
