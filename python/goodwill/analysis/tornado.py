"""What the NPV depends on: one assumption at a time, declared or structural."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.analysis.uncertainty import register
from goodwill.analysis.variants import at_best, checked_length, half_width, noted, values_of
from goodwill.engine.anchoring import Anchored, anchored
from goodwill.engine.model import Model, model_of
from goodwill.engine.progress import composite
from goodwill.engine.responses import ACTING, FRAILTY, acting_on
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult, once
from goodwill.text.arguments import checked_threads
from goodwill.text.vocabulary import DECLARED, STRUCTURAL

COLUMNS = (
    *("assumption", "kind", "low", "best", "high", "unit", "source"),
    *("npv_at_low", "npv_at_low_low", "npv_at_low_high"),
    *("npv_at_best", "npv_at_best_low", "npv_at_best_high"),
    *("npv_at_high", "npv_at_high_low", "npv_at_high_high"),
    *("swing", "swing_low", "swing_high", "extremes_at_ends"),
)
LEAVING = 0.5
"""A move to a stage whose customers leave with at least this probability a period counts as leaving."""


@dataclass(frozen=True)
class Structural:
    """A number of the model's inner workings that the firm's data cannot tell, with a wide range."""

    name: str
    paths: tuple[str, ...]
    low: float
    """`low` and `high` are factors on the values at the paths."""
    high: float
    most: float
    """No such value may be larger."""
    source: str


SOURCES = {
    "loss_aversion": (
        (0.5, 1.5, 20.0),
        "from none (1) to 3 around the default of 2: Anderson & Sullivan 1993; Mittal, Ross & Baldasare 1998",
    ),
    "learning": (
        (1 / 3, 2.0, 1.0),
        "from a third to twice the model's: satisfaction as an anchor, Bolton 1998; the range is judgement",
    ),
}
EFFECT = "half to one and a half times the model's: its direction is the model's, the range is judgement"
SHOWN = 10
"""Most bars of a chart and rows of a page; the others are only counted."""


def structural(model: Model) -> list[Structural]:
    """The structural assumptions of a model. An effect of 0 is none, because no factor changes it."""
    found = []
    for name, ((low, high, most), source) in SOURCES.items():
        path = f"experience.{name}"
        if _value(model, path) != 0:
            found.append(Structural(path, (path,), low, high, most, source))
    for name, paths in _effects(model).items():
        found.append(Structural(name, tuple(paths), 0.5, 1.5, np.inf, EFFECT))
    return found


def _effects(model: Model) -> dict[str, list[str]]:
    """Effects on responses by name, as `trust to leaving`, each with its paths: in the model itself and where
    a segment changes it. Effects that are declared as assumptions are left out."""
    places = [f"{parent}.{name}" for parent in _responses(model) for name in _parts(model, parent)]
    for segment in model.segments:
        places += [place for place, _, _ in _own_effects(model, segment)]
    found: dict[str, list[str]] = {}
    for place in dict.fromkeys(places):
        parent, _, effect = place.rpartition(".")
        found.setdefault(f"{effect} to {_name(model, parent)}", []).append(place)
    return found


def _responses(model: Model) -> list[str]:
    paths = [f"stages.{stage}.churn" for stage in model.stages]
    for stage in model.stages:
        moves: Any = model[f"stages.{stage}"].get("moves") or {}
        paths += [f"stages.{stage}.moves.{other}" for other in moves if other != "otherwise"]
    journeys: Any = model["journeys"] or {}
    paths += [f"journeys.{journey}.starts" for journey in journeys]
    return [*paths, "orders.rate", "referrals.rate", "survey.response"]


def _parts(model: Model, response: str) -> list[str]:
    """The effects of a response that are numbers and not 0."""
    if response not in model:
        return []
    names = [name for name in acting_on(model[response]) if name != FRAILTY]
    return [name for name in names if _value(model, f"{response}.{name}") != 0]


def _name(model: Model, response: str) -> str:
    parts = response.split(".")
    if parts[0] == "stages":
        return "leaving" if parts[2] == "churn" or _leads_out(model, parts[3]) else "moves"
    return {"journeys": "starts of journeys", "survey": "answers to surveys"}.get(parts[0], parts[0])


def _own_effects(model: Model, segment: str) -> list[tuple[str, str, str]]:
    """Effects that a segment sets or adds to: (full path, path as written, operation)."""
    said: Any = model[f"segments.{segment}"].get("changes") or {}
    responses = set(_responses(model))
    found = []
    for path, operations in said.items():
        for place in model.resolve(path):
            parent, _, effect = place.rpartition(".")
            if parent in responses and effect in ACTING and effect != FRAILTY:
                found += [(place, path, operation) for operation in operations if operation in ("set", "add")]
    return found


def _scaled(model: Model, one: Structural, factor: float) -> dict[str, object]:
    """The values to assign so that the number is multiplied by the factor at all its places."""
    values: dict[str, object] = {
        path: min(one.most, factor * _value(model, path)) for path in one.paths if _value(model, path) != 0
    }
    for segment in model.segments:
        mine = [own for own in _own_effects(model, segment) if own[0] in one.paths]
        if not mine:
            continue
        block = f"segments.{segment}.changes"
        changes: Any = {path: dict(operations) for path, operations in model[block].items()}
        for _, path, operation in mine:
            if isinstance(changes[path][operation], (int, float)):  # an assumption is a text, `$name`
                changes[path][operation] *= factor
        values[block] = changes
    return values


def _value(model: Model, path: str) -> float:
    if path not in model:
        return 0.0
    value: Any = model[path]
    return float(value) if isinstance(value, (int, float)) else 0.0


def _leads_out(model: Model, stage: str) -> bool:
    if stage not in model.stages:
        return stage == "lost"
    churn: Any = model[f"stages.{stage}.churn"]
    if isinstance(churn, dict):
        churn = churn.get("average", churn.get("base", 0.0))
    return isinstance(churn, (int, float)) and churn >= LEAVING


@dataclass(frozen=True)
class _Bar:
    """One assumption: its words in the table, and the firm at both its ends."""

    words: dict[str, Any]
    low: Anchored
    high: Anchored


def tornado(
    study: StudyResult,
    scenario: str,
    structure: bool = True,
    replications: int | None = None,
    threads: int = 0,
) -> pd.DataFrame:
    """See `Study.tornado`."""
    study.number(scenario)
    asked = bool(structure), checked_length(study, replications, 10)
    tables = once(study, ("tornado", *asked), lambda: _tables(study, *asked, checked_threads(threads)))
    return noted(study, tables[scenario])


def _tables(study: StudyResult, structure: bool, replications: int, threads: int) -> dict[str, pd.DataFrame]:
    """The tables of all scenarios, made together because they share worlds and anchorings."""
    question = at_best(study, replications)

    def npv(firm: Anchored) -> dict[str, Numbers]:
        return values_of(question, firm, study.scenarios, threads)

    best = [float(value) for value in register(study.model)["best"]]
    firm = question.anchored
    bars = _declared(firm, best, threads)
    bars += _structural(study.model, best, threads) if structure else []
    with composite("Tornado", 1 + 2 * len(bars)):
        centre = npv(_at(firm, best, threads)) if bars else {}
        ends = [(npv(bar.low), npv(bar.high)) for bar in bars]
    tables = {}
    for name in study.scenarios:
        rows = [
            _row(study, bar, centre[name], low[name], high[name])
            for bar, (low, high) in zip(bars, ends, strict=True)
        ]
        table = pd.DataFrame(rows, columns=COLUMNS)
        order = table["swing"].abs().sort_values(ascending=False, kind="stable").index
        tables[name] = table.loc[order].reset_index(drop=True)
    return tables


def moving(table: pd.DataFrame) -> pd.DataFrame:
    """The assumptions of a tornado that change the NPV at all."""
    best = table["npv_at_best"]
    return table[(table["npv_at_low"] != best) | (table["npv_at_high"] != best)]


def _at(firm: Anchored, values: list[float], threads: int) -> Anchored:
    """The firm at values of its assumptions. It keeps the levels of the best values; but if an assumption is
    an observed average or NPS, the levels are solved anew for what would then have been observed."""
    changed = model_of(_core.at_values(firm.core, values))
    places = [path for of_one in _core.assumption_uses(firm.core) for path in of_one]
    baseline = [path for path in places if path.split(".")[0] not in ("investments", "events")]
    observed = any(path.endswith((".average", ".nps")) or _is_row(firm.model, path) for path in baseline)
    return anchored(changed, threads) if observed else firm.at(changed)


def _is_row(model: Model, path: str) -> bool:
    """Whether a number is a row of a table by tenure that the firm observes and anchoring reproduces."""
    response, _, row = path.rpartition(".")
    return row.isdigit() and isinstance(told := model[response], dict) and "by_tenure" in told


def _declared(firm: Anchored, best: list[float], threads: int) -> list[_Bar]:
    bars = []
    for k, row in enumerate(register(firm.model).to_dict("records")):
        words = {"assumption": row["assumption"], "kind": DECLARED}
        words |= {word: row[word] for word in ("low", "best", "high", "unit", "source")}
        ends = [_at(firm, [*best[:k], float(row[end]), *best[k + 1 :]], threads) for end in ("low", "high")]
        bars.append(_Bar(words, *ends))
    return bars


def _structural(model: Model, best: list[float], threads: int) -> list[_Bar]:
    """The structural bars. Each end is anchored anew: other inner workings that explain the same figures."""
    bars = []
    for one in structural(model):
        low, high = (
            _at(anchored(model.assign(_scaled(model, one, factor)), threads), best, threads)
            for factor in (one.low, one.high)
        )
        shown, unit = [one.low, 1.0, one.high], "times the model's"
        if len(one.paths) == 1 and (value := _value(model, one.paths[0])) != 0:
            shown, unit = [min(one.most, factor * value) for factor in shown], ""
        words = {"assumption": one.name, "kind": STRUCTURAL, "unit": unit, "source": one.source}
        bars.append(_Bar({**words, **dict(zip(("low", "best", "high"), shown, strict=True))}, low, high))
    return bars


def _row(study: StudyResult, bar: _Bar, centre: Numbers, low: Numbers, high: Numbers) -> dict[str, Any]:
    row = dict(bar.words)
    for name, units in (("npv_at_low", low), ("npv_at_best", centre), ("npv_at_high", high)):
        mean, half = float(units.mean()), half_width(units, study.level)
        row |= {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}
    swing, half = float((high - low).mean()), half_width(high - low, study.level)
    row |= {"swing": swing, "swing_low": swing - half, "swing_high": swing + half}
    row["extremes_at_ends"] = not _inside_out(low, centre, high, study.level)
    return row


def _inside_out(low: Numbers, centre: Numbers, high: Numbers, level: float) -> bool:
    """Whether the best value gives more, or less, than both ends, beyond the error of the simulation."""
    to_low, to_high = centre - low, centre - high
    below, above = (
        [sign * float(gap.mean()) > half_width(gap, level) for gap in (to_low, to_high)] for sign in (-1, 1)
    )
    return all(below) or all(above)
