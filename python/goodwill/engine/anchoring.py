"""The levels at which a model reproduces what its firm observes, and who they are given to."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from goodwill import _core
from goodwill.engine.model import Model, core_of


def anchored(model: Model, threads: int) -> _core.Anchoring:
    """The anchoring of a model, solved once for each object. Refuses what cannot be run yet."""
    core = core_of(model)
    if model._process != os.getpid():
        # A fork copies the lock as it is, perhaps held by a thread that the child does not have.
        model._lock, model._process = threading.Lock(), os.getpid()
    with model._lock:
        if model._anchoring is None:
            model._anchoring = _core.anchor(core, threads)
        return model._anchoring


def kept(model: Model, values: Mapping[str, object], threads: int) -> Model:
    """A changed copy that keeps the levels anchored for the model: the same firm, something else done."""
    return adopted(model.assign(values), model, threads)


def adopted(changed: Model, model: Model, threads: int) -> Model:
    """The changed model with the levels anchored for the other one; both have the same responses."""
    changed._anchoring = anchored(model, threads)
    return changed
