"""Small parts of the grammar: responses, branches, filters."""

from __future__ import annotations

from typing import Any

from .changes import EFFECTS
from .definition import Branch, Response, Who
from .units import Units

Tree = dict[str, Any]


def take(block: Tree, allowed: set[str], where: str) -> Tree:
    """The block itself, once it is clear that all its keys are known."""
    unknown = set(block) - allowed
    if unknown:
        raise NotImplementedError(f"{where}: not supported or unknown: {sorted(unknown)}")
    return block


def response(units: Units, text: Any, scale: str) -> Response:
    """A number, `{average | base | by_tenure | beta, effects ...}` or a table by tenure. The scale "either"
    is that of a probability if its levels are written with %, and of a rate if not."""
    if isinstance(text, dict) and "by_tenure" in text:
        if any(key[0].isdigit() or key in ("average", "base", "beta") for key in text):
            raise ValueError(f"a response needs exactly one level: {text}")
        text = text["by_tenure"] | {key: value for key, value in text.items() if key != "by_tenure"}
    if scale == "either":
        levels = (
            [v for k, v in text.items() if k in ("average", "base") or k[0].isdigit()]
            if isinstance(text, dict)
            else [text]
        )
        scale = "log" if any("%" not in v and v.strip("0.") for v in levels) else "odds"
    read = units.probability if scale == "odds" else units.amount
    if not isinstance(text, dict):
        return Response(scale, read(text))
    table, effects, given = [], {}, []
    figure, frailty, beta = 0.0, 0.0, None
    for key, value in text.items():
        if key[0].isdigit():
            table.append((units.duration(key), read(value)))
        elif key in ("average", "base"):
            figure = read(value)
            given.append(key)
        elif key == "beta":
            beta = (units.plain(value[0]), units.plain(value[1]))
            given.append(key)
        elif key == "frailty":
            frailty = units.plain(value)
        elif key in EFFECTS:
            effects[key] = units.plain(value)
        else:
            raise NotImplementedError(f"effect {key!r}")
    if len(given) + bool(table) != 1:
        raise ValueError(f"a response needs exactly one level: {text}")
    anchored = "average" in given and 0.0 < figure < (1.0 if scale == "odds" else float("inf"))
    if table or beta:  # what differs between customers moves the shape that is asked
        anchored = bool(frailty or set(effects) - {"price"})
    return Response(scale, figure, anchored, 0.0, frailty, effects, tuple(sorted(table)), beta)


def branch(units: Units, text: Any) -> Branch:
    """A name, or shares by target; `otherwise` takes what the others leave."""
    if not isinstance(text, dict):
        return {text: 1.0}
    shares = {target: units.plain(share) for target, share in text.items() if share != "otherwise"}
    left = 1.0 - sum(shares.values())
    if left < -1e-9:
        raise ValueError(f"a branch above 100 %: {text}")
    return shares | {target: left for target, share in text.items() if share == "otherwise"}


def _limits(text: Tree, read: Any) -> tuple[tuple[str, float], ...]:
    return tuple((key, read(take(text, {"below", "above"}, "who")[key])) for key in text)


def who(units: Units, text: Tree) -> Who:
    """The filter of a touchpoint."""
    take(text, {"failed_ago", "stage", "segment", "tenure", "satisfaction", "surveyed", "within"}, "who")
    stages, segments = text.get("stage", []), text.get("segment", [])
    tenure = text.get("tenure", {})
    if isinstance(tenure, str):
        tenure = dict(zip(("above", "below"), (str(end) for end in units.span(tenure)), strict=True))
    return Who(
        failed_ago=units.span(text["failed_ago"]) if "failed_ago" in text else None,
        stages=(stages,) if isinstance(stages, str) else tuple(stages),
        segments=(segments,) if isinstance(segments, str) else tuple(segments),
        tenure=_limits(tenure, units.duration),
        satisfaction=_limits(text.get("satisfaction", {}), units.plain),
        surveyed=text.get("surveyed", ""),
        within=max(1, round(units.duration(text.get("within", "1 months")))),
    )
