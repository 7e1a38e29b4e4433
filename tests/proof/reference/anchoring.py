"""Anchoring: the levels at which the baseline's first year shows what the firm observes.

Rounds of simulation with fresh luck. The first go straight for the answer (level += link(asked) - link(got));
the later ones are averaged (Robbins and Monro, 1951), so that the luck of one round does not stay in the
levels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .customers import Floats
from .definition import Model, Path, Response
from .parameters import STATE, link
from .simulation import Run
from .word_of_mouth import SPOKEN, for_ever, silence
from .world import Levels, World

ROUGH, FINE = 5, 9  # rounds
NEAR, SETTLED = (
    40,
    8,
)  # more of them, of one month, for the load of teams and what is heard: at most so many, and averaged ones
FALLS = 4  # what has fallen as often rises no more
SAMPLE = {True: 4_000, False: 20_000}  # simulated customers of a rough and of a fine round
AT_LEAST = 0.1  # of them in each segment
KEY = 20_000_229  # its own luck: levels do not depend on the seed of a study


def anchor(model: Model, part: float = 1.0) -> tuple[Levels, pd.DataFrame]:
    """Levels, and a table with one row per asked number: segment, path, asked, got, level (link scale).

    `got` is measured in one more round, with luck that the levels have not seen. A `part` of the usual sample
    is enough for a first look.
    """
    asked = {name: _asked(model, World(model, Levels()).values(name)) for name in model.segments}
    levels = Levels({name: dict.fromkeys(figures, 0.0) for name, figures in asked.items()})
    levels.loads, levels.heard = dict.fromkeys(model.teams, 0.0), silence(model)
    for name, segment in model.segments.items():
        if segment.tenure[0] == "mean":
            levels.hazard[name] = 1.0 / max(1.0, segment.tenure[1])
    rng = np.random.default_rng(KEY)
    if any(asked.values()) or levels.hazard or ("survey", "nps") in model.values or _has_effects(model):
        for i in range(ROUGH + FINE):
            size = SAMPLE[i < ROUGH] * part
            run = _first_year(model, levels, rng, size)
            cohort = _cohort(model, levels, asked, rng, size)
            _correct(model, levels, asked, run, cohort, 1.0 / max(1, i - ROUGH + 1))
    if model.teams or model.mixing is not None:
        _settle(model, levels, rng)
    return levels, _asked_and_got(model, levels, asked, rng, SAMPLE[False] * part)


def _settle(model: Model, levels: Levels, rng: np.random.Generator) -> None:
    """The loads and words that the start of the baseline has, if they were so in the whole past."""
    before = _settling(levels)
    falls = np.zeros(len(before))
    for _ in range(NEAR):
        _blend(levels, _first_year(model, levels, rng, SAMPLE[True], _month(model)), 1.0)
        now = _settling(levels)
        falls = falls + (now <= before)
        if np.min(falls) >= FALLS:
            break
        before = now
    for i in range(SETTLED):
        _blend(levels, _first_year(model, levels, rng, SAMPLE[False], _month(model)), 1.0 / (i + 1))


def _settling(levels: Levels) -> Floats:
    return np.concatenate([np.array(list(levels.loads.values())), *levels.heard.values()])


def _month(model: Model) -> int:
    return max(1, round(model.units.per_year / 12.0))


def _blend(levels: Levels, run: Run, gain: float) -> None:
    """One step of the loads and of what is heard."""
    for team in run.model.teams:
        before = levels.loads.get(team, 0.0)
        levels.loads[team] = before + gain * (run.loads[1].get(team, 0.0) - before)
    month = run.told[: _month(run.model)]
    mean = {word: np.mean([each[word] for each in month], axis=0) for word in SPOKEN}
    usual = for_ever(mean, run.world.memory())
    for word, heard in usual.items():
        levels.heard[word] = levels.heard[word] + gain * (heard - levels.heard[word])


def _has_effects(model: Model) -> bool:
    return any(isinstance(value, Response) and STATE & set(value.effects) for value in model.values.values())


@dataclass(frozen=True)
class Figure:
    """What is observed of a response: an average, one row of a table, or what a beta law takes in a year."""

    scale: str
    asked: float


def _asked(model: Model, values: Mapping[Path, object]) -> dict[Path, Figure]:
    """By path of the response, or of the row of its table."""
    figures: dict[Path, Figure] = {}
    for path, r in values.items():
        if not (isinstance(r, Response) and r.anchored):
            continue
        if r.beta:
            left = [(r.beta[1] + t) / (r.beta[0] + r.beta[1] + t) for t in range(model.first_year)]
            figures[path] = Figure(r.scale, 1.0 - math.prod(left))
            continue
        for k, (_, figure) in enumerate(r.table):
            if 0.0 < figure < (1.0 if r.scale == "odds" else math.inf):
                figures[(*path, "by_tenure", str(k))] = Figure(r.scale, figure)
        if not r.table:
            figures[path] = Figure(r.scale, r.figure)
    return figures


def _cohort(
    model: Model,
    levels: Levels,
    asked: Mapping[str, Mapping[Path, Figure]],
    rng: np.random.Generator,
    size: float,
) -> Run | None:
    """The first year of customers who have all just joined, if a beta law asks for it."""
    if not any(_is_beta(model, path) for figures in asked.values() for path in figures):
        return None
    fresh = {
        name: replace(segment, count=max(1, segment.count), tenure=("exactly", 0.0))
        for name, segment in model.segments.items()
    }
    none = {("segments", name, "arrivals"): 0.0 for name in fresh}
    return _first_year(
        replace(model, segments=fresh, values={**model.values, **none}, market=None), levels, rng, size
    )


def _is_beta(model: Model, path: Path) -> bool:
    response = model.values.get(path)
    return isinstance(response, Response) and response.beta is not None


def _first_year(model: Model, levels: Levels, rng: np.random.Generator, size: float, periods: int = 0) -> Run:
    world, periods = World(model, levels), periods or model.first_year
    total = sum(segment.count for segment in model.segments.values())
    if model.of_listed_people:
        size = total
    arrivals = {name: _arrivals(world, name) * periods for name in model.segments}
    count, weight = {}, {}
    for name, segment in model.segments.items():
        share = segment.count / max(total, 1)
        if model.on_a_network:  # segments are as large as they are, because they meet
            count[name] = round(size * share)
            weight[name] = (total or sum(arrivals.values()) or size) / size
        else:
            sample = round(size * max(AT_LEAST, share))
            count[name] = sample if segment.count else 0
            weight[name] = (segment.count or arrivals[name] or model.people[name] or sample) / sample
    people = {name: max(count[name], round(model.people[name] / weight[name])) for name in model.segments}
    return Run(world, count, weight, periods, rng, people).run()


def _arrivals(world: World, name: str) -> float:
    arrivals = world.values(name)["segments", name, "arrivals"]
    assert isinstance(arrivals, float)
    return arrivals


def _correct(
    model: Model,
    levels: Levels,
    asked: dict[str, dict[Path, Figure]],
    run: Run,
    cohort: Run | None,
    gain: float,
) -> None:
    """One step of every level; `gain` is 1 for a full step."""
    levels.state = run.mean_state
    _blend(levels, run, gain)
    for i, (name, segment) in enumerate(model.segments.items()):
        for path, figure in asked[name].items():
            got = _got(model, run, cohort, path, i)
            if got > 0.0:
                step = link(figure.asked, figure.scale) - link(got, figure.scale)
                levels.offsets[name][path] += gain * step
        if name in levels.hazard and name in run.mean_tenure:
            # survivors' ages end by a hazard too, that of the candidates' ages plus that of leaving
            mean = max(1.0, segment.tenure[1])
            change = 1.0 / mean - 1.0 / run.mean_tenure[name]
            levels.hazard[name] = float(np.clip(levels.hazard[name] + gain * change, 1e-4, 1.0))
    score = model.values.get(("survey", "nps"))
    if isinstance(score, float):
        levels.bias += gain * (_bias(run, score) - levels.bias)


def _got(model: Model, run: Run, cohort: Run | None, path: Path, segment: int) -> float:
    """Expected events per customer-period at risk; of a beta law the share it takes of a cohort, whatever
    else becomes of those in it (Kaplan and Meier, 1958)."""
    if cohort is not None and _is_beta(model, path):
        at_risk, expected = (
            cohort.ledger.columns[f"{what}.{'.'.join(path)}"][:, segment, 0]
            for what in ("at_risk", "expected")
        )
        hazard = np.divide(expected, at_risk, out=np.zeros(len(at_risk)), where=at_risk > 0.0)
        return float(1.0 - np.prod(1.0 - hazard))
    name = ".".join(word for word in path if word != "by_tenure")
    at_risk = run.ledger.columns[f"at_risk.{name}"][:, segment].sum()
    expected = run.ledger.columns[f"expected.{name}"][:, segment].sum()
    return float(expected / at_risk) if at_risk > 0.0 else math.nan


def _answers(run: Run) -> tuple[Floats, Floats]:
    """Answers of the whole firm before bias, and the weight of their response, over all periods of a run."""
    raw, weight = zip(*run.ledger.answers, strict=True)
    return np.concatenate(raw), np.concatenate(weight)


def _measured(raw: Floats, weight: Floats, bias: float) -> float:
    """NPS in points."""
    answer = np.rint(np.clip(raw + bias, 0.0, 10.0))
    return 100.0 * float(np.sum(weight * ((answer >= 9.0) * 1.0 - (answer <= 6.0) * 1.0)) / np.sum(weight))


def _bias(run: Run, score: float) -> float:
    """The bias at which the measured NPS is `score`; NPS rises with the bias."""
    raw, weight = _answers(run)
    low, high = -10.0, 10.0
    while high - low > 1e-4:
        middle = (low + high) / 2.0
        low, high = (middle, high) if _measured(raw, weight, middle) < score else (low, middle)
    return (low + high) / 2.0


def _asked_and_got(
    model: Model,
    levels: Levels,
    asked: dict[str, dict[Path, Figure]],
    rng: np.random.Generator,
    size: float,
) -> pd.DataFrame:
    rows: list[tuple[str, str, float, float, float]] = []
    score = model.values.get(("survey", "nps"))
    if any(asked.values()) or levels.hazard or score is not None:
        run, cohort = _first_year(model, levels, rng, size), _cohort(model, levels, asked, rng, size)
        for i, (name, segment) in enumerate(model.segments.items()):
            for path, figure in asked[name].items():
                level = link(figure.asked, figure.scale) + levels.offsets[name][path]
                rows.append((name, ".".join(path), figure.asked, _got(model, run, cohort, path, i), level))
            if name in levels.hazard and name in run.mean_tenure:
                rows.append((name, "tenure", segment.tenure[1], run.mean_tenure[name], levels.hazard[name]))
        if isinstance(score, float):
            got = _measured(*_answers(run), levels.bias)
            rows.append(("", "survey.nps", score, got, levels.bias))
    return pd.DataFrame(rows, columns=["segment", "path", "asked", "got", "level"])
