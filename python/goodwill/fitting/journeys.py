"""The numbers of a journey, from contacts: branches, outcomes, experiences, and what they leave in doubt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers
from goodwill.fitting import walks
from goodwill.fitting.parameters import LOG, LOGIT, PLAIN, Parameters
from goodwill.fitting.scores import TOP, Scale, limit_of_recovered, normal_scores
from goodwill.fitting.shares import share, shares
from goodwill.fitting.walks import FAILED, FULL, OK, RECOVERED, Contacts

OTHERWISE = "otherwise"
FEW = 50
"""Contacts below which an estimate is named as a weak one."""
LEAST_SCORES = 10
WAITING = 0.0949
"""Points that ln(1 + minutes) of waiting cost in a model (Riess 2025)."""
LONGEST = 64
"""Contacts of a walk that a model simulates."""


def branch(counts: Mapping[str, int]) -> dict[str, tuple[float, float]]:
    """Log-odds of each share, and their standard errors."""
    if len(counts) == 1:
        return dict.fromkeys(counts, (np.inf, 0.0))
    middle, covariance = shares(np.array(list(counts.values())))
    errors = np.sqrt(np.diag(covariance))
    return {name: (float(middle[k]), float(errors[k])) for k, name in enumerate(counts)}


def branch_parameters(prefix: str, counts: Mapping[str, int]) -> tuple[dict[str, str], list[Parameters]]:
    """Where walks go on, by name the parameter that is the share; the most frequent takes what is left."""
    if len(counts) == 1:
        return dict.fromkeys(counts, OTHERWISE), []
    middle, covariance = shares(np.array(list(counts.values())))
    by_size = sorted(range(len(counts)), key=lambda k: -list(counts.values())[k])
    rest, listed = by_size[0], by_size[1:]
    names = list(counts)
    called = {names[k]: f"{prefix}_to_{names[k]}" for k in listed}
    found = Parameters(
        tuple(called.values()),
        (LOGIT,) * len(listed),
        middle[listed],
        covariance[np.ix_(listed, listed)],
    )
    return called | {names[rest]: OTHERWISE}, [found]


@dataclass(frozen=True)
class At:
    """The contacts at a touchpoint."""

    outcome: npt.NDArray[np.int64]
    score: Numbers
    """From 0 to 10; NaN: none."""
    wait: Numbers | None
    """Minutes; NaN: not known."""


Named = tuple[Parameters, dict[str, str]]
"""Estimates, and by field of the touchpoint what they are called."""


def touchpoint(
    prefix: str, at: At, scale: Scale | None, noise: float, *, with_outcomes: bool
) -> tuple[list[Named], list[str]]:
    """Outcomes and experience of a touchpoint; what is doubtful about them, in words."""
    warnings: list[str] = []
    if len(at.outcome) < FEW:
        warnings.append(f"only {len(at.outcome)} contacts")
    found = _outcomes(prefix, at, warnings) if with_outcomes else []
    experience = _experience(prefix, at, scale, noise, warnings)
    return found + ([experience] if experience[1] else []), warnings


def _outcomes(prefix: str, at: At, warnings: list[str]) -> list[Named]:
    """Failure of those who found room, and recovery of failures, each beta-binomial."""
    counts = np.bincount(at.outcome, minlength=4)
    room, failures = int(counts.sum() - counts[FULL]), int(counts[FAILED] + counts[RECOVERED])
    if counts[FULL]:
        warnings.append(
            f"{counts[FULL]:,} contacts found it full; in a model that takes a team (gw.data.from_calls)"
        )
    found = []
    for field, k, n in (("failure", failures, room), ("recovery", int(counts[RECOVERED]), failures)):
        if n:
            y, variance = share(k, n)
            name = f"{prefix}_{field}"
            found.append(
                (Parameters((name,), (LOGIT,), np.array([y]), np.array([[variance]])), {field: name})
            )
    return found


def _experience(prefix: str, at: At, scale: Scale | None, noise: float, warnings: list[str]) -> Named:
    """Quality, its spread, what failures and recoveries are like, and the wait, jointly.

    The scores give the mean experience; the quality of a model is that before the wait takes its toll.
    """
    names: list[str] = []
    links: list[str] = []
    middle: list[float] = []
    blocks: list[Numbers] = []

    def add(fields: list[str], of: list[str], y: Numbers, covariance: Numbers) -> None:
        names.extend(fields)
        links.extend(of)
        middle.extend(np.atleast_1d(y))
        blocks.append(np.atleast_2d(covariance))

    good = _scored(at, OK)
    if scale is not None and _enough("went well", good, warnings):
        fitted = normal_scores(scale, good, noise)
        if fitted.open:
            warnings.append(f"the scores hardly restrict its {' and '.join(fitted.open)}")
        add(["quality", "sd"], [PLAIN, LOG], fitted.parameters.estimate, fitted.parameters.covariance)
        for outcome, field in ((FAILED, "quality_failed"), (RECOVERED, "quality_recovered")):
            scored = _scored(at, outcome)
            if len(scored) >= LEAST_SCORES:
                # Equal answers say no more than between which two answers they lie.
                step = scale.step * TOP / (scale.high - scale.low)
                variance = scored.var(ddof=1) / len(scored) if scored.std() > 0 else step**2 / 12
                add([field], [PLAIN], scored.mean(), np.array(variance))
    if at.wait is not None:
        known = at.wait[np.isfinite(at.wait)]
        if len(known) > 1 and known.mean() > 0:
            mean = known.mean()
            variance = known.var(ddof=1) / len(known) / mean**2
            add(["wait"], [LOG], np.log(mean), np.array(max(variance, 1e-12)))

    def as_in_models(y: Numbers) -> Numbers:
        told = dict(zip(names, y, strict=True))
        if "quality_recovered" in told:
            limit = limit_of_recovered(told["quality_recovered"], told["quality"], np.exp(told["sd"]))
            told["quality_recovered"] = limit
        if "quality" in told and "wait" in told:
            told["quality"] += WAITING * np.log1p(np.exp(told["wait"]))
        return np.array([told[name] for name in names])

    raw = np.array(middle)
    slopes = jacobian(as_in_models, raw) if names else np.zeros((0, 0))
    y = as_in_models(raw)
    covariance = slopes @ _diagonal(blocks) @ slopes.T
    keep = _within_scale(names, y, warnings)
    called = {names[k]: f"{prefix}_{names[k]}" for k in keep}
    return (
        Parameters(
            tuple(called.values()), tuple(links[k] for k in keep), y[keep], covariance[np.ix_(keep, keep)]
        ),
        called,
    )


def _within_scale(names: list[str], y: Numbers, warnings: list[str]) -> list[int]:
    """Which numbers a model takes: qualities beyond the ends of the scale are left out, and named."""
    keep = []
    for k, name in enumerate(names):
        if name == "quality_recovered" and y[k] >= TOP - 1e-6:
            warnings.append(
                "failures made good score as high as what went well: quality_recovered is left out"
            )
        elif name.startswith("quality") and not 0 <= y[k] <= TOP:
            warnings.append(f"{name} would be {y[k]:.1f}, beyond the scale from 0 to 10, and is left out")
        else:
            keep.append(k)
    return keep


def _scored(at: At, outcome: int) -> Numbers:
    return np.asarray(at.score[(at.outcome == outcome) & np.isfinite(at.score)])


def _enough(what: str, scores: Numbers, warnings: list[str]) -> bool:
    if len(scores) < LEAST_SCORES or scores.std() == 0:
        warnings.append(
            f"{len(scores)} scores of contacts that {what}, {len(np.unique(scores))} different: too few for "
            "a quality, so the model's default stands"
        )
        return False
    if len(scores) < FEW:
        warnings.append(f"only {len(scores)} scores of contacts that {what}")
    return True


def jacobian(function: Callable[[Numbers], Numbers], at: Numbers, step: float = 1e-5) -> Numbers:
    """First derivatives by central differences: a row for each value, a column for each argument."""
    steps = step * np.eye(len(at))
    slopes = [(function(at + d) - function(at - d)) / (2 * step) for d in steps]
    return np.asarray(np.column_stack(slopes))


def _diagonal(blocks: list[Numbers]) -> Numbers:
    size = sum(len(block) for block in blocks)
    found, at = np.zeros((size, size)), 0
    for block in blocks:
        found[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return found


def doubts(contacts: Contacts) -> list[str]:
    """What a journey cannot say, and whether the log shows it."""
    found = []
    names = [*contacts.touchpoints, "start"]
    ends = [*contacts.touchpoints, "done"]
    for memory in walks.memories(contacts):
        most, least = (names[k] for k in memory.before)
        here = f"{names[memory.touchpoint]} ({walks.OUTCOMES[memory.outcome]})"
        found.append(
            f"A walk remembers: after {here}, {100 * memory.shares[0]:.0f} % go on to {ends[memory.to]} if "
            f"they came from {most}, {100 * memory.shares[1]:.0f} % if from {least}. A journey does not know "
            "where people came from; give such contacts two names."
        )
    longest = int(np.bincount(contacts.walk).max())
    if longest > LONGEST:
        found.append(f"One walk has {longest:,} contacts; a model cuts walks off after {LONGEST}.")
    return found


def open_walks(contacts: Contacts, days: Numbers, asof: float) -> str | None:
    """A warning about walks that may go on, where nobody has said when a walk has ended."""
    within = ~contacts.is_first
    gaps = np.diff(days, prepend=days[0])[within]
    if not len(gaps):
        return None
    long = float(np.quantile(gaps, 0.95))
    last = days[contacts.is_last]
    open_ = int((last > asof - long).sum())
    if not open_:
        return None
    return (
        f"{open_:,} walks had their last contact less than {long:.1f} days before asof, as long as one in "
        "twenty waits for the next: they may go on. settle= (days) leaves their end open."
    )


@dataclass(frozen=True)
class Backtest:
    """Contacts for 100 walks at each touchpoint: as they were, and as methods said."""

    touchpoints: tuple[str, ...]
    held_out: Numbers
    methods: dict[str, Numbers]
    bands: dict[float, tuple[Numbers, Numbers]]
    """Of the journey, luck and parameters together."""
    walks: int


def backtest(contacts: Contacts, split: float, draws: int = 500, seed: int = 1) -> Backtest:
    """The journey of the walks begun before `split` against those begun later. Raises `ValueError` if either
    has fewer than `FEW` walks."""
    early, late = contacts.began < split, contacts.began >= split
    if min(early.sum(), late.sum()) < FEW:
        raise ValueError(
            f"split: {int(early.sum()):,} walks began before it and {int(late.sum()):,} later; at least "
            f"{FEW} "
            "are needed on either side"
        )
    seen, held = contacts.part(early), contacts.part(late)
    counts, truth = walks.by_walk(seen), walks.by_walk(held)
    recent = np.argsort(seen.began, kind="stable")[-max(len(counts) // 5, FEW) :]
    first, table = walks.firsts(seen).astype(float), walks.transitions(seen).astype(float)
    expected = _expected(first, table)
    random = np.random.default_rng(seed)
    spread = counts.std(axis=0) / np.sqrt(len(truth))
    drawn = np.empty((draws, len(first)))
    for k in range(draws):
        drawn[k] = _expected(random.gamma(first + 0.5 * (first > 0)), random.gamma(table + 0.5 * (table > 0)))
    drawn = np.maximum(drawn + spread * random.standard_normal(drawn.shape), 0)
    bands = {}
    for level in (0.5, 0.8, 0.95):
        low, high = np.quantile(100 * drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        bands[level] = low, high
    methods = {
        "expected": 100 * expected,
        "mean": 100 * counts.mean(axis=0),
        "last_value": 100 * counts[recent].mean(axis=0),
    }
    return Backtest(contacts.touchpoints, 100 * truth.mean(axis=0), methods, bands, len(truth))


def _expected(first: Numbers, table: Numbers) -> Numbers:
    """Contacts of a walk: outcomes are as frequent as in the table."""
    steps = table.sum(axis=1)
    total = steps.sum(axis=1, keepdims=True)
    shares_ = np.divide(steps, total, out=np.zeros_like(steps, dtype=float), where=total > 0)
    return walks.visits(first / first.sum(), shares_)
