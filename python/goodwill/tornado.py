"""What the answer depends on: one assumption at a time, declared and structural."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.ledger import Numbers
from goodwill.model import Model, core_of
from goodwill.uncertainty import register
from goodwill.variants import adopted, at_best, half_width, values_of

if TYPE_CHECKING:
    from goodwill.study import Study

COLUMNS = (
    *("assumption", "kind", "low", "best", "high", "unit", "source"),
    *("npv_at_low", "npv_at_low_low", "npv_at_low_high"),
    *("npv_at_best", "npv_at_best_low", "npv_at_best_high"),
    *("npv_at_high", "npv_at_high_low", "npv_at_high_high"),
    *("swing", "swing_low", "swing_high", "extremes_at_ends"),
)
LEAVING = 0.5
"""A stage whose customers leave with at least this probability a period is the way out."""


@dataclass(frozen=True)
class Structural:
    """A number of the model's inner workings that no data of the firm say, with a wide range."""

    name: str
    paths: tuple[str, ...]
    low: float
    """Factor on the values at the paths."""
    high: float
    most: float
    """What such a value cannot exceed."""
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
EFFECT = "half to one and a half times the model's: the direction is Bolton 1998, the range is judgement"


def structural(model: Model) -> list[Structural]:
    """Those of a model; effects that are 0 are not there, and neither is their uncertainty."""
    found = []
    for name, ((low, high, most), source) in SOURCES.items():
        path = f"experience.{name}"
        if _value(model, path) != 0:
            found.append(Structural(path, (path,), low, high, most, source))
    leaving = [path for path in _ways_out(model) if _value(model, path) != 0]
    if leaving:
        found.append(Structural("satisfaction to leaving", tuple(leaving), 0.5, 1.5, np.inf, EFFECT))
    referring = "referrals.rate.satisfaction"
    if referring in model and _value(model, referring) != 0:
        found.append(Structural("satisfaction to referrals", (referring,), 0.5, 1.5, np.inf, EFFECT))
    return found


def _value(model: Model, path: str) -> float:
    value: Any = model[path]
    return float(value) if isinstance(value, (int, float)) else 0.0


def _ways_out(model: Model) -> list[str]:
    """Effects of satisfaction on churn, and on moves to a stage that is as good as lost."""
    paths = []
    for stage in model.stages:
        paths.append(f"stages.{stage}.churn.satisfaction")
        ends = [other for other in model.stages if _leads_out(model, other)]
        paths += [f"stages.{stage}.moves.{other}.satisfaction" for other in ends]
    return [path for path in paths if path in model]


def _leads_out(model: Model, stage: str) -> bool:
    churn: Any = model[f"stages.{stage}.churn"]
    if isinstance(churn, dict):
        churn = churn.get("average", churn.get("base", 0.0))
    return isinstance(churn, (int, float)) and churn >= LEAVING


@dataclass(frozen=True)
class _Bar:
    """One assumption at both its ends."""

    words: dict[str, Any]
    low: Model
    high: Model


def tornado(study: Study, structure: bool, replications: int, threads: int) -> dict[str, pd.DataFrame]:
    """The table of each scenario, see `Study.tornado`: all share their worlds and anchorings."""
    question = at_best(study, replications)

    def npv(model: Model) -> dict[str, Numbers]:
        return values_of(question, model, study.scenarios, threads)

    best = [float(value) for value in register(study.model)["best"]]
    bars = _declared(study.model, best, threads)
    bars += _structural(study.model, best, threads) if structure else []
    centre = npv(_at(study.model, best, threads)) if bars else {}
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


def _at(model: Model, values: list[float], threads: int) -> Model:
    """The model at values of its assumptions. The levels stay those of the best values, as in a study; where
    an observed average is itself doubtful, they are solved for what would then have been observed."""
    changed = Model._of(_core.at_values(core_of(model), values))
    places = [path for of_one in _core.assumption_uses(core_of(model)) for path in of_one]
    baseline = [path for path in places if path.split(".")[0] not in ("investments", "events")]
    observed = any(path.endswith((".average", ".nps")) for path in baseline)
    return changed if observed else adopted(changed, model, threads)


def _declared(model: Model, best: list[float], threads: int) -> list[_Bar]:
    bars = []
    for k, row in enumerate(register(model).to_dict("records")):
        words = {"assumption": row["assumption"], "kind": "declared"}
        words |= {word: row[word] for word in ("low", "best", "high", "unit", "source")}
        ends = [_at(model, [*best[:k], float(row[end]), *best[k + 1 :]], threads) for end in ("low", "high")]
        bars.append(_Bar(words, *ends))
    return bars


def _structural(model: Model, best: list[float], threads: int) -> list[_Bar]:
    """Each end is anchored anew: another inner working that explains the same observed figures."""
    bars = []
    for one in structural(model):
        ends = [one.low, 1.0, one.high]
        values = {
            path: [min(one.most, factor * _value(model, path)) for factor in ends] for path in one.paths
        }
        low, high = (
            _at(model.assign({path: value[end] for path, value in values.items()}), best, threads)
            for end in (0, 2)
        )
        shown, unit = (ends, "times the model's") if len(values) > 1 else (next(iter(values.values())), "")
        words = {"assumption": one.name, "kind": "structural", "unit": unit, "source": one.source}
        bars.append(_Bar({**words, **dict(zip(("low", "best", "high"), shown, strict=True))}, low, high))
    return bars


def _row(study: Study, bar: _Bar, centre: Numbers, low: Numbers, high: Numbers) -> dict[str, Any]:
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
