"""Paths and changes: from a model and its treatments to the numbers that hold for a group of customers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .definition import (
    CHANNELS,
    LOST,
    SEGMENTS,
    TEAMS,
    Branch,
    Change,
    Model,
    Path,
    Response,
    Treatment,
    Value,
    Values,
)
from .units import Units

CHANCE = "chance"
CONTAINERS = {"segments", "stages", "channels", "journeys", "touchpoints", "teams"}
EFFECTS = (
    *("satisfaction", "trust", "tenure", "failures", "recovered", "referred", "extreme"),
    *("good_word", "bad_word", "price", "spend"),
)
AMOUNTS = {"fee", "service_cost", "arrivals", "capacity", "positive", "negative"}  # and the cost of a team
AMOUNTS |= {"innovation", "imitation"}
MINUTES = {"wait", "handling", "patience"}
SHARES = {"failure", "recovery", "happens", "conversion", "shrinkage", CHANCE}
TOUCHPOINT = {
    "quality": 7.5, "sd": 1.5, "failure": 0.0, "recovery": 0.0, "quality_failed": 2.0,
    "quality_recovered": 6.0, "quality_full": 4.0, "weight": 1.0, "cost": 0.0,
    "recovery_cost": 0.0, "earns": 0.0, "margin": 1.0, "wait": 0.0, "happens": 1.0,
    "visibility": 1.0, "effort": 0.0,
}  # fmt: skip

PARTS = ("ease", "empathy", "competence")  # of a quality in scores

Address = tuple[Path, str]


def figure(units: Units, path: Path, text: str) -> float:
    """One number, in the unit of its field."""
    if path[-1] in AMOUNTS or (path[0] == TEAMS and path[-1] == "cost"):
        return units.amount(text)
    if path[-1] == CHANCE:
        return units.probability(text)
    return units.minutes(text) if path[-1] in MINUTES else units.plain(text)


def _spellings(path: Path) -> set[str]:
    """The full path, and the one without container words (which stand at known places only)."""
    containers = {0, 2} if path[0] == "journeys" else {0}
    short = [word for i, word in enumerate(path) if not (i in containers and word in CONTAINERS)]
    return {".".join(path), ".".join(short)}


def is_scored(model: Model, path: Path, channel: str) -> bool:
    """Whether the quality of a touchpoint is given in scores, here or by its channel."""
    if (*path, "quality") in model.values:
        return False
    return any((*at, "quality", PARTS[0]) in model.values for at in (path, (CHANNELS, channel)))


def addresses(model: Model) -> dict[str, set[Address]]:
    """Every spelling of a path that a change may use, with what it addresses."""
    found: dict[str, set[Address]] = {}

    def add(path: Path, part: str, *alias: str) -> None:
        for text in _spellings(path):
            for tail in alias or ("",):
                found.setdefault(text + tail, set()).add((path, part))

    paths = dict(model.values)
    for journey in model.journeys.values():
        for point in journey.touchpoints:  # fields that come from the channel can be changed here too
            paths.update(
                {(*point.path, name): 0.0 for name in TOUCHPOINT if (*point.path, name) not in paths}
            )
            if is_scored(model, point.path, point.channel):
                del paths[(*point.path, "quality")]
                paths.update({(*point.path, "quality", part): 0.0 for part in PARTS})
    for path, value in paths.items():
        if isinstance(value, Response):
            spelled = [path] if path[-1] != LOST else [path, (*path[:-2], "churn")]
            for text in (text for each in spelled for text in _spellings(each)):
                found.setdefault(text, set()).add((path, ""))
                for part in ("average", "base", "frailty", *EFFECTS):
                    found.setdefault(f"{text}.{part}", set()).add((path, part))
        elif isinstance(value, dict):
            targets = [
                *(p.name for p in model.journeys[path[1]].touchpoints),
                *model.stages,
                LOST,
                "done",
                *value,
            ]
            for target in set(targets):
                add(path, target, f".{target}")
        elif path[0] in ("events", "investments"):
            if path[0] == "events":
                found.setdefault(".".join(path), set()).add((path, ""))
                found.setdefault(".".join(path[1:]), set()).add((path, ""))
        elif path[-1] == "arrivals":
            add(path, "", "", ".count")
        else:
            add(path, "")
        if path[-1] in PARTS and path[-2] == "quality":  # all parts at once
            for text in _spellings(path[:-1]):
                found.setdefault(text, set()).add((path, ""))
        if path[0] == SEGMENTS and len(path) == 3:  # a bare segment field means every segment
            found.setdefault(path[2], set()).add((path, ""))
    return found


def resolve(model: Model, changes: Mapping[str, Mapping[str, str]], by_segment: bool = False) -> list[Change]:
    """The changes of one owner, with numbers per period. `.average` is for segments only."""
    known = addresses(model)
    fields = {path[2] for path in model.values if path[0] == SEGMENTS and len(path) == 3}
    result = []
    for text, operations in changes.items():
        hits = known.get(text, set())
        several = text in fields or text.endswith("quality")
        if not hits or (len(hits) > 1 and not several):
            raise ValueError(f"path {text!r} matches {sorted(hits) or 'nothing'}")
        for path, part in sorted(hits):
            if part == "average" and not by_segment:
                raise ValueError(f"{text!r}: only a segment changes an average")
            if path[0] == TEAMS and by_segment:
                raise ValueError(f"{text!r}: a team is the same for all segments")
            if path == ("market", "price") and by_segment:
                raise ValueError(f"{text!r}: competitors are the same for all segments")
            for operation, value in operations.items():
                number = _number(model, path, part, operation, value)
                result.append(Change(path, "" if part in ("average", "base") else part, operation, number))
    return result


def _number(model: Model, path: Path, part: str, operation: str, text: str) -> float:
    if operation not in ("set", "add", "times", "odds"):
        raise ValueError(f"unknown operation {operation!r}")
    value = model.values.get(path, 0.0)
    if operation in ("times", "odds"):
        return model.units.plain(text)
    if isinstance(value, Response) and part in ("", "average", "base"):
        return model.units.probability(text) if value.scale == "odds" else model.units.amount(text)
    return figure(model.units, path, text)


def operate(old: float, change: Change, factor: float) -> float:
    """The value after the share `factor` of a change."""
    if change.operation == "odds":
        odds = float(change.value**factor)
        return old * odds / (1.0 - old + old * odds)
    new = {"set": change.value, "add": old + change.value, "times": old * change.value}[change.operation]
    return old + factor * (new - old)


def _changed_branch(old: Branch, changes: list[Change], factor: float) -> Branch:
    """All changes of one owner at once; other targets, `done` included, share what is left in proportion."""
    whole = dict(old)
    whole["done"] = old.get("done", 0.0) + max(0.0, 1.0 - sum(old.values()))
    new: Branch = {}
    for change in changes:
        new[change.part] = operate(new.get(change.part, whole.get(change.part, 0.0)), change, factor)
    left = 1.0 - sum(new.values())
    if left < -1e-9 or min(new.values()) < 0.0:
        raise ValueError(f"the branch {changes[0].path} would take probabilities {new}")
    others = {target: share for target, share in whole.items() if target not in new}
    total = sum(others.values())
    if total > 0.0:
        new.update({target: share * left / total for target, share in others.items()})
    return new  # if nobody can share it, the rest goes to `done`


def _changed(old: Value, change: Change, factor: float) -> Value:
    """A number or a response after one change; a path to a response means its figure."""
    if isinstance(old, Response):
        if change.part == "frailty":
            return replace(old, frailty=operate(old.frailty, change, factor))
        if change.part:
            effect = operate(old.effects.get(change.part, 0.0), change, factor)
            return replace(old, effects={**old.effects, change.part: effect})
        if old.beta:
            raise NotImplementedError(f"a change of the beta law at {change.path}")
        table = tuple((start, operate(figure, change, factor)) for start, figure in old.table)
        new = replace(old, figure=operate(old.figure, change, factor), table=table)
        if new.scale == "odds" and not all(0.0 <= p <= 1.0 for p in (new.figure, *(p for _, p in table))):
            raise ValueError(f"{change.path} would be {new.figure}, not a probability")
        return new
    assert isinstance(old, float)
    result = operate(old, change, factor)
    if change.path[-1] in SHARES and not 0.0 <= result <= 1.0:
        raise ValueError(f"{change.path} would be {result}, not a probability")
    return result


def _apply(values: Values, changes: Iterable[Change], factor: float) -> None:
    branches: dict[Path, list[Change]] = {}
    for change in changes:
        if isinstance(values[change.path], dict):
            branches.setdefault(change.path, []).append(change)
        else:
            values[change.path] = _changed(values[change.path], change, factor)
    for path, group in branches.items():
        old = values[path]
        assert isinstance(old, dict)
        values[path] = _changed_branch(old, group, factor)


def _weigh(model: Model, segment: str, values: Values) -> None:
    """Quality in scores is their mean, weighed by what the segment values."""
    weights = [_figure(values, (SEGMENTS, segment, "values", part)) for part in PARTS]
    for journey in model.journeys.values():
        for point in journey.touchpoints:
            if is_scored(model, point.path, point.channel):
                scores = [_figure(values, (*point.path, "quality", part)) for part in PARTS]
                mean = sum(w * x for w, x in zip(weights, scores, strict=True)) / sum(weights)
                values[(*point.path, "quality")] = mean


def _figure(values: Values, path: Path) -> float:
    value = values[path]
    assert isinstance(value, float)
    return value


def _set_prices(model: Model, values: Values, start: Values) -> None:
    """What the customers of each response pay, compared with the start and with competitors."""
    fees: list[Path] = [
        ("stages", stage, "fee") for stage, kind in model.stages.items() if kind == "customer"
    ]
    usual: list[Path] = [path for path in fees if _figure(start, path) > 0.0][:1]
    market = _figure(values, ("market", "price")) / _figure(start, ("market", "price"))
    for path, value in values.items():
        if not isinstance(value, Response) or not value.effects.get("price"):
            continue
        candidates: list[Path] = []
        if path[0] == "stages":
            candidates = [("stages", stage, "fee") for stage in (path[1], path[3]) if stage in model.stages]
        elif path[0] == "orders":
            candidates = [("orders", "value")]
        paid = [at for at in candidates if _figure(start, at) > 0.0] + usual
        index = _figure(values, paid[0]) / _figure(start, paid[0]) if paid else 1.0
        values[path] = replace(value, log_price=math.log(index / market))


def values_for(
    model: Model,
    segment: str,
    offsets: Mapping[Path, float],
    treatments: Iterable[tuple[Treatment, float]] = (),
) -> Values:
    """The numbers for customers of a segment under `treatments`, each with its factor (0 to 1).

    Order: channels before everything else, and in each of the two the segment first, then the treatments as
    listed. `offsets` are the solved levels of the anchored responses, relative to what was asked.
    """
    values: Values = dict(model.values)
    owners = [(resolve(model, model.segment_changes[segment], by_segment=True), 1.0)]
    owners += [(resolve(model, treatment.changes), factor) for treatment, factor in treatments]
    sets = [(c.path, c.part) for changes, _ in owners[1:] for c in changes if c.operation == "set"]
    if len(sets) != len(set(sets)):
        raise ValueError("two active investments set the same path")
    for changes, factor in owners:
        _apply(values, [c for c in changes if c.path[0] == CHANNELS], factor)
    for journey in model.journeys.values():
        for point in journey.touchpoints:
            for name, default in TOUCHPOINT.items():
                if name == "quality" and is_scored(model, point.path, point.channel):
                    for part in PARTS:
                        if (*point.path, name, part) not in values:
                            values[(*point.path, name, part)] = values[CHANNELS, point.channel, name, part]
                    continue
                inherited = values[CHANNELS, point.channel, name] if point.channel else default
                values.setdefault((*point.path, name), inherited)
    start: Values = {}
    for i, (changes, factor) in enumerate(owners):
        _apply(values, [c for c in changes if c.path[0] != CHANNELS], factor)
        if i == 0:  # the asked figures are now the segment's own: what was solved refers to them
            for path, offset in offsets.items():
                at = path[:-2] if path[-2] == "by_tenure" else path
                response = values[at]
                assert isinstance(response, Response)
                if at == path:
                    values[at] = replace(response, offset=offset)
                    continue
                rows = list(response.offsets or [0.0] * len(response.table))
                rows[int(path[-1])] = offset
                values[at] = replace(response, offsets=tuple(rows))
            start = dict(values)
    _weigh(model, segment, values)
    _set_prices(model, values, start)
    return values
