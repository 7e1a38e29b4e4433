"""Warnings about what the author of a model may not have meant, found without simulation."""

from __future__ import annotations

from goodwill import _core
from goodwill.engine.model import Model, core_of
from goodwill.engine.responses import is_table
from goodwill.text import figures
from goodwill.text.vocabulary import REAL

HELD = 0.001
"""If an assumption is held at a bound in more than this share of its draws, a warning says so."""


def warnings(model: Model) -> list[str]:
    """Warnings about what no run would show."""
    return [
        *_too_late(model),
        *_without_effect(model),
        *_not_in_points(model),
        *_idle_teams(model),
        *_labour_counted_twice(model),
        *_assumptions(model),
    ]


def _without_effect(model: Model) -> list[str]:
    if model["finance.inflation"] and model["finance.prices"] == REAL:
        return [
            "finance.inflation has no effect, because prices are real; with nominal prices (prices: nominal) "
            "money grows with it and the discount is nominal, too"
        ]
    return []


def _idle_teams(model: Model) -> list[str]:
    core = core_of(model)
    return [
        f"the team {team} serves no touchpoint: write team: {team} at those it serves"
        for team in core.teams
        if not _core.served_by(core, team)
    ]


def _labour_counted_twice(model: Model) -> list[str]:
    """Warns where the people of a team may stand in two costs, a fixed one and one that grows with use."""
    found = []
    for team in core_of(model).teams:
        if not model[f"teams.{team}.cost"]:
            continue
        for point in _core.served_by(core_of(model), team):
            if model[f"{point}.cost"]:
                found.append(
                    f"labour may be counted twice: the team {team} has a fixed cost, and so has each contact "
                    f"at {point}; the cost of a contact is what the firm saves when it does not take place"
                )
        for name in core_of(model).investments:
            changes = model[f"investments.{name}.changes"] or {}
            if model[f"investments.{name}.cost.running"] and any(
                path.removeprefix("teams.") == f"{team}.cost" for path in changes
            ):
                found.append(
                    f"labour may be counted twice: the investment {name} changes the fixed cost of the team "
                    f"{team} and has a running cost"
                )
    return found


def _assumptions(model: Model) -> list[str]:
    """Warns of assumptions that nothing uses, and of those held at a bound of their use."""
    core = core_of(model)
    found = []
    for name, uses, share in zip(
        core.assumptions, _core.assumption_uses(core), _core.held(core), strict=True
    ):
        if not uses:
            found.append(f"the assumption {name} is used nowhere: write ${name} where it belongs")
        elif share > HELD:
            found.append(
                f"the assumption {name} is held at a bound of its use in {figures.percent(share, 1)} of its "
                "draws: what lies further out is not accepted there"
            )
    return found


def tables_of_tenure(model: Model) -> list[str]:
    """A sentence for each table by tenure, because people tend to write the end of a contract a period
    late."""
    found = []
    for stage in model.stages:
        moves = model[f"{stage}.moves"] or {}
        for path in [f"{stage}.churn", *(f"{stage}.moves.{target}" for target in moves)]:
            table = model[path]
            if isinstance(table, dict):
                table = table.get("by_tenure", table)
            if is_table(table):
                levels = [(int(key), _at_best(model, level)) for key, level in table.items()]
                found.append(_in_words(path, levels, model.period))
    return found


def _at_best(model: Model, level: float | str) -> float:
    """A level, or the best value of the assumption that stands for it."""
    return float(model[f"assumptions.{level[1:]}"]["best"] if isinstance(level, str) else level)


def _in_words(path: str, levels: list[tuple[int, float]], period: str) -> str:
    parts = []
    for k, (start, level) in enumerate(levels):
        end = levels[k + 1][0] if k + 1 < len(levels) else None
        when = f"from {period} {start + 1} on" if end is None else f"in {period}s {start + 1} to {end}"
        if end == start + 1:
            when = f"in {period} {end}"
        parts.append(f"{figures.percent(level)} {when}")
    text = f"{path} by tenure, each {period} of a customer with the firm: {', '.join(parts)}."
    start, level = levels[-1]
    if len(levels) > 1 and start > 1 and level > levels[-2][1]:
        before, after = figures.percent(levels[-2][1]), figures.percent(level)
        text += (
            f" A contract that ends with {period} {start} is written otherwise: customers who decide then "
            f"have a tenure of {start - 1}, so {{0 {period}s: {before}, {start - 1} {period}s: {after}, "
            f"{start} {period}s: ..}}."
        )
    return text


def _not_in_points(model: Model) -> list[str]:
    """Warns of an NPS between -1 and 1, which was probably meant as a fraction."""
    asked = {"survey.nps": model["survey.nps"]}
    for name, goal in (model["goals"] or {}).items():
        if name in ("nps", "measured_nps"):
            asked |= {f"goals.{name}.{bound}": goal.get(bound) for bound in ("at_least", "at_most")}
    return [
        f"{path} is {value:g}: an NPS is in points from -100 to 100; do you mean {100 * value:g}?"
        for path, value in asked.items()
        if isinstance(value, (int, float)) and 0 < abs(value) < 1
    ]


def _too_late(model: Model) -> list[str]:
    """Warns of investments and events that start after the horizon."""
    starts = {
        f"{kind}.{name}": its["start"]
        for kind in ("investments", "events")
        for name, its in (model[kind] or {}).items()
    }
    late = [
        f"{path} starts in period {start:g}, after the horizon of {model.horizon}"
        for path, start in starts.items()
        if isinstance(start, (int, float)) and start > model.horizon
    ]
    for kind in ("investments", "events"):
        for name, its in (model[kind] or {}).items():
            when = its.get("when")
            if when and when["for"] + when["delay"] >= model.horizon:
                takes = figures.plural(when["for"], "period")
                late.append(
                    f"{kind}.{name}.when: what it waits for takes {takes} and is reported "
                    f"{when['delay']:g} later, and the horizon is {model.horizon}: it never begins"
                )
    return late
