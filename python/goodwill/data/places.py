"""Where estimates stand in a model: at paths, for all segments or as changes of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goodwill.engine.model import Model
from goodwill.engine.responses import ACTING, is_table
from goodwill.text.arguments import unknown


def placed(base: Model, values: Mapping[str, Any], segment: str | None) -> dict[str, Any]:
    """What `base` is assigned so that these values stand at these paths, in all segments or in one.

    A response that was a number alone becomes `{average: number}` where it gets an effect. Raises
    `ValueError` if there is no such segment.
    """
    responses: dict[str, dict[str, Any]] = {}
    for path in values:
        response, _, effect = path.rpartition(".")
        if effect in ACTING and response not in responses and response in base:
            told = base[response]
            if not isinstance(told, Mapping):
                responses[response] = {"average": told}
            elif is_table(told):
                responses[response] = {"by_tenure": dict(told)}
    if segment is not None:
        return responses | with_changes(base, segment, values)
    found: dict[str, Any] = {}
    for path, value in values.items():
        response, _, effect = path.rpartition(".")
        if response in responses:
            responses[response][effect] = value
        elif "average" in responses.get(path, {}):
            responses[path]["average"] = value
        else:
            found[path] = value
    return responses | found


def with_changes(base: Model, segment: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `base` is assigned so that numbers at paths have these values in one segment. Raises
    `ValueError` if there is no such segment."""
    if segment not in base.segments:
        raise ValueError(f"segment: {unknown('segment', segment, base.segments)}")
    path = f"segments.{segment}.changes"
    changes = {where: {"set": value} for where, value in values.items()}
    return {path: dict(base[path] or {}) | changes}
