"""How estimates for one segment become a model: as changes of that segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goodwill.engine.model import Model
from goodwill.text.arguments import unknown


def with_changes(base: Model, segment: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `base` is assigned so that numbers at paths have these values in one segment. Raises
    `ValueError` if there is no such segment."""
    if segment not in base.segments:
        raise ValueError(f"segment: {unknown('segment', segment, base.segments)}")
    path = f"segments.{segment}.changes"
    changes = {where: {"set": value} for where, value in values.items()}
    return {path: dict(base[path]) | changes}
