"""Churn by age as blocks of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goodwill.data.frames import DAY, MONTH, WEEK, YEAR
from goodwill.data.group import Group
from goodwill.engine.model import Model, core_of
from goodwill.engine.responses import acting_on
from goodwill.fitting.survival import BETA
from goodwill.text.arguments import unknown

HORIZON = {DAY: 365, WEEK: 156, MONTH: 36, YEAR: 10}
"""Periods of a new model."""
CUSTOMER = "customer"


def blocks_of(groups: list[Group], numbers: Mapping[str, Any], period: str) -> dict[str, Any]:
    """A segment and a stage for each group: one stage cannot have several curves."""
    segments: dict[str, Any] = {}
    stages: dict[str, Any] = {}
    for group in groups:
        prefix, stage = ("", CUSTOMER) if len(groups) == 1 else (f"{group.name}_", group.name)
        segment: dict[str, Any] = {"count": group.present}
        if len(groups) > 1:
            segment["stage"] = stage
        if group.present:
            segment["tenure"] = round(group.mean_age, 2)
        if f"{prefix}arrivals" in numbers:
            arrivals = numbers[f"{prefix}arrivals"]
            segment["arrivals"] = {"count": arrivals, "stage": stage} if len(groups) > 1 else arrivals
        if group.fee_cv:
            segment["spend"] = {"cv": group.fee_cv}
        segments[group.name] = segment
        fee = {"fee": numbers[f"{prefix}fee"]} if f"{prefix}fee" in numbers else {}
        stages[stage] = fee | {"churn": churn_of(group, numbers, prefix)}
    return {"horizon": HORIZON[period], "segments": segments, "stages": stages}


def churn_of(group: Group, numbers: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The response: a beta distribution, or a table by tenure."""
    names = group.churn.names
    if group.curve.method == BETA:
        return {"beta": [numbers[f"{prefix}{name}"] for name in names]}
    ages = [name.removeprefix("churn_") for name in names]
    return {age: numbers[f"{prefix}{name}"] for age, name in zip(ages, names, strict=True)}


def changes_of(
    groups: list[Group], numbers: Mapping[str, Any], base: Model, segment: str | None
) -> dict[str, Any]:
    """The churn of each group in the stage where the segment of its name begins, and what it pays and who
    arrives there."""
    core = core_of(base)
    found: dict[str, Any] = {}
    for group in groups:
        one = len(groups) == 1
        prefix = "" if one else f"{group.name}_"
        name = segment if one else group.name
        if name is not None and name not in core.segments:
            raise ValueError(unknown("segment", name, core.segments))
        stage = _stage(base, name)
        sharing = [other for other in core.segments if other != name and _stage(base, other) == stage]
        if name is not None and sharing:
            raise ValueError(
                f"segment {name!r} begins in the stage {stage!r}, as {', '.join(sharing)} do; churn by age "
                "belongs to a stage, so give the segment a stage of its own (segments.NAME.stage)"
            )
        effects = acting_on(base[f"stages.{stage}.churn"])
        churn = churn_of(group, numbers, prefix)
        if effects and group.curve.method != BETA:
            churn = {"by_tenure": churn}
        found[f"stages.{stage}.churn"] = churn | effects
        if f"{prefix}fee" in numbers:
            found[f"stages.{stage}.fee"] = numbers[f"{prefix}fee"]
        if group.fee_cv:
            whose = core.segments if name is None else [name]
            found |= {f"segments.{some}.spend": {"cv": group.fee_cv} for some in whose}
        if f"{prefix}arrivals" in numbers and name is not None:
            arrivals = {"count": numbers[f"{prefix}arrivals"], "stage": stage}
            found[f"segments.{name}.arrivals"] = arrivals
    return found


def _stage(base: Model, segment: str | None) -> str:
    """Where the customers of a segment are at the start: its own stage, or the first of kind customer."""
    own = base[f"segments.{segment}.stage"] if segment is not None else None
    kinds = {stage: base[f"stages.{stage}.kind"] for stage in core_of(base).stages}
    first = next((stage for stage, kind in kinds.items() if kind in (None, CUSTOMER)), CUSTOMER)
    return str(own or first)
