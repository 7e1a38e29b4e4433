"""Who is left when the run-off ends, and warnings if they are worth something."""

from __future__ import annotations

import math

import numpy as np

from goodwill import _core
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult
from goodwill.text import figures

MATTERS = 0.01
"""A warning is given if what is left is worth more than this share of the value that is shown."""


def worth_after(money: Numbers) -> float:
    """What would follow these present values (by period) if the money kept shrinking as it does from the
    first half of the time to the second: a geometric series; infinite if it does not shrink."""
    half = len(money) // 2
    if half == 0 or not money[-1]:
        return 0.0
    before, last = float(money[-2 * half : -half].sum()), float(money[-half:].sum())
    shrinking = abs(last / before) if before else math.inf
    return last * shrinking / (1 - shrinking) if shrinking < 1 else math.copysign(math.inf, last)


def about_left(left: float, years: float, worth: float, value: float, currency: str) -> str:
    """A sentence about the customers left after so many years of run-off; empty if there are none."""
    if left <= 0:
        return ""
    # A simulated customer stands for several real ones, so their number is an estimate.
    there = f"about {figures.plural(round(left), 'customer')} {'is' if round(left) == 1 else 'are'} left"
    text = f"after {figures.plural(round(years, 1), 'year')} of run-off {there}"
    if abs(worth) <= MATTERS * abs(value):
        return f"{text[0].upper()}{text[1:]}, worth less than 1 % of this value."
    return f"Warning: {text}; what they bring later, {_later(worth, currency)}, is in no figure here."


def warnings(study: StudyResult) -> list[str]:
    """A warning for each scenario where the customers left, against those in the world compared with, are
    worth more than a hundredth of its value."""
    terms, result, a_year = study.terms, study.result, study.model.periods_per_year
    factors = _core.Dates(terms, a_year).worth(result.periods + np.arange(result.run_off_periods))

    def of_world(name: str) -> tuple[Numbers, float]:
        money = study.world(name).run_off[..., 2].sum(axis=(0, 1))
        return money, float(study.world(name).left.mean())

    found = []
    for row in study.table().to_dict("records"):
        (money, left), (other, left_there) = of_world(row["scenario"]), of_world(row["against"])
        worth, value = worth_after((money - other) * factors), row["npv"] + row["beyond_horizon"]
        if max(left, left_there) > 0 and abs(worth) > MATTERS * abs(value):
            years = figures.plural(round(len(factors) / a_year, 1), "year")
            later = _later(worth, study.model.currency)
            found.append(
                f"Warning: after {years} of run-off about {figures.count(left)} customers are left, "
                f"{figures.count(left_there)} of {row['against']!r}; what {row['scenario']!r} brings later, "
                f"{later}, is in no figure here."
            )
    return found


def _later(worth: float, currency: str) -> str:
    if not math.isfinite(worth):
        return "and would for ever, at this discount rate"
    return f"about {figures.amount(abs(worth), currency)} {'more' if worth > 0 else 'less'}"
