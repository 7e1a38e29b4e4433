"""In what two models differ, path by path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from goodwill import _core
from goodwill.engine.model import Model
from goodwill.text.arguments import shown

if TYPE_CHECKING:
    from goodwill.sweeps.points import SweepQuestion

MOST = 12


def model_differences(a: Model, b: Model) -> Iterator[tuple[str, Any, Any]]:
    """Path, what the one says, what the other says; None: nothing."""
    for block in json.loads(_core.json_schema())["properties"]:
        one, other = (model[block] if block in model else None for model in (a, b))  # noqa: SIM401
        yield from _tree_differences(block, one, other)


def _tree_differences(path: str, a: Any, b: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(a, dict) and isinstance(b, dict):
        for name in {**a, **b}:
            yield from _tree_differences(f"{path}.{name}", a.get(name), b.get(name))
    elif a != b:
        yield path, a, b


def differences(there: SweepQuestion, here: SweepQuestion) -> list[str]:
    """A line for each difference of two sweeps, the first ones only."""
    rows = list(model_differences(there.anchored.model, here.anchored.model))
    of_model = bool(rows)
    names = ("seed", "scenarios", "run_off", "survival_weights")
    rows += [(name, getattr(there, name), getattr(here, name)) for name in names]
    rows += [(f"terms.{name}", a, here.used_terms[name]) for name, a in there.used_terms.items()]
    if not of_model:
        rows.append(("order of names", there.anchored.model.hash, here.anchored.model.hash))
        rows.append(("levels", there.anchored.levels_hash, here.anchored.levels_hash))
    rows = [(path, a, b) for path, a, b in rows if a != b]
    lines = [f"{path}: {shown(a)} there, {shown(b)} here" for path, a, b in rows[:MOST]]
    return lines + ([f"and {len(rows) - MOST} more"] if len(rows) > MOST else [])
