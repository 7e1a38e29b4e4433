"""Reads the answers to a survey: its columns, what cannot be used, and which answers are about one
satisfaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.data.calendar import elapsed
from goodwill.data.frames import Rows, day, fingerprint, frame, period_days
from goodwill.data.scales import checked_scale
from goodwill.engine.world import Numbers
from goodwill.fitting.scores import Scale
from goodwill.text import figures
from goodwill.text.arguments import number, shown


@dataclass(frozen=True)
class Columns:
    """Names of columns; the last two may be absent."""

    customer: str
    time: str
    score: str
    churned: str | None
    spent: str | None


@dataclass(frozen=True)
class Asked:
    """Numbers among the arguments."""

    close: float
    within: float | None
    noise: float | None
    exposure: float | None
    invited: int | None
    period: str


@dataclass(frozen=True)
class Answered:
    """What was read, in the order of customers and times."""

    scale: Scale
    ten: Numbers
    """Answers from 0 to 10."""
    person: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    """Of answers that are about one satisfaction."""
    left: npt.NDArray[np.int64]
    """Of each answer: whether the customer left later (1, 0, or -1 where that is not known)."""
    outcome: npt.NDArray[np.int64]
    """The same of each group; -1 for all but the latest of a customer."""
    paid: Numbers
    """Of each group: what its customer spent later; NaN for all but the latest, and where that is not known.
    """
    span: float
    """Periods from the first answer to the last, at least one."""
    source: str
    warnings: list[str]


def read_answers(
    answers: Any, columns: Columns, scale: Sequence[float], asof: Any, asked: Asked, bad_rows: str
) -> Answered:
    """The answers, checked. Raises `ValueError` with the rows that cannot be used."""
    on_scale = checked_scale(scale)
    data = frame(answers, "answers")
    rows = Rows(data)
    who = rows.names(columns.customer, "customer")
    days = rows.days(columns.time, "time")
    said = rows.numbers(columns.score, "score")
    off = np.isfinite(said) & ~on_scale.holds(said).astype(bool)
    rows.refuse(f"{columns.score!r} is not on the scale {shown(tuple(scale))}", off)
    last = day(asof, "asof")
    late = days >= last + 1 if last == np.floor(last) else days > last  # a date means all of that day
    rows.refuse(f"{columns.time!r} is after asof", late)
    left, paid = _later(rows, columns)
    if asked.within is not None:
        # Who answered later has not had the time to leave, and those known to have left are no fair sample.
        whole = np.full(len(days), np.floor(last))
        begun = elapsed(np.floor(days), whole, asked.period) < asked.within - 1e-9
        rows.refuse(
            f"it is less than {figures.plural(asked.within, asked.period)} from {columns.time!r} to asof, "
            "and what happened within them is told (leave it empty)",
            begun & ~late & ((left >= 0) | np.isfinite(paid)),
        )
    twice = pd.DataFrame({"who": who, "days": days}).duplicated(keep=False)
    rows.refuse(f"{columns.customer!r} answers twice at the same time", twice.to_numpy() & np.isfinite(days))
    kept, warnings = rows.kept(bad_rows)

    number_of = pd.factorize(who[kept])[0]
    order = np.lexsort((days[kept], number_of))
    person, when = number_of[order].astype(np.int64), days[kept][order]
    gone, paid = left[kept][order].astype(np.int64), paid[kept][order]
    group = _groups(person, when, asked.close)
    ends = np.append(np.flatnonzero(np.diff(group)), len(group) - 1)
    latest = np.append(np.diff(person[ends]) != 0, True)
    digest = fingerprint([data[name] for name in vars(columns).values() if name is not None])
    until = pd.Timestamp(last, unit="D").date()
    return Answered(
        on_scale,
        on_scale.to_ten(said[kept][order]),
        person,
        group,
        gone,
        np.where(latest, gone[ends], -1),
        np.where(latest, paid[ends], np.nan),
        max(float(when.max() - when.min()) / period_days(asked.period), 1.0),
        f"survey of {len(person):,} answers until {until} (data {digest})",
        warnings,
    )


def _later(rows: Rows, columns: Columns) -> tuple[Numbers, Numbers]:
    """Whether customers left after each answer, and what they spent."""
    left = np.full(len(rows.data), -1.0)
    if columns.churned is not None:
        known = rows.numbers(columns.churned, "churned", missing=True)
        rows.refuse(
            f"{columns.churned!r} is neither 0 nor 1", np.isfinite(known) & (known != 0) & (known != 1)
        )
        left = np.where(np.isfinite(known), known, -1.0)
    paid = np.full(len(rows.data), np.nan)
    if columns.spent is not None:
        paid = rows.numbers(columns.spent, "spent", missing=True)
        rows.refuse(f"{columns.spent!r} is negative", paid < 0)
    return left, paid


def checked_numbers(
    close: Any, within: Any, noise: Any, exposure: Any, invited: Any, columns: Columns, period: str
) -> Asked:
    """The numbers among the arguments. Raises `ValueError` for one that means nothing."""
    period_days(period)
    near = number("close", close)
    if near < 0:
        raise ValueError(f"close is {shown(close)}; it must be days, not below 0")
    if (columns.churned is None and columns.spent is None) != (within is None):
        raise ValueError(
            f"churned= and spent= go with within=: what customers did within how many {period}s of their "
            "answer"
        )
    found: dict[str, float | None] = {}
    for name, value, low, high, allowed in (
        ("within", within, 1e-3, 1e5, f"{period}s, above 0"),
        ("noise", noise, 0.05, 5, "points from 0.05 to 5"),
        ("exposure", exposure, 1e-9, 1e15, f"customer-{period}s, above 0"),
        ("invited", invited, 1, 1e12, "how many were asked for an answer"),
    ):
        found[name] = None if value is None else number(name, value)
        if value is not None and not low <= number(name, value) <= high:
            raise ValueError(f"{name} is {shown(value)}; it must be {allowed}")
    asked = found["invited"]
    return Asked(
        near,
        found["within"],
        found["noise"],
        found["exposure"],
        None if asked is None else round(asked),
        period,
    )


def _groups(person: npt.NDArray[np.int64], when: Numbers, close: float) -> npt.NDArray[np.int64]:
    """Number of the group of each answer: it opens with an answer later than `close` after its first."""
    group = np.zeros(len(person), np.int64)
    first = 0
    for k in range(1, len(person)):
        new = person[k] != person[first] or when[k] - when[first] > close
        first = k if new else first
        group[k] = group[k - 1] + new
    return group
